import { isObject, type Json, type JsonObject } from '../../../conformance/json.js';
import { ENTERPRISE, GROUP, USER } from '../../../conformance/names.js';
import { type Attribute, attributesOf, ENTERPRISE_ATTRIBUTES, type Kind } from './schemas.js';
import { Refusal } from './wire.js';

export type Test = (value: Json | undefined) => boolean;

export interface Resolved {
  readonly urn: string | null;
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
}

/** An attribute by its name, with or without a URN and a sub-attribute; null: there is none. */
export function resolve(name: string, kind: Kind): Resolved | null {
  const lower = name.toLowerCase();
  const urn = [ENTERPRISE, USER, GROUP].find((one) => lower.startsWith(`${one.toLowerCase()}:`)) ?? null;
  if ((urn === USER && kind !== 'User') || (urn === GROUP && kind !== 'Group')) return null;
  const [head = '', sub, ...more] = (urn === null ? lower : lower.slice(urn.length + 1)).split('.');
  const attributes = urn === ENTERPRISE ? ENTERPRISE_ATTRIBUTES : attributesOf(kind);
  const attribute = attributes.find((one) => one.name.toLowerCase() === head);
  if (attribute === undefined || more.length > 0) return null;
  const found = sub === undefined ? null : attribute.subAttributes?.find((one) => one.name.toLowerCase() === sub);
  return found === undefined ? null : { urn: urn === ENTERPRISE ? urn : null, attribute, sub: found };
}

export interface FilterOptions {
  /** Every comparison of texts minds the case. */
  readonly caseSensitive?: boolean;
  /** What stands left of the first `or` or `and` is all that counts. */
  readonly flat?: boolean;
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([()[\]])|([^\s()[\]"]+))/y;
const OPERATORS = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);

/** Whether a resource matches the filter, by a recursive descent over RFC 7644 figure 1. `kinds`: one, or several at the root. */
export function parseFilter(text: string, kind: Kind, atRoot = false, options: FilterOptions = {}): (resource: JsonObject) => boolean {
  const reader = new FilterReader(tokens(text), kind, atRoot, options);
  const test = reader.or(null);
  reader.end();
  return test;
}

/** The filter inside the brackets of a value path. */
export function parseValueFilter(text: string, attribute: Attribute): Test {
  const reader = new FilterReader(tokens(text), 'User', false, {});
  const test = reader.or(attribute);
  reader.end();
  return (value) => isObject(value) && test(value);
}

function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (match === null) throw new Refusal(400, 'invalidFilter');
    found.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return found;
}

class FilterReader {
  readonly #tokens: string[];
  readonly #kind: Kind;
  readonly #atRoot: boolean;
  readonly #options: FilterOptions;
  #at = 0;

  constructor(found: string[], kind: Kind, atRoot: boolean, options: FilterOptions) {
    this.#tokens = found;
    this.#kind = kind;
    this.#atRoot = atRoot;
    this.#options = options;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new Refusal(400, 'invalidFilter');
  }

  /** `within`: the attribute in whose brackets the filter stands. */
  or(within: Attribute | null): (resource: JsonObject) => boolean {
    let left = this.#and(within);
    while (this.#word('or')) {
      const [one, other] = [left, this.#and(within)];
      left = this.#options.flat === true ? one : (resource) => one(resource) || other(resource);
    }
    return left;
  }

  #and(within: Attribute | null): (resource: JsonObject) => boolean {
    let left = this.#one(within);
    while (this.#word('and')) {
      const [one, other] = [left, this.#one(within)];
      left = this.#options.flat === true ? one : (resource) => one(resource) && other(resource);
    }
    return left;
  }

  #one(within: Attribute | null): (resource: JsonObject) => boolean {
    if (this.#word('not')) {
      const inner = this.#group(within);
      return (resource) => !inner(resource);
    }
    return this.#tokens[this.#at] === '(' ? this.#group(within) : this.#comparison(within);
  }

  #group(within: Attribute | null): (resource: JsonObject) => boolean {
    this.#expect('(');
    const inner = this.or(within);
    this.#expect(')');
    return inner;
  }

  #comparison(within: Attribute | null): (resource: JsonObject) => boolean {
    const name = this.#take();
    if (!/^[A-Za-z$][A-Za-z0-9:._$-]*$/.test(name)) throw new Refusal(400, 'invalidFilter');
    const found = within === null ? resolve(name, this.#kind) : subOf(within, name);
    if (this.#tokens[this.#at] === '[') return this.#valuePath(found);
    const operator = this.#take().toLowerCase();
    if (operator === 'pr') return this.#test(found, (values) => values.some((value) => value !== null && value !== undefined));
    if (!OPERATORS.has(operator)) throw new Refusal(400, 'invalidFilter');
    const wanted = literal(this.#take());
    const leaf =
      found?.sub ??
      (found?.attribute.type === 'complex' ? found.attribute.subAttributes?.find((one) => one.name === 'value') : found?.attribute);
    if (found !== null && (leaf === undefined || leaf.returned === 'never')) throw new Refusal(400, 'invalidFilter');
    if (leaf?.type === 'boolean' && /^[gl][te]$/.test(operator)) throw new Refusal(400, 'invalidFilter');
    const caseExact = this.#options.caseSensitive === true || leaf?.caseExact === true;
    return this.#test(found, (values) => matches(values, operator, wanted, caseExact, leaf?.type === 'dateTime'));
  }

  #valuePath(found: Resolved | null): (resource: JsonObject) => boolean {
    this.#expect('[');
    if (found === null) throw new Refusal(400, 'invalidFilter');
    const inner = this.or(found.attribute);
    this.#expect(']');
    return (resource) => {
      const value = found.urn === null ? resource[found.attribute.name] : undefined;
      return Array.isArray(value) && (value as readonly Json[]).some((one) => isObject(one) && inner(one));
    };
  }

  #test(found: Resolved | null, test: (values: readonly (Json | undefined)[]) => boolean): (resource: JsonObject) => boolean {
    if (found !== null) return (resource) => test(valuesAt(resource, found));
    if (this.#atRoot) return () => false;
    throw new Refusal(400, 'invalidFilter');
  }

  #word(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Refusal(400, 'invalidFilter');
    this.#at += 1;
    return token;
  }

  #expect(token: string): void {
    if (this.#take() !== token) throw new Refusal(400, 'invalidFilter');
  }
}

function subOf(within: Attribute, name: string): Resolved {
  const attribute = within.subAttributes?.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (attribute === undefined) throw new Refusal(400, 'invalidFilter');
  return { urn: null, attribute, sub: null };
}

function literal(token: string): Json {
  try {
    const value = JSON.parse(token) as Json;
    if (typeof value === 'object' && value !== null) throw new Refusal(400, 'invalidFilter');
    return value;
  } catch {
    throw new Refusal(400, 'invalidFilter');
  }
}

export function valuesAt(resource: JsonObject, { urn, attribute, sub }: Resolved): readonly (Json | undefined)[] {
  const holder = urn === null ? resource : resource[urn];
  const value = isObject(holder) ? holder[attribute.name] : undefined;
  const values = value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value];
  const name = sub?.name ?? (attribute.type === 'complex' && attribute.multiValued ? 'value' : null);
  return name === null ? values : values.map((one) => (isObject(one) ? one[name] : undefined)).filter((one) => one !== undefined);
}

function matches(values: readonly (Json | undefined)[], operator: string, wanted: Json, caseExact: boolean, isDate: boolean): boolean {
  if (wanted === null) return (values.length === 0) === (operator === 'eq');
  if (operator === 'ne') return !matches(values, 'eq', wanted, caseExact, isDate);
  const form = (value: Json | undefined): Json | undefined => {
    if (typeof value !== 'string') return value;
    if (isDate) return Date.parse(value);
    return caseExact ? value : value.toLowerCase();
  };
  const right = form(wanted);
  return values.map(form).some((left) => {
    if (operator === 'eq') return left === right;
    if (typeof left === 'string' && typeof right === 'string') {
      if (operator === 'co') return left.includes(right);
      if (operator === 'sw') return left.startsWith(right);
      if (operator === 'ew') return left.endsWith(right);
    }
    if (left === undefined || left === null || right === undefined || right === null) return false;
    if (operator === 'gt') return left > right;
    if (operator === 'ge') return left >= right;
    if (operator === 'lt') return left < right;
    return operator === 'le' && left <= right;
  });
}
