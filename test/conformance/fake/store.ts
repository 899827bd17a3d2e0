import { canonical, isObject, type Json, type JsonObject, objectsAt } from '../../../conformance/json.js';
import { ENTERPRISE } from '../../../conformance/names.js';
import { checkResource, schemasOf } from './model.js';
import { BASE, type Kind } from './schemas.js';
import { Refusal, type Writable, writable } from './wire.js';

interface Stored {
  readonly kind: Kind;
  readonly id: string;
  readonly created: string;
  lastModified: string;
  version: number;
  data: Writable;
}

/** What goes wrong inside the store when a test says so. */
export type StoreFault = 'case-exact-names' | 'keeps-deleted-members' | 'keeps-deleted-names' | 'touches-always' | 'no-schema-of-extension';

/** Users and Groups in memory. */
export class Store {
  readonly #all = new Map<string, Stored>();
  /** Of those in `#all`. */
  readonly #groups = new Set<Stored>();
  /** As they are shown; emptied by every change, since a User shows its Groups. */
  readonly #shown = new Map<string, JsonObject>();
  readonly #deletedNames = new Set<string>();
  readonly #faults: ReadonlySet<string>;
  #count = 0;
  #now = Date.UTC(2026, 0, 1);

  constructor(faults: ReadonlySet<string>) {
    this.#faults = faults;
  }

  #has(fault: StoreFault): boolean {
    return this.#faults.has(fault);
  }

  #tick(): string {
    this.#shown.clear();
    this.#now += 1000;
    return new Date(this.#now).toISOString();
  }

  create(kind: Kind, data: Writable): string {
    this.#count += 1;
    const id = `id-${this.#count}`;
    this.#check(kind, id, data);
    const created = this.#tick();
    const stored = { kind, id, created, lastModified: created, version: 1, data };
    this.#all.set(id, stored);
    if (kind === 'Group') this.#groups.add(stored);
    return id;
  }

  get(kind: Kind, id: string): JsonObject {
    return this.#render(this.#find(kind, id));
  }

  /** What was stored, with what is never shown. */
  raw(kind: Kind, id: string): JsonObject {
    return writable(this.#find(kind, id).data as JsonObject) as JsonObject;
  }

  version(kind: Kind, id: string): string {
    return `W/"${this.#find(kind, id).version}"`;
  }

  list(kind: Kind): JsonObject[] {
    return [...this.#all.values()].filter((one) => one.kind === kind).map((one) => this.#render(one));
  }

  update(kind: Kind, id: string, data: Writable): void {
    const stored = this.#find(kind, id);
    this.#check(kind, id, data);
    if (canonical(stored.data as JsonObject) === canonical(data as JsonObject) && !this.#has('touches-always')) return;
    stored.data = data;
    this.#touch(stored);
  }

  delete(kind: Kind, id: string): void {
    const stored = this.#find(kind, id);
    const { data } = stored;
    if (this.#has('keeps-deleted-names')) this.#deletedNames.add(String(data['userName']));
    this.#shown.clear();
    this.#all.delete(id);
    this.#groups.delete(stored);
    if (this.#has('keeps-deleted-members')) return;
    for (const group of this.#groups) {
      const members = objectsAt(group.data['members']);
      const left = members.filter((member) => member['value'] !== id);
      if (left.length === members.length) continue;
      group.data['members'] = left;
      this.#touch(group);
    }
  }

  #touch(stored: Stored): void {
    stored.version += 1;
    stored.lastModified = this.#tick();
  }

  #find(kind: Kind, id: string): Stored {
    const stored = this.#all.get(id);
    if (stored?.kind !== kind) throw new Refusal(404);
    return stored;
  }

  #check(kind: Kind, id: string, data: Writable): void {
    checkResource(data, kind);
    if (kind === 'User') this.#checkUserName(id, String(data['userName']));
    else this.#checkMembers(id, data);
  }

  #checkUserName(id: string, userName: string): void {
    const form = (name: string): string => (this.#has('case-exact-names') ? name : name.toLowerCase());
    const others = [...this.#all.values()]
      .filter((one) => one.kind === 'User' && one.id !== id)
      .map(({ data }) => String(data['userName']));
    if ([...others, ...this.#deletedNames].some((name) => form(name) === form(userName))) throw new Refusal(409, 'uniqueness');
  }

  #checkMembers(id: string, data: Writable): void {
    const members = new Map<string, Json>();
    for (const { value } of objectsAt(data['members'])) {
      const member = this.#all.get(String(value));
      if (member === undefined || member.id === id || this.#holds(member, id)) throw new Refusal(400, 'invalidValue');
      members.set(member.id, { value: member.id, type: member.kind, $ref: `${BASE}/${member.kind}s/${member.id}` });
    }
    if (members.size > 0) data['members'] = [...members.values()];
  }

  #holds({ data }: Stored, id: string): boolean {
    return objectsAt(data['members']).some(({ value }) => {
      const member = this.#all.get(String(value));
      return value === id || (member !== undefined && this.#holds(member, id));
    });
  }

  /** Direct Groups first, then those around them. */
  #groupsOf(id: string): Json[] {
    const found = new Map<string, Json>();
    const add = (member: string, type: 'direct' | 'indirect'): void => {
      for (const group of this.#groups) {
        if (!objectsAt(group.data['members']).some(({ value }) => value === member) || found.has(group.id)) continue;
        found.set(group.id, { value: group.id, display: String(group.data['displayName']), type, $ref: `${BASE}/Groups/${group.id}` });
        add(group.id, 'indirect');
      }
    };
    add(id, 'direct');
    return [...found.values()];
  }

  #render(stored: Stored): JsonObject {
    const known = this.#shown.get(stored.id) ?? this.#renderNew(stored);
    this.#shown.set(stored.id, known);
    return known;
  }

  #renderNew({ kind, id, created, lastModified, version, data }: Stored): JsonObject {
    const { password: _hidden, ...shown } = data;
    const groups = kind === 'User' ? this.#groupsOf(id) : [];
    const schemas = this.#has('no-schema-of-extension') ? schemasOf({}, kind) : schemasOf(data, kind);
    const meta = { resourceType: kind, created, lastModified, version: `W/"${version}"`, location: `${BASE}/${kind}s/${id}` };
    return { schemas, id, ...this.#withReferences(shown), ...(groups.length === 0 ? {} : { groups }), meta } as JsonObject;
  }

  #withReferences(data: Writable): Writable {
    const part = data[ENTERPRISE];
    const manager = isObject(part) ? part['manager'] : undefined;
    if (!isObject(part) || !isObject(manager)) return data;
    return { ...data, [ENTERPRISE]: { ...part, manager: { ...manager, $ref: `${BASE}/Users/${String(manager['value'])}` } } };
  }
}
