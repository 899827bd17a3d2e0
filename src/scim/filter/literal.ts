import { fold } from '../../domain/fold.js';
import type { Attribute } from '../schema/attribute.js';
import type { Comparison, ComparisonOperator } from './ast.js';
import { parseDateTime } from './date-time.js';
import { InvalidFilter } from './errors.js';
import type { ComparisonValue } from './resolved.js';

const SUBSTRING: ReadonlySet<ComparisonOperator> = new Set(['co', 'sw', 'ew']);
const ORDER: ReadonlySet<ComparisonOperator> = new Set(['gt', 'ge', 'lt', 'le']);

/**
 * The value of a comparison in the type of its attribute, in comparison form and as written. Never null: who calls
 * has turned `eq null` and `ne null` into presence.
 *
 * @throws InvalidFilter reason `type`: an operator or a value that the type does not know
 * @see RFC 7644 section 3.4.2.2 (table of operators), RFC 7643 section 2.3
 */
export function typedValue(attribute: Attribute, comparison: Comparison): { value: ComparisonValue; literal: ComparisonValue } {
  checkOperator(attribute, comparison);
  switch (attribute.type) {
    case 'boolean':
      return same(booleanValue(comparison));
    case 'decimal':
    case 'integer':
      if (typeof comparison.value !== 'number') throw mismatch('a number', comparison);
      return same(comparison.value);
    case 'dateTime': {
      const literal = textValue(comparison, 'a date and time');
      const value = parseDateTime(literal);
      if (value === null) throw mismatch('a date and time', comparison);
      return { value, literal };
    }
    default: {
      const literal = textValue(comparison, 'a text');
      return { value: attribute.caseExact ? literal : fold(literal), literal };
    }
  }
}

function checkOperator(attribute: Attribute, { operator, at }: Comparison): void {
  const hasNoOrder = attribute.type === 'boolean' || attribute.type === 'binary';
  const hasNoText =
    attribute.type === 'boolean' || attribute.type === 'decimal' || attribute.type === 'integer' || attribute.type === 'dateTime';
  if ((hasNoOrder && ORDER.has(operator)) || (hasNoText && SUBSTRING.has(operator))) {
    throw new InvalidFilter('type', `"${operator}" cannot be used with a ${attribute.type} attribute`, at);
  }
}

/** Entra writes booleans as strings with a capital letter. */
function booleanValue(comparison: Comparison): boolean {
  const word = typeof comparison.value === 'string' ? comparison.value.toLowerCase() : comparison.value;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw mismatch('true or false', comparison);
}

/** A value without quotes is what was written, also if it looks like a number: `externalId eq 701984`. */
function textValue(comparison: Comparison, expected: string): string {
  if (typeof comparison.value === 'string') return comparison.value;
  if (comparison.bare !== null) return comparison.bare;
  throw mismatch(expected, comparison);
}

function same(value: ComparisonValue): { value: ComparisonValue; literal: ComparisonValue } {
  return { value, literal: value };
}

function mismatch(expected: string, { at }: Comparison): InvalidFilter {
  return new InvalidFilter('type', `the value must be ${expected}`, at);
}
