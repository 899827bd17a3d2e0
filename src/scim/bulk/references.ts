import { isObject } from '../model/read-value.js';

/** A place in the data of an operation that refers to what another operation of the request creates. */
export interface Reference {
  readonly bulkId: string;
  /** Puts the real id in the place of `bulkId:…`. */
  readonly put: (id: string) => void;
}

const PREFIX = 'bulkId:';

/** Attributes whose `value` is the id of a resource, in lower case. Anywhere else `bulkId:…` is a text like any other. */
const REFERRING: ReadonlySet<string> = new Set(['members', 'manager', 'accessperiods'].flatMap((name) => [name, `${name}.value`]));

/** The bulkId that a value refers to; null: it is no reference. @see RFC 7644 section 3.7.2 */
export function bulkIdIn(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith(PREFIX) && value.length > PREFIX.length ? value.slice(PREFIX.length) : null;
}

/**
 * All references in the data of an operation: a resource, or a PatchOp message. Only the places are looked at where ids
 * stand, so the depth of what a client sends plays no part; what has another shape is left for the checks that follow.
 */
export function referencesIn(method: string, data: unknown): Reference[] {
  const found: Reference[] = [];
  if (!isObject(data)) return found;
  if (method !== 'PATCH') inResource(data, found);
  else for (const operation of elements(fieldOf(data, 'operations'))) inPatchOperation(operation, found);
  return found;
}

function inPatchOperation(operation: unknown, found: Reference[]): void {
  if (!isObject(operation)) return;
  const path = fieldOf(operation, 'path');
  const valueKey = keyOf(operation, 'value');
  const value = valueKey === undefined ? undefined : operation[valueKey];
  if (typeof path !== 'string' || path.trim() === '') {
    if (isObject(value)) inResource(value, found);
    return;
  }
  inFilter(operation, path, found);
  if (REFERRING.has(attributeName(path))) {
    if (valueKey !== undefined) inAttribute(operation, valueKey, found);
  } else if (isObject(value)) inResource(value, found);
}

/** `members[value eq "bulkId:x"]` */
function inFilter(operation: { readonly [name: string]: unknown }, path: string, found: Reference[]): void {
  const start = path.indexOf(`"${PREFIX}`);
  const end = start < 0 ? -1 : path.indexOf('"', start + 1);
  const key = keyOf(operation, 'path');
  if (end < 0 || key === undefined || !REFERRING.has(attributeName(path))) return;
  const bulkId = bulkIdIn(path.slice(start + 1, end));
  if (bulkId !== null) found.push({ bulkId, put: (id) => set(operation, key, `${path.slice(0, start + 1)}${id}${path.slice(end)}`) });
}

/** A resource, an extension behind its URN, or the value of a PATCH without a path. */
function inResource(resource: { readonly [name: string]: unknown }, found: Reference[], depth = 0): void {
  for (const key of Object.keys(resource)) {
    if (REFERRING.has(attributeName(key))) inAttribute(resource, key, found);
    else {
      const inner = resource[key];
      if (depth === 0 && key.includes(':') && isObject(inner)) inResource(inner, found, depth + 1);
    }
  }
}

/** An id alone, an object with a `value`, or a list of either. */
function inAttribute(holder: object, key: string, found: Reference[]): void {
  const value: unknown = Reflect.get(holder, key);
  inElement(holder, key, value, found);
  if (Array.isArray(value)) for (const [index, element] of value.entries()) inElement(value, String(index), element, found);
}

function inElement(holder: object, key: string, element: unknown, found: Reference[]): void {
  const own = bulkIdIn(element);
  if (own !== null) found.push({ bulkId: own, put: (id) => set(holder, key, id) });
  if (!isObject(element)) return;
  for (const name of Object.keys(element)) {
    const inner = name.toLowerCase() === 'value' ? bulkIdIn(element[name]) : null;
    if (inner !== null) found.push({ bulkId: inner, put: (id) => set(element, name, id) });
  }
}

/** `urn:…:User:manager`, `members[value eq "x"]`, `Manager.value` → `manager`, `members`, `manager.value`. */
function attributeName(path: string): string {
  const bracket = path.indexOf('[');
  const end = path.indexOf(']', bracket + 1);
  const name = bracket < 0 ? path : path.slice(0, bracket) + (end < 0 ? '' : path.slice(end + 1));
  return name
    .slice(name.lastIndexOf(':') + 1)
    .trim()
    .toLowerCase();
}

/** The keys that are set are ones that were there: the objects come from JSON, and no name is added to them. */
function set(holder: object, key: string, id: string): void {
  Reflect.set(holder, key, id);
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function keyOf(object: { readonly [name: string]: unknown }, lowerName: string): string | undefined {
  return Object.keys(object).find((name) => name.toLowerCase() === lowerName);
}

function fieldOf(object: { readonly [name: string]: unknown }, lowerName: string): unknown {
  const key = keyOf(object, lowerName);
  return key === undefined ? undefined : object[key];
}
