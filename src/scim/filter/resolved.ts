import type { Attribute, ResolvedAttribute } from '../schema/attribute.js';
import type { ComparisonOperator } from './ast.js';

export type ComparisonValue = string | number | boolean;

/**
 * One comparison with the type of its attribute. `value` is in comparison form: folded unless the attribute is
 * caseExact, a dateTime as instant, a boolean as boolean. `literal` is the same value as it was written, which a
 * PATCH that creates the value stores.
 */
interface Compared<Operator extends ComparisonOperator> {
  readonly kind: 'compare';
  readonly on: ResolvedAttribute;
  readonly operator: Operator;
  readonly value: ComparisonValue;
  readonly literal: ComparisonValue;
}

/** True without a value too: the negation of the `eq` with the same value. */
export type Inequality = Compared<'ne'>;
export type PositiveComparison = Compared<Exclude<ComparisonOperator, 'ne'>>;

export interface ResolvedPresence {
  readonly kind: 'present';
  readonly on: ResolvedAttribute;
}

/** A leaf that is true only where there is a value. */
export type PositiveLeaf = ResolvedPresence | PositiveComparison;
export type FilterLeaf = PositiveLeaf | Inequality;

/**
 * A filter whose names are attributes of a schema. The leaves inside a `valuePath` speak of one of its values; all
 * others of the resource, where a multi-valued attribute matches if one of its values does.
 *
 * `ne` is true where there is nothing to compare: an absent value, a multi-valued attribute without values. With
 * values it is true if one of them differs.
 */
export type ResolvedFilter =
  | FilterLeaf
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly filters: readonly ResolvedFilter[] }
  | { readonly kind: 'not'; readonly filter: ResolvedFilter }
  | { readonly kind: 'valuePath'; readonly on: ResolvedAttribute; readonly filter: ResolvedFilter };

/**
 * Where a PATCH operation points. `attribute` null: a whole schema, the extension `urn` or, with `urn` null too, the
 * core attributes. The leaves of `filter` speak of one value of `attribute`.
 */
export interface ResolvedPath {
  readonly urn: string | null;
  readonly attribute: Attribute | null;
  readonly filter: ResolvedFilter | null;
  readonly sub: Attribute | null;
}
