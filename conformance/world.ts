import { randomBytes } from 'node:crypto';
import { brief } from './answer.js';
import type { Client } from './client.js';
import { type Facts, describes } from './facts.js';
import { NotOffered, unmet } from './verdict.js';
import { type Json, type JsonObject, objectAt, objectsAt } from './json.js';
import { GROUP, USER } from './names.js';

export interface Resource {
  readonly id: string;
  /** Below the base of the server. */
  readonly path: string;
  /** As the server showed it when it was created. */
  readonly body: JsonObject;
}

/** Five Users whose values are known, by one letter each. */
export type Letter = 'a' | 'b' | 'c' | 'd' | 'e';
export type Crowd = Readonly<Record<Letter, Resource>>;

/** In this order they are created, which no attribute of theirs sorts them into. */
const CREATED: readonly Letter[] = ['c', 'a', 'e', 'b', 'd'];

/** What the checks share: what the server offers, and resources of their own to try it on. */
export class World {
  readonly facts: Facts;
  /** Starts every name that this run gives: unmistakable, and in one case so that tests of case can change it. */
  readonly tag = `scimcheck-${randomBytes(5).toString('hex')}`;
  readonly #client: Client;
  #count = 0;
  #crowd: Promise<Crowd> | undefined;
  #user: Promise<Resource> | undefined;

  constructor(client: Client, facts: Facts) {
    this.#client = client;
    this.facts = facts;
  }

  /** A text that nobody used before. */
  word(what = 'x'): string {
    this.#count += 1;
    return `${this.tag}-${what}${this.#count}`;
  }

  userName(): string {
    return `${this.word('user')}@conformance.example`;
  }

  has(urn: string, path: string): boolean {
    return describes(this.facts, urn, path);
  }

  /** Throws `NotOffered` unless the schema describes all these attributes. */
  needs(urn: string, ...paths: readonly string[]): void {
    for (const path of paths) if (!this.has(urn, path)) throw new NotOffered(`the schema does not describe ${path}`);
  }

  /** A body that any server should take: the usual attributes of those that it has, and all that it calls required. */
  userBody(more: JsonObject = {}): JsonObject {
    const userName = this.userName();
    const usual: JsonObject = {
      name: { givenName: 'Conny', familyName: 'Check' },
      displayName: this.word('Display'),
      emails: [{ value: `work-${userName}`, type: 'work', primary: true }],
      active: true,
    };
    const kept = Object.entries(usual).filter(([name]) => this.has(USER, name));
    return { schemas: [USER], userName, ...this.#required(USER), ...Object.fromEntries(kept), ...more };
  }

  groupBody(more: JsonObject = {}): JsonObject {
    return { schemas: [GROUP], ...this.#required(GROUP), displayName: this.word('group'), ...more };
  }

  /** Values for attributes that a server calls required beyond the RFC. */
  #required(urn: string): JsonObject {
    const body: Record<string, Json> = {};
    for (const attribute of objectsAt(this.facts.schemas?.get(urn)?.['attributes'])) {
      const { name, required, mutability, multiValued } = attribute;
      if (required !== true || mutability === 'readOnly' || name === 'userName' || name === 'displayName' || name === 'members') continue;
      const value = this.#valueFor(attribute);
      body[String(name)] = multiValued === true ? [value] : value;
    }
    return body;
  }

  #valueFor({ type, subAttributes, canonicalValues }: JsonObject): Json {
    const [canonicalValue] = Array.isArray(canonicalValues) ? (canonicalValues as readonly Json[]) : [];
    if (canonicalValue !== undefined) return canonicalValue;
    if (type === 'boolean') return true;
    if (type === 'integer' || type === 'decimal') return 1;
    if (type === 'dateTime') return '2026-01-01T00:00:00Z';
    if (type === 'reference') return 'https://conformance.example/';
    if (type === 'binary') return 'AAAA';
    if (type !== 'complex') return this.word('value');
    return Object.fromEntries(objectsAt(subAttributes).map((sub) => [String(sub['name']), this.#valueFor(sub)]));
  }

  /** A new User for this check alone, with `more` than the usual. Throws `NotOffered`, or `Unmet` when it is `more` that is refused. */
  async newUser(more: JsonObject = {}): Promise<Resource> {
    return this.#create('/Users', this.userBody(more), more);
  }

  async newGroup(more: JsonObject = {}): Promise<Resource> {
    return this.#create('/Groups', this.groupBody(more), more);
  }

  /** A User that several checks read and none changes. */
  user(): Promise<Resource> {
    this.#user ??= this.newUser();
    return this.#user;
  }

  /** Whether a plain resource can be created is a check of its own; that it can be with `more` is part of the check that asks for it. */
  async #create(endpoint: '/Users' | '/Groups', body: JsonObject, more: JsonObject = {}): Promise<Resource> {
    const answer = await this.#client.post(endpoint, body);
    const { id } = answer.body;
    if (answer.status < 300 && typeof id === 'string') return { id, path: `${endpoint}/${encodeURIComponent(id)}`, body: answer.body };
    if (Object.keys(more).length > 0) unmet(answer, `a resource with ${Object.keys(more).join(', ')}`);
    throw new NotOffered(`it needs a resource, and POST ${endpoint} answered ${brief(answer)}`);
  }

  /** The values behind the crowd's letters, for filters and expectations. */
  crowdValue(letter: Letter): { readonly userName: string; readonly displayName: string; readonly externalId: string } {
    const names: Readonly<Record<Letter, string>> = { a: 'Ada "Q" (or) Byron', b: 'bob', c: 'Cid\\C', d: 'dan', e: 'Eve' };
    return {
      userName: `${this.crowdPrefix}${letter}@conformance.example`,
      displayName: `${this.tag} ${names[letter]}`,
      externalId: `${this.tag}-Ext-${letter.toUpperCase()}`,
    };
  }

  get crowdPrefix(): string {
    return `${this.tag}-crowd-`;
  }

  crowd(): Promise<Crowd> {
    this.#crowd ??= this.#makeCrowd();
    return this.#crowd;
  }

  async #makeCrowd(): Promise<Crowd> {
    const titles: Readonly<Record<Letter, string | null>> = { a: 'Engineer', b: 'Clerk', c: null, d: 'Driver', e: null };
    const families: Readonly<Record<Letter, string>> = { a: 'delta', b: 'Echo', c: 'alpha', d: 'Bravo', e: 'Charlie' };
    const made: Partial<Record<Letter, Resource>> = {};
    for (const letter of CREATED) {
      const title = titles[letter];
      const body = this.userBody({
        ...this.crowdValue(letter),
        ...(title === null || !this.has(USER, 'title') ? {} : { title: `${this.tag} ${title}` }),
        ...(this.has(USER, 'name') ? { name: { givenName: 'Crowd', familyName: `${this.tag} ${families[letter]}` } } : {}),
        ...(this.has(USER, 'active') ? { active: letter !== 'b' } : {}),
        ...(this.has(USER, 'emails') ? { emails: this.#crowdEmails(letter) } : {}),
      });
      made[letter] = await this.#create('/Users', body);
    }
    return made as Crowd;
  }

  /** By primary, else first address the order is d c b a e; by the smallest address it would be a d c b e. */
  #crowdEmails(letter: Letter): Json {
    const at = (digit: number): string => `${this.tag}.${digit}@conformance.example`;
    const work = (digit: number): JsonObject => ({ value: at(digit), type: 'work', primary: true });
    if (letter === 'a') return [{ value: at(1), type: 'home' }, work(5)];
    if (letter === 'c')
      return [
        { value: at(3), type: 'home' },
        { value: at(9), type: 'other' },
      ];
    return [work(letter === 'b' ? 4 : letter === 'd' ? 2 : 6)];
  }

  crowdEmail(digit: number): string {
    return `${this.tag}.${digit}@conformance.example`;
  }

  /** The letters of those of the crowd who are in this list, in its order. */
  async lettersIn(resources: readonly JsonObject[]): Promise<string> {
    const letters = new Map(Object.entries(await this.crowd()).map(([letter, { id }]) => [id, letter]));
    return resources.map((resource) => letters.get(String(resource['id'])) ?? '?').join('');
  }

  /** A filter that the crowd and nobody else matches. Throws `NotOffered` where there is no filtering. */
  get crowdFilter(): string {
    if (this.facts.missing.has('filter')) throw new NotOffered('it needs a filter to find its own resources');
    return `userName sw "${this.crowdPrefix}"`;
  }

  configOf(name: string): JsonObject {
    return objectAt(this.facts.config[name]);
  }
}
