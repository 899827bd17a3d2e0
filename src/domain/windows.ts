import { epochMs, type Instant, instant, isValid, type Window } from './time.js';

/** The algebra of windows. Pure; an invalid window (one that ends before it starts) never lets anybody in and never comes out. */

/** The outermost instants that the fixed-width form can hold. */
export const FIRST_INSTANT: Instant = '0001-01-01T00:00:00.000Z';
export const LAST_INSTANT: Instant = '9999-12-31T23:59:59.999Z';

const FIRST_MS = epochMs(FIRST_INSTANT);
const LAST_MS = epochMs(LAST_INSTANT);

/**
 * `at` moved by `ms`, stopping at the edges of the calendar. Sources send 9999-12-31 for "for ever",
 * and a buffer on top of that must not make a reconciliation throw.
 */
export function shiftWithin(at: Instant, ms: number): Instant {
  return instant(Math.min(LAST_MS, Math.max(FIRST_MS, epochMs(at) + ms)));
}

/** Order of two instants, as `Array.sort` wants it. Text order is time order (see `Instant`). */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** By start, then by end; an open start comes first and an open end last. */
export function compareWindows(a: Window, b: Window): number {
  return compareStarts(a.startsAt, b.startsAt) || compareEnds(a.endsAt, b.endsAt);
}

/** The fewest windows that cover the same time: sorted, disjoint, and none touching the next. */
export function union(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  for (const window of windows.filter(isValid).sort(compareWindows)) {
    const last = merged.at(-1);
    if (last === undefined || !reaches(last, window)) merged.push({ startsAt: window.startsAt, endsAt: window.endsAt });
    else merged[merged.length - 1] = { startsAt: last.startsAt, endsAt: laterEnd(last.endsAt, window.endsAt) };
  }
  return merged;
}

/** The time that lies in both; null when there is none. */
export function intersection(a: Window, b: Window): Window | null {
  const both: Window = {
    startsAt: compareStarts(a.startsAt, b.startsAt) >= 0 ? a.startsAt : b.startsAt,
    endsAt: compareEnds(a.endsAt, b.endsAt) <= 0 ? a.endsAt : b.endsAt,
  };
  return isValid(a) && isValid(b) && isValid(both) ? both : null;
}

/** Does `outer` hold all of `inner`? */
export function covers(outer: Window, inner: Window): boolean {
  return compareStarts(outer.startsAt, inner.startsAt) <= 0 && compareEnds(outer.endsAt, inner.endsAt) >= 0;
}

/** Starts earlier and ends later by so many milliseconds; an open side stays open. */
export function widen(window: Window, earlierMs: number, laterMs: number): Window {
  return {
    startsAt: window.startsAt === null ? null : shiftWithin(window.startsAt, -earlierMs),
    endsAt: window.endsAt === null ? null : shiftWithin(window.endsAt, laterMs),
  };
}

/** `later` starts no earlier than `earlier`: do the two overlap or touch? */
function reaches(earlier: Window, later: Window): boolean {
  return earlier.endsAt === null || later.startsAt === null || later.startsAt <= earlier.endsAt;
}

function laterEnd(a: Instant | null, b: Instant | null): Instant | null {
  return compareEnds(a, b) >= 0 ? a : b;
}

function compareStarts(a: Instant | null, b: Instant | null): number {
  return compareText(a ?? '', b ?? '');
}

/** `~` sorts behind every digit, so an open end is later than any instant. */
function compareEnds(a: Instant | null, b: Instant | null): number {
  return compareText(a ?? '~', b ?? '~');
}
