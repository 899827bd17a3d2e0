import type { Check } from '../check.js';
import { expectEqual, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { objectsAt } from '../json.js';
import { USER } from '../names.js';
import type { World } from '../world.js';
import { valuesOf } from './groups.js';

function nested(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `nested.${id}`, section: '7643 4.2', title, level: 'MUST', feature: ['groups', 'nested'], run, ...more };
}

/** A User in a Group in another Group. */
async function chain(world: World) {
  const user = await world.newUser();
  const inner = await world.newGroup({ members: [{ value: user.id }] });
  const outer = await world.newGroup({ members: [{ value: inner.id, type: 'Group' }] });
  return { user, inner, outer };
}

export const NESTED: readonly Check[] = [
  nested('member', 'a Group may be a member of a Group, with type Group and a $ref to it', async (client, world) => {
    const { inner, outer } = await chain(world);
    const answer = await client.get(outer.path);
    const [member] = objectsAt(answer.body['members']);
    expectEqual(answer, 'the member', [member?.['value'] ?? null, member?.['type'] ?? null], [inner.id, 'Group']);
    expectThat(answer, String(member?.['$ref']).endsWith(inner.path), '$ref of the Group', member?.['$ref']);
  }),
  nested(
    'type-not-sent',
    'the type of a member need not be sent',
    async (client, world) => {
      const inner = await world.newGroup();
      const outer = await world.newGroup({ members: [{ value: inner.id }] });
      const answer = await client.get(outer.path);
      expectEqual(answer, 'type', objectsAt(answer.body['members'])[0]?.['type'], 'Group');
    },
    { level: 'SHOULD' },
  ),
  nested(
    'direct',
    'groups of a User names the Group that it is in, as direct',
    async (client, world) => {
      world.needs(USER, 'groups.type');
      const { user, inner } = await chain(world);
      const answer = await client.get(user.path);
      const found = objectsAt(answer.body['groups']).find((one) => one['value'] === inner.id);
      expectEqual(answer, 'the type of the Group', found?.['type'], 'direct');
    },
    { section: '7643 4.1.2', level: 'SHOULD' },
  ),
  nested(
    'indirect',
    'groups of a User names the Groups around it, as indirect',
    async (client, world) => {
      world.needs(USER, 'groups.type');
      const { user, outer } = await chain(world);
      const answer = await client.get(user.path);
      const found = objectsAt(answer.body['groups']).find((one) => one['value'] === outer.id);
      expectEqual(answer, 'the type of the Group', found?.['type'], 'indirect');
    },
    { section: '7643 4.1.2', level: 'SHOULD' },
  ),
  nested(
    'removed',
    'when the inner Group leaves the outer one, its Users do',
    async (client, world) => {
      world.needs(USER, 'groups.value');
      const { user, inner, outer } = await chain(world);
      expectSuccess(await client.patch(outer.path, { op: 'remove', path: `members[value eq "${inner.id}"]` }));
      const answer = await client.get(user.path);
      expectEqual(answer, 'groups', valuesOf(answer, 'groups'), [inner.id]);
    },
    { section: '7643 4.1.2', feature: ['groups', 'nested', 'patch'] },
  ),
  nested(
    'deleted',
    'a deleted Group is a member of nothing',
    async (client, world) => {
      const { inner, outer } = await chain(world);
      expectSuccess(await client.delete(inner.path));
      const answer = await client.get(outer.path);
      expectEqual(answer, 'the members', valuesOf(answer, 'members'), []);
    },
    { section: '7644 3.6' },
  ),
  nested(
    'itself',
    'a Group is no member of itself',
    async (client, world) => {
      const { id, path } = await world.newGroup();
      expectStatus(await client.patch(path, { op: 'add', path: 'members', value: [{ value: id }] }), 400);
    },
    { level: 'SHOULD', feature: ['groups', 'nested', 'patch'] },
  ),
  nested(
    'circle',
    'Groups that hold each other are refused, or at least every read ends',
    async (client, world) => {
      const { user, inner, outer } = await chain(world);
      const answer = await client.patch(inner.path, { op: 'add', path: 'members', value: [{ value: outer.id }] });
      expectThat(answer, answer.status < 500, 'no breakdown');
      for (const { path } of [user, inner, outer]) expectStatus(await client.get(path), 200);
    },
    { feature: ['groups', 'nested', 'patch'] },
  ),
];
