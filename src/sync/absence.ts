import { type Instant, shift } from '../domain/time.js';
import { mappingsFor } from '../integrations/mapping-store.js';
import { exceedsAllowance, isSuddenlyEmpty, removalAllowance } from '../reconcile/guard.js';
import {
  absentGroups,
  absentUsers,
  type AbsentGroup,
  type AbsentUser,
  countLiveMembers,
  liveUsersAmong,
  liveUsersIn,
  markMissing,
} from './absent-rows.js';
import { NOTHING_PULLED, type Pull, type PullOutcome, type PullParts, type RunChange, together } from './pull.js';
import { pullUsers } from './pull-users.js';
import { applyRemoval, type Removal } from './removal.js';
import type { Seen } from './seen.js';
import type { Source } from './source.js';
import { isStillMissing } from './still-missing.js';

/** A complete read: what it showed, and what the one before had. */
export interface CompleteRead {
  readonly runSeq: number;
  readonly users: Seen;
  readonly groups: Seen;
  /** Members that Groups do not list any more. */
  readonly left: PullOutcome['left'];
  /** Groups say who is in them; else Users say where they are. */
  readonly saidByGroups: boolean;
  /** Users in the last complete read. */
  readonly usersBefore: number;
}

export interface AbsenceOutcome {
  /** Users that are gone from the directory. */
  readonly removed: number;
  /** What waits for somebody to approve it, and why; empty: nothing does. */
  readonly held: readonly Removal[];
  readonly heldUsers: number;
  readonly reason: string | null;
  readonly changes: readonly RunChange[];
  /** What was read directly because the list had left it out. */
  readonly confirmed: PullOutcome;
}

/** Users asked for one by one. More than that are missing: that is for a person to look at. */
const CONFIRM_MAX = 200;
const REMOVALS_AT_ONCE = 10;
/** A User whose time is over stays in sight for so long after its source has forgotten it. */
const KEEP_ENDED_MS = 30 * 24 * 3_600_000;

/**
 * What absence from a complete read means. A User with access is only gone when its source says so once more: asked for
 * by its key, or, where that cannot be, in a second complete read. If more would lose access than the guard allows, or
 * the source is suddenly empty, all of it is held; nothing else is.
 */
export async function settleAbsence(parts: PullParts, pull: Pull, source: Source, read: CompleteRead): Promise<AbsenceOutcome> {
  const { integration, reader } = pull;
  const now = parts.clock.now();
  const empty = isSuddenlyEmpty(read.users.size, read.usersBefore);
  const unseen = await absentUsers(reader, integration.id, read.users, now);
  const asked = empty ? null : await confirm(parts, pull, source, unseen);
  const confirmed = asked ?? NOTHING_PULLED;
  for (const seq of confirmed.userSeqs) read.users.add(seq);

  const absent = unseen.filter(({ seq }) => !read.users.has(seq));
  const absentToo = await absentGroups(reader, integration.id, read.groups);
  // Whoever was not asked for by key is only gone when a second complete read misses it too.
  const known = asked !== null;
  const isConfirmed = (row: AbsentUser | AbsentGroup): boolean => row.missing_since !== null && row.missing_since < read.runSeq;
  const gone = absent.filter((user) => user.live === 1 && (known || empty || isConfirmed(user)));
  const over = absent.filter((user) => user.live === 0 && (known || isConfirmed(user)) && isForgotten(user, now));

  const removals: Removal[] = [
    ...gone.map(({ id, name, version }) => ({ kind: 'user', userId: id, name, version }) as const),
    ...(empty ? [] : await goneGroups(pull, absentToo.filter(isConfirmed), read, now)),
    ...read.left.map(({ userId, groupId }) => ({ kind: 'membership', userId, groupId, name: userId }) as const),
  ];
  const losing = await whoLoses(pull, removals, now);
  const active = await countLiveMembers(reader, integration.id, now);
  const tooMany = exceedsAllowance(losing.size, active);
  await markAbsent(pull, absent, absentToo, read.runSeq);
  if (losing.size > 0 && (empty || tooMany)) {
    const reason = empty
      ? `The source has no Users at all any more; the last complete read had ${read.usersBefore}.`
      : `${losing.size} of ${active} members would lose their access because the source does not show them any more; without approval ${removalAllowance(active)} may at once.`;
    return { removed: 0, held: removals, heldUsers: losing.size, reason, changes: [], confirmed };
  }
  const quiet: Removal[] = empty ? [] : over.map(({ id, name, version }) => ({ kind: 'user', userId: id, name, version }));
  const { changes, removed } = await applyAll(parts, pull, [...removals, ...quiet], now);
  return { removed, held: [], heldUsers: 0, reason: null, changes, confirmed };
}

/**
 * Asks the source for each User with access that the list has left out: it may have moved out of the list, not away.
 * null: it was not asked, because it cannot be, or because too many are missing.
 */
async function confirm(
  parts: PullParts,
  pull: Pull,
  { adapter, context }: Source,
  absent: readonly AbsentUser[],
): Promise<PullOutcome | null> {
  const keys = [...new Set(absent.filter(({ live }) => live === 1).map(({ source_key }) => source_key))].filter((key) => key !== null);
  if (adapter.one === undefined || keys.length > CONFIRM_MAX) return null;
  let outcome = NOTHING_PULLED;
  for (const key of keys) {
    outcome = together(outcome, await pullUsers(parts, pull, await adapter.one(context, key), null));
  }
  return outcome;
}

/** Its time is over long enough, or it never had one. */
function isForgotten({ ended_at }: AbsentUser, now: Instant): boolean {
  return ended_at === null || ended_at <= shift(now, -KEEP_ENDED_MS);
}

/** A Group whose members say themselves that they are in it stays while they do. */
async function goneGroups(pull: Pull, groups: readonly AbsentGroup[], { saidByGroups }: CompleteRead, now: Instant): Promise<Removal[]> {
  const gone: Removal[] = [];
  for (const { id, name, version } of groups) {
    if (saidByGroups || (await liveUsersIn(pull.reader, id, now)).length === 0) gone.push({ kind: 'group', groupId: id, name, version });
  }
  return gone;
}

/** Users with a member whom these removals concern, each once. A Group that is mapped to nothing gives nothing to lose. */
async function whoLoses({ reader, integration }: Pull, removals: readonly Removal[], now: Instant): Promise<Set<string>> {
  const named = removals.flatMap((removal) => (removal.kind === 'user' ? [] : [removal.groupId]));
  const mappings = named.length === 0 ? [] : await mappingsFor(reader, integration.id, [...new Set(named)]);
  const mapped = new Set(mappings.map(({ resourceId }) => resourceId));
  const users = removals.flatMap((removal) => {
    if (removal.kind === 'user') return [removal.userId];
    return removal.kind === 'membership' && mapped.has(removal.groupId) ? [removal.userId] : [];
  });
  const losing = await liveUsersAmong(reader, [...new Set(users)], now);
  for (const removal of removals) {
    if (removal.kind !== 'group' || !mapped.has(removal.groupId)) continue;
    for (const id of await liveUsersIn(reader, removal.groupId, now)) losing.add(id);
  }
  return losing;
}

async function markAbsent(pull: Pull, users: readonly AbsentUser[], groups: readonly AbsentGroup[], runSeq: number): Promise<void> {
  const fresh = [
    ...users.filter(({ missing_since }) => missing_since === null).map(({ id }) => ['user', id] as const),
    ...groups.filter(({ missing_since }) => missing_since === null).map(({ id }) => ['group', id] as const),
  ];
  for (let from = 0; from < fresh.length; from += 100) {
    await pull.write(async (tx) => {
      for (const [kind, id] of fresh.slice(from, from + 100)) await markMissing(tx, kind, id, runSeq);
    });
  }
}

/** `removed`: how many Users. @param askedAt before anybody was asked whether they are gone */
async function applyAll(
  parts: PullParts,
  pull: Pull,
  removals: readonly Removal[],
  askedAt: Instant,
): Promise<Pick<AbsenceOutcome, 'changes' | 'removed'>> {
  const changes: RunChange[] = [];
  let removed = 0;
  for (let from = 0; from < removals.length; from += REMOVALS_AT_ONCE) {
    const done = await pull.write(async (tx) => {
      const some: RunChange[] = [];
      let users = 0;
      for (const removal of removals.slice(from, from + REMOVALS_AT_ONCE)) {
        // A hint may have shown it meanwhile.
        if (!(await isStillMissing(tx, removal, { at: askedAt, now: parts.clock.now() }))) continue;
        some.push(...(await applyRemoval(tx, parts, pull, removal)));
        if (removal.kind === 'user') users += 1;
      }
      return { some, users };
    });
    changes.push(...done.some);
    removed += done.users;
  }
  return { changes, removed };
}
