import { type AnyRow, listAll as listRows, type Selected } from '../../directory/list-all.js';
import type { SortKey } from '../../directory/keyset.js';
import type { SqlFragment } from '../../directory/sql-fragment.js';
import { walkAll, type WalkSelection } from '../../directory/walk-all.js';
import { Answer } from '../answer.js';
import type { ScimConnection, ScimParts } from '../call.js';
import { InvalidValue } from '../errors.js';
import type { Filter } from '../filter/ast.js';
import { compileFilter } from '../filter/compile.js';
import { resolveFilter } from '../filter/resolve.js';
import type { ListRequest } from '../list-request.js';
import { parseProjection } from '../projection.js';
import { GROUP_RESOURCE, type ResourceKind, USER_RESOURCE } from '../resource-kinds.js';
import { ANY_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from '../schema/schemas.js';
import { parseOrder, sortKey } from '../sort.js';
import { cursorPage, isByCursor } from './cursor-page.js';
import { filterIn, listResponse, pageOf } from './list.js';

type Engine = ScimParts['db']['engine'];

/**
 * GET and `/.search` at the root: Users and Groups in one list, all Users first unless an order is asked for. A name that
 * one type does not have is an attribute without a value there; one that neither has is an error.
 *
 * @see RFC 7644 sections 3.4.2.1 and 3.4.3
 */
export async function listAll(parts: ScimParts, connection: ScimConnection, request: ListRequest): Promise<Answer> {
  const { attributes, excludedAttributes, sortBy } = request;
  const { engine } = parts.db;
  const projections = {
    User: parseProjection(attributes, excludedAttributes, USER_SCHEMA),
    Group: parseProjection(attributes, excludedAttributes, GROUP_SCHEMA),
  };
  const filter = filterIn(connection, request);
  // Refuses what is an attribute nowhere; what follows takes such names for ones without a value.
  if (filter !== null) resolveFilter(filter, ANY_SCHEMA);
  const users = selected(filter, sortBy, USER_RESOURCE, engine);
  const groups = selected(filter, sortBy, GROUP_RESOURCE, engine);
  if (sortBy !== undefined && users.key === null && groups.key === null)
    throw new InvalidValue('sortBy names no attribute of any resource.');
  const direction = parseOrder(request.sortOrder);
  const order = sortBy === undefined ? null : direction;
  const query = { integrationId: connection.integration.id, users: byIndex(users), groups: byIndex(groups), order };
  if (isByCursor(request)) {
    const walk = { integrationId: query.integrationId, users: byCursor(users, order), groups: byCursor(groups, order) };
    return cursorPage(parts, connection, request, {
      endpoint: 'all',
      isFiltered: filter !== null,
      read: (from, side, count) => walkAll(parts.db.read, { ...walk, from, side, count }),
      total: async () => (await listRows(parts.db.read, { ...query, startIndex: 1, count: 0 })).total,
      render: (rows) => render(parts, rows, projections),
    });
  }
  const { startIndex, count } = pageOf(request);
  const page = await listRows(parts.db.read, { ...query, startIndex, count });
  return new Answer(200, listResponse(page.total, startIndex, await render(parts, page.rows, projections)));
}

interface Selection {
  readonly where: SqlFragment | null;
  readonly key: SortKey | null;
}

function selected<Row>(filter: Filter | null, sortBy: string | undefined, kind: ResourceKind<Row>, engine: Engine): Selection {
  return { where: whereOf(filter, kind, engine), key: sortBy === undefined ? null : sortKey(sortBy, kind, engine) };
}

function byIndex({ where, key }: Selection): Selected {
  return { where, sortKey: key?.sql ?? null };
}

/** What has no such attribute is sorted like what has no value. */
const NO_VALUE: SortKey = { sql: 'cast(null as text)', kind: 'column', mayBeNull: true };

function byCursor({ where, key }: Selection, order: 'asc' | 'desc' | null): WalkSelection {
  return { where, order: order === null ? null : { key: key ?? NO_VALUE, direction: order } };
}

function whereOf<Row>(filter: Filter | null, kind: ResourceKind<Row>, engine: Engine): SqlFragment | null {
  if (filter === null) return null;
  return compileFilter(resolveFilter(filter, kind.schema, { unknown: 'novalue' }), kind.target(engine));
}

type Projections = Readonly<Record<AnyRow['type'], ReturnType<typeof parseProjection>>>;

/** Each type with one look-up of its Groups or members, then in the order of the page. */
async function render(parts: ScimParts, rows: readonly AnyRow[], projections: Projections): Promise<string[]> {
  const users = rows.flatMap((found) => (found.type === 'User' ? [found.row] : []));
  const groups = rows.flatMap((found) => (found.type === 'Group' ? [found.row] : []));
  const reader = parts.db.read;
  const userTexts = (await USER_RESOURCE.render(parts, reader, users, projections.User)).values();
  const groupTexts = (await GROUP_RESOURCE.render(parts, reader, groups, projections.Group)).values();
  return rows.map(({ type }) => (type === 'User' ? userTexts : groupTexts).next().value ?? '');
}
