import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

const ROWS_AT_A_TIME = 1_000;
/** As long as it is remembered what a controller has told already: later it would be believed twice. */
const KEPT_DAYS = 180;

/** A door that a controller had, as it was then: it may be another one's by now, or nobody's. */
export interface FormerDoor {
  readonly id: string;
  readonly name: string;
  readonly siteId: string;
  /** From when on it is known that the controller knew: it came back with a list without the door. null: it has not yet. */
  readonly listAt: Instant | null;
}

interface Row {
  readonly door_id: string;
  readonly door_name: string;
  readonly site_id: string;
  readonly list_at: Instant | null;
}

const insert = statement<{ controller_id: string; door_id: string; now: Instant }>('former-doors.insert', (sql, p) =>
  sql.raw(
    `insert into former_doors (controller_id, door_id, door_name, site_id, ended_at)
     select cast(? as text), id, name, site_id, cast(? as text) from doors where id = ?
     on conflict (controller_id, door_id) do update
       set door_name = excluded.door_name, site_id = excluded.site_id, ended_at = excluded.ended_at, list_version = null, list_at = null`,
    [p.controller_id, p.now, p.door_id],
  ),
);

const ofController = statement<{ controller_id: string }, Row>('former-doors.of-controller', (sql, p) =>
  sql('former_doors').where('controller_id', p.controller_id).select('door_id', 'door_name', 'site_id', 'list_at'),
);

const notKnownLost = statement<{ controller_id: string }, { door_id: string; list_version: string | null }>('former-doors.open', (sql, p) =>
  sql('former_doors').where('controller_id', p.controller_id).whereNull('list_at').select('door_id', 'list_version'),
);

const setListVersion = statement<{ controller_id: string; ids: string; version: string }>('former-doors.sent', (sql, p, dialect) =>
  sql.raw(`update former_doors set list_version = ? where controller_id = ? and list_at is null and ${dialect.inList('door_id')}`, [
    p.version,
    p.controller_id,
    p.ids,
  ]),
);

const setListAt = statement<{ controller_id: string; version: string; now: Instant }>('former-doors.taken', (sql, p) =>
  sql('former_doors').where({ controller_id: p.controller_id, list_version: p.version }).whereNull('list_at').update({ list_at: p.now }),
);

const forget = statement<{ before: Instant }>('former-doors.forget', (sql, p) =>
  sql.raw(
    `delete from former_doors where (controller_id, door_id) in
       (select controller_id, door_id from former_doors where ended_at < ? order by ended_at limit ${ROWS_AT_A_TIME})`,
    [p.before],
  ),
);

/** In the transaction that takes the door from the controller, before a door that is deleted goes. */
export async function rememberFormerDoor(tx: Tx, controllerId: string, doorId: string, now: Instant): Promise<void> {
  await tx.run(insert, { controller_id: controllerId, door_id: doorId, now });
}

/** Doors that the controller had within the last half year; one that it has again is among them. */
export async function formerDoors(reader: Reader, controllerId: string): Promise<readonly FormerDoor[]> {
  const rows = await reader.all(ofController, { controller_id: controllerId });
  return rows.map((row) => ({ id: row.door_id, name: row.door_name, siteId: row.site_id, listAt: row.list_at }));
}

/** A door that the controller has lost and may not know it, and the version of the last list without it that was sent. */
export interface LostDoor {
  readonly id: string;
  readonly sentVersion: string | null;
}

export async function doorsNotKnownLost(reader: Reader, controllerId: string): Promise<readonly LostDoor[]> {
  const rows = await reader.all(notKnownLost, { controller_id: controllerId });
  return rows.map(({ door_id, list_version }) => ({ id: door_id, sentVersion: list_version }));
}

/** A list of this version, begun after the controller had lost these doors, is on its way; it may not arrive. */
export async function noteListSent(tx: Tx, controllerId: string, doorIds: readonly string[], version: string): Promise<void> {
  await tx.run(setListVersion, { controller_id: controllerId, ids: JSON.stringify(doorIds), version });
}

/** The controller has come back with the list of this version. */
export async function noteListTaken(tx: Tx, controllerId: string, version: string, now: Instant): Promise<void> {
  await tx.run(setListAt, { controller_id: controllerId, version, now });
}

/** Returns how many were forgotten: a part at a time. */
export function forgetFormerDoors(tx: Tx, now: Instant): Promise<number> {
  return tx.run(forget, { before: shift(now, -KEPT_DAYS * 86_400_000) });
}
