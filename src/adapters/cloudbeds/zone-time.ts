import { DateTime } from 'luxon';
import type { Instant } from '../../domain/time.js';

/** What the calendar of the zone shows then: `YYYY-MM-DD`. */
export function localDate(at: Instant, zone: string): string {
  return DateTime.fromISO(at, { zone }).toFormat('yyyy-MM-dd');
}

/** `2026-12-01T15:00:00-03:00`: the door-lock service refuses dates without an offset. */
export function withOffset(at: Instant, zone: string): string {
  return DateTime.fromISO(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}
