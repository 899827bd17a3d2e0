import type { Check } from '../check.js';
import type { Client } from '../client.js';
import { expectEqual, expectError, expectNoBreakdown, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { isUnassigned, type Json, type JsonObject, objectAt, objectsAt } from '../json.js';
import { PATCH_OP, USER } from '../names.js';
import type { World } from '../world.js';

/** Work and home address of `patchable`, and a User with them. */
export async function patchable(world: World) {
  world.needs(USER, 'emails.value', 'name.familyName', 'displayName');
  const word = world.word();
  const work = `work-${word}@conformance.example`;
  const home = `home-${word}@conformance.example`;
  const emails = [
    { value: work, type: 'work', primary: true },
    { value: home, type: 'home' },
  ];
  return { ...(await world.newUser({ emails, name: { givenName: 'Pat', familyName: 'Before' } })), work, home };
}

function addresses(body: JsonObject): readonly string[] {
  return objectsAt(body['emails']).map((email) => String(email['value']));
}

/** Applies the operations, and that they succeed is part of the check. Returns what a GET shows afterwards. */
async function apply(client: Client, path: string, ...operations: readonly JsonObject[]) {
  expectStatus(await client.patch(path, ...operations), 200, 204);
  return client.get(path);
}

type Effect = (body: JsonObject, user: { readonly work: string; readonly home: string }) => readonly [string, Json, Json];

/** One PATCH that must succeed, and what it must lead to: `[what, got, expected]`. */
function effect(
  id: string,
  section: Check['section'],
  title: string,
  operations: (user: { readonly work: string; readonly home: string }) => readonly JsonObject[],
  then: Effect,
  level: Check['level'] = 'MUST',
): Check {
  return {
    id: `patch.${id}`,
    section,
    title,
    level,
    feature: 'patch',
    run: async (client, world) => {
      const user = await patchable(world);
      const answer = await apply(client, user.path, ...operations(user));
      expectEqual(answer, ...then(answer.body, user));
    },
  };
}

const displayName: Effect = (body) => ['displayName', body['displayName'] ?? null, 'After'];
const familyName: Effect = (body) => [
  'name',
  [objectAt(body['name'])['givenName'] ?? null, objectAt(body['name'])['familyName'] ?? null],
  ['Pat', 'After'],
];

export const PATCH: readonly Check[] = [
  {
    id: 'patch.status',
    section: '7644 3.5.2',
    title: 'a PATCH answers 200 with the resource, or 204 without a body',
    level: 'MUST',
    feature: 'patch',
    run: async (client, world) => {
      const { id, path } = await patchable(world);
      const answer = await client.patch(path, { op: 'replace', path: 'displayName', value: 'After' });
      expectStatus(answer, 200, 204);
      if (answer.status === 204) expectThat(answer, answer.text === '', 'no body');
      else {
        expectEqual(answer, 'id', answer.body['id'], id);
        expectEqual(answer, 'displayName', answer.body['displayName'], 'After');
        expectThat(answer, typeof answer.body['userName'] === 'string', 'the whole resource');
      }
    },
  },
  effect(
    'replace',
    '7644 3.5.2.3',
    'replace sets the value at a path',
    () => [{ op: 'replace', path: 'displayName', value: 'After' }],
    displayName,
  ),
  effect(
    'add',
    '7644 3.5.2.1',
    'add sets a single value at a path',
    () => [{ op: 'add', path: 'displayName', value: 'After' }],
    displayName,
  ),
  effect(
    'add-no-path',
    '7644 3.5.2.1',
    'add without a path takes an object of attributes',
    () => [{ op: 'add', value: { displayName: 'After' } }],
    displayName,
  ),
  effect(
    'replace-no-path',
    '7644 3.5.2.3',
    'replace without a path takes an object of attributes',
    () => [{ op: 'replace', value: { displayName: 'After' } }],
    displayName,
  ),
  effect(
    'remove',
    '7644 3.5.2.2',
    'remove leaves an attribute without a value',
    () => [{ op: 'remove', path: 'displayName' }],
    (body) => ['displayName is gone', isUnassigned(body['displayName']), true],
  ),
  effect(
    'sub-attribute',
    '7644 3.5.2.3',
    'a path to a sub-attribute changes it alone',
    () => [{ op: 'replace', path: 'name.familyName', value: 'After' }],
    familyName,
  ),
  effect(
    'add-complex',
    '7644 3.5.2.1',
    'add to a complex attribute leaves the parts that are not named',
    () => [{ op: 'add', path: 'name', value: { familyName: 'After' } }],
    familyName,
  ),
  effect(
    'path-case',
    '7643 2.1',
    'names in a path count in any case',
    () => [{ op: 'replace', path: 'DISPLAYNAME', value: 'After' }],
    displayName,
  ),
  effect(
    'urn-path',
    '7644 3.10',
    'a path may start with the URN of the schema',
    () => [{ op: 'replace', path: `${USER}:displayName`, value: 'After' }],
    displayName,
  ),
  effect(
    'op-case',
    '7644 3.5.2',
    'operations count in any case (Entra sends Add, Replace, Remove)',
    () => [{ op: 'Replace', path: 'displayName', value: 'After' }],
    displayName,
    'SHOULD',
  ),
  effect(
    'dotted-keys',
    '7644 3.5.2',
    'a key with a dot in a value without a path is a path (Entra)',
    () => [{ op: 'replace', value: { 'name.familyName': 'After' } }],
    familyName,
    'MAY',
  ),
  effect(
    'in-order',
    '7644 3.5.2',
    'operations take effect one after the other',
    () => [
      { op: 'replace', path: 'name.familyName', value: 'After' },
      { op: 'replace', path: 'displayName', value: 'Between' },
      { op: 'remove', path: 'displayName' },
      { op: 'add', path: 'displayName', value: 'After' },
    ],
    (body) => [
      'displayName and familyName',
      [body['displayName'] ?? null, objectAt(body['name'])['familyName'] ?? null],
      ['After', 'After'],
    ],
  ),
  effect(
    'replace-absent',
    '7644 3.5.2.3',
    'replace of an attribute without a value adds it',
    () => [
      { op: 'remove', path: 'displayName' },
      { op: 'replace', path: 'displayName', value: 'After' },
    ],
    displayName,
  ),
  effect(
    'append',
    '7644 3.5.2.1',
    'add to a multi-valued attribute keeps the values that are there',
    () => [{ op: 'add', path: 'emails', value: [{ value: 'added@conformance.example', type: 'other' }] }],
    (body, { work, home }) => ['the addresses', [...addresses(body)].sort(), ['added@conformance.example', home, work].sort()],
  ),
  effect(
    'append-twice',
    '7644 3.5.2.1',
    'add of a value that is there adds nothing',
    ({ home }) => [{ op: 'add', path: 'emails', value: [{ value: home, type: 'home' }] }],
    (body, { work, home }) => ['the addresses', [...addresses(body)].sort(), [home, work].sort()],
  ),
  effect(
    'replace-all',
    '7644 3.5.2.3',
    'replace of a multi-valued attribute replaces all its values',
    () => [{ op: 'replace', path: 'emails', value: [{ value: 'new@conformance.example', type: 'work' }] }],
    (body) => ['the addresses', [...addresses(body)], ['new@conformance.example']],
  ),
  effect(
    'value-path',
    '7644 3.5.2.3',
    'replace at a value path changes a part of the value that matches, and of no other',
    () => [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'new@conformance.example' }],
    (body, { work }) => ['the addresses', [...addresses(body)].sort(), ['new@conformance.example', work].sort()],
  ),
  effect(
    'value-path-and',
    '7644 3.5.2',
    'the filter of a value path may hold and, or and parentheses',
    ({ home }) => [
      { op: 'replace', path: `emails[type eq "home" and (value eq "${home}" or value eq "none")].value`, value: 'new@conformance.example' },
    ],
    (body, { work }) => ['the addresses', [...addresses(body)].sort(), ['new@conformance.example', work].sort()],
  ),
  effect(
    'remove-value',
    '7644 3.5.2.2',
    'remove at a value path removes the value that matches, and no other',
    () => [{ op: 'remove', path: 'emails[type eq "home"]' }],
    (body, { work }) => ['the addresses', [...addresses(body)], [work]],
  ),
  effect(
    'replace-many',
    '7644 3.5.2.3',
    'replace at a value path changes every value that matches',
    () => [{ op: 'replace', path: 'emails[value co "@"].display', value: 'shown' }],
    (body) => ['the display names', objectsAt(body['emails']).map((email) => email['display'] ?? null), ['shown', 'shown']],
  ),
  effect(
    'remove-last',
    '7644 3.5.2.2',
    'an attribute whose last value was removed has no value',
    () => [{ op: 'remove', path: 'emails[value pr]' }],
    (body) => ['emails is gone', isUnassigned(body['emails']), true],
  ),
  effect(
    'primary',
    '7644 3.5.2',
    'a value that becomes primary takes it from the others',
    () => [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    (body, { home }) => [
      'the primary address',
      objectsAt(body['emails'])
        .filter((email) => email['primary'] === true)
        .map((email) => email['value'] ?? null),
      [home],
    ],
  ),
  effect(
    'active',
    '7644 3.5.2.3',
    'active: false takes effect, and the User stays',
    () => [{ op: 'replace', path: 'active', value: false }],
    (body) => ['active', body['active'] ?? null, false],
  ),
  effect(
    'active-text',
    '7643 2.3.2',
    '"False" as a text is read as false (Entra)',
    () => [{ op: 'Replace', path: 'active', value: 'False' }],
    (body) => ['active', body['active'] ?? null, false],
    'MAY',
  ),
  ...answers(),
];

function answers(): readonly Check[] {
  return [
    {
      id: 'patch.atomic',
      section: '7644 3.5.2',
      title: 'when one operation fails, none of the PATCH is stored',
      level: 'MUST',
      feature: 'patch',
      run: async (client, world) => {
        const { path } = await patchable(world);
        const before = (await client.get(path)).body;
        const answer = await client.patch(path, { op: 'replace', path: 'displayName', value: 'After' }, { op: 'remove' });
        expectStatus(answer, 400);
        const read = await client.get(path);
        expectEqual(read, 'the resource', read.body, before);
      },
    },
    {
      id: 'patch.no-change',
      section: '7644 3.5.2.1',
      title: 'add of a value that is there already does not move meta.lastModified',
      level: 'MUST',
      feature: 'patch',
      run: async (client, world) => {
        const { path, home } = await patchable(world);
        const before = objectAt((await client.get(path)).body['meta']);
        const read = await apply(client, path, { op: 'add', path: 'emails', value: [{ value: home, type: 'home' }] });
        expectEqual(read, 'meta.lastModified', objectAt(read.body['meta'])['lastModified'], before['lastModified']);
      },
    },
    {
      id: 'patch.attributes',
      section: '7644 3.5.2',
      title: 'with the parameter attributes a PATCH answers 200 with what was asked for',
      level: 'MUST',
      feature: 'patch',
      run: async (client, world) => {
        const { path } = await patchable(world);
        const Operations = [{ op: 'replace', path: 'displayName', value: 'After' }];
        const answer = await client.send('PATCH', `${path}?attributes=displayName`, { schemas: [PATCH_OP], Operations });
        expectStatus(answer, 200);
        expectEqual(answer, 'displayName', answer.body['displayName'], 'After');
        expectThat(answer, answer.body['emails'] === undefined, 'no emails', answer.body['emails']);
      },
    },
    {
      id: 'patch.duplicate',
      section: '7644 3.12',
      title: 'a PATCH that takes the userName of another User is 409 uniqueness',
      level: 'MUST',
      feature: 'patch',
      run: async (client, world) => {
        const { body } = await world.user();
        const { path } = await world.newUser();
        expectError(await client.patch(path, { op: 'replace', path: 'userName', value: body['userName'] }), 409, 'uniqueness');
      },
    },
    {
      id: 'patch.unknown',
      section: '7644 3.12',
      title: 'a PATCH at an id that does not exist is 404',
      level: 'MUST',
      feature: 'patch',
      run: async (client, world) => {
        expectStatus(await client.patch(`/Users/${world.word('nobody')}`, { op: 'replace', path: 'userName', value: 'x' }), 404);
      },
    },
    {
      id: 'patch.prototype',
      section: '7643 2.1',
      title: 'a path or key such as __proto__ is refused or ignored, and changes nothing for the next request',
      level: 'MUST',
      feature: 'patch',
      run: async (client, world) => {
        const { path } = await world.newUser();
        for (const name of ['__proto__.polluted', 'constructor.prototype.polluted']) {
          expectNoBreakdown(await client.patch(path, { op: 'add', path: name, value: 'polluted' }));
          expectNoBreakdown(await client.patch(path, { op: 'add', value: { [name]: 'polluted' } }));
        }
        const read = await client.get((await world.newUser()).path);
        expectSuccess(read);
        expectThat(read, !read.text.includes('polluted'), 'nothing of it in another User');
      },
    },
  ];
}
