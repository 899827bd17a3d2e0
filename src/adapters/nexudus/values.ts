import { FIRST_INSTANT, LAST_INSTANT } from '../../domain/windows.js';
import { type Instant, instant } from '../../domain/time.js';
import { UpstreamContract } from '../upstream-errors.js';

const FIRST_MS = Date.parse(FIRST_INSTANT);
const LAST_MS = Date.parse(LAST_INSTANT);

/** Ids are numbers above 2^30 or texts of digits; in the core they are texts. null: none, which Nexudus also writes as 0 or ''. */
export function idOf(value: unknown): string | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^[1-9]\d{0,17}$/.test(text) ? text : null;
}

/**
 * A UTC time with up to seven digits of fraction, with or without its `Z`, as an instant. Digits below the millisecond are cut.
 *
 * @throws UpstreamContract
 */
export function utc(text: string): Instant {
  const at = Date.parse(text.endsWith('Z') ? text : `${text}Z`);
  if (Number.isNaN(at) || at < FIRST_MS || at > LAST_MS) throw new UpstreamContract('Nexudus sent a time that is none.');
  return instant(at);
}

/** `utc`, where there may be none. */
export function utcOrNull(text: string | null): Instant | null {
  return text === null ? null : utc(text);
}

/** Numbers as texts, in the order of the numbers. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
