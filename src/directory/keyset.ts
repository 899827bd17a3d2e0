import type { ResourceType } from '../domain/scim.js';
import type { SqlFragment } from './sql-fragment.js';

/** What a list is sorted by: an SQL expression over the alias `r`, in comparison form. */
export interface SortKey {
  readonly sql: string;
  /** `column`: a text that an index may hold, so a short one; `text`: any text; `number`. */
  readonly kind: 'column' | 'text' | 'number';
  readonly mayBeNull: boolean;
}

export interface SortOrder {
  readonly key: SortKey;
  readonly direction: 'asc' | 'desc';
}

/** A place in a list: that of a resource, which need not be there any more. */
export interface Position {
  readonly type: ResourceType;
  readonly seq: number;
  /** What it was sorted by; null without a value, and in a list that is in the order of creation. */
  readonly key: string | number | null;
}

/** Towards the end of the list, or back towards its start. */
export type Side = 'after' | 'before';

/**
 * Code points of a text by which a walk orders. A cursor carries its position, and must fit into a URL; texts that begin
 * alike for longer than this follow in the order of creation.
 */
const KEY_PREFIX = 512;

const FLIPPED = { asc: 'desc', desc: 'asc' } as const;
const BEYOND = { asc: '>', desc: '<' } as const;

/** The expression by which a walk orders, in SQL; what a position's `key` is read from. */
export function keyExpression({ sql, kind }: SortKey): string {
  return kind === 'text' ? `substr(${sql}, 1, ${KEY_PREFIX})` : sql;
}

/**
 * ORDER BY of a walk. Resources without a value are last in ascending order and first in descending (RFC 7644 section
 * 3.4.2.3); equal ones follow in the order of creation, whichever the direction. `before` reads all of it backwards.
 */
export function orderBy(order: SortOrder | null, side: Side): string {
  const creation = `r.seq ${facing('asc', side)}`;
  if (order === null) return creation;
  const key = keyExpression(order.key);
  const direction = facing(order.direction, side);
  const absence = order.key.mayBeNull ? `case when ${key} is null then 1 else 0 end ${direction}, ` : '';
  return `${absence}${key} ${direction}, ${creation}`;
}

/**
 * The condition for rows of `type` on one side of a position, in the order of `orderBy`. Where a list holds both types,
 * Users are before Groups that are equal to them.
 */
export function beyond(order: SortOrder | null, position: Position, side: Side, type: ResourceType): SqlFragment {
  const equal = equalKeyed(position, side, type);
  if (order === null) return equal;
  const key = keyExpression(order.key);
  const direction = facing(order.direction, side);
  const absentLater = order.key.mayBeNull && direction === 'asc';
  if (position.key === null) {
    const rest = direction === 'desc' ? ` or ${key} is not null` : '';
    return { sql: `((${key} is null and ${equal.sql})${rest})`, bindings: equal.bindings };
  }
  const value = order.key.kind === 'number' ? 'cast(? as numeric)' : '?';
  const past = BEYOND[direction];
  // The first comparison says nothing new; it is the one that an index can start from.
  const sql = `(${key} ${past}= ${value} and (${key} ${past} ${value} or ${equal.sql}))`;
  return { sql: absentLater ? `(${sql} or ${key} is null)` : sql, bindings: [position.key, position.key, ...equal.bindings] };
}

/** Which of the rows that are sorted alike lie on this side. */
function equalKeyed(position: Position, side: Side, type: ResourceType): SqlFragment {
  if (type === position.type) return { sql: `r.seq ${BEYOND[facing('asc', side)]} cast(? as bigint)`, bindings: [position.seq] };
  const isLater = type === 'Group';
  return { sql: isLater === (side === 'after') ? 'TRUE' : 'FALSE', bindings: [] };
}

function facing(direction: 'asc' | 'desc', side: Side): 'asc' | 'desc' {
  return side === 'after' ? direction : FLIPPED[direction];
}
