import type { Json, JsonObject } from '../../domain/scim.js';
import type { ComparisonOperator } from '../filter/ast.js';
import type { ComparisonValue, FilterLeaf, ResolvedFilter } from '../filter/resolved.js';

/**
 * Does one value of a multi-valued attribute match the filter of a value path?
 *
 * @param element the value in comparison form, as `matchValue` makes it
 * @see RFC 7644 sections 3.4.2.2 and 3.5.2
 */
export function matchElement(filter: ResolvedFilter, element: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((part) => matchElement(part, element));
    case 'or':
      return filter.filters.some((part) => matchElement(part, element));
    case 'not':
      return !matchElement(filter.filter, element);
    case 'constant':
      return filter.value;
    case 'present':
      return isPresent(partOf(filter, element));
    case 'compare':
      return compare(filter.operator, partOf(filter, element), filter.value);
    case 'valuePath':
      // Values of values do not exist (RFC 7643 section 2.3.8), so there is nothing that could match.
      return false;
  }
}

function partOf(leaf: FilterLeaf, element: JsonObject): Json {
  const { attribute, sub } = leaf.on;
  return element[(sub ?? attribute).name] ?? null;
}

/** An empty text is no value for `pr`. @see RFC 7644 section 3.4.2.2 (table of operators) */
function isPresent(value: Json): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function compare(operator: ComparisonOperator, value: Json, wanted: ComparisonValue): boolean {
  switch (operator) {
    case 'eq':
      return value === wanted;
    case 'ne':
      return value !== wanted;
    case 'co':
      return bothTexts(value, wanted, (text, part) => text.includes(part));
    case 'sw':
      return bothTexts(value, wanted, (text, part) => text.startsWith(part));
    case 'ew':
      return bothTexts(value, wanted, (text, part) => text.endsWith(part));
    case 'gt':
      return inOrder(value, wanted, (order) => order > 0);
    case 'ge':
      return inOrder(value, wanted, (order) => order >= 0);
    case 'lt':
      return inOrder(value, wanted, (order) => order < 0);
    case 'le':
      return inOrder(value, wanted, (order) => order <= 0);
  }
}

function bothTexts(value: Json, wanted: ComparisonValue, test: (text: string, part: string) => boolean): boolean {
  return typeof value === 'string' && typeof wanted === 'string' && test(value, wanted);
}

function inOrder(value: Json, wanted: ComparisonValue, test: (order: number) => boolean): boolean {
  if (typeof value === 'number' && typeof wanted === 'number') return test(value - wanted);
  // By code points, as both databases compare.
  return bothTexts(value, wanted, (text, other) => test(Buffer.compare(Buffer.from(text), Buffer.from(other))));
}
