import { epochMs, type Instant, instant, shift } from '../../domain/time.js';
import { CursorExpired } from '../upstream-errors.js';

const FORM = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const MINUTE_MS = 60_000;
/** The usual five minutes, and the hour that the clocks are put back: times of Cloudbeds are local and have no offset. */
const OVERLAP_MS = 65 * MINUTE_MS;
/** No zone is further ahead of UTC than 14 hours. */
const AHEAD_MS = 15 * 60 * MINUTE_MS;

/**
 * The later of two `dateModified` texts. One that lies in the future by any clock is passed over: a single wrong record
 * would otherwise hide everything that changes until then.
 *
 * @param known the cursor so far
 */
export function later(known: string | null, modified: string, now: Instant): string | null {
  if (!FORM.test(modified) || modified > textOf(shift(now, AHEAD_MS))) return known;
  return known === null || modified > known ? modified : known;
}

/**
 * From where to ask on: before the newest change that Cloudbeds has told us of, never by our own clock.
 *
 * @throws CursorExpired for something that is no cursor of ours
 */
export function modifiedFrom(cursor: string): string {
  const at = FORM.test(cursor) ? epochMs(`${cursor.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new CursorExpired('The place where the last read ended is not known any more.');
  return textOf(instant(at - OVERLAP_MS));
}

/** Reckoned as if it were UTC: only differences count. */
function textOf(at: Instant): string {
  return at.slice(0, 19).replace('T', ' ');
}
