import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { MANUAL, type MemberFields } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import { isValid, type Window } from '../domain/time.js';
import { Conflict, InvalidInput, NotFound } from '../errors.js';
import { createAssociation, deleteAssociation, findAssociation } from './association-store.js';
import { softDelete } from './housekeeping.js';
import { lockMember, type StoredMember, updateRow } from './member-rows.js';
import { appendMember, createMember, resumeCredentials, updateMember } from './member-store.js';

export interface MemberPatch {
  readonly name?: string;
  readonly emails?: readonly string[];
  readonly startsAt?: Window['startsAt'];
  readonly endsAt?: Window['endsAt'];
}

const userStillThere = statement<{ id: string }, { id: string }>('users.still-there', (sql, p) =>
  sql('users').where('id', p.id).select('id'),
);

const BY_HAND = 'an admin did this by hand';

/** A member that no source knows. Returns the id. Errors: `InvalidInput` for a window that ends before it starts. */
export async function createManualMember(tx: Tx, context: ChangeContext, fields: MemberFields): Promise<string> {
  checkWindow(fields.window);
  return createMember(tx, context, { ...fields, integrationId: null, userId: null, externalId: null, because: BY_HAND });
}

/** Errors: `NotFound`; `Conflict` for a member that a source keeps, or a deleted one; `InvalidInput`. */
export async function patchMember(tx: Tx, context: ChangeContext, memberId: string, patch: MemberPatch): Promise<void> {
  const member = await lockLive(tx, memberId);
  if (member.integrationId !== null)
    throw new Conflict('Name, addresses and window of this member come from its integration. Please change them at the source.');
  const { name = member.name, emails = member.emails, startsAt = member.window.startsAt, endsAt = member.window.endsAt } = patch;
  const after: MemberFields = { name, emails, window: { startsAt, endsAt } };
  checkWindow(after.window);
  await updateMember(tx, context, memberId, member, after, BY_HAND);
}

/** On any member. Returns the id. Errors: `NotFound`, `Conflict` for a deleted member, `InvalidInput`. */
export async function addAssociation(
  tx: Tx,
  context: ChangeContext,
  memberId: string,
  { memberGroupId, window }: { readonly memberGroupId: string; readonly window: Window },
): Promise<string> {
  checkWindow(window);
  await lockLive(tx, memberId);
  return createAssociation(tx, context, { memberId, memberGroupId, window, managedBy: MANUAL, because: BY_HAND });
}

/** Errors: `NotFound`; `Conflict` for one that an integration keeps, since its next reconciliation would bring it back. */
export async function removeAssociation(tx: Tx, context: ChangeContext, memberId: string, associationId: string): Promise<void> {
  await lockExisting(tx, memberId);
  const association = await findAssociation(tx, associationId);
  if (association === undefined || association.memberId !== memberId) throw new NotFound('This member has no such association.');
  if (association.managedBy !== MANUAL)
    throw new Conflict('An integration keeps this association. Please change its mapping, or the User at the source.');
  await deleteAssociation(tx, context, { id: associationId, managedBy: MANUAL, because: BY_HAND });
}

/**
 * Soft-deletes the member: it opens nothing from now on, and can be restored. Deleted already: nothing happens.
 * Errors: `NotFound`; `Conflict` while a User stands behind it, because its source would bring it back.
 */
export async function deleteMember(tx: Tx, context: ChangeContext, memberId: string, coolDownDays: number): Promise<void> {
  const member = await lockExisting(tx, memberId);
  if (member.deletedAt !== null) return;
  if (await hasUser(tx, member))
    throw new Conflict('A User of an integration stands behind this member. Please deactivate the User at the source.');
  await softDelete(tx, context, member, { because: BY_HAND, coolDownDays });
}

/**
 * Takes back a deletion, and for a member made by hand its end. What had been given to it by hand comes back while it
 * cools down. Housekeeping leaves the member alone for another 48 hours. Errors: `NotFound`.
 */
export async function restoreMember(tx: Tx, context: ChangeContext, memberId: string): Promise<void> {
  const member = await lockExisting(tx, memberId);
  const endedAt = member.integrationId === null ? null : member.endedAt;
  if (member.deletedAt === null && member.endedAt === endedAt) return;
  const changes = {
    ...(member.endedAt === endedAt ? {} : { endedAt: { before: member.endedAt, after: endedAt } }),
    ...(member.deletedAt === null ? {} : { deletedAt: { before: member.deletedAt, after: null } }),
  };
  await updateRow(tx, context.now, { ...member, endedAt, deletedAt: null, restoredAt: context.now });
  await appendMember(tx, context, 'edit', member, { because: BY_HAND, changes });
  await resumeCredentials(tx, context, member, BY_HAND);
}

/** Locked. Errors: `NotFound`. */
export async function lockExisting(tx: Tx, memberId: string): Promise<StoredMember> {
  const member = await lockMember(tx, memberId);
  if (member === null) throw new NotFound('There is no such member.');
  return member;
}

/** Locked, and not deleted. Errors: `NotFound`, `Conflict`. */
export async function lockLive(tx: Tx, memberId: string): Promise<StoredMember> {
  const member = await lockExisting(tx, memberId);
  if (member.deletedAt !== null) throw new Conflict('This member is deleted. Please restore it first.');
  return member;
}

async function hasUser(tx: Tx, member: StoredMember): Promise<boolean> {
  return member.userId !== null && (await tx.first(userStillThere, { id: member.userId })) !== undefined;
}

function checkWindow(window: Window): void {
  if (!isValid(window)) throw new InvalidInput('The window must end after it starts.', '/endsAt');
}
