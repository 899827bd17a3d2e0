import type { Reader } from '../db/database.js';
import type { Instant } from '../domain/time.js';
import { and, type Condition } from './event-filter.js';
import type { EventRow } from './event-rows.js';
import { NO_LIMIT, Slices } from './slices.js';
import type { Walked } from './walk-by-seq.js';

/** A place in the log by one of its times; events of the same instant are in the order in which they were written. */
export interface TimePosition {
  readonly at: Instant;
  readonly seq: number;
}

export interface TimeWalk {
  readonly column: 'created_at' | 'occurred_at';
  readonly since: Instant | undefined;
  readonly until: Instant | undefined;
  readonly limit: number;
  readonly after: TimePosition | null;
  readonly pageMs: number;
}

/**
 * Backwards through the log by time. A slice is so many entries of the index of that time, whatever else is asked for, so
 * it costs no more than those; `since` and `until` are where the walk ends and begins.
 */
export async function walkByTime(reader: Reader, where: Condition, walk: TimeWalk): Promise<Walked<TimePosition>> {
  const { column, limit } = walk;
  const rows: EventRow[] = [];
  const slices = new Slices(walk.pageMs);
  const order = `order by ${column} desc, seq desc`;
  for (let from = walk.after; ; ) {
    slices.begin();
    const range = rangeOf(walk, from);
    const [edge] = await reader.query<TimePosition>(
      `select ${column} as at, seq from events where ${range.sql} ${order} limit 1 offset ?`,
      [...range.bindings, slices.width - 1],
    );
    const slice = edge === undefined ? range : and(range, `(${column}, seq) >= (?, ?)`, [edge.at, edge.seq]);
    // The limit inside keeps both engines from looking for `where` first, in rows of all times.
    const found = await reader.query<EventRow>(
      `select * from (select * from events where ${slice.sql} limit ${NO_LIMIT}) slice where ${where.sql} ${order} limit ?`,
      [...slice.bindings, ...where.bindings, limit + 1 - rows.length],
    );
    rows.push(...found);
    if (edge === undefined || rows.length > limit) return { rows, stoppedAt: null };
    from = edge;
    if (!(await slices.goOn())) return { rows, stoppedAt: edge };
  }
}

function rangeOf({ column, since, until }: TimeWalk, after: TimePosition | null): Condition {
  let range: Condition = { sql: '1 = 1', bindings: [] };
  if (since !== undefined) range = and(range, `${column} >= ?`, [since]);
  if (after !== null) range = and(range, `(${column}, seq) < (?, ?)`, [after.at, after.seq]);
  else if (until !== undefined) range = and(range, `${column} < ?`, [until]);
  return range;
}
