import type { Attribute, ResolvedAttribute, ResourceSchema } from '../schema/attribute.js';
import type { AttributePath, Comparison, Filter, Presence } from './ast.js';
import type { Refusal } from './errors.js';
import { InvalidFilter, InvalidPath, shown } from './errors.js';
import { typedValue } from './literal.js';
import type { ResolvedFilter, ResolvedPath } from './resolved.js';

export interface ResolveOptions {
  /**
   * What a name leads to that the schema does not have. `refuse`: an error, so that a typing error does not look like
   * "nobody". `novalue`: an attribute without value, for queries over several resource types; then `pr` and `eq` are
   * false, `ne` and any `not (…)` around it true.
   *
   * @see RFC 7644 section 3.4.2.1
   */
  readonly unknown: 'refuse' | 'novalue';
}

const REFUSE: ResolveOptions = { unknown: 'refuse' };
const NO_VALUE: ResolvedFilter = { kind: 'constant', value: false };

/** Where names are looked up: in the resource, or inside one value of an attribute that a value path names. */
interface Scope {
  readonly schema: ResourceSchema;
  readonly within: ResolvedAttribute | null;
  readonly unknown: ResolveOptions['unknown'];
}

/**
 * Looks up every name and gives every value the type of its attribute.
 *
 * @throws InvalidFilter reasons `unknownAttribute`, `type`, `secret`
 * @see RFC 7644 sections 3.4.2.2 and 3.10
 */
export function resolveFilter(filter: Filter, schema: ResourceSchema, options: ResolveOptions = REFUSE): ResolvedFilter {
  return resolveIn(filter, { schema, within: null, unknown: options.unknown });
}

/**
 * Looks up the path of a PATCH operation. A secret may be written, so it may be a target; it may not be in the filter.
 *
 * @throws InvalidPath for a name that does not exist or takes no brackets, InvalidFilter for the filter
 * @see RFC 7644 section 3.5.2
 */
export function resolvePath(path: AttributePath, schema: ResourceSchema): ResolvedPath {
  const whole = path.sub === null && path.filter === null ? wholeSchema(path, schema) : null;
  if (whole !== null) return whole;
  const on = inResource(path, schema);
  if (on === null) throw unknownName(path, InvalidPath);
  if (path.filter === null) return { ...on, filter: null };
  const values = { ...on, sub: null };
  if (on.attribute.type !== 'complex' || !on.attribute.multiValued) {
    throw new InvalidPath('type', 'only attributes with several complex values take a filter', path.at);
  }
  return { ...on, filter: resolveIn(path.filter, { schema, within: values, unknown: 'refuse' }) };
}

/** The URN of a schema alone, which the parser has read as a URN and an attribute. */
function wholeSchema(path: AttributePath, schema: ResourceSchema): ResolvedPath | null {
  const urn = `${path.urn ?? ''}:${path.attribute}`.toLowerCase();
  if (urn === schema.urn.toLowerCase()) return { urn: null, attribute: null, filter: null, sub: null };
  const extension = schema.extensions.get(urn);
  return extension === undefined ? null : { urn: extension.urn, attribute: null, filter: null, sub: null };
}

function resolveIn(filter: Filter, scope: Scope): ResolvedFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map((part) => resolveIn(part, scope)) };
    case 'not':
      return { kind: 'not', filter: resolveIn(filter.filter, scope) };
    case 'valuePath':
      return ofValues(filter.path, filter.filter, scope, (matching) => matching);
    case 'present':
      return resolvePresence(filter, scope);
    case 'compare':
      return resolveComparison(filter, scope);
  }
}

function resolvePresence({ path }: Presence, scope: Scope): ResolvedFilter {
  if (path.filter !== null)
    return ofSubValues(path, path.filter, scope, (inner, sub) => resolvePresence({ kind: 'present', path: sub }, inner));
  const on = lookUp(path, scope);
  return on === null ? noValue(path, scope) : { kind: 'present', on };
}

function resolveComparison(comparison: Comparison, scope: Scope): ResolvedFilter {
  const { path, operator, value } = comparison;
  if (value === null) return comparedWithNull(comparison, scope);
  if (path.filter !== null) {
    const matching = ofSubValues(path, path.filter, scope, (inner, sub) => resolveComparison({ ...comparison, path: sub }, inner));
    if (operator !== 'ne') return matching;
    // As for every `ne`: true as well if no value is left to compare.
    const any = ofValues({ ...path, sub: null }, path.filter, scope, (inner) => inner);
    return { kind: 'or', filters: [matching, negated(any)] };
  }
  const found = lookUp(path, scope);
  if (found === null) return operator === 'ne' ? negated(noValue(path, scope)) : noValue(path, scope);
  const on = comparable(found, path);
  const compared = { kind: 'compare', on, ...typedValue(on.sub ?? on.attribute, comparison) } as const;
  return operator === 'ne' ? { ...compared, operator } : { ...compared, operator };
}

/** Unassigned and null are one: `eq null` asks for absence. @see RFC 7643 section 2.5 */
function comparedWithNull({ path, operator, at }: Comparison, scope: Scope): ResolvedFilter {
  if (operator !== 'eq' && operator !== 'ne') throw new InvalidFilter('type', `"${operator}" cannot be used with null`, at);
  const present = resolvePresence({ kind: 'present', path }, scope);
  return operator === 'ne' ? present : negated(present);
}

/** `emails[type eq "work"].value …`: one value matches both the brackets and what is asked of its sub-attribute. */
function ofSubValues(
  path: AttributePath,
  filter: Filter,
  scope: Scope,
  leaf: (inner: Scope, sub: AttributePath) => ResolvedFilter,
): ResolvedFilter {
  const sub: AttributePath = { urn: null, attribute: path.sub ?? '', sub: null, filter: null, at: path.at };
  return ofValues({ ...path, sub: null }, filter, scope, (matching, inner) => ({ kind: 'and', filters: [matching, leaf(inner, sub)] }));
}

function ofValues(
  path: AttributePath,
  filter: Filter,
  scope: Scope,
  condition: (matching: ResolvedFilter, inner: Scope) => ResolvedFilter,
): ResolvedFilter {
  const on = lookUp(path, scope);
  if (on === null) return noValue(path, scope);
  if (on.attribute.type !== 'complex') throw new InvalidFilter('type', 'only complex attributes take brackets', path.at);
  const inner = { ...scope, within: on };
  const matching = condition(resolveIn(filter, inner), inner);
  if (on.attribute.multiValued) return { kind: 'valuePath', on, filter: matching };
  // One value only: its sub-attributes are those of the resource, but there has to be a value.
  return { kind: 'and', filters: [{ kind: 'present', on }, matching] };
}

/**
 * Null if there is no such attribute. Secrets are refused even for `pr`: whoever can ask often enough can read them.
 */
function lookUp(path: AttributePath, { schema, within }: Scope): ResolvedAttribute | null {
  const found = within === null ? inResource(path, schema) : inValue(path, within);
  if (found === null) return null;
  if (isSecret(found.attribute) || (found.sub !== null && isSecret(found.sub))) {
    throw new InvalidFilter('secret', 'this attribute cannot be searched', path.at);
  }
  if (found.sub?.multiValued === true) throw new InvalidFilter('type', 'lists inside of values cannot be searched', path.at);
  return found;
}

function isSecret(attribute: Attribute): boolean {
  return attribute.returned === 'never' || attribute.mutability === 'writeOnly';
}

function inResource(path: AttributePath, schema: ResourceSchema): ResolvedAttribute | null {
  const isCore = path.urn === null || path.urn.toLowerCase() === schema.urn.toLowerCase();
  const extension = isCore ? null : schema.extensions.get((path.urn ?? '').toLowerCase());
  if (extension === undefined) return null;
  const attribute = (extension ?? schema).attributes.get(path.attribute.toLowerCase());
  if (attribute === undefined) return null;
  const sub = path.sub === null ? null : attribute.subAttributes.get(path.sub.toLowerCase());
  return sub === undefined ? null : { urn: extension?.urn ?? null, attribute, sub };
}

function inValue(path: AttributePath, within: ResolvedAttribute): ResolvedAttribute | null {
  if (path.urn !== null || path.sub !== null) return null;
  const sub = within.attribute.subAttributes.get(path.attribute.toLowerCase());
  return sub === undefined ? null : { ...within, sub };
}

/** `emails eq "x"` means `emails.value`; other complex attributes have nothing to compare. */
function comparable(on: ResolvedAttribute, path: AttributePath): ResolvedAttribute {
  if (on.sub !== null || on.attribute.type !== 'complex') return on;
  const sub = on.attribute.multiValued ? on.attribute.subAttributes.get('value') : undefined;
  if (sub === undefined) throw new InvalidFilter('type', 'a complex attribute needs a sub-attribute to be compared', path.at);
  return { ...on, sub };
}

function negated(filter: ResolvedFilter): ResolvedFilter {
  return { kind: 'not', filter };
}

function noValue(path: AttributePath, scope: Scope): ResolvedFilter {
  if (scope.unknown === 'refuse') throw unknownName(path, InvalidFilter);
  return NO_VALUE;
}

function unknownName(path: AttributePath, Problem: Refusal): Error {
  const name = path.sub === null ? path.attribute : `${path.attribute}.${path.sub}`;
  return new Problem('unknownAttribute', `there is no attribute ${shown(name)}`, path.at);
}
