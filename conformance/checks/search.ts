import type { Check } from '../check.js';
import { expectEqual, expectError, expectList, expectStatus, expectThat, totalOf } from '../expect.js';
import { isUnassigned, type JsonObject, objectAt } from '../json.js';
import { SEARCH_REQUEST } from '../names.js';
import type { World } from '../world.js';

function request(more: JsonObject): JsonObject {
  return { schemas: [SEARCH_REQUEST], ...more };
}

function search(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `search.${id}`, section: '7644 3.4.3', title, level: 'MUST', feature: ['search', 'filter'], run, ...more };
}

/** One User and one Group that a filter on displayName finds together. */
async function pair(world: World) {
  const displayName = world.word('both');
  const user = await world.newUser({ displayName });
  const group = await world.newGroup({ displayName });
  return { filter: `displayName eq "${displayName}"`, ids: [user.id, group.id].sort(), userName: String(user.body['userName']), user };
}

export const SEARCH: readonly Check[] = [
  search('list', 'POST /Users/.search answers 200 with a ListResponse of what matches', async (client, world) => {
    await world.crowd();
    const answer = await client.post('/Users/.search', request({ filter: world.crowdFilter }));
    expectEqual(answer, 'the Users found', [...(await world.lettersIn(expectList(answer)))].sort().join(''), 'abcde');
    expectThat(answer, totalOf(answer) === 5, 'totalResults 5', answer.body['totalResults']);
  }),
  search('same-as-get', '.search answers the same as the GET with the same parameters', async (client, world) => {
    await world.crowd();
    const got = await client.get('/Users', { filter: world.crowdFilter, startIndex: 2, count: 2, excludedAttributes: 'emails' });
    const answer = await client.post(
      '/Users/.search',
      request({ filter: world.crowdFilter, startIndex: 2, count: 2, excludedAttributes: ['emails'] }),
    );
    expectEqual(answer, 'the answer', answer.body, got.body);
  }),
  search('count-zero', 'count 0 answers the total alone', async (client, world) => {
    await world.crowd();
    const answer = await client.post('/Users/.search', request({ filter: world.crowdFilter, count: 0 }));
    expectStatus(answer, 200);
    expectThat(answer, isUnassigned(answer.body['Resources']), 'no Resources', answer.body['Resources']);
    expectThat(answer, totalOf(answer) === 5, 'totalResults 5', answer.body['totalResults']);
  }),
  search('attributes', 'attributes is an array of names', async (client, world) => {
    await world.crowd();
    const answer = await client.post('/Users/.search', request({ filter: world.crowdFilter, attributes: ['userName'] }));
    for (const row of expectList(answer))
      expectThat(
        answer,
        row['userName'] !== undefined && row['id'] !== undefined && row['emails'] === undefined,
        'userName and id alone',
        row,
      );
  }),
  search(
    'sort',
    'sortBy and sortOrder sort',
    async (client, world) => {
      await world.crowd();
      const answer = await client.post(
        '/Users/.search',
        request({ filter: world.crowdFilter, sortBy: 'userName', sortOrder: 'descending' }),
      );
      expectEqual(answer, 'the order', await world.lettersIn(expectList(answer)), 'edcba');
    },
    { feature: ['search', 'filter', 'sort'] },
  ),
  search('bad-filter', 'a filter that cannot be read is 400 invalidFilter', async (client) => {
    expectError(await client.post('/Users/.search', request({ filter: 'userName eq' })), 400, 'invalidFilter');
  }),
  search(
    'schemas',
    'a request without the schema of a search is 400',
    async (client) => {
      for (const schemas of [undefined, [], ['urn:conformance:unknown:1.0:Search']])
        expectStatus(await client.post('/Users/.search', { schemas, count: 1 }), 400);
    },
    { level: 'SHOULD', feature: 'search' },
  ),
  search(
    'wrong-types',
    'a filter that is no text, or a count that is no number, is 400',
    async (client) => {
      expectStatus(await client.post('/Users/.search', request({ filter: { userName: 'x' } })), 400);
      expectStatus(await client.post('/Users/.search', request({ count: 'many' })), 400);
    },
    { level: 'SHOULD', feature: 'search' },
  ),
  search(
    'groups',
    'POST /Groups/.search finds Groups',
    async (client, world) => {
      const { id, body } = await world.newGroup();
      await world.newGroup();
      const answer = await client.post('/Groups/.search', request({ filter: `displayName eq "${String(body['displayName'])}"` }));
      expectEqual(
        answer,
        'the Groups found',
        expectList(answer).map((row) => row['id'] ?? null),
        [id],
      );
    },
    { feature: ['search', 'filter', 'groups'] },
  ),
  search(
    'no-token',
    '.search without a token is 401',
    async (client) => {
      expectStatus(await client.post('/Users/.search', request({ count: 1 }), { authorization: null }), 401);
    },
    { section: '7644 2', feature: 'search' },
  ),
  search(
    'root',
    'POST /.search finds resources of every type',
    async (client, world) => {
      const { filter, ids } = await pair(world);
      const answer = await client.post('/.search', request({ filter }));
      expectEqual(
        answer,
        'the resources found',
        expectList(answer)
          .map((row) => String(row['id']))
          .sort(),
        ids,
      );
    },
    { feature: ['root-search', 'filter', 'groups'] },
  ),
  search(
    'root-unknown',
    'at the root a type that does not have an attribute has no value in it',
    async (client, world) => {
      const { user, userName } = await pair(world);
      const answer = await client.post('/.search', request({ filter: `userName eq "${userName}"` }));
      expectEqual(
        answer,
        'the resources found',
        expectList(answer).map((row) => row['id'] ?? null),
        [user.id],
      );
    },
    { section: '7644 3.4.2.1', feature: ['root-search', 'filter', 'groups'] },
  ),
  search(
    'root-get',
    'GET / finds resources of every type',
    async (client, world) => {
      const { filter, ids } = await pair(world);
      const answer = await client.get('/', { filter });
      expectEqual(
        answer,
        'the resources found',
        expectList(answer)
          .map((row) => String(row['id']))
          .sort(),
        ids,
      );
    },
    { section: '7644 3.4.2.1', feature: ['root-query', 'filter', 'groups'] },
  ),
  search(
    'root-type',
    'at the root meta.resourceType tells the types apart',
    async (client, world) => {
      const { filter } = await pair(world);
      const answer = await client.post('/.search', request({ filter: `${filter} and meta.resourceType eq "Group"` }));
      expectEqual(
        answer,
        'the types found',
        expectList(answer).map((row) => objectAt(row['meta'])['resourceType'] ?? null),
        ['Group'],
      );
    },
    { section: '7644 3.4.2.1', feature: ['root-search', 'filter', 'groups'] },
  ),
];
