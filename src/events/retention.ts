import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

const DAY_MS = 86_400_000;
/** So many at a time: others want to write too. */
export const PRUNED_AT_ONCE = 500;

interface Position {
  readonly position: number;
}

// On PostgreSQL a lower `seq` may be committed after a higher one; there, who reads on from a moment goes by transactions.
const pruneEvents = statement<{ before: Instant }, Position>('events.prune', (sql, p, { engine, lockFreeRows }) =>
  sql.raw(
    `delete from events where seq in
       (select seq from events where created_at < ? order by created_at, seq limit ${PRUNED_AT_ONCE} ${lockFreeRows})
     returning ${engine === 'postgres' ? 'tx' : 'seq'} as position`,
    [p.before],
  ),
);

const pruneAlerts = statement<{ before: Instant }>('alerts.prune', (sql, p) =>
  sql.raw(`delete from alerts where seq in (select seq from alerts where closed_at < ? order by closed_at limit ${PRUNED_AT_ONCE})`, [
    p.before,
  ]),
);

const noteGone = statement<Position>('events.note-gone', (sql, p) =>
  sql.raw(
    `insert into event_pruning (id, position) values (1, ?)
     on conflict (id) do update set position = excluded.position where event_pruning.position < excluded.position`,
    [p.position],
  ),
);

const readGone = statement<Record<string, never>, Position>('events.read-gone', (sql) =>
  sql('event_pruning').where('id', 1).select('position'),
);

/**
 * Forgets events that are older than so many days, and alerts that closed before; some at a time, the oldest first.
 * Returns how many events went: as many as fit says that there may be more. 0 days: nothing is ever forgotten.
 */
export async function pruneLog(tx: Tx, now: Instant, keptDays: number): Promise<number> {
  if (keptDays === 0) return 0;
  const before = shift(now, -keptDays * DAY_MS);
  await tx.run(pruneAlerts, { before });
  const gone = await tx.all(pruneEvents, { before });
  if (gone.length > 0) await tx.run(noteGone, { position: Math.max(...gone.map(({ position }) => position)) });
  return gone.length;
}

/**
 * Where the log begins to be whole: of what is before this position some may be missing. A position is a `seq` on SQLite
 * and a transaction (`events.tx`) on PostgreSQL. 0 while nothing has ever been forgotten.
 */
export async function oldestKept(reader: Reader): Promise<number> {
  const gone = await reader.first(readGone, {});
  return gone === undefined ? 0 : gone.position + 1;
}
