import type { Json, JsonObject } from '../domain/scim.js';
import { InvalidValue } from './errors.js';
import { isJsonObject } from './model/match-form.js';
import type { Attribute, ResourceSchema } from './schema/attribute.js';
import { PROJECTION_NAMES_MAX } from './schema/limits.js';
import { qualifiedName } from './schema/resolve.js';

/** What is named at one level, by canonical name: all of it, or only some of its parts. */
type Selection = ReadonlyMap<string, 'all' | Selection>;

/** Which attributes an answer carries. @see RFC 7644 section 3.9 */
export interface Projection {
  readonly mode: 'only' | 'without';
  readonly selection: Selection;
  readonly schema: ResourceSchema;
}

/**
 * Reads the parameters `attributes` and `excludedAttributes`: names with commas between them, with or without a URN,
 * with or without a sub-attribute. Empty items and names that the schema does not have are ignored.
 *
 * @returns null when neither parameter names anything
 * @throws InvalidValue when both are given, or one names more than 200
 * @see RFC 7644 sections 3.4.2.5 and 3.9
 */
export function parseProjection(
  attributes: string | undefined,
  excludedAttributes: string | undefined,
  schema: ResourceSchema,
): Projection | null {
  const only = namesIn(attributes);
  const without = namesIn(excludedAttributes);
  if (only.length > 0 && without.length > 0) throw new InvalidValue('attributes and excludedAttributes cannot be given together.');
  if (only.length === 0 && without.length === 0) return null;
  const names = only.length > 0 ? only : without;
  if (names.length > PROJECTION_NAMES_MAX) throw new InvalidValue(`No more than ${PROJECTION_NAMES_MAX} attributes can be named.`);
  const selection: MutableSelection = new Map();
  for (const name of names) select(selection, name, schema);
  return { mode: only.length > 0 ? 'only' : 'without', selection, schema };
}

type MutableSelection = Map<string, 'all' | MutableSelection>;

function namesIn(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function select(selection: MutableSelection, name: string, schema: ResourceSchema): void {
  const { urn, rest } = qualifiedName(name, schema);
  const attributes = urn === null ? schema.attributes : schema.extensions.get(urn.toLowerCase())?.attributes;
  if (attributes === undefined) return;
  if (rest === '') {
    if (urn !== null) selection.set(urn, 'all');
    else for (const attribute of attributes.values()) selection.set(attribute.name, 'all');
    return;
  }
  const [head = '', part, ...tooDeep] = rest.toLowerCase().split('.');
  const attribute = attributes.get(head);
  const sub = part === undefined ? null : attribute?.subAttributes.get(part);
  if (attribute === undefined || sub === undefined || tooDeep.length > 0) return;
  const path = [...(urn === null ? [] : [urn]), attribute.name, ...(sub === null ? [] : [sub.name])];
  addPath(selection, path);
}

function addPath(selection: MutableSelection, [head = '', ...rest]: readonly string[]): void {
  const known = selection.get(head);
  if (known === 'all') return;
  if (rest.length === 0) {
    selection.set(head, 'all');
    return;
  }
  const inner: MutableSelection = known ?? new Map();
  selection.set(head, inner);
  addPath(inner, rest);
}

/** May the answer show this core attribute, or a part of it? What nobody will see need not be read. `name` in canonical spelling. */
export function wants(projection: Projection | null, name: string): boolean {
  if (projection === null) return true;
  return projection.mode === 'only' ? projection.selection.has(name) : projection.selection.get(name) !== 'all';
}

/**
 * The resource with what was asked for. `schemas`, `id` and everything else that is returned "always" stays, what is
 * returned "never" does not appear, "request" only where it is named.
 */
export function project(resource: JsonObject, projection: Projection): JsonObject {
  const { selection, mode, schema } = projection;
  const result = projectObject(resource, schema.attributes, selection, mode);
  for (const { urn, attributes } of schema.extensions.values()) {
    const part = resource[urn];
    const chosen = selection.get(urn);
    // An extension is there as a whole, not at all, or in parts.
    const whole = chosen === undefined || chosen === 'all';
    if (!isJsonObject(part) || (whole && (chosen === 'all') === (mode === 'without'))) continue;
    const shown = whole ? projectObject(part, attributes, NOTHING, 'without') : projectObject(part, attributes, chosen, mode);
    if (Object.keys(shown).length > 0) result[urn] = shown;
  }
  return result;
}

const NOTHING: Selection = new Map();

function projectObject(
  object: JsonObject,
  attributes: ReadonlyMap<string, Attribute>,
  selection: Selection,
  mode: Projection['mode'],
): Record<string, Json> {
  const result: Record<string, Json> = {};
  for (const attribute of attributes.values()) {
    const value = object[attribute.name];
    if (value === undefined || attribute.returned === 'never') continue;
    const chosen = selection.get(attribute.name);
    if (attribute.returned === 'always') result[attribute.name] = value;
    else if (chosen === 'all' ? mode === 'only' : chosen === undefined && mode === 'without' && attribute.returned === 'default') {
      result[attribute.name] = value;
    } else if (chosen !== undefined && chosen !== 'all') {
      const part = projectValue(value, attribute, chosen, mode);
      if (part !== null) result[attribute.name] = part;
    }
  }
  return result;
}

/** null when nothing of it is left. */
function projectValue(value: Json, attribute: Attribute, selection: Selection, mode: Projection['mode']): Json {
  if (Array.isArray(value)) {
    const values = value.map((element: Json) => projectValue(element, attribute, selection, mode)).filter((element) => element !== null);
    return values.length === 0 ? null : values;
  }
  if (!isJsonObject(value)) return value;
  const shown = projectObject(value, attribute.subAttributes, selection, mode);
  return Object.keys(shown).length === 0 ? null : shown;
}
