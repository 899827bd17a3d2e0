import { isObject, isUnassigned, type Json, type JsonObject, objectsAt } from '../../../conformance/json.js';
import { ENTERPRISE, USER } from '../../../conformance/names.js';
import { resolve } from './filter.js';
import { type Attribute, attributesOf, ENTERPRISE_ATTRIBUTES, type Kind } from './schemas.js';
import { Refusal, type Writable } from './wire.js';

/** The attributes of a body that a client may set, by their proper names and in their proper types. */
export function readResource(body: JsonObject, kind: Kind): Writable {
  const result: Writable = {};
  for (const [key, value] of Object.entries(body)) {
    if (key.toLowerCase() === ENTERPRISE.toLowerCase() && isObject(value)) result[ENTERPRISE] = readPart(value, ENTERPRISE_ATTRIBUTES);
  }
  return { ...readPart(body, attributesOf(kind)), ...result };
}

function readPart(body: JsonObject, attributes: readonly Attribute[]): Writable {
  const result: Writable = {};
  for (const attribute of attributes) {
    const key = Object.keys(body).find((one) => one.toLowerCase() === attribute.name.toLowerCase());
    if (key === undefined || attribute.mutability === 'readOnly' || isUnassigned(body[key])) continue;
    result[attribute.name] = readValue(body[key] ?? null, attribute);
  }
  return result;
}

export function readValue(value: Json, attribute: Attribute): Json {
  if (!attribute.multiValued) return readOne(value, attribute);
  const values = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((one) => readOne(one, attribute));
  if (objectsAt(values).filter((one) => one['primary'] === true).length > 1) throw new Refusal(400, 'invalidValue');
  return values;
}

function readOne(value: Json, { type, subAttributes = [] }: Attribute): Json {
  if (type === 'complex') {
    if (!isObject(value)) throw new Refusal(400, 'invalidValue');
    return readPart(value, subAttributes) as JsonObject;
  }
  if (type === 'boolean') {
    if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
    if (typeof value !== 'boolean') throw new Refusal(400, 'invalidValue');
    return value;
  }
  if (typeof value !== 'string') throw new Refusal(400, 'invalidValue');
  return value;
}

/** Required values, and no attribute that is there without a value. */
export function checkResource(resource: Writable, kind: Kind): void {
  for (const [name, value] of Object.entries(resource)) {
    if (isUnassigned(value) || (isObject(value) && Object.keys(value).length === 0)) delete resource[name];
  }
  for (const { name, required } of attributesOf(kind)) {
    if (required && (typeof resource[name] !== 'string' || resource[name] === '')) throw new Refusal(400, 'invalidValue');
  }
}

export interface Projection {
  readonly attributes: readonly string[];
  readonly excluded: readonly string[];
}

/** The resource with what was asked for; `schemas` and `id` stay. */
export function project(resource: JsonObject, kind: Kind, { attributes, excluded }: Projection): JsonObject {
  if (attributes.length === 0 && excluded.length === 0) return resource;
  const names = attributes.length > 0 ? attributes : excluded;
  const chosen = names.map((name) => resolve(name, kind)).filter((one) => one !== null);
  const only = attributes.length > 0;
  const take = (holder: JsonObject, urn: string | null): Writable => {
    const result: Writable = {};
    for (const [name, value] of Object.entries(holder)) {
      const named = chosen.filter((one) => one.urn === urn && one.attribute.name === name);
      const whole = named.some((one) => one.sub === null);
      const subs = new Set(named.map((one) => one.sub?.name ?? ''));
      const always = urn === null && (name === 'schemas' || name === 'id');
      if (always || (whole ? only : named.length === 0 && !only)) result[name] = value;
      else if (named.length > 0 && !whole && isObject(value))
        result[name] = Object.fromEntries(Object.entries(value).filter(([sub]) => subs.has(sub) === only));
    }
    return result;
  };
  const { [ENTERPRISE]: part, ...core } = resource;
  const shown = take(core, null);
  const extension = isObject(part) ? take(part, ENTERPRISE) : {};
  return Object.keys(extension).length > 0 ? { ...shown, [ENTERPRISE]: extension as JsonObject } : shown;
}

export function schemasOf(resource: Writable, kind: Kind): string[] {
  return kind === 'Group'
    ? ['urn:ietf:params:scim:schemas:core:2.0:Group']
    : [USER, ...(resource[ENTERPRISE] === undefined ? [] : [ENTERPRISE])];
}
