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
