import type { AccessReason, WeeklyHours } from './doors.js';
import type { Instant, Window } from './time.js';

/** What the guest page and its server say to each other. The page in the browser is checked against these types as well. */

export interface DoorView {
  readonly id: string;
  readonly name: string;
  /** The name of its site. */
  readonly site: string;
  /** IANA name: all times of this door are shown in it. */
  readonly timeZone: string;
  /** When the guest may come at all: sorted, disjoint. */
  readonly windows: readonly Window[];
  /** Hours of each day within the windows, Monday first; null: around the clock. */
  readonly schedule: WeeklyHours | null;
  /** Would it open now? */
  readonly open: boolean;
  readonly reason: AccessReason;
  /** When `open` changes next; null: not by time alone. */
  readonly nextChange: Instant | null;
}

export interface GuestView {
  readonly name: string;
  /** The time of the server, since clocks of phones are wrong now and then. */
  readonly now: Instant;
  /** When the session ends. */
  readonly expiresAt: Instant;
  readonly doors: readonly DoorView[];
}

export type OpenResult = 'opened' | 'failed' | 'no_answer' | 'denied';

export interface OpenAnswer {
  readonly result: OpenResult;
  /** Why it was denied, or `granted`. */
  readonly reason: AccessReason;
}

/** Everything that the page says, in one language. `{…}` stands for a value. */
export interface GuestTexts {
  /** Of the tab: no name of a guest, since others look at screens too. */
  readonly title: string;
  readonly loading: string;
  readonly hello: string;
  readonly noDoors: string;
  /** One page for every link that opens nothing: it says nothing of why. */
  readonly refusedTitle: string;
  readonly refusedText: string;
  readonly refusedHint: string;
  readonly offlineTitle: string;
  readonly offlineText: string;
  readonly waitText: string;
  readonly again: string;
  readonly noScript: string;
  readonly languages: string;

  readonly open: string;
  /** The name of the button for those who hear it: `{door}`. */
  readonly openDoor: string;
  readonly opening: string;
  readonly opened: string;
  readonly failed: string;
  readonly noAnswer: string;
  readonly offline: string;

  readonly now: string;
  readonly notYet: string;
  readonly closedNow: string;
  readonly ended: string;
  readonly notAvailable: string;

  /** `{time}` is a day and an hour, `{zone}` the text of `zone`. */
  readonly until: string;
  readonly from: string;
  readonly since: string;
  readonly anyTime: string;
  readonly noMore: string;
  /** Whose clock: `{city}`. */
  readonly zone: string;

  readonly deniedBefore: string;
  readonly deniedAfter: string;
  readonly deniedSchedule: string;
  readonly denied: string;

  readonly yourTime: string;
  readonly hours: string;
  readonly openStart: string;
  readonly openEnd: string;
  /** Cities of IANA zones whose name differs from the English one. */
  readonly cities: Readonly<Record<string, string>>;
}

export const GUEST_LANGUAGES = ['en', 'es', 'fr', 'de', 'pt', 'it'] as const;
export type GuestLanguage = (typeof GUEST_LANGUAGES)[number];
