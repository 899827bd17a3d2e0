import type { Reader } from '../db/database.js';
import type { Event } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { conditionOf, type EventFilter, isOfOne } from './event-filter.js';
import { type EventRow, eventOf } from './event-rows.js';
import { listFew } from './few.js';
import { PAGE_MS } from './slices.js';
import { type SeqWalk, walkBySeq } from './walk-by-seq.js';
import { type TimeWalk, walkByTime } from './walk-by-time.js';

export type { EventFilter } from './event-filter.js';

export const EVENT_ORDERS = ['createdAt', 'occurredAt'] as const;
export type EventOrder = (typeof EVENT_ORDERS)[number];

/** By what a list is read, and what its positions are: the order of writing, or one of the times. */
export type EventWalk = 'seq' | EventOrder;

/** `at` is null in the order of writing. */
export interface EventPosition {
  readonly seq: number;
  readonly at: Instant | null;
}

export interface EventPageRequest {
  readonly limit: number;
  /** The `next` of the page before, of the same list; null asks for the first. */
  readonly after: EventPosition | null;
  readonly order?: EventOrder;
  /** How long to look for rows before the page is what it is. */
  readonly pageMs?: number;
}

export interface EventPage {
  readonly data: readonly Event[];
  /** null: this is the last page. A page that is not the last may be short, even empty: so long was the way to the next event. */
  readonly next: EventPosition | null;
}

/** By which of the walks the list is read: a cursor is good for this one alone. */
export function walkOf(filter: EventFilter, order: EventOrder = 'createdAt'): EventWalk {
  if (order === 'occurredAt') return 'occurredAt';
  return !isOfOne(filter) && (filter.since !== undefined || filter.until !== undefined) ? 'createdAt' : 'seq';
}

/**
 * Events, newest first. A page that is read later than the one before misses nothing and repeats nothing: new events come
 * in front. Newest is what was written last; between two times, what has the later one.
 */
export async function listEvents(reader: Reader, filter: EventFilter, request: EventPageRequest): Promise<EventPage> {
  const { limit, after, order, pageMs = PAGE_MS } = request;
  const walk = walkOf(filter, order);
  if (walk === 'seq') return listBySeq(reader, filter, { limit, after: after?.seq ?? null, pageMs });
  const column = walk === 'createdAt' ? 'created_at' : 'occurred_at';
  const [since, until] = walk === 'createdAt' ? [filter.since, filter.until] : [filter.occurredSince, filter.occurredUntil];
  const from = after === null || after.at === null ? null : { seq: after.seq, at: after.at };
  return listByTime(reader, filter, { column, since, until, limit, after: from, pageMs });
}

async function listBySeq(reader: Reader, filter: EventFilter, walk: SeqWalk): Promise<EventPage> {
  const { limit, after } = walk;
  // One filter alone is walked by its index, however many there are.
  const isOne = Object.keys(filter).length < 2;
  const few = isOne ? null : await listFew(reader, filter, { columns: ['seq'], limit, after: after === null ? null : [after] });
  const { rows, stoppedAt } = few === null ? await walkBySeq(reader, conditionOf(filter), walk) : { rows: few, stoppedAt: null };
  return pageOf(rows, limit, stoppedAt === null ? null : { seq: stoppedAt, at: null }, ({ seq }) => ({ seq, at: null }));
}

async function listByTime(reader: Reader, filter: EventFilter, walk: TimeWalk): Promise<EventPage> {
  const { column, limit, after } = walk;
  const few = await listFew(reader, filter, { columns: [column, 'seq'], limit, after: after === null ? null : [after.at, after.seq] });
  const { rows, stoppedAt } = few === null ? await walkByTime(reader, conditionOf(filter), walk) : { rows: few, stoppedAt: null };
  return pageOf(rows, limit, stoppedAt, (row) => ({ seq: row.seq, at: row[column] }));
}

/** `rows` may hold one more than fits: then the next page begins after the last that is shown. */
function pageOf(
  rows: readonly EventRow[],
  limit: number,
  stoppedAt: EventPosition | null,
  positionOf: (row: EventRow) => EventPosition,
): EventPage {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { data: shown.map(eventOf), next: rows.length > limit && last !== undefined ? positionOf(last) : stoppedAt };
}
