import type { Secret } from '../credentials/secret.js';
import { createToken, hashToken, hasTokenShape } from '../credentials/tokens.js';
import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { ChangeContext } from '../domain/events.js';
import type { Page, PageRequest } from '../domain/page.js';
import { InvalidPlaces, NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { valueChanges } from './changes.js';
import {
  type Controller,
  controllerByHash,
  controllersOfDoor,
  controllersPage,
  lockController,
  lockControllerToDelete,
  readController,
} from './controller-view-store.js';
import { rememberFormerDoor } from './former-door-store.js';
import type { NamedFilter } from './named-list.js';

export interface ControllerFields {
  readonly name: string;
  readonly doorIds: readonly string[];
}

interface NamedDoor {
  readonly id: string;
  readonly site_id: string;
}

const lockDoors = statement<{ ids: string }, NamedDoor>('controllers.lock-doors', (sql, p, dialect) =>
  sql.raw(`select id, site_id from doors where ${dialect.inList('id')} order by id ${dialect.lockRows}`, [p.ids]),
);

const sitesOfDoors = statement<{ ids: string }, { site_id: string }>('controllers.sites', (sql, p, dialect) =>
  sql.raw(`select distinct site_id from doors where ${dialect.inList('id')} limit 2`, [p.ids]),
);

const insertController = statement<{ id: string; name: string; token_hash: string; now: string }>('controllers.insert', (sql, p) =>
  sql('controllers').insert({ id: p.id, name: p.name, token_hash: p.token_hash, created_at: p.now, updated_at: p.now }),
);

const renameController = statement<{ id: string; name: string; now: string }>('controllers.rename', (sql, p) =>
  sql('controllers').where('id', p.id).update({ name: p.name, updated_at: p.now }),
);

const setToken = statement<{ id: string; token_hash: string; now: string }>('controllers.set-token', (sql, p) =>
  sql('controllers').where('id', p.id).update({ token_hash: p.token_hash, updated_at: p.now }),
);

const deleteRow = statement<{ id: string }>('controllers.delete', (sql, p) => sql('controllers').where('id', p.id).delete());

const addDoor = statement<{ controller_id: string; door_id: string }>('controller_doors.insert', (sql, p) =>
  sql('controller_doors').insert({ controller_id: p.controller_id, door_id: p.door_id }),
);

const removeDoor = statement<{ controller_id: string; door_id: string }>('controller_doors.delete', (sql, p) =>
  sql('controller_doors').where({ controller_id: p.controller_id, door_id: p.door_id }).delete(),
);

/** With its token, shown this once. Errors: `InvalidPlaces` for doors that do not exist. */
export async function createController(tx: Tx, context: ChangeContext, fields: ControllerFields): Promise<{ id: string; token: Secret }> {
  const id = newId('ctl');
  const { token, hash } = createToken('controller');
  const doorIds = await checkedDoors(tx, fields.doorIds);
  await tx.run(insertController, { id, name: fields.name, token_hash: hash, now: context.now });
  for (const doorId of doorIds) await tx.run(addDoor, { controller_id: id, door_id: doorId });
  await tell(tx, context, 'create', { id, name: fields.name, doorIds }, { doorIds });
  return { id, token };
}

/** Nothing differs: no write, no event. Errors: `NotFound`, `InvalidPlaces` for doors that do not exist. */
export async function patchController(tx: Tx, context: ChangeContext, id: string, patch: Partial<ControllerFields>): Promise<void> {
  const doorIds = patch.doorIds === undefined ? undefined : await checkedDoors(tx, patch.doorIds);
  const before = await lockedController(tx, id);
  const fieldsBefore: ControllerFields = { name: before.name, doorIds: before.doorIds };
  const after: ControllerFields = { name: patch.name ?? before.name, doorIds: doorIds ?? before.doorIds };
  const changes = valueChanges({ ...fieldsBefore }, { ...after });
  if (changes === null) return;
  await tx.run(renameController, { id, name: after.name, now: context.now });
  for (const doorId of before.doorIds) if (!after.doorIds.includes(doorId)) await takeDoorFrom(tx, context, id, doorId);
  for (const doorId of after.doorIds) if (!before.doorIds.includes(doorId)) await tx.run(addDoor, { controller_id: id, door_id: doorId });
  await tell(tx, context, 'edit', { id, ...after }, { changes });
}

/** A new token, shown this once; the old one opens nothing from now on. Errors: `NotFound`. */
export async function rotateControllerToken(tx: Tx, context: ChangeContext, id: string): Promise<Secret> {
  const controller = await lockedController(tx, id);
  const { token, hash } = createToken('controller');
  await tx.run(setToken, { id, token_hash: hash, now: context.now });
  await tell(tx, context, 'edit', controller, { tokenRotated: true });
  return token;
}

/** Its token opens nothing from now on; the doors stay. Errors: `NotFound`. */
export async function deleteController(tx: Tx, context: ChangeContext, id: string): Promise<void> {
  const controller = await lockedController(tx, id, lockControllerToDelete);
  await tx.run(deleteRow, { id });
  await tell(tx, context, 'delete', controller, {});
}

/** Before a door goes: each controller that moves it is told of, with its doors before and after. */
export async function removeDoorFromControllers(tx: Tx, context: ChangeContext, doorId: string, because: string): Promise<void> {
  for (const { id } of await tx.all(controllersOfDoor, { door_id: doorId })) {
    const before = await lockedController(tx, id);
    const doorIds = before.doorIds.filter((one) => one !== doorId);
    await takeDoorFrom(tx, context, id, doorId);
    await tell(tx, context, 'edit', before, { because, changes: { doorIds: { before: before.doorIds, after: doorIds } } });
  }
}

/** Errors: `NotFound`. */
export async function getController(reader: Reader, id: string): Promise<Controller> {
  return found(await readController(reader, id));
}

/** Oldest first; of a site, those that move a door there. */
export function listControllers(reader: Reader, filter: NamedFilter, page: PageRequest): Promise<Page<Controller>> {
  return controllersPage(reader, filter, page);
}

/** Which controller this is; null when it is none. */
export async function findController(reader: Reader, presented: string): Promise<Controller | null> {
  if (!hasTokenShape('controller', presented)) return null;
  return controllerByHash(reader, hashToken(presented));
}

/** What it did with the door until it hears of this may be told much later. */
async function takeDoorFrom(tx: Tx, { now }: ChangeContext, controllerId: string, doorId: string): Promise<void> {
  await rememberFormerDoor(tx, controllerId, doorId, now);
  await tx.run(removeDoor, { controller_id: controllerId, door_id: doorId });
}

/** What is changed lets those go on that refer to it: a command that is handed over meanwhile waits for nobody. */
async function lockedController(tx: Tx, id: string, lock = lockController): Promise<Controller> {
  if ((await tx.first(lock, { id })) === undefined) throw new NotFound('There is no such controller.');
  return getController(tx, id);
}

/** In the order of ids, locked. @throws InvalidPlaces */
async function checkedDoors(tx: Tx, doorIds: readonly string[]): Promise<string[]> {
  const doors = new Set((await tx.all(lockDoors, { ids: JSON.stringify(doorIds) })).map(({ id }) => id));
  const places = doorIds.flatMap((id, index) =>
    doors.has(id) ? [] : [{ pointer: `/doorIds/${index}`, detail: 'names no door that exists' }],
  );
  if (places.length > 0) throw new InvalidPlaces(places);
  return [...doors].sort();
}

async function tell(
  tx: Tx,
  context: ChangeContext,
  verb: 'create' | 'edit' | 'delete',
  { id, name, doorIds }: ControllerFields & { readonly id: string },
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  // A controller that serves two sites is of neither.
  const sites = await tx.all(sitesOfDoors, { ids: JSON.stringify(doorIds) });
  const [first] = sites;
  const site = first !== undefined && sites.length === 1 ? { siteId: first.site_id } : {};
  await append(tx, context, { verb, object: { type: 'controller', id, name }, ...site, details });
}

function found(controller: Controller | null): Controller {
  if (controller === null) throw new NotFound('There is no such controller.');
  return controller;
}
