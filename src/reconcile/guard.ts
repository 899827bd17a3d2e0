import type { AccessChange, AccessPlan, MemberFields } from '../domain/access.js';
import { sameWindow } from '../domain/time.js';
import { covers, intersection, union } from '../domain/windows.js';

/**
 * Policies subtract from a plan: they move changes into `held` and never add access that the plan does not give.
 *
 * Only absence is ever held. What a source says in so many words (cancelled, suspended, `active: false`, DELETE) and
 * what an admin does take effect at once under `stated`: holding a revocation would leave doors open. `outcome` goes
 * on describing the plan as a whole, so whoever holds a removal keeps showing the User as it was.
 */
export type Policy = (plan: AccessPlan) => AccessPlan;

/** Somebody said so: everything is applied. */
export const stated: Policy = (plan) => plan;

/** Shows everything, does nothing. */
export const dryRun: Policy = (plan) => ({ ...plan, changes: [], held: [...plan.held, ...plan.changes] });

/**
 * Nothing is taken away on the strength of absence: grants go on, what removes or shrinks is held. A change that does
 * both is split, so that the guest with the new dates gets in while the old ones wait.
 */
export const noRemoval: Policy = (plan) => {
  const split = plan.changes.map(withoutRemoval);
  return {
    ...plan,
    changes: split.flatMap(({ apply }) => apply),
    held: [...plan.held, ...split.flatMap(({ hold }) => hold)],
  };
};

interface Split {
  readonly apply: readonly AccessChange[];
  readonly hold: readonly AccessChange[];
}

function withoutRemoval(change: AccessChange): Split {
  switch (change.kind) {
    case 'association.delete':
    case 'pin.revoke':
    case 'link.revoke':
    case 'card.revoke':
    case 'member.end':
      return { apply: [], hold: [change] };
    case 'association.update':
      return splitAssociation(change);
    case 'member.update':
      return splitMember(change);
    default:
      return { apply: [change], hold: [] };
  }
}

function splitAssociation(change: Extract<AccessChange, { kind: 'association.update' }>): Split {
  const { id, memberGroupId, before, window, because } = change;
  if (covers(window, before)) return { apply: [change], hold: [] };
  if (covers(before, window)) return { apply: [], hold: [change] };
  if (intersection(before, window) === null) {
    // Nothing in common: the new window stands beside the old one, for what lies between belongs to neither.
    return {
      apply: [{ kind: 'association.create', because, memberGroupId, window }],
      hold: [{ kind: 'association.delete', because, id, memberGroupId, window: before }],
    };
  }
  const [both = window] = union([before, window]);
  return { apply: [{ ...change, window: both }], hold: [{ ...change, before: both }] };
}

function splitMember(change: Extract<AccessChange, { kind: 'member.update' }>): Split {
  const { before, after } = change;
  if (covers(after.window, before.window)) return { apply: [change], hold: [] };
  // A member has one window. Without an overlap any wider one would open the time in between, so the old one stays.
  const overlap = intersection(before.window, after.window) !== null;
  const [widest = before.window] = overlap ? union([before.window, after.window]) : [];
  const between: MemberFields = { ...after, window: widest };
  const hold: AccessChange[] = [{ ...change, before: between }];
  const nothingElse = before.name === after.name && sameAddresses(before, after) && sameWindow(before.window, widest);
  return { apply: nothingElse ? [] : [{ ...change, after: between }], hold };
}

function sameAddresses(a: MemberFields, b: MemberFields): boolean {
  return JSON.stringify(a.emails) === JSON.stringify(b.emails);
}

/** Removals by absence below this many are never suspicious, however small the integration. */
export const REMOVALS_ALWAYS_ALLOWED = 5;
/** One in so many active members may be gone at once. */
export const REMOVALS_ONE_IN = 10;

/** How many members one run may remove because they are absent: max(5, 10 %), rounded up. */
export function removalAllowance(activeMembers: number): number {
  return Math.max(REMOVALS_ALWAYS_ALLOWED, Math.ceil(activeMembers / REMOVALS_ONE_IN));
}

/** `removals` counts absence alone: what a source states for a User is never part of it. */
export function exceedsAllowance(removals: number, activeMembers: number): boolean {
  return removals > removalAllowance(activeMembers);
}

/** A complete read that found nothing where the last complete one found something: suspicious, never "everyone left". */
export function isSuddenlyEmpty(seen: number, seenBefore: number): boolean {
  return seen === 0 && seenBefore > 0;
}

export interface Absence {
  /** Users in this complete read, and in the last complete one. */
  readonly seen: number;
  readonly seenBefore: number;
  /** Members that would be removed because their Users are absent. */
  readonly removals: number;
  readonly activeMembers: number;
}

/** The policy for what is absent. Everything else in the run goes on under `stated`. */
export function absencePolicy({ seen, seenBefore, removals, activeMembers }: Absence): Policy {
  return isSuddenlyEmpty(seen, seenBefore) || exceedsAllowance(removals, activeMembers) ? noRemoval : stated;
}
