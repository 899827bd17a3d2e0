import { epochMs, type Instant } from './time.js';

/** What the wall clock of a place shows, as weekly hours need it. */
export interface LocalMoment {
  /** Monday is 0. */
  readonly weekday: number;
  /** Since midnight, 0 to 1439; seconds are dropped. */
  readonly minute: number;
}

export const WEEKDAYS: readonly string[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const UTC = 'UTC';
const moments = new Map<string, Intl.DateTimeFormat>();
const texts = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, Intl.DateTimeFormat>();
const zoneNames = new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]));

/**
 * Weekday and minute of an instant in an IANA zone. An autumn hour that the clock shows twice is the same both times, and a
 * spring hour that it leaves out is never answered. Of weekday, hour and minute alone `Intl` makes no mistake in any year;
 * of the year it does.
 *
 * @throws RangeError for a zone that does not exist
 */
export function localMoment(at: Instant, zone: string): LocalMoment {
  const parts = partsOf(formatOf(moments, zone, { weekday: 'long', hour: '2-digit', minute: '2-digit' }), at);
  return {
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? ''),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** For people: `Monday 2026-05-04 15:00`. */
export function localText(at: Instant, zone: string): string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'long', hour: '2-digit', minute: '2-digit' } as const;
  const parts = partsOf(formatOf(texts, zone, fields), at);
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return `${part('weekday')} ${part('year').padStart(4, '0')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** `2026-05-04`, the day that the calendar on the wall shows. */
export function localDay(at: Instant, zone: string): string {
  const parts = partsOf(formatOf(days, zone, { year: 'numeric', month: '2-digit', day: '2-digit' }), at);
  return [parts.get('year')?.padStart(4, '0'), parts.get('month'), parts.get('day')].join('-');
}

/**
 * The name of the zone as IANA writes it; null for what is none. Short names such as `PST` or `ACT`, which some platforms
 * know, mean another place to everybody and are none.
 */
export function zoneName(text: string): string | null {
  if (text.toLowerCase() === 'utc') return UTC;
  const known = zoneNames.get(text.toLowerCase());
  if (known !== undefined) return known;
  // Other names of the same place, such as Asia/Kolkata, are in no list of the platform.
  return text.includes('/') && isZone(text) ? text : null;
}

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function partsOf(format: Intl.DateTimeFormat, at: Instant): Map<Intl.DateTimeFormatPartTypes, string> {
  return new Map(format.formatToParts(epochMs(at)).map(({ type, value }) => [type, value]));
}

/** Making one costs a thousand times its use. Zones are those of sites, so there are a handful. */
function formatOf(cache: Map<string, Intl.DateTimeFormat>, timeZone: string, fields: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = cache.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', hourCycle: 'h23', ...fields });
  cache.set(timeZone, format);
  return format;
}
