import {
  type AccessChange,
  type AccessPlan,
  type Actual,
  type Desired,
  type MemberFields,
  memberStatus,
  type Outcome,
  type Owner,
  SKIP_REASONS,
  type Warning,
} from '../domain/access.js';
import { type Instant, sameWindow } from '../domain/time.js';
import { compareText } from '../domain/windows.js';
import { associationChanges, endedAssociations } from './plan-associations.js';
import { type CredentialPlan, cardChanges, linkChanges, pinChanges, revokeAll } from './plan-credentials.js';

/**
 * What `plan` sees and what it makes of it:
 *
 * ```
 *  user/group  | actual                     | desired            | change
 *  ana/pool    | 1-5 May, by guesty         | 1-5 May            | none
 *  ana/gate    |                            | 1-5 May            | create  "in a Group mapped to this member group"
 *  bo/pool     | 1-5 May, by guesty         | 1-7 May            | update  "validity changed"
 *  bo/gate     | 1-5 May, by guesty         |                    | delete  "no mapped Group gives this any more"   (held under noRemoval)
 *  cy/gate     | for ever, by manual        |                    | none: not ours
 *  di          | ended, PIN cooling down    | 3-9 May            | resume member and PIN: the guest still has the message
 *  ed          | 1-5 May, PIN, link         | none: canceled     | delete, revoke, and end the member last
 * ```
 */
export interface PlanInput {
  readonly desired: Desired;
  readonly actual: Actual;
  /** The integration whose rows may be changed; the member itself is its own. */
  readonly owner: Owner;
  readonly now: Instant;
}

type MemberDesired = Extract<Desired, { kind: 'member' }>;
type NoneDesired = Extract<Desired, { kind: 'none' }>;

/**
 * The order in which changes must be applied: a member before what hangs on it, grants before revokes so that a
 * move between rooms leaves no gap, the end of the member last.
 */
const ORDER: Readonly<Record<AccessChange['kind'], number>> = {
  'member.create': 0,
  'member.resume': 1,
  'member.update': 2,
  'association.create': 3,
  'association.update': 4,
  'pin.resume': 5,
  'pin.set': 6,
  'pin.generate': 7,
  'link.resume': 8,
  'link.create': 9,
  'card.resume': 10,
  'card.create': 11,
  'card.revoke': 12,
  'link.revoke': 13,
  'pin.revoke': 14,
  'association.delete': 15,
  'member.end': 16,
};

/**
 * The difference between what is stored and what is wanted, as data: sorted, serialisable, empty when there is none,
 * the same whatever order the rows come in. Only rows of `owner` are changed. `nextAt` is always after `now`.
 */
export function plan({ desired, actual, owner, now }: PlanInput): AccessPlan {
  if (desired.kind === 'keep') return keep(desired.warnings, desired.boundaries, actual, now);
  if (desired.kind === 'none') return planEnd(desired, actual, owner, now);
  return planMember(desired, actual, owner, now);
}

function planMember(desired: MemberDesired, actual: Actual, owner: Owner, now: Instant): AccessPlan {
  const pins = pinChanges(actual.pins, desired.pin, owner, now);
  const links = linkChanges(actual.links, desired.magicLink, owner, now);
  const cards = cardChanges(actual.cards, desired.card, owner, now);
  const warnings = pins.blockedUntil === null ? desired.warnings : withWarning(desired.warnings, 'pin_conflict');
  return {
    changes: inOrder([
      ...memberChanges(desired, actual.member),
      ...associationChanges(actual.associations, desired.associations, owner, now),
      ...[pins, links, cards].flatMap((credentials) => credentials.changes),
    ]),
    held: [],
    nextAt: first([...desired.boundaries, ...freedAt([pins, cards])], now),
    outcome: { syncStatus: 'synced', skipReason: null, warnings },
  };
}

function memberChanges(desired: MemberDesired, member: Actual['member']): AccessChange[] {
  const after = fieldsOf(desired);
  if (member === null) return [{ kind: 'member.create', because: 'the User is active and in a mapped Group', ...after }];

  const changes: AccessChange[] = [];
  if (isOver(member)) changes.push({ kind: 'member.resume', because: 'the User is active and in a mapped Group again' });
  const before = fieldsOf(member);
  const because = whatChanged(before, after);
  if (because !== null) changes.push({ kind: 'member.update', because, before, after });
  return changes;
}

function planEnd(desired: NoneDesired, actual: Actual, owner: Owner, now: Instant): AccessPlan {
  const { skipReason, warnings, boundaries } = desired;
  const because = skipReason === 'deleted' ? 'the User was deleted' : `no access any more: ${SKIP_REASONS[skipReason]}`;
  const changes: AccessChange[] = [
    ...endedAssociations(actual.associations, owner, because),
    ...revokeAll('pin.revoke', actual.pins, owner, because),
    ...revokeAll('link.revoke', actual.links, owner, because),
    ...revokeAll('card.revoke', actual.cards, owner, because),
  ];
  if (actual.member !== null && !isOver(actual.member)) changes.push({ kind: 'member.end', because });
  return {
    changes: inOrder(changes),
    held: [],
    nextAt: first(boundaries, now),
    outcome: { syncStatus: 'none', skipReason: skipReason === 'deleted' ? null : skipReason, warnings },
  };
}

/** Neither grants nor revokes. The end of the member's own window still changes how the User shows. */
function keep(warnings: readonly Warning[], boundaries: readonly Instant[], { member }: Actual, now: Instant): AccessPlan {
  const status = member === null ? null : memberStatus(member, now);
  const live = status === 'active' || status === 'upcoming';
  const ends = live && member !== null && member.window.endsAt !== null ? [member.window.endsAt] : [];
  const outcome: Outcome = live
    ? { syncStatus: 'synced', skipReason: null, warnings }
    : { syncStatus: 'none', skipReason: 'unknown_status', warnings };
  return { changes: [], held: [], nextAt: first([...boundaries, ...ends], now), outcome };
}

function isOver(member: NonNullable<Actual['member']>): boolean {
  return member.endedAt !== null || member.deletedAt !== null;
}

function fieldsOf({ name, emails, window }: MemberFields): MemberFields {
  return { name, emails, window };
}

function whatChanged(before: MemberFields, after: MemberFields): string | null {
  const changed: string[] = [];
  if (before.name !== after.name) changed.push('name');
  if (!sameList(before.emails, after.emails)) changed.push('e-mail addresses');
  if (!sameWindow(before.window, after.window)) changed.push('validity');
  return changed.length === 0 ? null : `${changed.join(' and ')} changed`;
}

/** Order counts: the first address is the primary one. */
function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function withWarning(warnings: readonly Warning[], warning: Warning): Warning[] {
  return [...new Set([...warnings, warning])].sort(compareText);
}

/** The sort is stable, so each kind keeps the order it was made in. */
function inOrder(changes: readonly AccessChange[]): AccessChange[] {
  return [...changes].sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}

function freedAt(plans: readonly CredentialPlan[]): Instant[] {
  return plans.flatMap(({ blockedUntil }) => (blockedUntil === null ? [] : [blockedUntil]));
}

function first(instants: readonly Instant[], now: Instant): Instant | null {
  return instants.filter((at) => at > now).sort(compareText)[0] ?? null;
}
