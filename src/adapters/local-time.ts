import { DateTime, IANAZone } from 'luxon';
import { type Instant, instant } from '../domain/time.js';
import { LAST_INSTANT } from '../domain/windows.js';
import { UpstreamContract } from './upstream-errors.js';

/** A wall clock without a zone: `2026-12-01` and minutes since midnight. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly minutes: number;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?$/;
const MINUTE_MS = 60_000;
/** Beyond this no zone has ever changed its clock at once. */
const WIDEST_CHANGE_MINUTES = 24 * 60;
const LAST_MS = Date.parse(LAST_INSTANT);

/** `HH:MM` or `HH:MM:SS` → minutes since midnight; null for anything else. */
export function minutesOf(text: string): number | null {
  const found = TIME.exec(text.trim());
  return found === null ? null : Number(found[1]) * 60 + Number(found[2]);
}

/**
 * The UTC instant of a local time, as the start or the end of a stay. Twice on the clock (autumn): a start takes the
 * earlier, an end the later one. Not on the clock (spring): both take the first instant after the gap, so that no stay is
 * shortened by surprise.
 *
 * @param zone IANA name
 * @throws UpstreamContract for a zone or date that does not exist
 */
export function instantOf(local: LocalTime, zone: string, edge: 'start' | 'end'): Instant {
  if (!IANAZone.isValidZone(zone)) throw new UpstreamContract(`The time zone “${zone.slice(0, 60)}” is not known.`);
  const wanted = wallClock(local);
  const asUtc = wanted.toMillis();
  const offsets = offsetsAround(asUtc, zone);
  // An offset fits when the zone really has it at the instant that it leads to.
  const fitting = offsets.map((offset) => asUtc - offset * MINUTE_MS).filter((at) => wallMs(at, zone) === asUtc);
  const at = fitting.length === 0 ? firstAfterGap(asUtc, zone, offsets) : edge === 'start' ? Math.min(...fitting) : Math.max(...fitting);
  if (at > LAST_MS) throw noDate(local.date);
  return instant(at);
}

function wallClock({ date, minutes }: LocalTime): DateTime {
  const found = DATE.exec(date);
  const day = found === null ? null : DateTime.utc(Number(found[1]), Number(found[2]), Number(found[3]));
  if (day === null || !day.isValid) throw noDate(date);
  return day.plus({ minutes });
}

function noDate(date: string): UpstreamContract {
  return new UpstreamContract(`“${date.slice(0, 40)}” is not a date.`);
}

/** What the wall clock of the zone shows at `at`, as if it were UTC. */
function wallMs(at: number, zone: string): number {
  return at + IANAZone.create(zone).offset(at) * MINUTE_MS;
}

function offsetsAround(asUtc: number, zone: string): number[] {
  const offset = (at: number) => IANAZone.create(zone).offset(at);
  const reach = WIDEST_CHANGE_MINUTES * MINUTE_MS;
  return [...new Set([offset(asUtc - reach), offset(asUtc), offset(asUtc + reach)])];
}

/** The change of the clock that left the wanted time out: found by halving, to the millisecond. */
function firstAfterGap(asUtc: number, zone: string, offsets: readonly number[]): number {
  let before = asUtc - Math.max(...offsets) * MINUTE_MS;
  let after = asUtc - Math.min(...offsets) * MINUTE_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallMs(middle, zone) < asUtc) before = middle;
    else after = middle;
  }
  return after;
}
