import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import { GROUP_COLUMNS, type GroupRow } from './group-store.js';
import { listGroups, listUsers } from './list.js';
import type { SqlFragment } from './sql-fragment.js';
import { among, search } from './search.js';
import { USER_COLUMNS, type UserRow } from './user-store.js';

/** Which resources of one type, and what they are sorted by. */
export interface Selected {
  readonly where: SqlFragment | null;
  /** An SQL expression over the alias `r`; null: a resource of this type has no such value. */
  readonly sortKey: string | null;
}

/** A list over Users and Groups alike. */
export interface AllQuery {
  readonly integrationId: string;
  readonly users: Selected;
  readonly groups: Selected;
  /** null: all Users before all Groups, each in the order of creation. */
  readonly order: 'asc' | 'desc' | null;
  /** 1-based. */
  readonly startIndex: number;
  /** 0 asks for the total alone. */
  readonly count: number;
}

export type AnyRow = { readonly type: 'User'; readonly row: UserRow } | { readonly type: 'Group'; readonly row: GroupRow };

export interface AnyPage {
  readonly total: number;
  readonly rows: readonly AnyRow[];
}

const usersByIds = statement<{ ids: string }, UserRow>('users.byIds', (sql, p, dialect) =>
  sql('users').whereRaw(dialect.inList('id'), [p.ids]).select(USER_COLUMNS),
);
const groupsByIds = statement<{ ids: string }, GroupRow>('groups.byIds', (sql, p, dialect) =>
  sql('groups').whereRaw(dialect.inList('id'), [p.ids]).select(GROUP_COLUMNS),
);

/** One page over both types with the exact total. @see RFC 7644 section 3.4.2.1 */
export function listAll(reader: Reader, query: AllQuery): Promise<AnyPage> {
  return query.order === null ? inTurn(reader, query) : sorted(reader, query, query.order);
}

/** Two lists, one behind the other: the second starts where the first has ended. */
async function inTurn(reader: Reader, { integrationId, users, groups, startIndex, count }: AllQuery): Promise<AnyPage> {
  const first = await listUsers(reader, { integrationId, where: users.where, orderBy: null, startIndex, count });
  const second = await listGroups(reader, {
    integrationId,
    where: groups.where,
    orderBy: null,
    startIndex: Math.max(1, startIndex - first.total),
    count: count - first.rows.length,
  });
  return { total: first.total + second.total, rows: [...first.rows.map(ofUser), ...second.rows.map(ofGroup)] };
}

interface Place {
  readonly is_group: number;
  readonly id: string;
}

/** The order is made over narrow keys of both types; whole rows are read for the page alone. */
async function sorted(reader: Reader, query: AllQuery, order: 'asc' | 'desc'): Promise<AnyPage> {
  const { integrationId, users, groups, startIndex, count } = query;
  const ofUsers = await chosen(reader, 'users', integrationId, users);
  const ofGroups = await chosen(reader, 'groups', integrationId, groups);
  const total = ofUsers.total + ofGroups.total;
  if (count === 0 || startIndex > total) return { total, rows: [] };

  const places = await reader.query<Place>(
    `select is_group, id from (${keysOf('users', 0, ofUsers)} union all ${keysOf('groups', 1, ofGroups)}) found
     order by case when sort_key is null then 1 else 0 end ${order}, sort_key ${order}, is_group, seq
     limit cast(? as bigint) offset cast(? as bigint)`,
    [integrationId, ...(ofUsers.where?.bindings ?? []), integrationId, ...(ofGroups.where?.bindings ?? []), count, startIndex - 1],
  );
  return { total, rows: await rowsAt(reader, places) };
}

/** How many there are, and the condition by which they are found at once. */
async function chosen(
  reader: Reader,
  table: 'users' | 'groups',
  integrationId: string,
  { where, sortKey }: Selected,
): Promise<Selected & { readonly total: number }> {
  const found = where === null ? null : await search(reader, table, { integrationId, where, from: null, limit: Infinity });
  if (found !== null) return { where: among(found), sortKey, total: found.length };
  const list = table === 'users' ? listUsers : listGroups;
  const { total } = await list(reader, { integrationId, where, orderBy: null, startIndex: 1, count: 0 });
  return { where, sortKey, total };
}

function keysOf(table: 'users' | 'groups', isGroup: 0 | 1, { where, sortKey }: Selected): string {
  const condition = where === null ? '' : ` and (${where.sql})`;
  return `select ${isGroup} as is_group, r.seq, r.id, ${sortKey ?? 'null'} as sort_key from ${table} r where r.integration_id = ?${condition}`;
}

async function rowsAt(reader: Reader, places: readonly Place[]): Promise<AnyRow[]> {
  const ids = (isGroup: number) => JSON.stringify(places.filter((place) => place.is_group === isGroup).map((place) => place.id));
  const rows = new Map<string, AnyRow>();
  for (const row of await reader.all(usersByIds, { ids: ids(0) })) rows.set(row.id, ofUser(row));
  for (const row of await reader.all(groupsByIds, { ids: ids(1) })) rows.set(row.id, ofGroup(row));
  // What has gone since its key was read is gone.
  return places.map(({ id }) => rows.get(id)).filter((row) => row !== undefined);
}

function ofUser(row: UserRow): AnyRow {
  return { type: 'User', row };
}

function ofGroup(row: GroupRow): AnyRow {
  return { type: 'Group', row };
}
