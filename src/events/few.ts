import type { Reader, SqlValue } from '../db/database.js';
import { and, type Condition, conditionOf, type EventFilter, indexedParts } from './event-filter.js';
import type { EventRow } from './event-rows.js';
import { NO_LIMIT } from './slices.js';

/** As many as can be read and sorted at once. */
const FEW = 2_000;

interface Ordered {
  /** Columns, the last of them `seq`. */
  readonly columns: readonly string[];
  readonly limit: number;
  /** Values of the columns: where the page before ended. */
  readonly after: readonly SqlValue[] | null;
}

/**
 * Where one part of the filter has few events in the whole log (a member, a verb that is rare), these are read by its
 * index and looked at one by one. null: there is no such part, and the list has to be walked.
 */
export async function listFew(
  reader: Reader,
  filter: EventFilter,
  { columns, limit, after }: Ordered,
): Promise<readonly EventRow[] | null> {
  const part = await partOfFew(reader, indexedParts(filter));
  if (part === null) return null;
  const where = after === null ? conditionOf(filter) : and(conditionOf(filter), `(${columns}) < (${after.map(() => '?')})`, after);
  return reader.query<EventRow>(
    `select * from (select * from events where ${part.sql} limit ${NO_LIMIT}) few where ${where.sql}
     order by ${columns.map((column) => `${column} desc`)} limit ?`,
    [...part.bindings, ...where.bindings, limit + 1],
  );
}

async function partOfFew(reader: Reader, parts: readonly Condition[]): Promise<Condition | null> {
  for (const part of parts) {
    const sql = `select cast(count(*) as bigint) as n from (select 1 as one from events where ${part.sql} limit ${FEW + 1}) counted`;
    const [counted] = await reader.query<{ n: number }>(sql, part.bindings);
    if (counted !== undefined && counted.n <= FEW) return part;
  }
  return null;
}
