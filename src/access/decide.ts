import type { AccessDecision, AccessFacts, AccessMethod, AccessReason, PermissionFacts } from '../domain/doors.js';
import { type LocalMoment, localMoment } from '../domain/local-moment.js';
import { contains, type Instant, type Window } from '../domain/time.js';
import { isInHours } from '../domain/weekly-hours.js';
import {
  becauseOfMethod,
  becauseOfPath,
  becauseOfSchedule,
  becauseOfWindow,
  deletedText,
  endedText,
  memberWindowText,
  noPermissionText,
} from './decide/sentences.js';
import type { Path } from './decide/path.js';

interface Refusal {
  readonly reason: AccessReason;
  readonly because: readonly string[];
}

/**
 * May this member open this door, by this method, then, and why? Granted when the member is neither deleted nor ended, the
 * time is in its window, and one permission of an association whose window holds the time fits method and schedule.
 *
 * Every reason against it is found, in the order of docs/decisions/0008-doors.md. A permission that failed an earlier test is
 * looked at by a later one only when all of them failed: "your group may, but not by card" says nothing of a group left in March.
 */
export function decide(facts: AccessFacts, method: AccessMethod, at: Instant): AccessDecision {
  const { refusals, paths } = walk(facts, method, at);
  const all = [...refusalsOfMember(facts, at), ...refusals];
  const [first] = all;
  if (first === undefined) return { granted: true, reason: 'granted', because: becauseOfPath(facts, method, paths) };
  return { granted: false, reason: first.reason, because: all.flatMap(({ because }) => because) };
}

function refusalsOfMember(facts: AccessFacts, at: Instant): Refusal[] {
  const { window, endedAt, deletedAt } = facts.member;
  const refusals: Refusal[] = [];
  if (deletedAt !== null) refusals.push({ reason: 'member_deleted', because: [deletedText(facts, deletedAt)] });
  if (endedAt !== null) refusals.push({ reason: 'member_ended', because: [endedText(facts, endedAt)] });
  if (!contains(window, at)) refusals.push({ reason: windowReason([window], at), because: [memberWindowText(facts, at)] });
  return refusals;
}

/** From association to permission to door: what is left after window, method and schedule, and what each of them left nobody of. */
function walk(facts: AccessFacts, method: AccessMethod, at: Instant): { refusals: readonly Refusal[]; paths: readonly Path[] } {
  const all = pathsTo(facts);
  if (all.length === 0) return { refusals: [{ reason: 'no_permission', because: [noPermissionText(facts)] }], paths: [] };
  const refusals: Refusal[] = [];
  const narrow = (paths: readonly Path[], fits: (path: Path) => boolean, refusal: (paths: readonly Path[]) => Refusal) => {
    const left = paths.filter(fits);
    if (left.length > 0) return left;
    refusals.push(refusal(paths));
    return paths;
  };
  const hours = openHours(facts, at);
  const inWindow = narrow(
    all,
    ({ association }) => contains(association.window, at),
    (paths) => ({
      reason: windowReason(
        paths.map(({ association }) => association.window),
        at,
      ),
      because: becauseOfWindow(facts, at, paths),
    }),
  );
  const byMethod = narrow(
    inWindow,
    ({ permission }) => permission.methods === null || permission.methods.includes(method),
    (paths) => ({ reason: 'method_not_allowed', because: becauseOfMethod(facts, method, paths) }),
  );
  const inHours = narrow(
    byMethod,
    ({ permission }) => hours(permission),
    (paths) => ({ reason: 'outside_schedule', because: becauseOfSchedule(facts, method, at, paths) }),
  );
  return { refusals, paths: inHours };
}

/** Checked again although the reader asks for no other: what names another door must never open this one. */
function pathsTo({ door, associations }: AccessFacts): Path[] {
  return associations.flatMap((association) =>
    association.permissions
      .filter(({ doorId, siteId }) => (doorId === null ? siteId === door.siteId : doorId === door.id))
      .map((permission) => ({ association, permission })),
  );
}

/** The time at the door is reckoned once, and only if a schedule asks for it: it costs more than all else here. */
function openHours({ door }: AccessFacts, at: Instant): (permission: PermissionFacts) => boolean {
  let moment: LocalMoment | null = null;
  return ({ schedule }) => {
    if (schedule === null) return true;
    moment ??= localMoment(at, door.timeZone);
    return isInHours(schedule.days, moment);
  };
}

/** None of the windows holds the time. One that is still to come says more than one that is over. */
function windowReason(windows: readonly Window[], at: Instant): AccessReason {
  return windows.some(({ startsAt }) => startsAt !== null && at < startsAt) ? 'before_window' : 'after_window';
}
