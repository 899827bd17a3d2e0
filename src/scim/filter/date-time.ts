import type { Instant } from '../../domain/time.js';
import { instant } from '../../domain/time.js';

/** Date and time, fraction, zone. Every part has its own characters, so this cannot backtrack. */
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;
const MINUTE_MS = 60_000;

/**
 * Any RFC 3339 date-time → the fixed-width UTC form, null if it is none. Fractions beyond milliseconds are cut, as
 * they are in what is stored. Refused: a time without zone (whose would it be?), days and hours that do not exist,
 * leap seconds, years outside 0001 to 9999.
 *
 * @see RFC 7643 section 2.3.5, RFC 3339 section 5.6
 */
export function parseDateTime(text: string): Instant | null {
  const [, day, time, fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  if (day === undefined || time === undefined) return null;
  const written = `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const offset = offsetMinutes(zone);
  const local = Date.parse(written);
  if (offset === null || Number.isNaN(local)) return null;
  try {
    // Date.parse turns 30 February into 2 March and 24:00 into the next day: what does not come back as it was is no date.
    if (instant(local) !== written) return null;
    const at = instant(local - offset * MINUTE_MS);
    return at.startsWith('0000') ? null : at;
  } catch {
    return null;
  }
}

function offsetMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
