import type { AccessFacts, PermissionFacts } from '../../domain/doors.js';
import type { Instant, Window } from '../../domain/time.js';

/** A window as it was before somebody changed it; `undefined` of a side: that side was left alone. */
export interface WindowBefore {
  readonly startsAt?: Instant | null | undefined;
  readonly endsAt?: Instant | null | undefined;
}

/** An association that had another window since, or is gone. */
export interface FormerAssociation {
  readonly memberGroupId: string;
  readonly memberGroupName: string;
  readonly window: Window;
}

/** A permission for the door or its site that is gone. */
export interface FormerPermission extends PermissionFacts {
  readonly memberGroupId: string;
}

/** What was taken from a member since an instant. */
export interface TakenSince {
  /** Windows that the member itself had, beside the one it has. */
  readonly memberWindows: readonly Window[];
  readonly associations: readonly FormerAssociation[];
  /** Permissions that lead to the door, of the groups of `associations`: those that stand, and those that are gone. */
  readonly permissions: readonly FormerPermission[];
}

export const NOTHING_TAKEN: TakenSince = { memberWindows: [], associations: [], permissions: [] };

/**
 * The facts as they may have been at `at`: one for each window that the member had since, each with everything that was taken
 * from it since. `decide` says of each whether the door opened; whether any does is the answer about the past.
 */
export function asItWas(facts: AccessFacts, at: Instant, taken: TakenSince = NOTHING_TAKEN): AccessFacts[] {
  const { door, member, associations } = facts;
  const ofGroup = (memberGroupId: string) => taken.permissions.filter((permission) => permission.memberGroupId === memberGroupId);
  const all = [
    ...associations.map((one) => ({ ...one, permissions: [...one.permissions, ...ofGroup(one.memberGroupId)] })),
    ...taken.associations.map((one) => ({ ...one, permissions: ofGroup(one.memberGroupId) })),
  ];
  const since = (end: Instant | null) => (end !== null && end > at ? null : end);
  return [member.window, ...taken.memberWindows].map((window) => ({
    door,
    member: { ...member, window, endedAt: since(member.endedAt), deletedAt: since(member.deletedAt) },
    associations: all,
  }));
}

/** What a window was before each of these changes of it, the last one first. */
export function windowsBefore(now: Window, changes: readonly WindowBefore[]): Window[] {
  const windows: Window[] = [];
  let later = now;
  for (const { startsAt, endsAt } of changes) {
    later = { startsAt: startsAt === undefined ? later.startsAt : startsAt, endsAt: endsAt === undefined ? later.endsAt : endsAt };
    windows.push(later);
  }
  return windows;
}
