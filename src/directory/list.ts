import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { ResourceType } from '../domain/scim.js';
import { countAll, locateRow } from './block-store.js';
import { GROUP_COLUMNS, type GroupRow } from './group-store.js';
import { among, search } from './search.js';
import { allOf, type SqlFragment } from './sql-fragment.js';
import { USER_COLUMNS, type UserRow } from './user-store.js';

export interface ListQuery {
  readonly integrationId: string;
  readonly where: SqlFragment | null;
  readonly orderBy: SqlFragment | null;
  /** 1-based. */
  readonly startIndex: number;
  /** 0 asks for the total alone. */
  readonly count: number;
}

export interface Page<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** What makes Users and Groups differ as lists. */
interface Listed<Row> {
  readonly resourceType: ResourceType;
  readonly table: 'users' | 'groups';
  readonly columns: readonly (keyof Row & string)[];
}

const USERS: Listed<UserRow> = { resourceType: 'User', table: 'users', columns: USER_COLUMNS };
const GROUPS: Listed<GroupRow> = { resourceType: 'Group', table: 'groups', columns: GROUP_COLUMNS };

interface FromSeq {
  readonly integrationId: string;
  readonly fromSeq: number;
  readonly offset: number;
  readonly count: number;
}

const fromSeq = { users: readFrom<UserRow>(USERS), groups: readFrom<GroupRow>(GROUPS) };

function readFrom<Row>(listed: Listed<Row>) {
  return statement<FromSeq, Row>(`${listed.table}.fromSeq`, (sql, p) =>
    sql.raw(
      `select ${listed.columns.join(', ')} from ${listed.table} where integration_id = ? and seq >= cast(? as bigint)
       order by seq limit cast(? as bigint) offset cast(? as bigint)`,
      [p.integrationId, p.fromSeq, p.count, p.offset],
    ),
  );
}

export function listUsers(reader: Reader, query: ListQuery): Promise<Page<UserRow>> {
  return list(reader, USERS, query);
}

export function listGroups(reader: Reader, query: ListQuery): Promise<Page<GroupRow>> {
  return list(reader, GROUPS, query);
}

/** One page in a stable order with the exact total; the order of creation unless another is asked for. @see RFC 7644 section 3.4.2.4 */
async function list<Row extends UserRow | GroupRow>(reader: Reader, listed: Listed<Row>, query: ListQuery): Promise<Page<Row>> {
  if (query.where === null && query.orderBy === null) return wholeList(reader, listed, query);
  const found =
    query.where === null ? null : await search(reader, listed.table, { ...query, where: query.where, from: null, limit: Infinity });
  return found === null ? queriedList(reader, listed, query) : foundList(reader, listed, query, found);
}

async function wholeList<Row extends UserRow | GroupRow>(reader: Reader, listed: Listed<Row>, query: ListQuery): Promise<Page<Row>> {
  const place = { integrationId: query.integrationId, resourceType: listed.resourceType };
  const total = await countAll(reader, place);
  if (query.count === 0 || query.startIndex > total) return { total, rows: [] };
  const start = await locateRow(reader, place, query.startIndex - 1);
  if (start === null) return { total, rows: [] };
  const params = { integrationId: query.integrationId, ...start, count: query.count };
  return { total, rows: (await reader.all<FromSeq, UserRow | GroupRow>(fromSeq[listed.table], params)) as Row[] };
}

async function queriedList<Row extends UserRow | GroupRow>(reader: Reader, listed: Listed<Row>, query: ListQuery): Promise<Page<Row>> {
  const condition = query.where === null ? '' : ` and (${query.where.sql})`;
  const from = `from ${listed.table} r where r.integration_id = ?${condition}`;
  const bindings = [query.integrationId, ...(query.where?.bindings ?? [])];
  const order = query.orderBy === null ? '' : `${query.orderBy.sql}, `;
  const columns = listed.columns.map((column) => `r.${column}`).join(', ');
  const skip = query.startIndex - 1;
  const rows =
    query.count === 0
      ? []
      : await reader.query<Row>(`select ${columns} ${from} order by ${order}r.seq limit cast(? as bigint) offset cast(? as bigint)`, [
          ...bindings,
          ...(query.orderBy?.bindings ?? []),
          query.count,
          skip,
        ]);
  // A short page tells the total by itself: a look-up by userName is one statement.
  if (query.count > 0 && rows.length < query.count && (rows.length > 0 || skip === 0)) return { total: skip + rows.length, rows };
  const counted = await reader.query<{ total: number }>(`select cast(count(*) as bigint) as total ${from}`, bindings);
  return { total: counted[0]?.total ?? 0, rows };
}

/** The rows of the page are read once more under the condition: what is shown fulfils it. */
async function foundList<Row extends UserRow | GroupRow>(
  reader: Reader,
  listed: Listed<Row>,
  query: ListQuery,
  found: readonly number[],
): Promise<Page<Row>> {
  const seqs = await seqsOfPage(reader, listed, query, found);
  if (seqs.length === 0) return { total: found.length, rows: [] };
  const where = allOf([among(seqs), query.where]);
  const { rows } = await queriedList(reader, listed, { ...query, where, startIndex: 1, count: seqs.length });
  return { total: found.length, rows };
}

async function seqsOfPage<Row extends UserRow | GroupRow>(
  reader: Reader,
  listed: Listed<Row>,
  { orderBy, startIndex, count }: ListQuery,
  found: readonly number[],
): Promise<readonly number[]> {
  if (count === 0) return [];
  if (orderBy === null) return found.slice(startIndex - 1, startIndex - 1 + count);
  const { sql, bindings } = among(found);
  const sorted = await reader.query<{ seq: number }>(
    `select r.seq from ${listed.table} r where ${sql} order by ${orderBy.sql}, r.seq limit cast(? as bigint) offset cast(? as bigint)`,
    [...bindings, ...orderBy.bindings, count, startIndex - 1],
  );
  return sorted.map(({ seq }) => seq);
}
