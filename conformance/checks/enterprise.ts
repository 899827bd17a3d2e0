import type { Check } from '../check.js';
import type { Client } from '../client.js';
import { extensionOf } from '../facts.js';
import { expectEqual, expectList, expectStatus, expectSuccess, expectThat } from '../expect.js';
import { type JsonObject, objectAt, stringsAt } from '../json.js';
import { ENTERPRISE, USER } from '../names.js';
import type { World } from '../world.js';

function enterprise(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `enterprise.${id}`, section: '7643 4.3', title, level: 'MUST', feature: 'enterprise', run, ...more };
}

function employee(world: World, part: JsonObject) {
  world.needs(ENTERPRISE, 'department', 'employeeNumber', 'manager.value');
  return world.newUser({ schemas: [USER, ENTERPRISE], [ENTERPRISE]: part });
}

/** Applies one operation to a User, with or without the extension so far, and returns what a GET shows. */
async function patched(client: Client, world: World, before: JsonObject | null, operation: JsonObject) {
  const { path } = before === null ? await world.newUser() : await employee(world, before);
  expectStatus(await client.patch(path, operation), 200, 204);
  return client.get(path);
}

const PATCHED: Partial<Check> = { section: '7644 3.5.2', feature: ['enterprise', 'patch'] };

export const ENTERPRISE_USER: readonly Check[] = [
  enterprise('kept', 'the values of the extension are kept under its URN', async (client, world) => {
    const { path } = await employee(world, { department: 'Doors', employeeNumber: '7' });
    const answer = await client.get(path);
    const part = extensionOf(answer.body, ENTERPRISE);
    expectEqual(answer, 'department and employeeNumber', [part['department'] ?? null, part['employeeNumber'] ?? null], ['Doors', '7']);
  }),
  enterprise(
    'schemas',
    'schemas names the extension when there are values in it',
    async (client, world) => {
      const { path } = await employee(world, { department: 'Doors' });
      const answer = await client.get(path);
      expectThat(answer, stringsAt(answer.body['schemas']).includes(ENTERPRISE), `schemas with ${ENTERPRISE}`, answer.body['schemas']);
    },
    { section: '7643 3' },
  ),
  enterprise('manager', 'manager has the id of the other User, and a $ref to it', async (client, world) => {
    const boss = await world.user();
    const { path } = await employee(world, { manager: { value: boss.id } });
    const answer = await client.get(path);
    const manager = objectAt(extensionOf(answer.body, ENTERPRISE)['manager']);
    expectEqual(answer, 'manager.value', manager['value'], boss.id);
    const reference = manager['$ref'];
    expectThat(
      answer,
      reference === undefined || String(reference).endsWith(boss.path),
      '$ref of the manager, where there is one',
      reference,
    );
  }),
  enterprise('manager-name', 'displayName of the manager is readOnly: what the client sends is not kept', async (client, world) => {
    const boss = await world.user();
    const { path } = await employee(world, { manager: { value: boss.id, displayName: 'planted' } });
    const answer = await client.get(path);
    expectThat(answer, !answer.text.includes('planted'), 'not the name that was sent');
  }),
  enterprise(
    'add',
    'PATCH add with the URN of the extension in the path',
    async (client, world) => {
      const answer = await patched(client, world, { employeeNumber: '7' }, { op: 'add', path: `${ENTERPRISE}:department`, value: 'After' });
      const part = extensionOf(answer.body, ENTERPRISE);
      expectEqual(answer, 'department and employeeNumber', [part['department'] ?? null, part['employeeNumber'] ?? null], ['After', '7']);
    },
    PATCHED,
  ),
  enterprise(
    'add-schema',
    'the first value in the extension adds its URN to schemas',
    async (client, world) => {
      const answer = await patched(client, world, null, { op: 'add', path: `${ENTERPRISE}:department`, value: 'After' });
      expectThat(answer, stringsAt(answer.body['schemas']).includes(ENTERPRISE), `schemas with ${ENTERPRISE}`, answer.body['schemas']);
    },
    PATCHED,
  ),
  enterprise(
    'add-object',
    'PATCH add without a path takes an object under the URN',
    async (client, world) => {
      const answer = await patched(client, world, null, { op: 'add', value: { [ENTERPRISE]: { department: 'After' } } });
      expectEqual(answer, 'department', extensionOf(answer.body, ENTERPRISE)['department'], 'After');
    },
    PATCHED,
  ),
  enterprise(
    'remove',
    'PATCH remove of one value leaves the others',
    async (client, world) => {
      const answer = await patched(
        client,
        world,
        { department: 'Doors', employeeNumber: '7' },
        { op: 'remove', path: `${ENTERPRISE}:department` },
      );
      const part = extensionOf(answer.body, ENTERPRISE);
      expectEqual(answer, 'department and employeeNumber', [part['department'] ?? null, part['employeeNumber'] ?? null], [null, '7']);
    },
    PATCHED,
  ),
  enterprise(
    'urn-key',
    'a key with the URN and the name in a value without a path (Entra)',
    async (client, world) => {
      const answer = await patched(client, world, null, { op: 'add', value: { [`${ENTERPRISE}:department`]: 'After' } });
      expectEqual(answer, 'department', extensionOf(answer.body, ENTERPRISE)['department'], 'After');
    },
    { ...PATCHED, level: 'MAY' },
  ),
  enterprise(
    'put',
    'a PUT changes values of the extension',
    async (client, world) => {
      const { path, body } = await employee(world, { department: 'Doors' });
      const more = { schemas: [USER, ENTERPRISE], userName: body['userName'], [ENTERPRISE]: { department: 'After' } };
      expectSuccess(await client.put(path, world.userBody(more)));
      const answer = await client.get(path);
      expectEqual(answer, 'department', extensionOf(answer.body, ENTERPRISE)['department'], 'After');
    },
    { section: '7644 3.5.1' },
  ),
  enterprise(
    'filter',
    'a filter names an attribute of the extension with its URN',
    async (client, world) => {
      const department = world.word('dept');
      const { id } = await employee(world, { department });
      const answer = await client.get('/Users', { filter: `${ENTERPRISE}:department eq "${department}"` });
      expectEqual(
        answer,
        'the Users found',
        expectList(answer).map((row) => row['id'] ?? null),
        [id],
      );
    },
    { section: '7644 3.10', feature: ['enterprise', 'filter'] },
  ),
  enterprise(
    'filter-manager',
    'a filter reaches a sub-attribute of the extension',
    async (client, world) => {
      const boss = await world.newUser();
      const { id } = await employee(world, { manager: { value: boss.id } });
      const answer = await client.get('/Users', { filter: `${ENTERPRISE}:manager.value eq "${boss.id}"` });
      expectEqual(
        answer,
        'the Users found',
        expectList(answer).map((row) => row['id'] ?? null),
        [id],
      );
    },
    { section: '7644 3.10', feature: ['enterprise', 'filter'] },
  ),
];
