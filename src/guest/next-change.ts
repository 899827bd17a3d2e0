import { DateTime } from 'luxon';
import { decide } from '../access/decide.js';
import type { AccessFacts, WeeklyHours } from '../domain/doors.js';
import { contains, epochMs, type Instant, instant } from '../domain/time.js';
import { minuteOf } from '../domain/weekly-hours.js';
import { compareText, LAST_INSTANT, shiftWithin } from '../domain/windows.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Weekly hours repeat: what has not happened in a week and a day never does while the windows stay as they are. */
const AHEAD_DAYS = 8;
/** 1970-01-01 was a Thursday; Monday is 0. */
const WEEKDAY_OF_EPOCH = 3;

/**
 * When the door begins or stops to open for this guest by time alone. It asks `decide` at every moment at which a window
 * or a range of the schedule begins or ends, so it can never say another thing than the door does.
 */
export function nextChange(facts: AccessFacts, now: Instant): Instant | null {
  const opens = (at: Instant) => decide(facts, 'magic_link', at).granted;
  const opensNow = opens(now);
  for (const at of moments(facts, now)) if (opens(at) !== opensNow) return at;
  return null;
}

/** In their order, all later than `now`. */
function* moments(facts: AccessFacts, now: Instant): Generator<Instant> {
  const windows = [facts.member.window, ...facts.associations.map(({ window }) => window)];
  const bounds = new Set(windows.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]).filter((at) => at !== null));
  const later = [...bounds].filter((at) => at > now).sort(compareText);
  for (const [index, from] of [now, ...later].entries()) {
    if (index > 0) yield from;
    const until = later[index] ?? LAST_INSTANT;
    yield* edges(hoursThatCount(facts, from), facts.door.timeZone, from).filter((at) => from < at && at < until);
  }
}

/**
 * Of the ways by a link that the windows leave open from then on. None while one of them holds around the clock: nothing
 * that others do makes a difference, and to look at each would keep everybody waiting.
 */
function hoursThatCount({ door, member, associations }: AccessFacts, from: Instant): WeeklyHours[] {
  if (!contains(member.window, from)) return [];
  const schedules = associations
    .filter(({ window }) => contains(window, from))
    .flatMap(({ permissions }) => permissions)
    .filter(({ doorId, siteId }) => (doorId === null ? siteId === door.siteId : doorId === door.id))
    .filter(({ methods }) => methods === null || methods.includes('magic_link'))
    .map(({ schedule }) => schedule?.days ?? null);
  return schedules.includes(null) ? [] : schedules.filter((days) => days !== null);
}

/**
 * Every moment of the days after `from` at which a range may begin or end. Around a change of the clocks a local time is
 * two instants or none: both are named, and the change itself, where a range begins whose start the clock leaves out.
 */
function edges(schedules: readonly WeeklyHours[], zone: string, from: Instant): Instant[] {
  if (schedules.length === 0) return [];
  const to = shiftWithin(from, AHEAD_DAYS * DAY_MS);
  const [before, after] = [offsetMs(zone, epochMs(from)), offsetMs(zone, epochMs(to))];
  const found = new Set<number>(before === after ? [] : [changeOfOffset(zone, epochMs(from), epochMs(to))]);
  const firstDay = Math.floor((epochMs(from) + before) / DAY_MS) - 1;
  for (let day = firstDay; day <= firstDay + AHEAD_DAYS + 2; day += 1) {
    const weekday = (((day + WEEKDAY_OF_EPOCH) % 7) + 7) % 7;
    for (const { from: start, to: end } of schedules.flatMap((days) => days[weekday] ?? [])) {
      for (const minute of [minuteOf(start), minuteOf(end)]) {
        for (const offset of [before, after]) found.add(day * DAY_MS + minute * MINUTE_MS - offset);
      }
    }
  }
  const [first, last] = [epochMs(from), epochMs(to)];
  return [...found]
    .filter((ms) => first < ms && ms <= last)
    .sort((a, b) => a - b)
    .map(instant);
}

/** The first millisecond with the offset of `to`. */
function changeOfOffset(zone: string, from: number, to: number): number {
  const target = offsetMs(zone, to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle) === target) high = middle;
    else low = middle;
  }
  return high;
}

function offsetMs(zone: string, at: number): number {
  return DateTime.fromMillis(at, { zone }).offset * MINUTE_MS;
}
