import type { LocalRange, WeeklyHours } from './doors.js';
import type { LocalMoment } from './local-moment.js';

/** Is the moment in one of the day's ranges? The start belongs to a range, the end does not. */
export function isInHours(days: WeeklyHours, { weekday, minute }: LocalMoment): boolean {
  return (days[weekday] ?? []).some((range) => minuteOf(range.from) <= minute && minute < minuteOf(range.to));
}

/** `HH:MM` as minutes since midnight; `24:00` is the end of the day. */
export function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** The range as people read it: `08:00–18:00`. */
export function rangeText({ from, to }: LocalRange): string {
  return `${from}–${to}`;
}

/** What is wrong with hours, each with the JSON Pointer (RFC 6901) to its place in `days`. Ranges may touch, not overlap. */
export function hoursMistakes(days: WeeklyHours): { readonly pointer: string; readonly detail: string }[] {
  return days.flatMap((ranges, day) =>
    ranges.flatMap((range, index) => {
      if (minuteOf(range.from) >= minuteOf(range.to))
        return [{ pointer: `/${day}/${index}/to`, detail: 'must be later than from; hours over midnight are two ranges' }];
      const other = ranges.slice(0, index).findIndex((earlier) => overlap(earlier, range));
      return other < 0 ? [] : [{ pointer: `/${day}/${index}`, detail: `overlaps with ${rangeText(ranges[other] ?? range)}` }];
    }),
  );
}

/** The same hours in the order of the clock. */
export function sortedHours(days: WeeklyHours): WeeklyHours {
  return days.map((ranges) => [...ranges].map(({ from, to }) => ({ from, to })).sort((a, b) => minuteOf(a.from) - minuteOf(b.from)));
}

function overlap(a: LocalRange, b: LocalRange): boolean {
  return minuteOf(a.from) < minuteOf(b.to) && minuteOf(b.from) < minuteOf(a.to);
}
