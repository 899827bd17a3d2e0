import type { Tx } from '../db/database.js';
import { takeNesting } from '../db/turns.js';
import type { MembersStep } from '../domain/scim.js';
import { InvalidInput } from '../errors.js';
import type { DirectoryContext } from './context.js';
import { ancestorsOf, changeMembers, markDirty, markUsersBelow, retainMembers, sortMembers, usersInOrBelow } from './membership-store.js';
import { AFFECTED_MAX } from './operation.js';

/** An id among the members that is no User or Group of this directory, whoever's else it may be. */
export class UnknownMember extends InvalidInput {}

/** A Group that would contain itself, directly or through others. */
export class CircularNesting extends InvalidInput {}

export interface MembersChange {
  readonly changed: boolean;
  /** Ids for the event, cut at `NAMED_MAX`; what is beyond is only counted. */
  readonly added: MemberCount;
  readonly removed: MemberCount;
  readonly affected: readonly string[];
  readonly complete: boolean;
}

interface MemberCount {
  readonly count: number;
  readonly ids: readonly string[];
}

/** Ids that one event names. */
const NAMED_MAX = 100;

type NetChange = Map<string, 'added' | 'removed'>;

/**
 * Applies the steps in order and tells what is different in the end: adding who is there, removing who is not,
 * and adding and removing the same one are no change.
 *
 * @see RFC 7644 section 3.5.2
 */
export async function applyMembers(
  tx: Tx,
  context: DirectoryContext,
  groupId: string,
  steps: readonly MembersStep[],
): Promise<MembersChange> {
  const users: NetChange = new Map();
  const groups: NetChange = new Map();
  for (const step of steps) await applyStep(tx, context, groupId, step, users, groups);
  const all = [...users, ...groups];
  return {
    changed: all.length > 0,
    added: countOf(all, 'added'),
    removed: countOf(all, 'removed'),
    ...(await markAffected(tx, [...users.keys()], [...groups.keys()])),
  };
}

async function applyStep(
  tx: Tx,
  context: DirectoryContext,
  groupId: string,
  step: MembersStep,
  users: NetChange,
  groups: NetChange,
): Promise<void> {
  const ids = [...new Set(step.ids)];
  const place = { groupId, integrationId: context.integration.id };
  if (step.op === 'remove') {
    note(users, await changeMembers(tx, 'remove', 'users', place, ids), 'removed');
    note(groups, await changeMembers(tx, 'remove', 'groups', place, ids), 'removed');
    return;
  }
  if (ids.length === 0 && step.op === 'add') return;
  const members = await sortMembers(tx, place.integrationId, ids);
  if (members.unknown.length > 0 && context.integration.settings.scim.unknownMember === 'refuse') {
    throw new UnknownMember('A member refers to a User or Group that does not exist.');
  }
  if (step.op === 'replace') {
    note(users, await retainMembers(tx, 'users', place, members.users), 'removed');
    note(groups, await retainMembers(tx, 'groups', place, members.groups), 'removed');
  }
  if (members.users.length > 0) note(users, await changeMembers(tx, 'add', 'users', place, members.users), 'added');
  if (members.groups.length > 0) note(groups, await nest(tx, place, members.groups), 'added');
}

async function nest(tx: Tx, place: { groupId: string; integrationId: string }, children: readonly string[]): Promise<string[]> {
  await takeNesting(tx, place.integrationId);
  const above = await ancestorsOf(tx, place.groupId);
  if (children.some((child) => child === place.groupId || above.has(child))) throw new CircularNesting('A Group cannot contain itself.');
  return changeMembers(tx, 'add', 'groups', place, children);
}

function note(net: NetChange, ids: readonly string[], what: 'added' | 'removed'): void {
  for (const id of ids) {
    // Removed and added back, or the other way round: as it was.
    if (net.has(id)) net.delete(id);
    else net.set(id, what);
  }
}

async function markAffected(
  tx: Tx,
  users: readonly string[],
  groups: readonly string[],
): Promise<{ affected: string[]; complete: boolean }> {
  await markDirty(tx, users);
  const affected = new Set(users);
  for (const group of groups) {
    await markUsersBelow(tx, group);
    for (const id of await usersInOrBelow(tx, group, AFFECTED_MAX + 1)) affected.add(id);
  }
  const sorted = [...affected].sort();
  return { affected: sorted.slice(0, AFFECTED_MAX + 1), complete: sorted.length <= AFFECTED_MAX };
}

function countOf(all: readonly (readonly [string, 'added' | 'removed'])[], what: 'added' | 'removed'): MemberCount {
  const ids = all.filter(([, change]) => change === what).map(([id]) => id);
  return { count: ids.length, ids: ids.slice(0, NAMED_MAX) };
}
