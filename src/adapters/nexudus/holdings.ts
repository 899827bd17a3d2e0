import type { SkipReason } from '../../domain/access.js';
import type { NexudusBooking } from '../../domain/generated/upstream/nexudus/booking.js';
import type { NexudusContract } from '../../domain/generated/upstream/nexudus/contract.js';
import type { NexudusCoworkerTimePass } from '../../domain/generated/upstream/nexudus/coworker-time-pass.js';
import { type Instant, isValid, shift, type Window } from '../../domain/time.js';
import { compareText, union } from '../../domain/windows.js';
import type { BookableKind } from './entities.js';
import { UpstreamContract } from '../upstream-errors.js';
import { idOf, utc, utcOrNull } from './values.js';

const DAY_MS = 24 * 60 * 60_000;
/** Bookings that start later are left for a later read. */
export const BOOKING_HORIZON_DAYS = 90;
/** What ended is told for so long, because a departure buffer of up to seven days hangs on it. */
export const KEPT_DAYS = 8;

/** What one coworker has. */
export interface Holdings {
  readonly contracts: readonly NexudusContract[];
  readonly passes: readonly NexudusCoworkerTimePass[];
  readonly bookings: readonly NexudusBooking[];
}

export const NO_HOLDINGS: Holdings = { contracts: [], passes: [], bookings: [] };

/** What follows from it: Groups with their windows, or why there are none. */
export interface Access {
  /** Sorted. */
  readonly groups: readonly string[];
  /** Disjoint and sorted for each Group; a Group without is open. */
  readonly periods: readonly { readonly groupExternalId: string; readonly window: Window }[];
  readonly skipReason: SkipReason | null;
  /** One of the records has a time that is none: why, for the log. Then nothing follows from any of them. */
  readonly unclear?: string;
}

interface Grant {
  readonly group: string;
  readonly window: Window;
}

/** One record's share: what it gives, or why not. */
interface Share {
  readonly grants: readonly Grant[];
  readonly reason: SkipReason | null;
}

const NOTHING: Share = { grants: [], reason: null };
/** When nothing grants, the reason that helps most. */
const REASONS: readonly SkipReason[] = ['suspended', 'tentative', 'invalid_window'];

/** The type goes before the id, so that a tariff and a desk with one number stay two Groups. */
export function groupIdOf(kind: BookableKind, id: string): string {
  return `${kind}:${id}`;
}

/** Contracts, unused passes and bookings → Groups and windows. Pure; the same whatever order the records come in. */
export function accessOf(holdings: Holdings, now: Instant): Access {
  try {
    return accessIfTold(holdings, now);
  } catch (error) {
    if (!(error instanceof UpstreamContract)) throw error;
    // One coworker must not stop the read of all others.
    return { groups: [], periods: [], skipReason: 'invalid_window', unclear: error.publicMessage };
  }
}

function accessIfTold({ contracts, passes, bookings }: Holdings, now: Instant): Access {
  const shares = [
    ...contracts.map((contract) => ofContract(contract, now)),
    ...passes.map(ofPass),
    ...bookings.map((booking) => ofBooking(booking, now)),
  ];
  const byGroup = new Map<string, Window[]>();
  const since = shift(now, -KEPT_DAYS * DAY_MS);
  for (const { group, window } of shares.flatMap(({ grants }) => grants)) {
    if (window.endsAt !== null && window.endsAt <= since) continue;
    const windows = byGroup.get(group);
    if (windows === undefined) byGroup.set(group, [window]);
    else windows.push(window);
  }
  const groups = [...byGroup.keys()].sort(compareText);
  const reason = groups.length > 0 ? undefined : REASONS.find((one) => shares.some((share) => share.reason === one));
  return { groups, periods: groups.flatMap((group) => periodsOf(group, byGroup.get(group) ?? [])), skipReason: reason ?? null };
}

function periodsOf(groupExternalId: string, windows: readonly Window[]): Access['periods'] {
  const merged = union(windows);
  const isOpen = merged.some(({ startsAt, endsAt }) => startsAt === null && endsAt === null);
  return isOpen ? [] : merged.map((window) => ({ groupExternalId, window }));
}

/**
 * From its start to its cancellation, which may lie ahead; a pause is cut out of it. One that is not active was never
 * begun or is over.
 */
function ofContract(contract: NexudusContract, now: Instant): Share {
  const endsAt = utcOrNull(contract.CancellationDate);
  if (!contract.Active || (contract.Cancelled && endsAt === null)) return NOTHING;
  const whole: Window = { startsAt: utcOrNull(contract.StartDate), endsAt };
  if (!isValid(whole)) return { grants: [], reason: 'invalid_window' };
  const pause = pauseOf(contract, now);
  if (pause !== null && pause.endsAt === null && (pause.startsAt === null || pause.startsAt <= now)) {
    return { grants: [], reason: 'suspended' };
  }
  const groups = [tariffOf(contract), ...desksOf(contract)].filter((group) => group !== null);
  const windows = pause === null ? [whole] : without(whole, pause);
  return { grants: groups.flatMap((group) => windows.map((window) => ({ group, window }))), reason: null };
}

function tariffOf({ TariffId }: NexudusContract): string | null {
  const id = idOf(TariffId);
  return id === null ? null : groupIdOf('tariff', id);
}

/** A list of numbers in single records, a text with commas in lists. */
function desksOf({ Desks, FloorPlanDeskIds }: NexudusContract): string[] {
  const listed = [...(Desks ?? []), ...(FloorPlanDeskIds ?? '').split(',').map((part) => part.trim())];
  const ids = listed.map(idOf).filter((id) => id !== null);
  return [...new Set(ids)].map((id) => groupIdOf('desk', id));
}

/**
 * `InPausedPeriod` says how it is now, the dates say when it changes. Where they contradict each other nobody is let in by
 * a date: a pause that goes on is open on the side whose date has no meaning.
 */
function pauseOf({ InPausedPeriod, InPausedPeriodFrom, InPausedPeriodUntil }: NexudusContract, now: Instant): Window | null {
  const from = utcOrNull(InPausedPeriodFrom);
  const until = utcOrNull(InPausedPeriodUntil);
  if (InPausedPeriod === true) {
    return { startsAt: from !== null && from <= now ? from : null, endsAt: until !== null && until > now ? until : null };
  }
  // Without the flag only dates ahead, or of a pause that is over, make sense.
  const pause = { startsAt: from, endsAt: until };
  const isPlanned = from !== null && (until !== null || from > now);
  return isPlanned && isValid(pause) ? pause : null;
}

/** What is left of a window once the other is cut out. */
function without({ startsAt, endsAt }: Window, cut: Window): Window[] {
  const before = { startsAt, endsAt: cut.startsAt === null ? startsAt : earlier(cut.startsAt, endsAt) };
  const after = { startsAt: cut.endsAt === null ? endsAt : later(cut.endsAt, startsAt), endsAt };
  return [...(cut.startsAt === null ? [] : [before]), ...(cut.endsAt === null ? [] : [after])].filter(isValid);
}

function earlier(a: Instant, b: Instant | null): Instant {
  return b === null || a < b ? a : b;
}

function later(a: Instant, b: Instant | null): Instant {
  return b === null || a > b ? a : b;
}

/** Unused, or the one somebody is checked in with right now: its last use must not lock that person out. */
function ofPass(pass: NexudusCoworkerTimePass): Share {
  const id = idOf(pass.TimePassId);
  const hasUses = !pass.Used && (pass.RemainingUses === null || pass.RemainingUses > 0);
  if (id === null || !(hasUses || pass.CheckedIn)) return NOTHING;
  return { grants: [{ group: groupIdOf('time_pass', id), window: { startsAt: null, endsAt: utcOrNull(pass.ExpireDate) } }], reason: null };
}

function ofBooking(booking: NexudusBooking, now: Instant): Share {
  const window = { startsAt: utc(booking.FromTime), endsAt: utc(booking.ToTime) };
  if (window.startsAt > shift(now, BOOKING_HORIZON_DAYS * DAY_MS) || window.endsAt <= shift(now, -KEPT_DAYS * DAY_MS)) return NOTHING;
  if (booking.Tentative) return window.endsAt <= now ? NOTHING : { grants: [], reason: 'tentative' };
  if (!isValid(window)) return { grants: [], reason: 'invalid_window' };
  const resource = idOf(booking.ResourceId);
  const desk = idOf(booking.FloorPlanDeskId);
  const groups = [resource === null ? null : groupIdOf('resource', resource), desk === null ? null : groupIdOf('desk', desk)];
  return { grants: groups.filter((group) => group !== null).map((group) => ({ group, window })), reason: null };
}
