import type { Check } from '../check.js';
import { expectError, expectStatus } from '../expect.js';
import type { JsonObject } from '../json.js';
import { PATCH_OP, USER } from '../names.js';
import type { World } from '../world.js';
import { patchable } from './patch.js';

const users = new WeakMap<World, ReturnType<typeof patchable>>();

/** What is refused changes nothing, so one User is enough for all. */
function unchanging(world: World): ReturnType<typeof patchable> {
  const user = users.get(world) ?? patchable(world);
  users.set(world, user);
  return user;
}

/** One PATCH that must be refused. */
function refusal(
  id: string,
  section: Check['section'],
  title: string,
  operation: JsonObject,
  scimTypes: readonly string[],
  level: Check['level'] = 'MUST',
): Check {
  return {
    id: `patch.${id}`,
    section,
    title,
    level,
    feature: 'patch',
    run: async (client, world) => {
      const { path } = await unchanging(world);
      expectError(await client.patch(path, operation), 400, ...scimTypes);
    },
  };
}

export const PATCH_REFUSALS: readonly Check[] = [
  refusal('remove-no-path', '7644 3.5.2.2', 'remove without a path is 400 noTarget', { op: 'remove' }, ['noTarget']),
  refusal('add-no-value', '7644 3.5.2.1', 'add without a value is 400', { op: 'add', path: 'displayName' }, []),
  refusal(
    'unknown-op',
    '7644 3.5.2',
    'an operation other than add, remove and replace is 400',
    { op: 'move', path: 'displayName', value: 'x' },
    [],
  ),
  refusal(
    'unknown-op-type',
    '7644 3.12',
    'an unknown operation has the scimType invalidSyntax',
    { op: 'move', path: 'displayName', value: 'x' },
    ['invalidSyntax'],
    'SHOULD',
  ),
  refusal('no-path-text', '7644 3.5.2.3', 'replace without a path and with a text as value is 400', { op: 'replace', value: 'x' }, []),
  refusal('remove-required', '7644 3.5.2.2', 'remove of a required attribute is 400 mutability', { op: 'remove', path: 'userName' }, [
    'mutability',
    'invalidValue',
  ]),
  refusal('read-only-id', '7644 3.5.2', 'a change of id is 400 mutability', { op: 'replace', path: 'id', value: 'x' }, ['mutability']),
  refusal(
    'read-only-meta',
    '7644 3.5.2',
    'a change of meta.created is 400 mutability',
    { op: 'replace', path: 'meta.created', value: '1999-01-01T00:00:00Z' },
    ['mutability'],
  ),
  refusal(
    'read-only-groups',
    '7643 4.1.2',
    'a change of groups of a User is 400 mutability',
    { op: 'add', path: 'groups', value: [{ value: 'x' }] },
    ['mutability'],
  ),
  refusal(
    'broken-path',
    '7644 3.12',
    'a path that cannot be read is 400 invalidPath',
    { op: 'replace', path: 'emails[type eq', value: 'x' },
    ['invalidPath', 'invalidFilter', 'invalidSyntax'],
  ),
  refusal(
    'unknown-path',
    '7644 3.12',
    'a path to an attribute that does not exist is 400 invalidPath',
    { op: 'replace', path: 'noSuchAttribute', value: 'x' },
    ['invalidPath', 'noTarget'],
    'SHOULD',
  ),
  refusal(
    'wrong-type',
    '7644 3.12',
    'a value of the wrong type is 400 invalidValue',
    { op: 'replace', path: 'active', value: 'perhaps' },
    ['invalidValue', 'invalidSyntax'],
    'SHOULD',
  ),
  refusal(
    'no-match',
    '7644 3.5.2.3',
    'replace at a value path that nothing matches is 400 noTarget',
    { op: 'replace', path: 'emails[value sw "nobody"].value', value: 'x@conformance.example' },
    ['noTarget'],
  ),
  refusal(
    'no-match-eq',
    '7644 3.5.2.3',
    'so it is where the filter says what is missing (many create the value for Entra)',
    { op: 'replace', path: 'emails[type eq "other"].value', value: 'x@conformance.example' },
    ['noTarget'],
    'SHOULD',
  ),
  {
    id: 'patch.schemas',
    section: '7644 3.5.2',
    title: 'a PATCH without the schema of PATCH is 400',
    level: 'MUST',
    feature: 'patch',
    run: async (client, world) => {
      const { path } = await world.newUser();
      const Operations = [{ op: 'replace', path: 'userName', value: world.userName() }];
      for (const schemas of [undefined, [USER]]) expectStatus(await client.send('PATCH', path, { schemas, Operations }), 400);
    },
  },
  {
    id: 'patch.operations',
    section: '7644 3.5.2',
    title: 'a PATCH without operations is 400',
    level: 'MUST',
    feature: 'patch',
    run: async (client, world) => {
      const { path } = await world.newUser();
      for (const Operations of [undefined, [], null, {}, ['x']])
        expectStatus(await client.send('PATCH', path, { schemas: [PATCH_OP], Operations }), 400);
    },
  },
];
