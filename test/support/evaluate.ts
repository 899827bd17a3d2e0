import { fold } from '../../src/domain/fold.js';
import type { Json, JsonObject } from '../../src/domain/scim.js';
import type { AttributePath, Comparison, ComparisonOperator, Filter, Literal } from '../../src/scim/filter/ast.js';
import type { Attribute, ResourceSchema } from '../../src/scim/schema/attribute.js';

/**
 * The oracle: does a plain resource match a filter? Written from the RFC, slow, and on purpose without anything of
 * the code that it judges but the AST and the case fold. The filter has to be well typed.
 *
 * Where the RFC is silent, as decided: `ne` is true for an absent value; with several values, if one differs.
 *
 * @see RFC 7644 section 3.4.2.2
 */
export function evaluate(filter: Filter, schema: ResourceSchema, resource: JsonObject): boolean {
  return holds(filter, (path) => inResource(path, schema, resource));
}

/** Every value that a path leads to, undefined for a value without the sub-attribute, and their characteristics. */
interface Found {
  readonly attribute: Attribute;
  readonly values: readonly (Json | undefined)[];
}
type Look = (path: AttributePath) => Found;

function holds(filter: Filter, look: Look): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((part) => holds(part, look));
    case 'or':
      return filter.filters.some((part) => holds(part, look));
    case 'not':
      return !holds(filter.filter, look);
    case 'present':
      return look(filter.path).values.some(isAssigned);
    case 'valuePath':
      return look({ ...filter.path, filter: filter.filter }).values.length > 0;
    case 'compare':
      return compares(filter, look);
  }
}

function compares({ path, operator, value }: Comparison, look: Look): boolean {
  if (value === null) return look(path).values.some(isAssigned) === (operator === 'ne');
  const found = comparedValue(look(path));
  const equal = (one: Json | undefined): boolean => isAssigned(one) && test('eq', found.attribute, one, value);
  if (operator === 'ne') return found.values.length === 0 || found.values.some((one) => !equal(one));
  return found.values.some((one) => isAssigned(one) && test(operator, found.attribute, one, value));
}

/** `emails eq "x"` means `emails.value`. */
function comparedValue({ attribute, values }: Found): Found {
  if (attribute.type !== 'complex') return { attribute, values };
  const sub = named(attribute.subAttributes, 'value');
  return { attribute: sub, values: values.map((one) => asObject(one)[sub.name]) };
}

function inResource(path: AttributePath, schema: ResourceSchema, resource: JsonObject): Found {
  const urn = path.urn?.toLowerCase() ?? schema.urn.toLowerCase();
  const extension = [...schema.extensions.values()].find((one) => one.urn.toLowerCase() === urn);
  const attribute = named((extension ?? schema).attributes, path.attribute);
  const holder = extension === undefined ? resource : asObject(resource[extension.urn]);
  const stored = holder[attribute.name];
  const all = Array.isArray(stored) ? stored : [stored].filter(isAssigned);
  const { filter } = path;
  const values = filter === null ? all : all.filter((value) => holds(filter, (inner) => inValue(inner, attribute, value)));
  if (path.sub === null) return { attribute, values };
  const sub = named(attribute.subAttributes, path.sub);
  return { attribute: sub, values: values.map((value) => asObject(value)[sub.name]) };
}

function inValue(path: AttributePath, attribute: Attribute, value: Json | undefined): Found {
  const sub = named(attribute.subAttributes, path.attribute);
  return { attribute: sub, values: [asObject(value)[sub.name]] };
}

function named(attributes: ReadonlyMap<string, Attribute>, name: string): Attribute {
  const found = [...attributes.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new Error(`the oracle knows no attribute ${name}`);
  return found;
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** @see RFC 7643 section 2.5 */
function isAssigned(value: Json | undefined): value is Exclude<Json, null> {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function test(operator: ComparisonOperator, attribute: Attribute, stored: Json, literal: Literal): boolean {
  if (attribute.type === 'boolean') return stored === (String(literal).toLowerCase() === 'true');
  if (attribute.type === 'dateTime') return ordered(operator, Date.parse(String(stored)) - Date.parse(String(literal)));
  if (typeof stored === 'number') return ordered(operator, stored - Number(literal));
  const prepare = (text: string): string => (attribute.caseExact ? text : fold(text));
  const [left, right] = [prepare(String(stored)), prepare(String(literal))];
  if (operator === 'co') return left.includes(right);
  if (operator === 'sw') return left.startsWith(right);
  if (operator === 'ew') return left.endsWith(right);
  return ordered(operator, byCodePoint(left, right));
}

function ordered(operator: ComparisonOperator, difference: number): boolean {
  switch (operator) {
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
    default:
      return difference === 0;
  }
}

function byCodePoint(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const at = a.findIndex((character, index) => character !== b[index]);
  if (at < 0) return a.length - b.length;
  return (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? -1);
}
