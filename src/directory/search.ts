import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Side } from './keyset.js';
import type { SqlFragment } from './sql-fragment.js';

/** What is looked for, row by row, because no index knows it. */
export interface Search {
  readonly integrationId: string;
  readonly where: SqlFragment;
  /** Which way to look; null: from the first row on, to the last. */
  readonly from: { readonly seq: number | null; readonly side: Side } | null;
  /** So many are enough. */
  readonly limit: number;
}

/** Row numbers that the first slice spans, and how much faster than the one before a slice may grow. */
const FIRST_SLICE = 128;
const GROWTH = 4;
/** How long a slice should take: SQLite holds the thread for as long. */
const SLICE_MS = 8;

type Table = 'users' | 'groups';

interface Span {
  readonly first: number | null;
  readonly last: number | null;
}

// Two look-ups; both in one aggregate would walk the index.
const spans = { users: spanOf('users'), groups: spanOf('groups') };

function spanOf(table: Table) {
  return statement<{ integrationId: string }, Span>(`${table}.span`, (sql, p) =>
    sql.raw(
      `select (select min(seq) from ${table} where integration_id = ?) as first, (select max(seq) from ${table} where integration_id = ?) as last`,
      [p.integrationId, p.integrationId],
    ),
  );
}

/**
 * The row numbers of what matches, in the order in which they are met. SQLite runs on the thread that serves everybody, and a
 * filter may have to look at every User a hundred times over: so it looks at a slice of the rows at a time, and others have
 * their turn in between. A row that changes meanwhile counts as it was when it was looked at.
 *
 * null: a single statement does as well, because an index finds the rows, or there are few, or the engine has threads of its own.
 */
export async function search(reader: Reader, table: Table, { integrationId, where, from, limit }: Search): Promise<number[] | null> {
  if (reader.engine !== 'sqlite' || where.indexed === true) return null;
  const { first, last } = (await reader.first(spans[table], { integrationId })) ?? { first: null, last: null };
  if (first === null || last === null || last - first < FIRST_SLICE) return null;
  const backwards = from?.side === 'before';
  const sql = `select r.seq from ${table} r where r.integration_id = ? and r.seq between ? and ? and (${where.sql}) order by r.seq ${backwards ? 'desc' : 'asc'}`;
  const found: number[] = [];
  let [low, high] = backwards ? [first, Math.min(last, (from.seq ?? last + 1) - 1)] : [Math.max(first, (from?.seq ?? first - 1) + 1), last];
  for (let width = FIRST_SLICE; low <= high && found.length < limit; ) {
    const slice = backwards ? [Math.max(low, high - width + 1), high] : [low, Math.min(high, low + width - 1)];
    const start = performance.now();
    for (const { seq } of await reader.query<{ seq: number }>(sql, [integrationId, ...slice, ...where.bindings])) found.push(seq);
    width = nextWidth(width, performance.now() - start);
    if (backwards) high = (slice[0] ?? low) - 1;
    else low = (slice[1] ?? high) + 1;
    await nextTurn();
  }
  return found.slice(0, limit);
}

function nextWidth(width: number, tookMs: number): number {
  return Math.max(1, Math.floor(width * Math.min(GROWTH, SLICE_MS / tookMs)));
}

/** These rows and no others. */
export function among(seqs: readonly number[]): SqlFragment {
  return { sql: 'r.seq in (select value from json_each(?))', bindings: [JSON.stringify(seqs)], indexed: true };
}
