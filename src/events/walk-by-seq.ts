import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Condition } from './event-filter.js';
import type { EventRow } from './event-rows.js';
import { Slices } from './slices.js';

/** Rows in the order of a walk, one more than were asked for when there is one; `stoppedAt`: how far it has looked, when it did not get to the end. */
export interface Walked<Position> {
  readonly rows: readonly EventRow[];
  readonly stoppedAt: Position | null;
}

export interface SeqWalk {
  readonly limit: number;
  readonly after: number | null;
  readonly pageMs: number;
}

interface Span {
  readonly first: number | null;
  readonly last: number | null;
}

// Two look-ups; both in one aggregate would walk the table.
const span = statement<Record<string, never>, Span>('events.span', (sql) =>
  sql.raw('select (select min(seq) from events) as first, (select max(seq) from events) as last'),
);

/**
 * Backwards through the log in the order in which it was written. Each slice spans a number of rows of the log, so that it
 * costs no more than those, whichever index the engine takes; where an index knows the few that match, it takes little
 * time and the next slice is four times as wide: the whole of a long log is a dozen of them.
 */
export async function walkBySeq(reader: Reader, where: Condition, { limit, after, pageMs }: SeqWalk): Promise<Walked<number>> {
  const { first, last } = (await reader.first(span, {})) ?? { first: null, last: null };
  const rows: EventRow[] = [];
  if (first === null || last === null) return { rows, stoppedAt: null };
  const slices = new Slices(pageMs);
  const sql = `select * from events where seq between ? and ? and ${where.sql} order by seq desc limit ?`;
  for (let high = Math.min(last, (after ?? last + 1) - 1); high >= first; ) {
    slices.begin();
    const low = Math.max(first, high - slices.width + 1);
    rows.push(...(await reader.query<EventRow>(sql, [low, high, ...where.bindings, limit + 1 - rows.length])));
    if (rows.length > limit) break;
    high = low - 1;
    if (!(await slices.goOn()) && high >= first) return { rows, stoppedAt: low };
  }
  return { rows, stoppedAt: null };
}
