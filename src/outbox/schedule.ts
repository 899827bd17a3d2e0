import { epochMs, type Instant, instant } from '../domain/time.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after the first, second … attempt in vain, as in the example of Standard Webhooks 1.0.0: ten attempts in three days. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;
const LONGEST_WAIT_MS = 24 * HOUR_MS;

/**
 * A message that fails after it has waited as long as the whole schedule is given up, however few attempts it had: those
 * behind a message that used up its time have waited as long, and a destination that is down for good keeps three days of them.
 */
export const GIVE_UP_AFTER_MS = WAITS_MS.reduce((sum, ms) => sum + ms, 0);

/** Only upwards, so that the schedule is never shorter than it says. */
const JITTER = 0.2;
/** "Retry at once" is believed less the more often it was in vain. */
const AT_LEAST_MS = 100;
const AT_LEAST_MAX_MS = MINUTE_MS;

export interface FailedAttempt {
  /** Attempts so far, this one included. */
  readonly attempts: number;
  readonly waitingSince: Instant;
  readonly now: Instant;
  /** When the other side wants to be asked again. */
  readonly at?: Instant | undefined;
  /** In [0, 1). */
  readonly random: number;
}

/** When a message is tried again; null when it is given up. */
export function nextAttempt({ attempts, waitingSince, now, at, random }: FailedAttempt): Instant | null {
  const nowMs = epochMs(now);
  if (nowMs - epochMs(waitingSince) >= GIVE_UP_AFTER_MS) return null;
  const asked = at === undefined ? Number.NaN : epochMs(at) - nowMs;
  const floor = Math.min(AT_LEAST_MS * attempts, AT_LEAST_MAX_MS);
  const scheduled = (WAITS_MS[attempts - 1] ?? LONGEST_WAIT_MS) * (1 + JITTER * random);
  const wait = Number.isNaN(asked) ? scheduled : Math.min(Math.max(asked, floor), LONGEST_WAIT_MS);
  return instant(nowMs + Math.round(wait));
}
