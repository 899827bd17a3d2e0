import type { Answer } from '../answer.js';
import type { Check } from '../check.js';
import { type Client, queryText } from '../client.js';
import { expectEqual, expectList, expectNoBreakdown, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { objectAt, stringsAt } from '../json.js';
import { ENTERPRISE, PATCH_OP, USER } from '../names.js';
import type { World } from '../world.js';

async function read(client: Client, world: World, query: Readonly<Record<string, string>>): Promise<Answer> {
  world.needs(USER, 'displayName', 'emails.value', 'name.givenName');
  const answer = await client.get((await world.user()).path, query);
  expectStatus(answer, 200);
  return answer;
}

function absent(answer: Answer, ...names: readonly string[]): void {
  for (const name of names) expectThat(answer, answer.body[name] === undefined, `no ${name}`, answer.body[name]);
}

function present(answer: Answer, ...names: readonly string[]): void {
  for (const name of names) expectThat(answer, answer.body[name] !== undefined, `${name}`);
}

function projection(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `projection.${id}`, section: '7644 3.9', title, level: 'MUST', run, ...more };
}

export const PROJECTION: readonly Check[] = [
  projection('attributes', 'attributes: only what is named, and what is always returned', async (client, world) => {
    const answer = await read(client, world, { attributes: 'displayName' });
    present(answer, 'displayName');
    absent(answer, 'emails', 'name', 'active', 'meta');
  }),
  projection(
    'id-stays',
    'id comes with attributes, which does not name it',
    async (client, world) => {
      present(await read(client, world, { attributes: 'displayName' }), 'id');
    },
    { section: '7643 3.1' },
  ),
  projection(
    'schemas-stay',
    'schemas comes with attributes, which does not name it',
    async (client, world) => {
      const answer = await read(client, world, { attributes: 'displayName' });
      expectThat(answer, stringsAt(answer.body['schemas']).includes(USER), `schemas with ${USER}`, answer.body['schemas']);
    },
    { section: '7643 3' },
  ),
  projection('excluded', 'excludedAttributes: everything but what is named', async (client, world) => {
    const answer = await read(client, world, { excludedAttributes: 'displayName,emails' });
    absent(answer, 'displayName', 'emails');
    present(answer, 'userName', 'name');
  }),
  projection('excluded-id', 'excludedAttributes cannot take the id away', async (client, world) => {
    present(await read(client, world, { excludedAttributes: 'id' }), 'id', 'userName');
  }),
  projection('sub-attribute', 'a sub-attribute can be asked for alone', async (client, world) => {
    const answer = await read(client, world, { attributes: 'name.givenName' });
    const name = objectAt(answer.body['name']);
    expectThat(answer, typeof name['givenName'] === 'string' && name['familyName'] === undefined, 'name with givenName alone', name);
  }),
  projection('excluded-sub-attribute', 'a sub-attribute can be left out alone', async (client, world) => {
    const answer = await read(client, world, { excludedAttributes: 'name.givenName' });
    const name = objectAt(answer.body['name']);
    expectThat(answer, typeof name['familyName'] === 'string' && name['givenName'] === undefined, 'name without givenName', name);
  }),
  projection(
    'urn',
    'names may start with the URN of the schema',
    async (client, world) => {
      const answer = await read(client, world, { attributes: `${USER}:displayName` });
      present(answer, 'displayName');
      absent(answer, 'emails');
    },
    { section: '7644 3.10' },
  ),
  projection(
    'case',
    'names count in any case',
    async (client, world) => {
      const answer = await read(client, world, { attributes: 'DISPLAYNAME,USERNAME' });
      present(answer, 'displayName', 'userName');
      absent(answer, 'emails');
    },
    { section: '7643 2.1' },
  ),
  projection(
    'list',
    'lists take attributes',
    async (client, world) => {
      world.needs(USER, 'displayName', 'emails.value');
      await world.crowd();
      const answer = await client.get('/Users', { filter: world.crowdFilter, attributes: 'displayName' });
      for (const row of expectList(answer)) {
        expectThat(answer, row['displayName'] !== undefined && row['id'] !== undefined, 'displayName and id in every row', row);
        expectThat(answer, row['emails'] === undefined, 'no emails', row['emails']);
      }
    },
    { section: '7644 3.4.2.5' },
  ),
  projection(
    'list-excluded',
    'lists take excludedAttributes',
    async (client, world) => {
      world.needs(USER, 'displayName', 'emails.value');
      await world.crowd();
      const answer = await client.get('/Users', { filter: world.crowdFilter, excludedAttributes: 'emails' });
      for (const row of expectList(answer)) {
        expectThat(answer, row['displayName'] !== undefined, 'displayName in every row', row);
        expectThat(answer, row['emails'] === undefined, 'no emails', row['emails']);
      }
    },
    { section: '7644 3.4.2.5' },
  ),
  projection('post', 'POST takes attributes', async (client, world) => {
    world.needs(USER, 'displayName', 'emails.value');
    const answer = await client.post(`/Users${queryText({ attributes: 'displayName' })}`, world.userBody());
    expectStatus(answer, 201);
    present(answer, 'id', 'displayName');
    absent(answer, 'emails');
  }),
  projection('put', 'PUT takes excludedAttributes', async (client, world) => {
    world.needs(USER, 'displayName', 'emails.value');
    const { path, body } = await world.newUser();
    const answer = await client.put(
      `${path}${queryText({ excludedAttributes: 'emails' })}`,
      world.userBody({ userName: body['userName'] }),
    );
    expectSuccess(answer);
    present(answer, 'id', 'displayName');
    absent(answer, 'emails');
  }),
  projection(
    'patch',
    'PATCH takes excludedAttributes',
    async (client, world) => {
      world.needs(USER, 'displayName', 'emails.value');
      const { path } = await world.newUser();
      const body = { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'displayName', value: 'After' }] };
      const answer = await client.send('PATCH', `${path}${queryText({ excludedAttributes: 'emails' })}`, body);
      expectStatus(answer, 200, 204);
      absent(answer, 'emails');
    },
    { feature: 'patch' },
  ),
  projection(
    'password',
    'what is never returned does not come when it is asked for',
    async (client, world) => {
      world.needs(USER, 'password');
      const { path } = await world.newUser({ password: 'Pw-9f!conformance-Long' });
      absent(await client.get(path, { attributes: 'userName,password' }), 'password');
    },
    { section: '7643 7' },
  ),
  projection(
    'unknown',
    'names that do not exist are ignored or 400, never a breakdown',
    async (client, world) => {
      const { path } = await world.user();
      for (const attributes of ['noSuchAttribute', '__proto__', ',,,', 'a.b.c.d', '', 'x'.repeat(500)]) {
        const answer = await client.get(path, { attributes });
        expectNoBreakdown(answer);
        expectStatus(answer, 200, 400);
      }
    },
    { level: 'SHOULD' },
  ),
  projection(
    'group-members',
    'a Group can be read without its members',
    async (client, world) => {
      const user = await world.user();
      const { path } = await world.newGroup({ members: [{ value: user.id }] });
      const answer = await client.get(path, { excludedAttributes: 'members' });
      expectStatus(answer, 200);
      present(answer, 'displayName');
      absent(answer, 'members');
    },
    { feature: 'groups' },
  ),
  projection(
    'extension',
    'an attribute of an extension is named with its URN',
    async (client, world) => {
      world.needs(ENTERPRISE, 'department', 'costCenter');
      const { path } = await world.newUser({ schemas: [USER, ENTERPRISE], [ENTERPRISE]: { department: 'Doors', costCenter: '7' } });
      const answer = await client.get(path, { attributes: `${ENTERPRISE}:department` });
      expectEqual(answer, 'the extension', answer.body[ENTERPRISE], { department: 'Doors' });
      absent(answer, 'emails');
    },
    { feature: 'enterprise', section: '7644 3.10' },
  ),
];
