import type { Position, Side } from '../../directory/keyset.js';
import { LIST_RESPONSE_URN } from '../../domain/scim.js';
import { Answer } from '../answer.js';
import type { ScimConnection, ScimParts } from '../call.js';
import { type Bookmark, type CursorScope, readCursor, writeCursor } from '../cursor.js';
import { InvalidCount, InvalidValue } from '../errors.js';
import type { ListRequest } from '../list-request.js';
import { PAGE_DEFAULT, PAGE_MAX } from '../schema/limits.js';
import { parseOrder } from '../sort.js';

/** A list that can be read from any of its places. */
export interface Walkable<Item> {
  readonly endpoint: CursorScope['endpoint'];
  /** Counting reads what the filter has to look at; without one the total is known anyway. */
  readonly isFiltered: boolean;
  /** At most `count` items next to the position, in the order of the list; from its start or end without one. */
  read(from: Position | null, side: Side, count: number): Promise<readonly Found<Item>[]>;
  total(): Promise<number>;
  render(rows: readonly Item[]): Promise<string[]>;
}

interface Found<Item> {
  readonly row: Item;
  readonly position: Position;
}

/** What was found in front of, on and behind the page. */
interface Leaf<Item> {
  readonly found: readonly Found<Item>[];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

export type CursorRequest = ListRequest & { readonly cursor: string };

export function isByCursor(request: ListRequest): request is CursorRequest {
  return request.cursor !== undefined;
}

/**
 * A page by cursor. Every resource that is there, and sorted alike, from the first page to the last is on exactly one.
 * With a filter `totalResults` is counted for the first page and then carried along: counting anew would make each page
 * cost what the whole list does.
 *
 * Errors: `InvalidCursor`, `ExpiredCursor`, `InvalidCount`; `InvalidValue` beside a startIndex.
 * @see RFC 9865 section 2
 */
export async function cursorPage<Item>(
  parts: ScimParts,
  connection: ScimConnection,
  request: CursorRequest,
  list: Walkable<Item>,
): Promise<Answer> {
  const count = countOf(request);
  const { filter, sortBy } = request;
  const integrationId = connection.integration.id;
  const scope = { integrationId, endpoint: list.endpoint, filter, sortBy, direction: parseOrder(request.sortOrder) };
  const now = parts.clock.now();
  const mark = request.cursor === '' ? null : readCursor(parts.cursors, scope, now, request.cursor);

  const { found, hasPrevious, hasNext } = await turnTo(list, mark, count);
  const total = await totalOf(list, mark, hasNext ? null : found.length);
  const cursorAt = (at: Found<Item> | undefined, side: Side): string | null => {
    if (at === undefined) return null;
    return writeCursor(parts.cursors, scope, now, { from: at.position, side, total: list.isFiltered ? total : null });
  };
  const next = hasNext ? cursorAt(found.at(-1), 'after') : null;
  const previous = hasPrevious ? cursorAt(found[0], 'before') : null;
  return new Answer(200, cursorResponse(total, next, previous, await list.render(found.map(({ row }) => row))));
}

/** Reads one more than the page holds: that tells whether there is another. */
async function turnTo<Item>(list: Walkable<Item>, mark: Bookmark | null, count: number): Promise<Leaf<Item>> {
  if (mark?.side === 'before') {
    const found = await list.read(mark.from, 'before', count + 1);
    if (found.length > 0) return { found: found.slice(-count), hasPrevious: found.length > count, hasNext: true };
    // What was in front of the page has gone, and what comes first now is the first page.
  }
  const from = mark?.side === 'after' ? mark.from : null;
  const found = await list.read(from, 'after', count + 1);
  return { found: found.slice(0, count), hasPrevious: from !== null, hasNext: found.length > count };
}

/** `whole`: how many there are, if the first page holds all of them. */
async function totalOf<Item>(list: Walkable<Item>, mark: Bookmark | null, whole: number | null): Promise<number> {
  if (mark === null) return whole ?? list.total();
  return mark.total ?? list.total();
}

/** No more than `PAGE_MAX`, as without a cursor. A page of nothing would have no next one, and the walk no end. */
function countOf({ count, startIndex }: CursorRequest): number {
  if (startIndex !== undefined) throw new InvalidValue('A page is found by cursor or by startIndex, not by both.');
  if (count !== undefined && count < 1) throw new InvalidCount();
  return Math.min(PAGE_MAX, count ?? PAGE_DEFAULT);
}

/** No startIndex: where in the list a page lies is not known, and not asked. Cursors are of characters that JSON takes as they are. */
function cursorResponse(total: number, next: string | null, previous: string | null, resources: readonly string[]): string {
  const cursors = `${next === null ? '' : `"nextCursor":"${next}",`}${previous === null ? '' : `"previousCursor":"${previous}",`}`;
  return `{"schemas":["${LIST_RESPONSE_URN}"],"totalResults":${total},"itemsPerPage":${resources.length},${cursors}"Resources":[${resources.join(',')}]}`;
}
