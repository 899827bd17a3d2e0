import type { Reader } from '../db/database.js';
import type { ResourceType } from '../domain/scim.js';
import { GROUP_COLUMNS, type GroupRow } from './group-store.js';
import { beyond, keyExpression, orderBy, type Position, type Side, type SortOrder } from './keyset.js';
import { among, search } from './search.js';
import { allOf, type SqlFragment } from './sql-fragment.js';
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
  walk: Walk,
): Promise<Walked<Row>[]> {
  const { order, from, side } = walk;
  const past = from === null ? null : beyond(order, from, side, type);
  const key = order === null ? 'null' : keyExpression(order.key);
  const shown = `${columns.map((column) => `r.${column}`).join(', ')}, ${key} as sort_key`;
  for (;;) {
    const seqs = await seqsNext(reader, type, table, walk, past);
    const where = allOf([seqs === null ? null : among(seqs), past, walk.where]);
    const found = await stretch<Row & { readonly sort_key: Position['key'] }>(reader, table, shown, walk, where);
    // Somebody went while others were looked at. A short stretch would say that the list ends here.
    if (seqs !== null && found.length < seqs.length) continue;
    const walked = found.map((row) => ({ row, position: { type, seq: row.seq, key: row.sort_key } }));
    return side === 'after' ? walked : walked.reverse();
  }
}

/** The row numbers of the stretch, where they have to be searched for; null: one statement finds them. */
async function seqsNext(
  reader: Reader,
  type: ResourceType,
  table: 'users' | 'groups',
  walk: Walk,
  past: SqlFragment | null,
): Promise<readonly number[] | null> {
  const { integrationId, where, order, from, side, count } = walk;
  const condition = allOf([past, where]);
  if (where === null || where.indexed === true || condition === null) return null;
  const seq = order === null && from?.type === type ? from.seq : null;
  const found = await search(reader, table, {
    integrationId,
    where: condition,
    from: { seq, side },
    limit: order === null ? count : Infinity,
  });
  if (found === null || order === null) return found;
  return (await stretch<{ readonly seq: number }>(reader, table, 'r.seq', walk, among(found))).map((row) => row.seq);
}

function stretch<Row>(
  reader: Reader,
  table: 'users' | 'groups',
  columns: string,
  { integrationId, order, side, count }: Walk,
  where: SqlFragment | null,
): Promise<Row[]> {
  return reader.query<Row>(
    `select ${columns} from ${table} r where r.integration_id = ?${where === null ? '' : ` and ${where.sql}`}
     order by ${orderBy(order, side)} limit cast(? as bigint)`,
    [integrationId, ...(where?.bindings ?? []), count],
  );
}
