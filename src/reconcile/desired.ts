import type { Desired, SkipReason, SourcePin, UserFacts, WantedAssociation, Warning } from '../domain/access.js';
import { ALL_USERS, type CredentialSettings } from '../domain/integration.js';
import { hasEnded, type Instant, isValid, OPEN_WINDOW, type Window } from '../domain/time.js';
import { compareText, compareWindows, intersection, shiftWithin, union, widen } from '../domain/windows.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Source = NonNullable<UserFacts['user']>;

/** An association together with the part of it that lies inside the member's window. */
interface Candidate extends WantedAssociation {
  readonly effective: Window;
}

/**
 * What one User should lead to at `now`: pure, total, and the same whatever order the facts come in.
 *
 * Reasons for no member, the first that applies: what the source says itself, then `no_mapped_resource`, then
 * the reasons of time in the order `invalid_window`, `expired`, `outside_sync_scope`. Windows are merged before
 * time is looked at, so an association keeps its window from its first day to its last.
 */
export function desired(facts: UserFacts, now: Instant): Desired {
  const { user, settings } = facts;
  if (user === null) return { kind: 'none', skipReason: 'deleted', warnings: [], boundaries: [] };

  const said = user.skipReason ?? (user.active ? null : 'inactive');
  if (said === 'unknown_status') return { kind: 'keep', skipReason: said, warnings: ['unknown_status'], boundaries: [] };
  if (said !== null) return none(said);

  const mapped = windowsByMemberGroup(facts, user);
  if (mapped.size === 0) return none('no_mapped_resource');
  if (!isValid(user.window)) return none('invalid_window');

  const window = buffered(user.window, facts);
  const candidates = candidatesWithin(window, mapped, facts);
  const boundaries = boundariesOf(window, candidates, facts, now);
  if (hasEnded(window, now)) return none('expired', boundaries);
  // No window at all is left when each ends before it starts, in itself or once the member's window has cut it.
  if (candidates.length === 0) return none('invalid_window', boundaries);
  const current = candidates.filter((candidate) => !hasEnded(candidate.effective, now));
  if (current.length === 0) return none('expired', boundaries);
  const inScope = current.filter((candidate) => startsInScope(candidate.effective, facts, now));
  if (inScope.length === 0) return none('outside_sync_scope', boundaries);

  return member(user, settings.credentials, window, inScope, boundaries);
}

function none(skipReason: SkipReason, boundaries: readonly Instant[] = []): Desired {
  return { kind: 'none', skipReason, warnings: [], boundaries };
}

function member(
  user: Source,
  credentials: CredentialSettings,
  window: Window,
  candidates: readonly Candidate[],
  boundaries: readonly Instant[],
): Desired {
  const { pin, warnings } = choosePin(user.pin, credentials.pin);
  const emails = credentials.email ? user.emails : [];
  if (credentials.email && emails.length === 0) warnings.push('no_email');
  return {
    kind: 'member',
    name: user.name,
    emails,
    window,
    associations: candidates.map((candidate) => ({ memberGroupId: candidate.memberGroupId, window: candidate.window })),
    pin,
    magicLink: credentials.magicLink,
    card: user.card,
    warnings: warnings.sort(compareText),
    boundaries,
  };
}

/** Raw windows per member group, over every mapped resource that leads to it. A resource without a usable window still counts as mapped. */
function windowsByMemberGroup(facts: UserFacts, user: Source): Map<string, Window[]> {
  const periods = periodsByGroup(user);
  const groups = new Map(facts.groups.map((group) => [group.id, group.via]));
  const byMemberGroup = new Map<string, Window[]>();
  for (const { resourceId, memberGroupId } of facts.mappings) {
    const via = resourceId === ALL_USERS ? [] : groups.get(resourceId);
    if (via === undefined) continue;
    const windows = byMemberGroup.get(memberGroupId) ?? [];
    windows.push(...windowsOfGroup(resourceId, via, periods));
    byMemberGroup.set(memberGroupId, windows);
  }
  return byMemberGroup;
}

function periodsByGroup(user: Source): Map<string, Window[]> {
  const periods = new Map<string, Window[]>();
  for (const { groupId, window } of user.periods) {
    const ofGroup = periods.get(groupId);
    if (ofGroup === undefined) periods.set(groupId, [window]);
    else ofGroup.push(window);
  }
  return periods;
}

/**
 * Periods that name a Group decide for it. Else a Group the User is in directly is open, and one reached through
 * nesting takes the windows of the User's own Groups that lead there. `via` of a direct Group is empty or names it.
 */
function windowsOfGroup(groupId: string, via: readonly string[], periods: ReadonlyMap<string, Window[]>): readonly Window[] {
  const own = periods.get(groupId);
  if (own !== undefined) return own;
  return via.length === 0 ? [OPEN_WINDOW] : via.flatMap((id) => periods.get(id) ?? [OPEN_WINDOW]);
}

/** Sorted by member group and start. A window that never meets the member's window counts as not there. */
function candidatesWithin(window: Window, mapped: ReadonlyMap<string, readonly Window[]>, facts: UserFacts): Candidate[] {
  const candidates: Candidate[] = [];
  for (const [memberGroupId, raw] of mapped) {
    // Buffers go on before the union: two stays that touch only because of them are one association.
    const merged = union(raw.filter(isValid).map((one) => buffered(one, facts)));
    for (const own of merged) {
      const effective = intersection(own, window);
      if (effective !== null) candidates.push({ memberGroupId, window: own, effective });
    }
  }
  return candidates.sort((a, b) => compareText(a.memberGroupId, b.memberGroupId) || compareWindows(a.window, b.window));
}

function buffered(window: Window, { settings }: UserFacts): Window {
  return widen(window, settings.arrivalBufferMinutes * MINUTE_MS, settings.departureBufferMinutes * MINUTE_MS);
}

function startsInScope({ startsAt }: Window, { settings: { syncScope } }: UserFacts, now: Instant): boolean {
  return syncScope.kind === 'all' || startsAt === null || startsAt <= shiftWithin(now, syncScope.days * DAY_MS);
}

/** Sorted, each once, all after `now`. */
function boundariesOf(window: Window, candidates: readonly Candidate[], facts: UserFacts, now: Instant): Instant[] {
  const { syncScope } = facts.settings;
  const instants = new Set<Instant>();
  for (const one of [window, ...candidates.map(({ effective }) => effective)]) {
    if (one.startsAt !== null) instants.add(one.startsAt);
    if (one.endsAt !== null) instants.add(one.endsAt);
  }
  if (syncScope.kind === 'upcoming') {
    for (const { effective } of candidates) {
      if (effective.startsAt !== null) instants.add(shiftWithin(effective.startsAt, -syncScope.days * DAY_MS));
    }
  }
  return [...instants].filter((at) => at > now).sort(compareText);
}

/** A PIN that the source sent goes before a generated one; one that somebody else has leads to none, so that nothing is given away. */
function choosePin(
  sent: SourcePin | 'invalid' | null,
  setting: CredentialSettings['pin'],
): { pin: 'none' | 'generate' | { hash: string }; warnings: Warning[] } {
  if (setting === 'none') return { pin: 'none', warnings: [] };
  const otherwise = setting === 'generate' ? 'generate' : 'none';
  if (sent === null) return { pin: otherwise, warnings: [] };
  if (sent === 'invalid') return { pin: otherwise, warnings: ['invalid_source_pin'] };
  if (sent.taken) return { pin: 'none', warnings: ['pin_conflict'] };
  return { pin: { hash: sent.hash }, warnings: sent.weak ? ['weak_source_pin'] : [] };
}
