import type { PageRequest } from '../../domain/page.js';
import { type Instant, instant } from '../../domain/time.js';
import { InvalidInput } from '../../errors.js';
import { HttpRefusal } from '../problem.js';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 100;
const TEXT_MAX = 500;
const DIGITS = /^\d{1,15}$/;
const BASE64URL = /^[A-Za-z0-9_-]{1,400}$/;

/** The query of a request: each parameter at most once, short, and without U+0000. */
export class Query {
  readonly #values: ReadonlyMap<string, string>;

  /** @throws HttpRefusal 400 */
  constructor(url: string) {
    const at = url.indexOf('?');
    const values = new Map<string, string>();
    for (const [name, value] of new URLSearchParams(at < 0 ? '' : url.slice(at + 1))) {
      if (values.has(name)) throw new HttpRefusal(400, 'A query parameter is given twice.');
      if (value.length > TEXT_MAX || value.includes('\u0000')) throw new HttpRefusal(400, 'A query parameter is too long or not a text.');
      values.set(name, value);
    }
    this.#values = values;
  }

  /** undefined when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === '' ? undefined : value;
  }

  /** @throws HttpRefusal 400 for a value that is none of these */
  oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new HttpRefusal(400, `The query parameter ${name} must be one of ${allowed.join(', ')}.`);
    return found;
  }

  /** @throws HttpRefusal 400 */
  instant(name: string): Instant | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = toInstant(value);
    if (found === null) throw new HttpRefusal(400, `The query parameter ${name} must be a date and time with its offset from UTC.`);
    return found;
  }

  /** `limit`, 1 to 100. @throws HttpRefusal 400 */
  limit(): number {
    const value = this.text('limit');
    if (value === undefined) return LIMIT_DEFAULT;
    const limit = DIGITS.test(value) ? Number(value) : 0;
    if (limit < 1 || limit > LIMIT_MAX) throw new HttpRefusal(400, `The query parameter limit must be a number from 1 to ${LIMIT_MAX}.`);
    return limit;
  }

  /** What `cursorOf` was given for this list; null without a cursor. @throws HttpRefusal 400 for anything that is no cursor of this list */
  position(list: string): string | null {
    const cursor = this.text('cursor');
    if (cursor === undefined) return null;
    const text = BASE64URL.test(cursor) ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
    const position = text.startsWith(`${list}:`) ? text.slice(list.length + 1) : '';
    if (position === '' || position.includes('\u0000') || cursorOf(list, position) !== cursor) throw badCursor();
    return position;
  }

  /** The page that is asked for, of a list in the order of its row numbers. @throws HttpRefusal 400 */
  page(list: string): PageRequest {
    const position = this.position(list);
    if (position !== null && !DIGITS.test(position)) throw badCursor();
    return { limit: this.limit(), after: position === null ? null : Number(position) };
  }
}

export function badCursor(): HttpRefusal {
  return new HttpRefusal(400, 'The cursor is not valid for this list. Start again without one.');
}

/** Opaque to clients. It names its list, so that one list's cursor is never taken for another's. */
export function cursorOf(list: string, position: string | number): string {
  return Buffer.from(`${list}:${position}`, 'utf8').toString('base64url');
}

/** A page as the API answers it. */
export function pageBody<Item>(list: string, data: readonly Item[], next: string | number | null): object {
  return { data, hasNext: next !== null, nextCursor: next === null ? null : cursorOf(list, next) };
}

/** A date-time of a body in the one form of instants. undefined and null stay what they are. @throws InvalidInput */
export function bodyInstant<Absent extends null | undefined>(value: string | Absent, pointer: string): Instant | Absent {
  if (typeof value !== 'string') return value;
  const found = toInstant(value);
  if (found === null) throw new InvalidInput('This is not a time that can be kept.', pointer);
  return found;
}

/** An offset is needed: a local time means another instant in every zone. @see RFC 3339 section 5.6 */
const OFFSET = /(?:[Zz]|[+-]\d\d:\d\d)$/;

function toInstant(text: string): Instant | null {
  const ms = OFFSET.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) return null;
  try {
    return instant(ms);
  } catch {
    return null;
  }
}
