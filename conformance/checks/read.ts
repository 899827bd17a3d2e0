import type { Check } from '../check.js';
import { expectEqual, expectList, expectStatus, expectThat, totalOf } from '../expect.js';
import { isUnassigned, objectAt, stringsAt } from '../json.js';
import { USER } from '../names.js';

export const READ: readonly Check[] = [
  {
    id: 'read.same',
    section: '7644 3.4.1',
    title: 'a GET shows the resource as the POST answered it',
    level: 'MUST',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      const answer = await client.get(path);
      expectStatus(answer, 200);
      expectEqual(answer, 'the resource', answer.body, body);
    },
  },
  {
    id: 'read.schemas',
    section: '7643 3',
    title: 'a resource names its schemas',
    level: 'MUST',
    run: async (client, world) => {
      const answer = await client.get((await world.user()).path);
      expectThat(answer, stringsAt(answer.body['schemas']).includes(USER), `schemas with ${USER}`, answer.body['schemas']);
    },
  },
  {
    id: 'read.unknown',
    section: '7644 3.4.1',
    title: 'an id that does not exist is 404',
    level: 'MUST',
    run: async (client) => {
      expectStatus(await client.get('/Users/no-such-user-of-scimcheck'), 404);
    },
  },
  {
    id: 'read.injected-id',
    section: '7644 3.4.1',
    title: 'an id is never read as a filter or a query: it is 404',
    level: 'MUST',
    run: async (client, world) => {
      const { id } = await world.user();
      for (const odd of [`x" or userName pr or id eq "y`, `x' or '1'='1`, `${id}" or id eq "${id}`, '*', '%'])
        expectStatus(await client.get(`/Users/${encodeURIComponent(odd)}`), 404, 400);
    },
  },
  {
    id: 'read.other-endpoint',
    section: '7644 3.4.1',
    title: 'the id of a User is no Group',
    level: 'MUST',
    feature: 'groups',
    run: async (client, world) => {
      expectStatus(await client.get(`/Groups/${(await world.user()).id}`), 404);
    },
  },
  {
    id: 'query.shape',
    section: '7644 3.4.2',
    title: 'a list is 200 with a ListResponse',
    level: 'MUST',
    run: async (client) => {
      expectList(await client.get('/Users', { count: 1 }));
    },
  },
  {
    id: 'query.total',
    section: '7644 3.4.2',
    title: 'totalResults is there, as a JSON number',
    level: 'MUST',
    run: async (client, world) => {
      await world.user();
      const answer = await client.get('/Users', { count: 1 });
      expectThat(answer, Number.isInteger(answer.body['totalResults']), 'totalResults: an integer', answer.body['totalResults']);
    },
  },
  {
    id: 'query.numbers',
    section: '7644 3.4.2',
    title: 'startIndex and itemsPerPage, where they are given, are JSON numbers',
    level: 'MUST',
    run: async (client, world) => {
      await world.crowd();
      const answer = await client.get('/Users', { startIndex: 2, count: 2 });
      for (const name of ['startIndex', 'itemsPerPage']) {
        const value = answer.body[name];
        expectThat(answer, value === undefined || Number.isInteger(value), `${name}: an integer`, value);
      }
    },
  },
  {
    id: 'query.rows',
    section: '7644 3.4.2',
    title: 'every row of a list has its schemas, id and meta',
    level: 'MUST',
    run: async (client, world) => {
      await world.crowd();
      const answer = await client.get('/Users', { count: 5 });
      const rows = expectList(answer);
      expectThat(answer, rows.length > 0, 'rows');
      for (const row of rows) {
        expectThat(answer, typeof row['id'] === 'string', 'an id in every row', row);
        expectThat(answer, stringsAt(row['schemas']).includes(USER), `schemas with ${USER} in every row`, row);
        expectThat(answer, typeof objectAt(row['meta'])['location'] === 'string', 'meta.location in every row', row);
      }
    },
  },
  {
    id: 'query.no-match',
    section: '7644 3.4.2',
    title: 'a query that nothing matches is 200 with totalResults 0, not 404',
    level: 'MUST',
    feature: 'filter',
    run: async (client, world) => {
      const answer = await client.get('/Users', { filter: `userName eq "${world.userName()}"` });
      expectList(answer);
      expectThat(answer, totalOf(answer) === 0, 'totalResults 0', answer.body['totalResults']);
    },
  },
  {
    id: 'query.no-match-rows',
    section: '7644 3.4.2',
    title: 'a query that nothing matches has no resources',
    level: 'MUST',
    feature: 'filter',
    run: async (client, world) => {
      const answer = await client.get('/Users', { filter: `userName eq "${world.userName()}"` });
      expectThat(answer, isUnassigned(answer.body['Resources']), 'no Resources', answer.body['Resources']);
    },
  },
  {
    id: 'query.same-as-read',
    section: '7644 3.4.2',
    title: 'a resource in a list is the same as when it is read by its id',
    level: 'SHOULD',
    feature: 'filter',
    run: async (client, world) => {
      const { path, body } = await world.newUser();
      const answer = await client.get('/Users', { filter: `userName eq "${String(body['userName'])}"` });
      const [row] = expectList(answer);
      expectEqual(answer, 'the resource', row, (await client.get(path)).body);
    },
  },
  {
    id: 'query.inactive',
    section: '7643 4.1.1',
    title: 'an inactive User can still be read and found',
    level: 'SHOULD',
    feature: 'filter',
    run: async (client, world) => {
      world.needs(USER, 'active');
      const { path, body } = await world.newUser({ active: false });
      const one = await client.get(path);
      expectStatus(one, 200);
      expectEqual(one, 'active', one.body['active'], false);
      const found = await client.get('/Users', { filter: `userName eq "${String(body['userName'])}"` });
      expectThat(found, totalOf(found) === 1, 'totalResults 1', found.body['totalResults']);
    },
  },
  {
    id: 'query.unknown-parameter',
    section: '7644 3.4.2',
    title: 'a query parameter that SCIM does not know is ignored',
    level: 'SHOULD',
    run: async (client) => {
      expectStatus(await client.get('/Users', { count: 1, aadOptscim062020: '' }), 200);
    },
  },
];
