import type { Json, JsonObject } from '../../domain/scim.js';
import { InvalidValue, NoTarget } from '../errors.js';
import { isJsonObject } from '../model/match-form.js';
import type { Attribute } from '../schema/attribute.js';
import { VALUES_MAX } from '../schema/limits.js';
import { matchElement } from './match-element.js';
import type { PatchOperation } from './operation.js';
import type { PatchRun } from './patch-run.js';
import { seedOf } from './seed.js';
import { withPart } from './with-part.js';

/** A list after an operation, and those of its values that the operation has made primary. */
interface Change {
  readonly list: readonly JsonObject[];
  readonly primaries: ReadonlySet<JsonObject>;
}

/**
 * The values of a multi-valued attribute after one operation; null when none is left.
 *
 * @throws NoTarget, InvalidValue, TooMany
 * @see RFC 7644 section 3.5.2
 */
export function changedValues(before: Json, operation: PatchOperation, run: PatchRun): Json {
  const list = objects(before);
  const { attribute, filter } = operation.target;
  run.spend(list.length * (operation.op === 'remove' ? 1 + objects(operation.value).length : 1), filter);
  const change = operation.op === 'remove' ? removed(list, operation, run) : written(list, operation, run);
  if (change.list.length > VALUES_MAX) throw new InvalidValue(`${attribute.name} must not have more than ${VALUES_MAX} values.`);
  const after = withOnePrimary(change, attribute);
  return after.length === 0 ? null : after;
}

function written(list: readonly JsonObject[], operation: PatchOperation, run: PatchRun): Change {
  const { op, value, target } = operation;
  if (target.filter !== null || target.sub !== null) return writtenParts(list, operation, run);
  const values = objects(value);
  return op === 'replace' ? { list: values, primaries: new Set(values) } : added(list, values, target.attribute, run);
}

/** Sets something in the values that the filter picks, all of them without a filter; makes one when there is none (D-P1). */
function writtenParts(list: readonly JsonObject[], operation: PatchOperation, run: PatchRun): Change {
  const { op, value, target } = operation;
  const { filter } = target;
  const seed = filter === null ? {} : seedOf(filter);
  const changed = new Set<JsonObject>();
  let picked = 0;
  const after = list.flatMap((element) => {
    if (filter !== null && !matchElement(filter, run.form(target.attribute, element))) return [element];
    picked += 1;
    // What is replaced as a whole keeps what picked it, so that the same PATCH picks it again.
    const written = writtenElement(op === 'add' ? element : (seed ?? {}), element, operation);
    if (written === null) return [];
    changed.add(written);
    return [written];
  });
  const setsPrimary = target.sub === null ? isJsonObject(value) && value['primary'] === true : target.sub.name === 'primary';
  if (picked > 0 || value === null) return { list: after, primaries: setsPrimary ? changed : new Set() };

  if (seed === null || (op === 'replace' && run.valuePath === 'strict')) {
    throw new NoTarget(`No value of ${target.attribute.name} matches the path.`);
  }
  const created = writtenElement(seed, seed, operation);
  return created === null ? { list, primaries: changed } : { list: [...list, created], primaries: new Set([created]) };
}

function writtenElement(base: JsonObject, element: JsonObject, { value, target }: PatchOperation): JsonObject | null {
  if (target.sub !== null) return withPart(element, target.sub.name, value);
  return isJsonObject(value) ? { ...base, ...value } : null;
}

/** Values that are there already are not added again (D-P4); what is new about them is. */
function added(list: readonly JsonObject[], values: readonly JsonObject[], attribute: Attribute, run: PatchRun): Change {
  const after = [...list];
  const primaries = new Set<JsonObject>();
  const places = new Map<string, number[]>();
  const place = (element: JsonObject, index: number): void => {
    const key = identity(element, attribute, run);
    const known = places.get(key);
    if (known === undefined) places.set(key, [index]);
    else known.push(index);
  };
  after.forEach(place);
  for (const value of values) {
    const index = places.get(identity(value, attribute, run))?.find((candidate) => sameType(after[candidate], value, attribute, run));
    const known = index === undefined ? undefined : after[index];
    let element = value;
    if (index === undefined || known === undefined) {
      place(value, after.push(value) - 1);
    } else {
      element = merged(known, value, attribute, run);
      after[index] = element;
    }
    if (value['primary'] === true) primaries.add(element);
  }
  return { list: after, primaries };
}

/** Parts that compare as equal keep the spelling that is stored: adding what is there changes nothing. */
function merged(known: JsonObject, value: JsonObject, attribute: Attribute, run: PatchRun): JsonObject {
  const before = run.form(attribute, known);
  const after = run.form(attribute, value);
  return { ...known, ...Object.fromEntries(Object.entries(value).filter(([part]) => before[part] !== after[part])) };
}

/** Two values are one if value and type are (RFC 7643 section 2.4); where there are no such parts, if everything is. */
function identity(element: JsonObject, attribute: Attribute, run: PatchRun): string {
  const form = run.form(attribute, element);
  return isTyped(attribute) && form['value'] !== undefined ? `v${JSON.stringify(form['value'])}` : JSON.stringify(form);
}

function sameType(known: JsonObject | undefined, value: JsonObject, attribute: Attribute, run: PatchRun): boolean {
  if (known === undefined || !isTyped(attribute)) return known !== undefined;
  const type = run.form(attribute, value)['type'];
  return type === undefined || type === run.form(attribute, known)['type'];
}

function isTyped(attribute: Attribute): boolean {
  return attribute.subAttributes.has('value') && attribute.subAttributes.has('type');
}

function removed(list: readonly JsonObject[], { target, value }: PatchOperation, run: PatchRun): Change {
  const { attribute, filter, sub } = target;
  if (filter === null && sub === null) {
    if (value === null) return { list: [], primaries: new Set() };
    const named = objects(value);
    return { list: list.filter((element) => !named.some((name) => isNamed(element, name, attribute, run))), primaries: new Set() };
  }
  const after = list.flatMap((element) => {
    if (filter !== null && !matchElement(filter, run.form(attribute, element))) return [element];
    const left = sub === null ? null : withPart(element, sub.name, null);
    return left === null ? [] : [left];
  });
  return { list: after, primaries: new Set() };
}

/** Does the name say nothing about the element but what is so? */
function isNamed(element: JsonObject, name: JsonObject, attribute: Attribute, run: PatchRun): boolean {
  const form = run.form(attribute, element);
  return Object.entries(run.form(attribute, name)).every(([part, value]) => form[part] === value);
}

/** A new primary value takes the place of the old one (RFC 7644 section 3.5.2, D-P5); two new ones contradict each other. */
function withOnePrimary({ list, primaries }: Change, attribute: Attribute): readonly JsonObject[] {
  const all = list.filter((element) => element['primary'] === true);
  if (all.length < 2) return list;
  const [chosen, other] = all.filter((element) => primaries.has(element));
  if (chosen === undefined || other !== undefined) throw new InvalidValue(`Only one value of ${attribute.name} can be primary.`);
  return list.map((element) => (element['primary'] === true && element !== chosen ? { ...element, primary: false } : element));
}

function objects(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
