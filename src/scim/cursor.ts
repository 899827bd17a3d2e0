import type { Position, Side } from '../directory/keyset.js';
import { type Instant, shift } from '../domain/time.js';
import { ExpiredCursor, InvalidCursor } from './errors.js';
import { CURSOR_TIMEOUT_SECONDS } from './schema/limits.js';

/**
 * Makes texts that nobody else can make, change or read: a cursor holds what a list is sorted by, which may be a name,
 * and travels in URLs that are logged.
 */
export interface CursorSealer {
  /** Of URL-unreserved characters alone. */
  seal(text: string, binding: string): string;
  /** null for anything that was not sealed with this binding by a key that is still there. */
  open(sealed: string, binding: string): string | null;
}

/** A place in a walk, and which way to go from it. */
export interface Bookmark {
  readonly from: Position;
  readonly side: Side;
  /** `totalResults` as counted when the walk began; null: it costs nothing to ask again. */
  readonly total: number | null;
}

/** Which list a cursor belongs to; `count` and the projection may change from page to page. */
export interface CursorScope {
  readonly integrationId: string;
  readonly endpoint: 'Users' | 'Groups' | 'all';
  readonly filter: string | undefined;
  readonly sortBy: string | undefined;
  readonly direction: 'asc' | 'desc';
}

/** Part of every binding: another form of the payload gets another number, and older cursors are invalid then. */
const FORMAT = 1;
/** Above the longest of ours: a position in an index key of 2,048 bytes, written as JSON, sealed, in base64. */
const LENGTH_MAX = 10_000;

/**
 * A cursor is the place itself, sealed: no server keeps anything of a walk, and all that share the keys go on with it.
 *
 * @see RFC 9865 sections 2 and 5
 */
export function writeCursor(sealer: CursorSealer, scope: CursorScope, now: Instant, { from, side, total }: Bookmark): string {
  const payload: Payload = [shift(now, CURSOR_TIMEOUT_SECONDS * 1000), side, from.type, from.seq, from.key, total];
  return sealer.seal(JSON.stringify(payload), bindingOf(scope));
}

type Payload = [Instant, Side, Position['type'], Position['seq'], Position['key'], Bookmark['total']];

/** @throws InvalidCursor, ExpiredCursor */
export function readCursor(sealer: CursorSealer, scope: CursorScope, now: Instant, cursor: string): Bookmark {
  const opened = cursor.length > LENGTH_MAX ? null : sealer.open(cursor, bindingOf(scope));
  if (opened === null) throw new InvalidCursor();
  // Nobody but `writeCursor` makes what opens with this binding.
  const [expires, side, type, seq, key, total] = JSON.parse(opened) as Payload;
  if (now >= expires) throw new ExpiredCursor();
  return { from: { type, seq, key }, side, total };
}

function bindingOf({ integrationId, endpoint, filter, sortBy, direction }: CursorScope): string {
  const sort = sortBy === undefined ? null : [sortBy.toLowerCase(), direction];
  return JSON.stringify([FORMAT, integrationId, endpoint, filter ?? null, sort]);
}
