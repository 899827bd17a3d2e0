import { LIST_RESPONSE_URN } from '../../domain/scim.js';
import type { SqlFragment } from '../../directory/list.js';
import { Answer } from '../answer.js';
import type { ScimCall, ScimParts } from '../call.js';
import { InvalidValue } from '../errors.js';
import { compileFilter } from '../filter/compile.js';
import { parseFilter } from '../filter/parse.js';
import { resolveFilter } from '../filter/resolve.js';
import { parseProjection } from '../projection.js';
import type { ResourceKind } from '../resource-kinds.js';
import { parseSort } from '../sort.js';

/** Resources in a page when the client names no count (D-G1). */
export const PAGE_DEFAULT = 100;
/** More are never sent; also `filter.maxResults` of ServiceProviderConfig. */
export const PAGE_MAX = 500;

/**
 * GET /Users and /Groups: filter, order and page are the database's work; only the rows of the page are ever read.
 *
 * @see RFC 7644 section 3.4.2
 */
export async function list<Row>(parts: ScimParts, call: ScimCall, kind: ResourceKind<Row>): Promise<Answer> {
  const { query, connection } = call;
  const { engine } = parts.db;
  const projection = parseProjection(query.attributes, query.excludedAttributes, kind.schema);
  const where = filterOf(call, kind, engine);
  const orderBy = parseSort(query.sortBy, query.sortOrder, kind, engine);
  const startIndex = Math.max(1, integer('startIndex', query.startIndex) ?? 1);
  const count = Math.min(PAGE_MAX, Math.max(0, integer('count', query.count) ?? PAGE_DEFAULT));

  const page = await kind.page(parts.db.read, { integrationId: connection.integration.id, where, orderBy, startIndex, count });
  const resources = await kind.render(parts, parts.db.read, page.rows, projection);
  return new Answer(200, listResponse(page.total, startIndex, resources));
}

/** `itemsPerPage` is what is on this page, numbers are numbers (Okta refuses text). @see RFC 7644 section 3.4.2 */
export function listResponse(total: number, startIndex: number, resources: readonly string[]): string {
  return `{"schemas":["${LIST_RESPONSE_URN}"],"totalResults":${total},"startIndex":${startIndex},"itemsPerPage":${resources.length},"Resources":[${resources.join(',')}]}`;
}

function filterOf<Row>(call: ScimCall, kind: ResourceKind<Row>, engine: ScimParts['db']['engine']): SqlFragment | null {
  const { filter } = call.query;
  if (filter === undefined) return null;
  const bareValues = call.connection.integration.settings.scim.bareFilterValue === 'string';
  return compileFilter(resolveFilter(parseFilter(filter, { bareValues }), kind.schema), kind.target(engine));
}

const INTEGER = /^[+-]?\d{1,40}$/;

/** Beyond what a list can hold all numbers are alike, so a huge one means "past the end". Errors: `InvalidValue`. */
function integer(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!INTEGER.test(text)) throw new InvalidValue(`${name} must be an integer.`);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(text)));
}
