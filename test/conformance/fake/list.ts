import { createHash } from 'node:crypto';
import { type Json, type JsonObject, stringsAt } from '../../../conformance/json.js';
import { LIST_RESPONSE, SEARCH_REQUEST } from '../../../conformance/names.js';
import { type FilterOptions, parseFilter, resolve, valuesAt } from './filter.js';
import { type Projection, project } from './model.js';
import { CONFIG, type Kind, MAX_RESULTS } from './schemas.js';
import type { Store } from './store.js';
import { Refusal } from './wire.js';

export interface Query extends Projection {
  readonly filter: string | undefined;
  readonly sortBy: string | undefined;
  readonly sortOrder: string;
  readonly startIndex: number;
  readonly count: number | undefined;
  /** undefined: pages by index. */
  readonly cursor: string | undefined;
}

const names = (list: string): string[] => list.split(',').filter((name) => name !== '');

export function readQuery(query: Readonly<Record<string, string>>): Query {
  const integer = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(text)) throw new Refusal(400, 'invalidValue');
    return Number(text);
  };
  return {
    filter: query['filter'],
    sortBy: query['sortBy'],
    sortOrder: query['sortOrder'] ?? 'ascending',
    startIndex: Math.max(1, integer(query['startIndex']) ?? 1),
    count: integer(query['count']),
    cursor: query['cursor'],
    ...readProjection(query),
  };
}

export function readProjection(query: Readonly<Record<string, string>>): Projection {
  return { attributes: names(query['attributes'] ?? ''), excluded: names(query['excludedAttributes'] ?? '') };
}

/** The body of `.search` as the query that says the same. */
export function searchQuery(body: JsonObject): Query {
  if (!stringsAt(body['schemas']).includes(SEARCH_REQUEST)) throw new Refusal(400, 'invalidSyntax');
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'attributes' || name === 'excludedAttributes') query[name] = stringsAt(value).join(',');
    else if (typeof value === 'string' || typeof value === 'number') query[name] = String(value);
    else if (name !== 'schemas') throw new Refusal(400, 'invalidValue');
  }
  return readQuery(query);
}

export function listAnswer(store: Store, kinds: readonly Kind[], query: Query, atRoot: boolean, options: FilterOptions): JsonObject {
  const matching = kinds.flatMap((kind) => {
    const all = store.list(kind);
    return query.filter === undefined ? all : all.filter(parseFilter(query.filter, kind, atRoot, options));
  });
  const sorted = sort(matching, query, kinds[0] ?? 'User');
  return query.cursor === undefined ? byIndex(sorted, query) : byCursor(sorted, query, query.cursor);
}

function rows(resources: readonly JsonObject[], query: Query): Json[] {
  return resources.map((resource) => project(resource, resource['userName'] === undefined ? 'Group' : 'User', query));
}

function byIndex(sorted: readonly JsonObject[], query: Query): JsonObject {
  const count = Math.min(MAX_RESULTS, Math.max(0, query.count ?? 100));
  const page = sorted.slice(query.startIndex - 1, query.startIndex - 1 + count);
  const counts = { totalResults: sorted.length, startIndex: query.startIndex, itemsPerPage: page.length };
  return { schemas: [LIST_RESPONSE], ...counts, ...(page.length === 0 ? {} : { Resources: rows(page, query) }) };
}

function byCursor(sorted: readonly JsonObject[], query: Query, cursor: string): JsonObject {
  const { maxPageSize } = CONFIG['pagination'] as { maxPageSize: number };
  const count = Math.min(maxPageSize, Math.max(0, query.count ?? 100));
  const of = `${query.filter} ${query.sortBy} ${query.sortOrder}`;
  const offset = cursor === '' ? 0 : readCursor(cursor, of);
  const page = sorted.slice(offset, offset + count);
  return {
    schemas: [LIST_RESPONSE],
    totalResults: sorted.length,
    itemsPerPage: page.length,
    ...(offset + count < sorted.length ? { nextCursor: writeCursor(offset + count, of) } : {}),
    ...(offset > 0 ? { previousCursor: writeCursor(Math.max(0, offset - count), of) } : {}),
    ...(page.length === 0 ? {} : { Resources: rows(page, query) }),
  };
}

function writeCursor(offset: number, of: string): string {
  return `${offset}.${createHash('sha256').update(`${offset} ${of}`).digest('base64url').slice(0, 20)}`;
}

function readCursor(cursor: string, of: string): number {
  const offset = Number(cursor.split('.')[0]);
  if (writeCursor(offset, of) !== cursor) throw new Refusal(400, 'invalidCursor');
  return offset;
}

function sort(resources: readonly JsonObject[], { sortBy, sortOrder }: Query, kind: Kind): readonly JsonObject[] {
  if (sortOrder !== 'ascending' && sortOrder !== 'descending') throw new Refusal(400, 'invalidValue');
  if (sortBy === undefined) return resources;
  const on = resolve(sortBy, kind);
  if (on === null) throw new Refusal(400, 'invalidValue');
  const keyOf = (resource: JsonObject): string | null => {
    const value = valuesAt(preferred(resource, on.attribute.name), on)[0];
    return value === undefined ? null : on.attribute.caseExact ? String(value) : String(value).toLowerCase();
  };
  const order = (left: string | null, right: string | null): number => {
    if (left === right) return 0;
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -1 : 1;
  };
  const direction = sortOrder === 'ascending' ? 1 : -1;
  return [...resources].sort((left, right) => direction * order(keyOf(left), keyOf(right)));
}

/** The primary of several values comes first. */
function preferred(resource: JsonObject, name: string): JsonObject {
  const value = resource[name];
  if (!Array.isArray(value)) return resource;
  const values = value as readonly JsonObject[];
  const primary = values.find((one) => one['primary'] === true);
  return primary === undefined ? resource : { ...resource, [name]: [primary] };
}
