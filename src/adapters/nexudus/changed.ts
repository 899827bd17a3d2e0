import { type Instant, shift } from '../../domain/time.js';
import type { NexudusClient } from './client.js';
import type { Changed, Marks } from './cursor.js';
import { BOOKING, CANCELLED_BOOKING, CONTRACT, COWORKER, COWORKER_TIME_PASS, type Entity } from './entities.js';
import { KEPT_DAYS } from './holdings.js';
import { compareIds, idOf, utc } from './values.js';

const DAY_MS = 24 * 60 * 60_000;

/** The records of one kind that changed since its mark, which moves on. Without a mark: all. */
export async function changedSince<Record extends Changed>(
  client: NexudusClient,
  entity: Entity<Record>,
  marks: Marks,
): Promise<readonly Record[]> {
  const from = marks.from(entity.name);
  const rows = await client.list(entity, from === undefined ? {} : { [`from_${entity.name}_UpdatedOn`]: from });
  const unseen = marks.unseen(entity.name, rows);
  marks.seen(entity.name, rows);
  return unseen;
}

/** Ids of all coworkers whose access a change since the marks may touch, sorted; moves the marks. */
export async function concernedCoworkers(
  client: NexudusClient,
  marks: Marks,
  now: Instant,
  others: ReadonlySet<string>,
): Promise<readonly string[]> {
  const concerned = new Set(others);
  const add = (id: string | null): void => {
    if (id !== null) concerned.add(id);
  };
  for (const { Id } of await changedSince(client, COWORKER, marks)) add(idOf(Id));
  for (const { CoworkerId } of await changedSince(client, CONTRACT, marks)) add(idOf(CoworkerId));
  for (const { CoworkerId } of await changedSince(client, COWORKER_TIME_PASS, marks)) add(idOf(CoworkerId));
  for (const { CoworkerId } of await changedSince(client, BOOKING, marks)) add(idOf(CoworkerId));
  for (const { CoworkerId, ToTime } of await cancelledSince(client, marks)) {
    // Years of cancelled bookings come at the first time; those that are over concern nobody.
    if (utc(ToTime) > shift(now, -KEPT_DAYS * DAY_MS)) add(idOf(CoworkerId));
  }
  return [...concerned].sort(compareIds);
}

/**
 * A cancelled booking leaves the bookings without a trace and turns up here. Whether it then was made anew or changed is
 * not written anywhere, so both are asked for.
 */
async function cancelledSince(client: NexudusClient, marks: Marks) {
  const { name } = CANCELLED_BOOKING;
  const from = marks.from(name);
  const created = await client.list(CANCELLED_BOOKING, from === undefined ? {} : { [`from_${name}_CreatedOn`]: from });
  const updated = from === undefined ? [] : await client.list(CANCELLED_BOOKING, { [`from_${name}_UpdatedOn`]: from });
  const rows = [...new Map([...created, ...updated].map((row) => [String(row.Id), row])).values()].map((row) => ({
    ...row,
    UpdatedOn: utc(row.CreatedOn) > utc(row.UpdatedOn) ? row.CreatedOn : row.UpdatedOn,
  }));
  const unseen = marks.unseen(name, rows);
  marks.seen(name, rows);
  return unseen;
}
