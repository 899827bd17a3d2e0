import type { Answer } from '../answer.js';
import type { Check } from '../check.js';
import type { Client } from '../client.js';
import { expectEqual, expectError, expectErrorBody, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { type JsonObject, objectAt, objectsAt } from '../json.js';
import { GROUP, USER } from '../names.js';
import type { Resource, World } from '../world.js';

function group(id: string, section: Check['section'], title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `groups.${id}`, section, title, level: 'MUST', feature: 'groups', run, ...more };
}

export function valuesOf(answer: Answer, name: 'members' | 'groups'): readonly string[] {
  return objectsAt(answer.body[name])
    .map((one) => String(one['value']))
    .sort();
}

async function expectMembers(client: Client, path: string, ...users: readonly Resource[]): Promise<void> {
  const answer = await client.get(path);
  expectEqual(answer, 'the members', valuesOf(answer, 'members'), users.map(({ id }) => id).sort());
}

/** A Group of two Users. */
async function ofTwo(world: World) {
  const users = [await world.newUser(), await world.newUser()] as const;
  const made = await world.newGroup({ members: users.map(({ id }) => ({ value: id })) });
  return { ...made, users };
}

/** One PATCH of the Group of two, and who is in it afterwards. */
function change(
  id: string,
  title: string,
  operation: (first: Resource, second: Resource, third: Resource) => JsonObject,
  left: (first: Resource, second: Resource, third: Resource) => readonly Resource[],
  level: Check['level'] = 'MUST',
): Check {
  return group(
    id,
    '7644 3.5.2',
    title,
    async (client, world) => {
      const { path, users } = await ofTwo(world);
      const third = await world.newUser();
      expectStatus(await client.patch(path, operation(...users, third)), 200, 204);
      await expectMembers(client, path, ...left(...users, third));
    },
    { level, feature: ['groups', 'patch'] },
  );
}

const CHANGES: readonly Check[] = [
  change(
    'add-member',
    'PATCH add puts a member beside the others',
    (_a, _b, third) => ({ op: 'add', path: 'members', value: [{ value: third.id }] }),
    (a, b, third) => [a, b, third],
  ),
  change(
    'add-member-again',
    'PATCH add of a member who is there adds nothing',
    (a) => ({ op: 'add', path: 'members', value: [{ value: a.id }] }),
    (a, b) => [a, b],
  ),
  change(
    'add-member-no-path',
    'PATCH add without a path adds members',
    (_a, _b, third) => ({ op: 'add', value: { members: [{ value: third.id }] } }),
    (a, b, third) => [a, b, third],
  ),
  change(
    'remove-member',
    'PATCH remove with a value path removes this member alone',
    (a) => ({ op: 'remove', path: `members[value eq "${a.id}"]` }),
    (_a, b) => [b],
  ),
  change(
    'remove-member-value',
    'PATCH remove with members as value removes these alone (Entra, authentik)',
    (a) => ({ op: 'remove', path: 'members', value: [{ value: a.id }] }),
    (_a, b) => [b],
    'MAY',
  ),
  change(
    'remove-members',
    'PATCH remove of members empties the Group',
    () => ({ op: 'remove', path: 'members' }),
    () => [],
  ),
  change(
    'replace-members',
    'PATCH replace of members leaves the new ones alone',
    (_a, b, third) => ({ op: 'replace', path: 'members', value: [{ value: b.id }, { value: third.id }] }),
    (_a, b, third) => [b, third],
  ),
];

export const GROUPS: readonly Check[] = [
  group('create', '7644 3.3', 'a POST that creates a Group answers 201 with Location and the Group', async (client, world) => {
    const body = world.groupBody();
    const answer = await client.post('/Groups', body);
    expectStatus(answer, 201);
    expectEqual(answer, 'displayName', answer.body['displayName'], body['displayName']);
    expectEqual(answer, 'the Location header', answer.headers.get('location'), objectAt(answer.body['meta'])['location']);
    expectEqual(answer, 'meta.resourceType', objectAt(answer.body['meta'])['resourceType'], 'Group');
  }),
  group('display-name', '7643 4.2', 'a Group without a displayName is 400', async (client, world) => {
    const answer = await client.post('/Groups', world.groupBody({ displayName: undefined }));
    expectStatus(answer, 400);
    expectErrorBody(answer);
  }),
  group('members', '7643 4.2', 'a Group shows the members that it was created with', async (client, world) => {
    const { path, users } = await ofTwo(world);
    await expectMembers(client, path, ...users);
  }),
  group(
    'member-type',
    '7643 4.2',
    'a member has type User and a $ref to its resource',
    async (client, world) => {
      const { path, users } = await ofTwo(world);
      const answer = await client.get(path);
      for (const member of objectsAt(answer.body['members'])) {
        expectEqual(answer, 'type', member['type'], 'User');
        const found = users.some((user) => String(member['$ref']).endsWith(user.path));
        expectThat(answer, found, '$ref of the User', member['$ref']);
      }
    },
    { level: 'SHOULD' },
  ),
  group('no-members', '7643 4.2', 'a Group may be empty', async (client, world) => {
    for (const members of [undefined, []]) expectStatus(await client.post('/Groups', world.groupBody({ members })), 201);
  }),
  group(
    'member-twice',
    '7643 2.4',
    'a member who is sent twice is there once',
    async (client, world) => {
      const user = await world.user();
      const { path } = await world.newGroup({ members: [{ value: user.id }, { value: user.id }] });
      await expectMembers(client, path, user);
    },
    { level: 'SHOULD' },
  ),
  group(
    'unknown-member',
    '7643 4.2',
    'a member who does not exist is 400',
    async (client, world) => {
      const answer = await client.post('/Groups', world.groupBody({ members: [{ value: world.word('nobody') }] }));
      expectStatus(answer, 400);
    },
    { level: 'SHOULD' },
  ),
  group('external-id', '7643 3.1', 'a Group keeps its externalId', async (client, world) => {
    const externalId = world.word('Ext');
    const answer = await client.get((await world.newGroup({ externalId })).path);
    expectEqual(answer, 'externalId', answer.body['externalId'], externalId);
  }),
  group(
    'unknown-schema',
    '7643 3.3',
    'a schema URN beside the right one that the server does not know does no harm (Entra sends one)',
    async (client, world) => {
      const schemas = [GROUP, 'urn:conformance:unknown:1.0:Group'];
      expectStatus(await client.post('/Groups', world.groupBody({ schemas })), 201);
    },
    { level: 'SHOULD' },
  ),
  group('user-groups', '7643 4.1.2', 'groups of a User names the Groups that it is a direct member of', async (client, world) => {
    world.needs(USER, 'groups.value');
    const { id, users } = await ofTwo(world);
    const answer = await client.get(users[0].path);
    expectEqual(answer, 'groups', valuesOf(answer, 'groups'), [id]);
  }),
  group(
    'user-groups-follow',
    '7643 4.1.2',
    'groups of a User follows a removal from the Group',
    async (client, world) => {
      world.needs(USER, 'groups.value');
      const { path, users } = await ofTwo(world);
      const [first, second] = users;
      expectSuccess(await client.patch(path, { op: 'remove', path: `members[value eq "${first.id}"]` }));
      const gone = await client.get(first.path);
      expectEqual(gone, 'groups', valuesOf(gone, 'groups'), []);
      const stayed = await client.get(second.path);
      expectEqual(stayed, 'the number of groups', valuesOf(stayed, 'groups').length, 1);
    },
    { feature: ['groups', 'patch'] },
  ),
  group('read-only-groups', '7643 4.1.2', 'groups in the body of a User makes nobody a member', async (client, world) => {
    const { id, path } = await world.newGroup();
    const answer = await client.post('/Users', world.userBody({ groups: [{ value: id }] }));
    if (answer.status < 300) expectEqual(answer, 'groups', valuesOf(answer, 'groups'), []);
    await expectMembers(client, path);
  }),
  group('user-deleted', '7644 3.6', 'a deleted User is in no Group', async (client, world) => {
    const { path, users } = await ofTwo(world);
    const [first, second] = users;
    expectSuccess(await client.delete(first.path));
    await expectMembers(client, path, second);
  }),
  group('deleted', '7644 3.6', 'a deleted Group is 404, and its members stay without it', async (client, world) => {
    const { path, users } = await ofTwo(world);
    expectStatus(await client.delete(path), 204);
    expectStatus(await client.get(path), 404);
    const answer = await client.get(users[0].path);
    expectStatus(answer, 200);
    expectEqual(answer, 'groups', valuesOf(answer, 'groups'), []);
  }),
  group('put', '7644 3.5.1', 'a PUT replaces the members of a Group', async (client, world) => {
    const { path, body, users } = await ofTwo(world);
    const third = await world.newUser();
    const members = [{ value: users[1].id }, { value: third.id }];
    expectStatus(await client.put(path, world.groupBody({ displayName: body['displayName'], members })), 200);
    await expectMembers(client, path, users[1], third);
  }),
  group('put-empty', '7643 2.5', 'a PUT with an empty members empties the Group', async (client, world) => {
    const { path, body } = await ofTwo(world);
    expectSuccess(await client.put(path, world.groupBody({ displayName: body['displayName'], members: [] })));
    await expectMembers(client, path);
  }),
  ...CHANGES,
  group(
    'rename',
    '7644 3.5.2.3',
    'a new displayName leaves the members',
    async (client, world) => {
      const { path, users } = await ofTwo(world);
      const displayName = world.word('renamed');
      expectStatus(await client.patch(path, { op: 'replace', path: 'displayName', value: displayName }), 200, 204);
      const answer = await client.get(path);
      expectEqual(answer, 'displayName', answer.body['displayName'], displayName);
      await expectMembers(client, path, ...users);
    },
    { feature: ['groups', 'patch'] },
  ),
  group(
    'rename-with-id',
    '7644 3.5.2.3',
    'a replace without a path may repeat the id (Okta renames so)',
    async (client, world) => {
      const { id, path } = await world.newGroup();
      const displayName = world.word('renamed');
      expectStatus(await client.patch(path, { op: 'replace', value: { id, displayName } }), 200, 204);
      const answer = await client.get(path);
      expectEqual(answer, 'displayName', answer.body['displayName'], displayName);
    },
    { level: 'SHOULD', feature: ['groups', 'patch'] },
  ),
  group(
    'patch-unknown-member',
    '7644 3.5.2',
    'PATCH add of a member who does not exist is 400 and adds nobody',
    async (client, world) => {
      const { path, users } = await ofTwo(world);
      const third = await world.newUser();
      const value = [{ value: third.id }, { value: world.word('nobody') }];
      expectStatus(await client.patch(path, { op: 'add', path: 'members', value }), 400);
      await expectMembers(client, path, ...users);
    },
    { level: 'SHOULD', feature: ['groups', 'patch'] },
  ),
  group(
    'patch-atomic',
    '7644 3.5.2',
    'when one operation fails, no member is added or removed',
    async (client, world) => {
      const { path, users } = await ofTwo(world);
      const third = await world.newUser();
      expectStatus(await client.patch(path, { op: 'add', path: 'members', value: [{ value: third.id }] }, { op: 'remove' }), 400);
      await expectMembers(client, path, ...users);
    },
    { feature: ['groups', 'patch'] },
  ),
  group(
    'remove-name',
    '7644 3.5.2.2',
    'PATCH remove of displayName, which is required, is 400 mutability',
    async (client, world) => {
      const { path } = await world.newGroup();
      expectError(await client.patch(path, { op: 'remove', path: 'displayName' }), 400, 'mutability', 'invalidValue');
    },
    { feature: ['groups', 'patch'] },
  ),
  group(
    'immutable',
    '7643 4.2',
    'value of a member is immutable: a change of it is 400 mutability',
    async (client, world) => {
      const { path, users } = await ofTwo(world);
      const third = await world.newUser();
      const operation = { op: 'replace', path: `members[value eq "${users[0].id}"].value`, value: third.id };
      expectError(await client.patch(path, operation), 400, 'mutability');
    },
    { level: 'SHOULD', feature: ['groups', 'patch'] },
  ),
];
