/**
 * A filter as it was written: names are not looked up yet, values have no type but their own.
 * `at` is where the node starts in the text, for error messages.
 *
 * @see RFC 7644 section 3.4.2.2 (ABNF)
 */
export const COMPARISON_OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];

export type Literal = string | number | boolean | null;

/**
 * `urn:…:User:emails[type eq "work"].value` → urn, attribute, filter, sub; spelling as written.
 * A colon ends the URN: the URN of a schema alone reads as a URN and its last part as the attribute.
 */
export interface AttributePath {
  readonly urn: string | null;
  readonly attribute: string;
  readonly sub: string | null;
  /** Entra asks for a sub-attribute of the matching values only, which the ABNF knows in PATCH paths alone. */
  readonly filter: Filter | null;
  readonly at: number;
}

export interface Comparison {
  readonly kind: 'compare';
  readonly path: AttributePath;
  readonly operator: ComparisonOperator;
  readonly value: Literal;
  /** The word as written if the value had no quotes and the caller allows that; null otherwise. */
  readonly bare: string | null;
  readonly at: number;
}

export interface Presence {
  readonly kind: 'present';
  readonly path: AttributePath;
}

/** `a and b and c` is one list of three; parentheses make a node of their own. */
export interface Logical {
  readonly kind: 'and' | 'or';
  readonly filters: readonly Filter[];
}

export interface Negation {
  readonly kind: 'not';
  readonly filter: Filter;
}

/** `emails[type eq "work" and primary eq true]`: one value has to match it all. */
export interface ValuePath {
  readonly kind: 'valuePath';
  readonly path: AttributePath;
  readonly filter: Filter;
}

export type Filter = Comparison | Presence | Logical | Negation | ValuePath;
