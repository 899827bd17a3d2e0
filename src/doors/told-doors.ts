import { formerDoors } from '../access/former-door-store.js';
import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

/** A clock that is this far ahead of ours is taken at its word; one further ahead is wrong. */
const AHEAD_MS = 5 * 60_000;

/** A door of which a controller may tell something. */
export interface ToldDoor {
  readonly id: string;
  readonly name: string;
  readonly siteId: string;
  /** It is no door of this controller any more. */
  readonly isFormer: boolean;
  /** Of a former door: until when the controller may have opened it, by a list in which it still was. null: until now. */
  readonly until: Instant | null;
}

interface DoorRow {
  readonly id: string;
  readonly name: string;
  readonly site_id: string;
}

const doorsOf = statement<{ ids: string }, DoorRow>('told-doors.present', (sql, p, dialect) =>
  sql.raw(`select id, name, site_id from doors where ${dialect.inList('id')}`, [p.ids]),
);

/** By id: the doors that the controller has, and those that it had. */
export async function toldDoors(
  tx: Tx,
  controller: { readonly id: string; readonly doorIds: readonly string[] },
): Promise<ReadonlyMap<string, ToldDoor>> {
  const doors = new Map<string, ToldDoor>();
  for (const { id, name, siteId, listAt } of await formerDoors(tx, controller.id))
    doors.set(id, { id, name, siteId, isFormer: true, until: listAt });
  for (const { id, name, site_id: siteId } of await tx.all(doorsOf, { ids: JSON.stringify(controller.doorIds) }))
    doors.set(id, { id, name, siteId, isFormer: false, until: null });
  return doors;
}

/** The clock of who says this is wrong: nobody knows when it was. */
export function isAhead(occurredAt: Instant, now: Instant): boolean {
  return occurredAt > shift(now, AHEAD_MS);
}

/** May this have happened while the controller moved the door? Of a time that nobody knows it may. */
export function mayHaveMoved({ until }: ToldDoor, occurredAt: Instant, now: Instant): boolean {
  return until === null || occurredAt < shift(until, AHEAD_MS) || isAhead(occurredAt, now);
}
