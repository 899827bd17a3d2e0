import { canonical, isObject, type Json, type JsonObject, objectsAt, stringsAt } from '../../../conformance/json.js';
import { ENTERPRISE, PATCH_OP } from '../../../conformance/names.js';
import { parseValueFilter, type Resolved, resolve, type Test } from './filter.js';
import { readValue } from './model.js';
import type { Kind } from './schemas.js';
import { Refusal, type Writable, writable } from './wire.js';

/** The resource after the operations; the one given stays as it is. @see RFC 7644 section 3.5.2 */
export function patched(resource: JsonObject, body: JsonObject, kind: Kind): Writable {
  if (!stringsAt(body['schemas']).includes(PATCH_OP)) throw new Refusal(400, 'invalidSyntax');
  const { Operations } = body;
  if (!Array.isArray(Operations) || Operations.length === 0) throw new Refusal(400, 'invalidSyntax');
  const result = writable(resource);
  for (const operation of Operations as readonly Json[]) {
    if (!isObject(operation)) throw new Refusal(400, 'invalidSyntax');
    apply(result, operation, kind);
  }
  return result;
}

function apply(resource: Writable, { op, path, value }: JsonObject, kind: Kind): void {
  const verb = String(op).toLowerCase();
  if (!['add', 'remove', 'replace'].includes(verb)) throw new Refusal(400, 'invalidSyntax');
  if (typeof path === 'string') {
    at(resource, verb, path, value, kind, false);
    return;
  }
  if (verb === 'remove') throw new Refusal(400, 'noTarget');
  if (!isObject(value)) throw new Refusal(400, 'invalidValue');
  for (const [key, one] of Object.entries(value)) {
    if (key === ENTERPRISE && isObject(one))
      for (const [inner, each] of Object.entries(one)) at(resource, verb, `${ENTERPRISE}:${inner}`, each, kind, true);
    else at(resource, verb, key, one, kind, true);
  }
}

interface Path extends Resolved {
  readonly filter: Test | null;
}

function readPath(path: string, kind: Kind): Path {
  const open = path.indexOf('[');
  if (open < 0) {
    const found = resolve(path, kind);
    if (found === null) throw new Refusal(400, 'invalidPath');
    return { ...found, filter: null };
  }
  const close = path.lastIndexOf(']');
  const found = resolve(path.slice(0, open) + path.slice(close + 1), kind);
  if (close < open || found === null) throw new Refusal(400, 'invalidPath');
  return { ...found, filter: parseValueFilter(path.slice(open + 1, close), found.attribute) };
}

function at(resource: Writable, verb: string, path: string, value: Json | undefined, kind: Kind, pathless: boolean): void {
  if (pathless && (resolve(path, kind)?.attribute.mutability ?? 'readOnly') === 'readOnly') return;
  const where = readPath(path, kind);
  const { urn, attribute, sub, filter } = where;
  if (attribute.mutability === 'readOnly' || (sub !== null && sub.mutability !== 'readWrite')) throw new Refusal(400, 'mutability');
  const holder = urn === null ? resource : writable(isObject(resource[urn]) ? resource[urn] : {});
  if (verb === 'remove') remove(holder, where, value);
  else if (value === undefined) throw new Refusal(400, 'invalidValue');
  else if (filter !== null) changeMatching(holder, where, filter, value);
  else set(holder, where, value, verb);
  if (urn !== null) resource[urn] = Object.keys(holder).length === 0 ? undefined : (holder as JsonObject);
}

function remove(holder: Writable, { attribute: { name, required }, sub, filter }: Path, value: Json | undefined): void {
  if (required) throw new Refusal(400, 'mutability');
  const old = holder[name];
  if (filter !== null) {
    const without = ({ [sub?.name ?? '']: _gone, ...rest }: JsonObject): JsonObject => rest;
    holder[name] = objectsAt(old).flatMap((one) => (filter(one) ? (sub === null ? [] : [without(one)]) : [one]));
  } else if (sub !== null && isObject(old)) {
    const { [sub.name]: _gone, ...rest } = old;
    holder[name] = rest;
  } else if (Array.isArray(value)) {
    const gone = new Set(objectsAt(value).map((one) => one['value']));
    holder[name] = objectsAt(old).filter((one) => !gone.has(one['value']));
  } else delete holder[name];
  if (Array.isArray(holder[name]) && holder[name].length === 0) delete holder[name];
}

function set(holder: Writable, { attribute, sub }: Path, value: Json, verb: string): void {
  const { name, multiValued, type } = attribute;
  const old = holder[name];
  if (sub !== null) holder[name] = { ...(isObject(old) ? old : {}), [sub.name]: readValue(value, sub) };
  else if (multiValued) {
    const values = readValue(value, attribute) as readonly Json[];
    const before = verb === 'add' && Array.isArray(old) ? (old as readonly Json[]) : [];
    holder[name] = [...before, ...values.filter((one) => !before.some((known) => same(known, one)))];
  } else if (type === 'complex' && isObject(old)) holder[name] = { ...old, ...(readValue(value, attribute) as JsonObject) };
  else holder[name] = readValue(value, attribute);
}

function same(left: Json, right: Json): boolean {
  if (isObject(left) && isObject(right) && left['value'] !== undefined) return left['value'] === right['value'];
  return canonical(left) === canonical(right);
}

function changeMatching(holder: Writable, { attribute, sub }: Path, filter: Test, value: Json): void {
  const old = objectsAt(holder[attribute.name]);
  if (!old.some(filter)) throw new Refusal(400, 'noTarget');
  const becomesPrimary = sub?.name === 'primary' && readValue(value, sub) === true;
  holder[attribute.name] = old.map((one) => {
    if (!filter(one)) return becomesPrimary ? { ...one, primary: false } : one;
    if (sub !== null) return { ...one, [sub.name]: readValue(value, sub) };
    const [changed] = readValue(value, attribute) as readonly Json[];
    return { ...one, ...(isObject(changed) ? changed : {}) };
  });
}
