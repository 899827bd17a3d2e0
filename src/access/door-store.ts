import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import type { Page, PageRequest } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { Conflict, NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { valueChanges } from './changes.js';
import { removeDoorFromControllers } from './controller-store.js';
import { type NamedFilter, namedPage } from './named-list.js';
import { deletePermissionsOf } from './permission-store.js';
import { checkSite } from './site-store.js';

export interface Door {
  readonly id: string;
  readonly name: string;
  readonly siteId: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export type DoorFields = Pick<Door, 'name' | 'siteId'>;

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly site_id: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const COLUMNS = ['seq', 'id', 'name', 'site_id', 'created_at', 'updated_at'];

const doorById = statement<{ id: string }, Row>('doors.get', (sql, p) => sql('doors').where('id', p.id).select(COLUMNS));

const lockDoor = statement<{ id: string }, Row>('doors.lock', (sql, p) => sql('doors').where('id', p.id).forUpdate().select(COLUMNS));

const holdRow = statement<{ id: string }, Row>('doors.hold', (sql, p) => sql('doors').where('id', p.id).forKeyShare().select(COLUMNS));

const doorsAfter = statement<{ after: number; limit: number }, Row>('doors.list', (sql, p) =>
  sql.raw(`select ${COLUMNS.join(', ')} from doors where seq > cast(? as bigint) order by seq limit cast(? as bigint)`, [p.after, p.limit]),
);

const doorsOfSite = statement<{ site_id: string; after: number; limit: number }, Row>('doors.list-of-site', (sql, p) =>
  sql.raw(`select ${COLUMNS.join(', ')} from doors where site_id = ? and seq > cast(? as bigint) order by seq limit cast(? as bigint)`, [
    p.site_id,
    p.after,
    p.limit,
  ]),
);

const insertDoor = statement<{ id: string; name: string; site_id: string; now: string }>('doors.insert', (sql, p) =>
  sql('doors').insert({ id: p.id, name: p.name, site_id: p.site_id, created_at: p.now, updated_at: p.now }),
);

const updateDoor = statement<{ id: string; name: string; site_id: string; now: string }>('doors.update', (sql, p) =>
  sql('doors').where('id', p.id).update({ name: p.name, site_id: p.site_id, updated_at: p.now }),
);

const deleteRow = statement<{ id: string }>('doors.delete', (sql, p) => sql('doors').where('id', p.id).delete());

const boundElsewhere = statement<{ id: string; site_id: string }, { name: string }>('doors.bound-elsewhere', (sql, p) =>
  sql.raw(
    `select distinct schedules.name from permissions join schedules on schedules.id = permissions.schedule_id
     where permissions.door_id = ? and schedules.site_id <> ? order by schedules.name limit 5`,
    [p.id, p.site_id],
  ),
);

/** Returns the id. Errors: `InvalidInput` for an unknown site. */
export async function createDoor(tx: Tx, context: ChangeContext, { name, siteId }: DoorFields): Promise<string> {
  const id = newId('door');
  await checkSite(tx, siteId);
  await tx.run(insertDoor, { id, name, site_id: siteId, now: context.now });
  await tell(tx, context, 'create', { id, name, siteId }, {});
  return id;
}

/**
 * A move to another site counts at once: permissions of the old site let nobody in any more, schedules are read in the zone
 * of the new one. Nothing differs: no write, no event. Errors: `NotFound`; `InvalidInput` for an unknown site; `Conflict` when
 * a permission restricts the door by a schedule that belongs to another site.
 */
export async function patchDoor(tx: Tx, context: ChangeContext, id: string, patch: Partial<DoorFields>): Promise<void> {
  if (patch.siteId !== undefined) await checkSite(tx, patch.siteId);
  const before = await lockedDoor(tx, id);
  const fieldsBefore = { name: before.name, siteId: before.siteId };
  const after = { ...fieldsBefore, ...patch };
  const changes = valueChanges(fieldsBefore, after);
  if (changes === null) return;
  if (after.siteId !== before.siteId) await refuseForeignSchedules(tx, id, after.siteId);
  await tx.run(updateDoor, { id, name: after.name, site_id: after.siteId, now: context.now });
  await tell(tx, context, 'edit', { id, ...after }, { changes });
}

/** With the permissions that name it, and off the controllers that move it. Errors: `NotFound`. */
export async function deleteDoor(tx: Tx, context: ChangeContext, id: string): Promise<void> {
  const door = await lockedDoor(tx, id);
  const because = `the door ${door.name} was deleted`;
  await deletePermissionsOf(tx, context, { doorId: id }, because);
  await removeDoorFromControllers(tx, context, id, because);
  await tx.run(deleteRow, { id });
  await tell(tx, context, 'delete', door, {});
}

/** Errors: `NotFound`. */
export async function getDoor(reader: Reader, id: string): Promise<Door> {
  return found(await reader.first(doorById, { id }));
}

/** The same for who is about to write what refers to it: until this transaction ends, nobody deletes the door. Errors: `NotFound`. */
export async function holdDoor(tx: Tx, id: string): Promise<Door> {
  return found(await tx.first(holdRow, { id }));
}

/** Oldest first. */
export function listDoors(reader: Reader, { text, siteId }: NamedFilter, page: PageRequest): Promise<Page<Door>> {
  const rowsAfter = (from: Reader, after: number, limit: number) =>
    siteId === undefined ? from.all(doorsAfter, { after, limit }) : from.all(doorsOfSite, { site_id: siteId, after, limit });
  return namedPage(reader, { text, page }, rowsAfter, doorOf);
}

async function lockedDoor(tx: Tx, id: string): Promise<Door> {
  return found(await tx.first(lockDoor, { id }));
}

async function refuseForeignSchedules(tx: Tx, id: string, siteId: string): Promise<void> {
  const names = (await tx.all(boundElsewhere, { id, site_id: siteId })).map(({ name }) => name);
  if (names.length === 0) return;
  throw new Conflict(`Permissions restrict this door by schedules of its present site: ${names.join(', ')}. Please change those first.`);
}

function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  { id, name, siteId }: Pick<Door, 'id' | 'name' | 'siteId'>,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return append(tx, context, { verb, object: { type: 'door', id, name }, siteId, details });
}

function found(row: Row | undefined): Door {
  if (row === undefined) throw new NotFound('There is no such door.');
  return doorOf(row);
}

function doorOf(row: Row): Door {
  return { id: row.id, name: row.name, siteId: row.site_id, createdAt: row.created_at, updatedAt: row.updated_at };
}
