import { LIST_RESPONSE_URN } from '../../domain/scim.js';
import type { SqlFragment } from '../../directory/sql-fragment.js';
import { Answer } from '../answer.js';
import type { ScimConnection, ScimParts } from '../call.js';
import type { Filter } from '../filter/ast.js';
import { compileFilter } from '../filter/compile.js';
import { parseFilter } from '../filter/parse.js';
import { resolveFilter } from '../filter/resolve.js';
import type { ListRequest } from '../list-request.js';
import { parseProjection } from '../projection.js';
import type { ResourceKind } from '../resource-kinds.js';
import { PAGE_DEFAULT, PAGE_MAX } from '../schema/limits.js';
import { parseSort, parseSortOrder } from '../sort.js';
import { cursorPage, isByCursor } from './cursor-page.js';

/**
 * GET and `/.search` of /Users and /Groups: filter, order and page are the database's work; only the rows of the page
 * are ever read.
 *
 * @see RFC 7644 sections 3.4.2 and 3.4.3
 */
export async function list<Row>(
  parts: ScimParts,
  connection: ScimConnection,
  request: ListRequest,
  kind: ResourceKind<Row>,
): Promise<Answer> {
  const { engine } = parts.db;
  const projection = parseProjection(request.attributes, request.excludedAttributes, kind.schema);
  const where = filterOf(connection, request, kind, engine);
  const integrationId = connection.integration.id;
  if (isByCursor(request)) {
    const order = parseSortOrder(request.sortBy, request.sortOrder, kind, engine);
    return cursorPage(parts, connection, request, {
      endpoint: kind.schema.resourceType === 'User' ? 'Users' : 'Groups',
      isFiltered: where !== null,
      read: (from, side, count) => kind.walk(parts.db.read, { integrationId, where, order, from, side, count }),
      total: async () => (await kind.page(parts.db.read, { integrationId, where, orderBy: null, startIndex: 1, count: 0 })).total,
      render: (rows) => kind.render(parts, parts.db.read, rows, projection),
    });
  }
  const orderBy = parseSort(request.sortBy, request.sortOrder, kind, engine);
  const { startIndex, count } = pageOf(request);

  const page = await kind.page(parts.db.read, { integrationId, where, orderBy, startIndex, count });
  const resources = await kind.render(parts, parts.db.read, page.rows, projection);
  return new Answer(200, listResponse(page.total, startIndex, resources));
}

/** Negative numbers are the smallest ones, and no page is larger than `PAGE_MAX`. @see RFC 7644 section 3.4.2.4 */
export function pageOf({ startIndex, count }: ListRequest): { startIndex: number; count: number } {
  return { startIndex: Math.max(1, startIndex ?? 1), count: Math.min(PAGE_MAX, Math.max(0, count ?? PAGE_DEFAULT)) };
}

/** `itemsPerPage` is what is on this page, numbers are numbers (Okta refuses text). @see RFC 7644 section 3.4.2 */
export function listResponse(total: number, startIndex: number, resources: readonly string[]): string {
  return `{"schemas":["${LIST_RESPONSE_URN}"],"totalResults":${total},"startIndex":${startIndex},"itemsPerPage":${resources.length},"Resources":[${resources.join(',')}]}`;
}

/** The filter as a tree, by the rules of the connection; null: there is none. Errors: `InvalidFilter`. */
export function filterIn(connection: ScimConnection, { filter }: ListRequest): Filter | null {
  if (filter === undefined) return null;
  return parseFilter(filter, { bareValues: connection.integration.settings.scim.bareFilterValue === 'string' });
}

function filterOf<Row>(
  connection: ScimConnection,
  request: ListRequest,
  kind: ResourceKind<Row>,
  engine: ScimParts['db']['engine'],
): SqlFragment | null {
  const filter = filterIn(connection, request);
  return filter === null ? null : compileFilter(resolveFilter(filter, kind.schema), kind.target(engine));
}
