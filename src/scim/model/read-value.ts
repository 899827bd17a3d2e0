import type { Json, JsonObject } from '../../domain/scim.js';
import { InvalidValue } from '../errors.js';
import type { Attribute } from '../schema/attribute.js';
import { isForbiddenName, refuseForbiddenNames } from '../schema/forbidden-names.js';
import { VALUES_MAX } from '../schema/limits.js';
import { ACTIVE, isIgnored, MANAGER, textRule } from './rules.js';
import { isLonger, isUnstorable } from './text.js';

/** What a body says, by attribute. null: it says that the attribute has no value. */
export type Found = Map<Attribute, Json>;

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The attributes of one object by the schema's own names. Unknown and readOnly ones are left out (D-L6, RFC 7644
 * section 3.3), but a forbidden name inside them is still refused.
 *
 * `elsewhere` is shown every name first and takes those that are not attributes of this object.
 *
 * @throws InvalidValue for a value that the attribute does not allow, a forbidden name, one name in two spellings
 */
export function readNames(
  attributes: ReadonlyMap<string, Attribute>,
  body: { readonly [name: string]: unknown },
  prefix = '',
  elsewhere: (lowerName: string, value: unknown) => boolean = () => false,
): Found {
  const found: Found = new Map();
  const names = new Set<string>();
  for (const name of Object.keys(body)) {
    const lower = name.toLowerCase();
    const value = body[name];
    if (isForbiddenName(lower)) throw new InvalidValue('An attribute has a forbidden name.');
    if (names.has(lower)) throw new InvalidValue(`${prefix}${name} is given twice in different spellings.`);
    names.add(lower);
    if (elsewhere(lower, value)) continue;
    const attribute = attributes.get(lower);
    if (attribute === undefined || isIgnored(attribute)) refuseForbiddenNames(value, 1);
    else found.set(attribute, readValue(attribute, value, `${prefix}${attribute.name}`));
  }
  return found;
}

/**
 * The canonical form of one attribute's value; null when there is none, which null and `[]` say alike (RFC 7643 section 2.5).
 * One object stands for a list of one: nothing is lost by understanding it.
 *
 * @throws InvalidValue
 */
export function readValue(attribute: Attribute, value: unknown, name = attribute.name): Json {
  if (value === null || value === undefined) {
    // Neither true nor false would be a safe guess (D-L8).
    if (attribute === ACTIVE) throw new InvalidValue('active must be true or false.');
    return null;
  }
  if (!attribute.multiValued) return readSingle(attribute, attribute === MANAGER ? managerObject(value) : value, name);
  const values = Array.isArray(value) ? value : isObject(value) ? [value] : null;
  if (values === null) throw new InvalidValue(`${name} must be a list.`);
  if (values.length > VALUES_MAX) throw new InvalidValue(`${name} must not have more than ${VALUES_MAX} values.`);
  return readList(attribute, values, name);
}

function readList(attribute: Attribute, values: readonly unknown[], name: string): Json {
  const list: Json[] = [];
  let primaries = 0;
  for (const value of values) {
    if (value === null) throw new InvalidValue(`${name} must not hold null.`);
    const element = readSingle(attribute, value, name);
    if (element === null) continue;
    list.push(element);
    if (isObject(element) && element['primary'] === true) primaries += 1;
  }
  if (primaries > 1) throw new InvalidValue(`Only one value of ${name} can be primary.`);
  return list.length === 0 ? null : list;
}

/** Manager comes as an id, as a list of one, and as the object it is (D-L3). */
export function managerObject(value: unknown): unknown {
  const single = Array.isArray(value) && value.length < 2 ? (value[0] ?? null) : value;
  if (typeof single !== 'string') return single;
  return single === '' ? null : { value: single };
}

/** One value of an attribute, or one element of its list. */
function readSingle(attribute: Attribute, value: unknown, name: string): Json {
  switch (attribute.type) {
    case 'complex':
      return value === null ? null : readComplex(attribute, value, name);
    case 'boolean':
      return readBoolean(value, name);
    case 'integer':
    case 'decimal':
      if (typeof value !== 'number' || !Number.isFinite(value) || (attribute.type === 'integer' && !Number.isSafeInteger(value))) {
        throw new InvalidValue(`${name} must be ${attribute.type === 'integer' ? 'a whole' : 'a'} number.`);
      }
      return value;
    default:
      return readText(attribute, value, name);
  }
}

function readComplex(attribute: Attribute, value: unknown, name: string): Json {
  if (!isObject(value)) throw new InvalidValue(`${name} must be an object.`);
  const object = assemble(attribute.subAttributes, readNames(attribute.subAttributes, value, `${name}.`), `${name}.`);
  return Object.keys(object).length === 0 ? null : object;
}

/** Entra sends booleans as words (D-L1). */
function readBoolean(value: unknown, name: string): boolean {
  const word = typeof value === 'string' && value.length < 6 ? value.toLowerCase() : value;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw new InvalidValue(`${name} must be true or false.`);
}

function readText(attribute: Attribute, value: unknown, name: string): Json {
  if (typeof value !== 'string') throw new InvalidValue(`${name} must be a text.`);
  const rule = textRule(attribute);
  if (value === '' && rule.emptyIsUnassigned) return null;
  if (isLonger(value, rule.max)) throw new InvalidValue(`${name} must not be longer than ${rule.max} characters.`);
  if (isUnstorable(value)) throw new InvalidValue(`${name} must not hold NUL or halves of characters.`);
  if (!rule.accepts(value)) throw new InvalidValue(`${name} must be ${rule.wanted}.`);
  return value;
}

/**
 * What was found, as an object in the order of the schema.
 *
 * @throws InvalidValue when a required attribute has no value
 */
export function assemble(attributes: ReadonlyMap<string, Attribute>, found: Found, prefix = ''): JsonObject {
  const object: Record<string, Json> = {};
  if (found.size === 0 && prefix !== '') return object;
  for (const attribute of attributes.values()) {
    const value = found.get(attribute) ?? null;
    if (value !== null) object[attribute.name] = value;
    else if (attribute.required && attribute.mutability !== 'readOnly') throw new InvalidValue(`${prefix}${attribute.name} is required.`);
  }
  return object;
}
