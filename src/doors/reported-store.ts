import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

const ROWS_PER_STATEMENT = 250;
const ROWS_AT_A_TIME = 1_000;
/** A controller that was cut off for longer than this and tells again what it has told would be believed. */
export const REPORTED_KEPT_DAYS = 180;

const ownEvents = statement<{ ids: string; doors: string }, { id: string }>('reported.own-events', (sql, p, dialect) =>
  sql.raw(
    `select id from events where ${dialect.inList('id')} and verb = 'use' and object_type = 'door' and ${dialect.inList('object_id')}`,
    [p.ids, p.doors],
  ),
);

const forget = statement<{ before: Instant }>('reported.forget', (sql, p) =>
  sql.raw(
    `delete from controller_events where (controller_id, event_id) in
       (select controller_id, event_id from controller_events where received_at < ? order by received_at limit ${ROWS_AT_A_TIME})`,
    [p.before],
  ),
);

/**
 * Remembers what a controller told by these ids, and returns those that are new. In the order of ids, so that two uploads of
 * the same do not wait for each other in turn; the second waits for the first and then finds them known.
 */
export async function rememberReported(tx: Tx, controllerId: string, ids: readonly string[], now: Instant): Promise<ReadonlySet<string>> {
  const fresh = new Set<string>();
  const sorted = [...new Set(ids)].sort();
  for (let at = 0; at < sorted.length; at += ROWS_PER_STATEMENT) {
    const part = sorted.slice(at, at + ROWS_PER_STATEMENT);
    const marks = part.map(() => '(?, ?, ?)').join(', ');
    const rows = await tx.query<{ event_id: string }>(
      `insert into controller_events (controller_id, event_id, received_at) values ${marks} on conflict do nothing returning event_id`,
      part.flatMap((id) => [controllerId, id, now]),
    );
    for (const { event_id } of rows) fresh.add(event_id);
  }
  return fresh;
}

/** Those of the ids that are events of ours at these doors: `verify` wrote them down when it decided. */
export async function knownUses(tx: Tx, ids: readonly string[], doorIds: readonly string[]): Promise<ReadonlySet<string>> {
  const ours = ids.filter((id) => id.startsWith('evt_'));
  if (ours.length === 0) return new Set();
  const rows = await tx.all(ownEvents, { ids: JSON.stringify(ours), doors: JSON.stringify(doorIds) });
  return new Set(rows.map(({ id }) => id));
}

/** Returns how many were forgotten: a part at a time. */
export function forgetReported(tx: Tx, now: Instant): Promise<number> {
  return tx.run(forget, { before: shift(now, -REPORTED_KEPT_DAYS * 86_400_000) });
}
