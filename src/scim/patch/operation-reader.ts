import type { Json } from '../../domain/scim.js';
import { InvalidValue, Mutability } from '../errors.js';
import { parsePath } from '../filter/parse.js';
import { resolvePath } from '../filter/resolve.js';
import type { ResolvedPath } from '../filter/resolved.js';
import { readMemberIds } from '../model/member-ids.js';
import { isObject, managerObject, readNames, readValue } from '../model/read-value.js';
import { ACTIVE, MANAGER, MEMBERS, PASSWORD } from '../model/rules.js';
import type { Attribute, ResourceSchema } from '../schema/attribute.js';
import { isForbiddenName, refuseForbiddenNames } from '../schema/forbidden-names.js';
import { extensionAt, resolveName } from '../schema/resolve.js';
import type { PatchOperation, PatchTarget } from './operation.js';

type Op = PatchOperation['op'];

/**
 * Turns paths and values into operations on single attributes.
 *
 * A path that points at something readOnly is an error (D-P3); the same name inside an object is ignored, because
 * clients send back whole resources (D-P2). Unknown names are treated alike: refused in a path, ignored in an object (D-L6).
 */
export class OperationReader {
  readonly operations: PatchOperation[] = [];
  readonly #schema: ResourceSchema;
  readonly #bareValues: boolean;

  constructor(schema: ResourceSchema, bareValues: boolean) {
    this.#schema = schema;
    this.#bareValues = bareValues;
  }

  readPath(op: Op, path: string, value: unknown): void {
    const target = this.#resolve(path);
    if (target.attribute !== null) this.#read(op, { ...target, attribute: target.attribute }, value, 'refuse');
    else if (target.urn !== null) this.#readExtension(op, target.urn, value);
    else if (op === 'remove') throw new Mutability('The core attributes cannot be removed as a whole.');
    else this.readResource(op, value);
  }

  /** A value without a path: the keys may be names, names of parts, names behind a URN, and value paths. */
  readResource(op: 'add' | 'replace', value: unknown): void {
    if (!isObject(value)) throw new InvalidValue('A value without a path must be an object.');
    this.#readKeys(op, value, null);
  }

  #resolve(path: string): ResolvedPath {
    return resolvePath(parsePath(path, { bareValues: this.#bareValues }), this.#schema);
  }

  #readExtension(op: Op, urn: string, value: unknown): void {
    if (op === 'remove' || (op === 'replace' && value === null)) {
      for (const attribute of extensionAt(this.#schema, urn).values()) {
        if (attribute.mutability !== 'readOnly') this.#push('remove', { urn, attribute, sub: null, filter: null }, null);
      }
      return;
    }
    if (value === null) return;
    if (!isObject(value)) throw new InvalidValue(`${urn} must be an object.`);
    this.#readKeys(op, value, urn);
  }

  #readKeys(op: 'add' | 'replace', object: { readonly [name: string]: unknown }, urn: string | null): void {
    const names = new Set<string>();
    for (const [key, value] of Object.entries(object)) {
      const lower = key.toLowerCase();
      if (names.has(lower)) throw new InvalidValue('An attribute is given twice in different spellings.');
      names.add(lower);
      if (lower.split(/[.:[\s]/).some(isForbiddenName)) throw new InvalidValue('An attribute has a forbidden name.');
      this.#readKey(op, key, value, urn);
    }
  }

  #readKey(op: 'add' | 'replace', key: string, value: unknown, urn: string | null): void {
    const lower = key.toLowerCase();
    const extension = this.#schema.extensions.get(lower);
    if (urn === null && extension !== undefined) return this.#readExtension(op, extension.urn, value);
    if (urn === null && lower === this.#schema.urn.toLowerCase()) return this.#readCore(op, value);

    const path = urn === null ? key : `${urn}:${key}`;
    const bracket = key.indexOf('[');
    const on = resolveName(bracket < 0 ? path : path.slice(0, path.indexOf('[')), this.#schema);
    if (on === null) return refuseForbiddenNames(value, 1);
    const target = bracket < 0 ? { ...on, filter: null } : this.#resolve(path);
    this.#read(op, { ...target, attribute: on.attribute }, value, 'ignore');
  }

  /** Core attributes behind their own URN. */
  #readCore(op: 'add' | 'replace', value: unknown): void {
    // Bounds the depth too: the URN may stand inside itself.
    refuseForbiddenNames(value);
    this.readResource(op, value);
  }

  #read(op: Op, target: PatchTarget, value: unknown, readOnly: 'refuse' | 'ignore'): void {
    const { attribute, sub, filter } = target;
    const isMembers = attribute === MEMBERS;
    if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
      if (readOnly === 'refuse') throw new Mutability(`${nameOf(target)} cannot be changed.`);
      return refuseForbiddenNames(value);
    }
    // A password is taken and thrown away (D-T2): its sender must not fail.
    if (attribute === PASSWORD) return refuseForbiddenNames(value);
    if (isMembers) return this.#readMembers(op, target, value);
    if (op === 'remove') return this.#readRemove(target, value);
    if (attribute.type === 'complex' && sub === null) {
      if (!attribute.multiValued) return this.#readComplex(op, target, value);
      if (filter !== null) return this.#push(op, target, partOfElement(attribute, value));
    }
    this.#push(op, target, readValue(sub ?? attribute, value, nameOf(target)));
  }

  /** A complex value replaces the parts that it names and no others (RFC 7644 sections 3.5.2.1 and 3.5.2.3). */
  #readComplex(op: 'add' | 'replace', target: PatchTarget, value: unknown): void {
    const object = target.attribute === MANAGER ? managerObject(value) : value;
    if (object === null) return this.#push(op, target, null);
    if (!isObject(object)) throw new InvalidValue(`${nameOf(target)} must be an object.`);
    for (const [sub, part] of readNames(target.attribute.subAttributes, object, `${target.attribute.name}.`)) {
      this.#push(op, { ...target, sub }, part);
    }
  }

  #readRemove(target: PatchTarget, value: unknown): void {
    const { attribute, sub, filter } = target;
    const required = sub === null ? attribute.required && filter === null : sub.required;
    // Without `active` a User would be neither let in nor kept out.
    if (required || attribute === ACTIVE) throw new Mutability(`${nameOf(target)} cannot be removed.`);
    const lists = attribute.multiValued && sub === null && filter === null && value !== null;
    if (!lists) {
      refuseForbiddenNames(value);
      return this.#push('remove', target, null);
    }
    // Only the values that are named go, as with members (Entra). An empty list names none.
    const named = readValue(attribute, value);
    if (named !== null) this.#push('remove', target, named);
  }

  #readMembers(op: Op, target: PatchTarget, value: unknown): void {
    if (target.sub !== null || (target.filter !== null && op !== 'remove')) {
      throw new Mutability('A member cannot be changed, only added and removed.');
    }
    if (target.filter !== null) {
      refuseForbiddenNames(value);
      return this.#push(op, target, null);
    }
    if (value === null) {
      if (op !== 'add') this.#push(op, target, op === 'replace' ? [] : null);
      return;
    }
    this.#push(op, target, readMemberIds(value, op === 'remove'));
  }

  #push(op: Op, target: PatchTarget, value: Json): void {
    this.operations.push({ op, target, value });
  }
}

/** What a value path without a sub-attribute sets in each value that it picks. */
function partOfElement(attribute: Attribute, value: unknown): Json {
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (single === null) return null;
  if (!isObject(single)) throw new InvalidValue(`${attribute.name} must be one object here.`);
  const part: Record<string, Json> = {};
  for (const [sub, inner] of readNames(attribute.subAttributes, single, `${attribute.name}.`)) {
    if (inner !== null) part[sub.name] = inner;
  }
  return part;
}

function nameOf({ attribute, sub }: PatchTarget): string {
  return sub === null ? attribute.name : `${attribute.name}.${sub.name}`;
}
