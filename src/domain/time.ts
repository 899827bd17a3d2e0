/**
 * A UTC instant in the one form used everywhere inside Latchkey: `2026-11-25T00:33:58.000Z`.
 * Fixed width, so comparing two of them as text compares them in time; the stores rely on it.
 */
export type Instant = string;

/** Half-open `[startsAt, endsAt)`; null means open on that side. */
export interface Window {
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
}

export const OPEN_WINDOW: Window = { startsAt: null, endsAt: null };

/** Clocks of processes differ by less. What was written further ahead than that was written before a clock was put back. */
export const CLOCKS_DIFFER_MS = 60_000;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Milliseconds since the epoch → the fixed-width form. Years 0001 to 9999 only: outside them the form has another width. */
export function instant(epochMs: number): Instant {
  const text = new Date(epochMs).toISOString();
  if (!INSTANT.test(text)) throw new RangeError(`instant out of range: ${text}`);
  return text;
}

/** The fixed-width form → milliseconds since the epoch. */
export function epochMs(at: Instant): number {
  return Date.parse(at);
}

/** `at` moved by a number of milliseconds, which may be negative. */
export function shift(at: Instant, ms: number): Instant {
  return instant(epochMs(at) + ms);
}

/** Is `at` inside the window? The start belongs to it, the end does not. */
export function contains(window: Window, at: Instant): boolean {
  return (window.startsAt === null || window.startsAt <= at) && (window.endsAt === null || at < window.endsAt);
}

/** Has the window ended at `at`? */
export function hasEnded(window: Window, at: Instant): boolean {
  return window.endsAt !== null && window.endsAt <= at;
}

/** A window whose end does not lie after its start admits nobody, whatever the time. */
export function isValid(window: Window): boolean {
  return window.startsAt === null || window.endsAt === null || window.startsAt < window.endsAt;
}

export function sameWindow(a: Window, b: Window): boolean {
  return a.startsAt === b.startsAt && a.endsAt === b.endsAt;
}
