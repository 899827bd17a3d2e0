import { type Instant, shift } from '../domain/time.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Wrong PINs and cards that one door takes; then nothing is evaluated there until the time has passed. */
const LIMITS = [
  { attempts: 5, withinMs: MINUTE_MS },
  { attempts: 20, withinMs: HOUR_MS },
] as const;

/** Wrong ones over the whole installation within an hour that raise an alert. No door is locked by them. */
export const INSTALLATION_PER_HOUR = 100;
/** The alert of the installation closes below this many within an hour, so that it does not come and go around the limit. */
export const INSTALLATION_QUIET = INSTALLATION_PER_HOUR / 2;

/** As many of the last wrong attempts as the limits look at. */
export const ATTEMPTS_LOOKED_AT = 20;
export const LOOK_BACK_MS = HOUR_MS;
/** Clocks of replicas differ by less. What is noted further ahead was noted by a clock that was wrong, and holds no door. */
export const CLOCKS_DIFFER_MS = 5 * MINUTE_MS;

/**
 * Until when a door takes no attempt, null: it takes one now. `wrong`: the instants of its last wrong attempts, newest
 * first. An attempt counts for exactly as long as the limit's time: at the instant when it is a minute old it is forgotten.
 */
export function heldUntil(wrong: readonly Instant[], now: Instant): Instant | null {
  let until: Instant | null = null;
  for (const { attempts, withinMs } of LIMITS) {
    const oldest = wrong[attempts - 1];
    if (oldest === undefined) continue;
    const end = shift(oldest, withinMs);
    if (end > now && (until === null || end > until)) until = end;
  }
  return until;
}
