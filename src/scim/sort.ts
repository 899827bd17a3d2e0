import type { Reader } from '../db/database.js';
import type { SortKey, SortOrder } from '../directory/keyset.js';
import type { SqlFragment } from '../directory/sql-fragment.js';
import { InvalidValue } from './errors.js';
import { dottedName, sortColumn } from './filter-target.js';
import type { ResourceKind } from './resource-kinds.js';
import type { ResolvedAttribute } from './schema/attribute.js';
import { resolveName } from './schema/resolve.js';

/**
 * ORDER BY for `sortBy` and `sortOrder`: by the comparison form, so case counts only where the attribute is caseExact;
 * resources without a value come last in ascending order and first in descending; a multi-valued attribute sorts by its
 * primary value, else its first.
 *
 * Errors: `InvalidValue` for an attribute that does not exist or is secret, or another order.
 * @see RFC 7644 section 3.4.2.3
 */
export function parseSort<Row>(
  sortBy: string | undefined,
  sortOrder: string | undefined,
  kind: ResourceKind<Row>,
  engine: Reader['engine'],
): SqlFragment | null {
  const order = parseSortOrder(sortBy, sortOrder, kind, engine);
  if (order === null) return null;
  const { key, direction } = order;
  return { sql: `case when ${key.sql} is null then 1 else 0 end ${direction}, ${key.sql} ${direction}`, bindings: [] };
}

/** The same as key and direction, for lists that are walked by cursor; null: the order of creation. Errors: as `parseSort`. */
export function parseSortOrder<Row>(
  sortBy: string | undefined,
  sortOrder: string | undefined,
  kind: ResourceKind<Row>,
  engine: Reader['engine'],
): SortOrder | null {
  const direction = parseOrder(sortOrder);
  if (sortBy === undefined) return null;
  const key = sortKey(sortBy, kind, engine);
  if (key === null) throw new InvalidValue('sortBy names no attribute of this resource.');
  return { key, direction };
}

/** Errors: `InvalidValue`. */
export function parseOrder(sortOrder: string | undefined): 'asc' | 'desc' {
  const order = (sortOrder ?? 'ascending').toLowerCase();
  if (order !== 'ascending' && order !== 'descending') throw new InvalidValue('sortOrder is ascending or descending.');
  return order === 'ascending' ? 'asc' : 'desc';
}

/** What `sortBy` stands for; null for a name that resources of this kind do not have. Errors: `InvalidValue`. */
export function sortKey<Row>(sortBy: string, kind: ResourceKind<Row>, engine: Reader['engine']): SortKey | null {
  const on = resolveName(sortBy, kind.schema);
  return on === null ? null : keyOf(on, kind, engine);
}

function keyOf<Row>(on: ResolvedAttribute, kind: ResourceKind<Row>, engine: Reader['engine']): SortKey {
  const leaf = on.sub ?? on.attribute;
  if (leaf.returned === 'never' || leaf.mutability === 'writeOnly')
    throw new InvalidValue('sortBy names an attribute that is never shown.');
  const column = sortColumn(kind.schema.resourceType, dottedName(on));
  if (column !== undefined) return { sql: column.sql, kind: 'column', mayBeNull: column.mayBeNull };
  const { alias, json, rows } = kind.target(engine);
  if (rows(on) !== null || on.attribute.name === 'meta') throw new InvalidValue('Lists cannot be sorted by this attribute.');
  const keys = on.urn === null ? [on.attribute.name] : [on.urn, on.attribute.name];
  const source = `${alias}.match`;
  if (on.attribute.multiValued) {
    const sub = on.sub?.name ?? (on.attribute.subAttributes.has('value') ? 'value' : null);
    return textKey(json.codePoints(json.preferredElement(source, keys, sub === null ? [] : [sub])));
  }
  if (on.attribute.type === 'complex' && on.sub === null) throw new InvalidValue('sortBy must name a sub-attribute.');
  const path = on.sub === null ? keys : [...keys, on.sub.name];
  if (leaf.type === 'integer' || leaf.type === 'decimal') return { sql: json.number(source, path), kind: 'number', mayBeNull: true };
  return textKey(json.codePoints(json.text(source, path)));
}

function textKey(sql: string): SortKey {
  return { sql, kind: 'text', mayBeNull: true };
}
