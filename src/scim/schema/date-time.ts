import { instant } from '../../domain/time.js';
import type { Instant } from '../../domain/time.js';

/** Fixed positions and one bounded repetition: nothing to backtrack over. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A dateTime with an offset → its instant, cut to milliseconds; null when it is not one.
 * Local time without an offset, `24:00:00` and leap seconds are not: they mean different moments to different readers.
 *
 * @see RFC 7643 section 2.3.5
 */
export function parseDateTime(text: string): Instant | null {
  const parts = DATE_TIME.exec(text);
  if (parts === null) return null;
  const [, day = '', hour = '', minute = '', second = '', fraction = '', sign, offsetHours = '00', offsetMinutes = '00'] = parts;
  if (hour > '23' || minute > '59' || second > '59' || offsetHours > '23' || offsetMinutes > '59') return null;

  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  // Date.parse lets 30 February roll over into March.
  if (Number.isNaN(midnight) || midnight < FIRST || !instant(midnight).startsWith(day)) return null;
  const offset = minutes(offsetHours, offsetMinutes) * (sign === '-' ? -1 : 1);
  const ms = midnight + (minutes(hour, minute) - offset) * 60_000 + Number(second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return ms < FIRST || ms > LAST ? null : instant(ms);
}

function minutes(hours: string, rest: string): number {
  return Number(hours) * 60 + Number(rest);
}
