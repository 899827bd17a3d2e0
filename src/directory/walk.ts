import type { Reader } from '../db/database.js';
import type { ResourceType } from '../domain/scim.js';
import { GROUP_COLUMNS, type GroupRow } from './group-store.js';
import { beyond, keyExpression, orderBy, type Position, type Side, type SortOrder } from './keyset.js';
import type { SqlFragment } from './list.js';
import { USER_COLUMNS, type UserRow } from './user-store.js';

/** A stretch of a list that starts at a position instead of at a number, so its cost does not depend on where it is. */
export interface Walk {
  readonly integrationId: string;
  readonly where: SqlFragment | null;
  /** null: the order of creation. */
  readonly order: SortOrder | null;
  /** The resource there is not part of the stretch; null: from the start (`after`) or the end (`before`) of the list. */
  readonly from: Position | null;
  readonly side: Side;
  readonly count: number;
}

export interface Walked<Row> {
  readonly row: Row;
  readonly position: Position;
}

export function walkUsers(reader: Reader, walk: Walk): Promise<Walked<UserRow>[]> {
  return read<UserRow>(reader, 'User', 'users', USER_COLUMNS, walk);
}

export function walkGroups(reader: Reader, walk: Walk): Promise<Walked<GroupRow>[]> {
  return read<GroupRow>(reader, 'Group', 'groups', GROUP_COLUMNS, walk);
}

/** At most `count` rows next to the position, in the order of the list also when it is walked backwards. */
async function read<Row extends { readonly seq: number }>(
  reader: Reader,
  type: ResourceType,
  table: 'users' | 'groups',
  columns: readonly (keyof Row & string)[],
  { integrationId, where, order, from, side, count }: Walk,
): Promise<Walked<Row>[]> {
  const conditions = [where, from === null ? null : beyond(order, from, side, type)].filter((part) => part !== null);
  const key = order === null ? 'null' : keyExpression(order.key);
  const found = await reader.query<Row & { readonly sort_key: Position['key'] }>(
    `select ${columns.map((column) => `r.${column}`).join(', ')}, ${key} as sort_key from ${table} r
     where r.integration_id = ?${conditions.map(({ sql }) => ` and (${sql})`).join('')}
     order by ${orderBy(order, side)} limit cast(? as bigint)`,
    [integrationId, ...conditions.flatMap(({ bindings }) => bindings), count],
  );
  const walked = found.map((row) => ({ row, position: { type, seq: row.seq, key: row.sort_key } }));
  return side === 'after' ? walked : walked.reverse();
}
