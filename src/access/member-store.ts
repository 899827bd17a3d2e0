import { type MemberRef, resumeRevokedAt } from '../credentials/member-credentials.js';
import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import { MANUAL, type MemberFields } from '../domain/access.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { fieldChanges } from './changes.js';
import {
  completed,
  insertRow,
  lockMember,
  MEMBER_COLUMNS,
  type MemberRow,
  replaceEmails,
  type StoredMember,
  updateRow,
} from './member-rows.js';

export interface NewMember extends MemberFields {
  readonly integrationId: string | null;
  readonly userId: string | null;
  readonly externalId: string | null;
  readonly because?: string;
}

const memberByUser = statement<{ user_id: string }, MemberRow>('members.of-user', (sql, p) =>
  sql('members').where('user_id', p.user_id).select(MEMBER_COLUMNS),
);

const lockByUser = statement<{ user_id: string }, MemberRow>('members.lock-of-user', (sql, p) =>
  sql('members').where('user_id', p.user_id).forUpdate().select(MEMBER_COLUMNS),
);

type BySource = { readonly integration_id: string; readonly external_id: string };

const memberWithoutUser = statement<BySource, MemberRow>('members.returning', (sql, p) =>
  sql('members')
    .where({ 'members.integration_id': p.integration_id, 'members.external_id': p.external_id })
    .whereNotExists(sql('users').whereRaw('users.id = members.user_id').select(sql.raw('1')))
    .orderBy('members.seq', 'desc')
    .limit(1)
    .select(MEMBER_COLUMNS),
);

const setUser = statement<{ id: string; user_id: string }>('members.attach', (sql, p) =>
  sql('members').where('id', p.id).update({ user_id: p.user_id }),
);

const setExternalId = statement<{ id: string; external_id: string | null }>('members.external-id', (sql, p) =>
  sql('members').where('id', p.id).update({ external_id: p.external_id }),
);

/** The member of a User. On PostgreSQL its row is locked until the transaction ends, so two changes to one member wait for each other. */
export async function lockMemberOfUser(tx: Tx, userId: string): Promise<StoredMember | null> {
  return completed(tx, await tx.first(lockByUser, { user_id: userId }));
}

/** The same without the lock, to look only: a look waits for nobody. */
export async function memberOfUser(reader: Reader, userId: string): Promise<StoredMember | null> {
  return completed(reader, await reader.first(memberByUser, { user_id: userId }));
}

/**
 * The member of a User that was deleted, for the User that now comes from the same source under the same id: it gets
 * its member back, with the PIN and link that are still cooling down. null when there is none, or it has been purged.
 */
export async function findReturning(reader: Reader, integrationId: string, externalId: string): Promise<StoredMember | null> {
  return completed(reader, await reader.first(memberWithoutUser, { integration_id: integrationId, external_id: externalId }));
}

/** The same, locked: what it says cannot change any more in this transaction, nor can another User take it meanwhile. */
export async function lockReturning(tx: Tx, integrationId: string, externalId: string): Promise<StoredMember | null> {
  const found = await findReturning(tx, integrationId, externalId);
  if (found === null || (await lockMember(tx, found.id)) === null) return null;
  return findReturning(tx, integrationId, externalId);
}

/** Lets the member stand for this User from now on. No event: nothing about its access changes. Errors: `UniqueViolation` when the User has another. */
export async function attachToUser(tx: Tx, memberId: string, userId: string): Promise<void> {
  await tx.run(setUser, { id: memberId, user_id: userId });
}

/** Keeps up with the source's own id of the User, by which `findReturning` looks. No event, for the same reason. */
export async function followExternalId(tx: Tx, memberId: string, externalId: string | null): Promise<void> {
  await tx.run(setExternalId, { id: memberId, external_id: externalId });
}

export async function createMember(tx: Tx, context: ChangeContext, fields: NewMember): Promise<string> {
  const { because, ...rest } = fields;
  const member: StoredMember = { ...rest, id: newId('mem'), endedAt: null, deletedAt: null, restoredAt: null };
  await insertRow(tx, context.now, member);
  await appendMember(tx, context, 'create', member, {
    ...(because === undefined ? {} : { because }),
    emails: member.emails,
    ...member.window,
  });
  return member.id;
}

/** Brings the member from `before` to `after`. Nothing differs: no write, no event. Errors: `NotFound`. */
export async function updateMember(
  tx: Tx,
  context: ChangeContext,
  memberId: string,
  before: MemberFields,
  after: MemberFields,
  because: string,
): Promise<void> {
  const changes = fieldChanges(before, after);
  if (Object.keys(changes).length === 0) return;
  const member = await existing(tx, memberId);
  const updated = { ...member, name: after.name, window: after.window };
  await updateRow(tx, context.now, updated);
  if ('emails' in changes) await replaceEmails(tx, memberId, after.emails);
  await appendMember(tx, context, 'edit', updated, { because, changes });
}

/** Ends the member now; it stays in sight and keeps its rows. Already ended: nothing happens. Errors: `NotFound`. */
export async function endMember(tx: Tx, context: ChangeContext, memberId: string, because: string): Promise<void> {
  const member = await existing(tx, memberId);
  if (member.endedAt !== null) return;
  await updateRow(tx, context.now, { ...member, endedAt: context.now });
  await appendMember(tx, context, 'edit', member, { because, changes: { endedAt: { before: null, after: context.now } } });
}

/**
 * Takes back an end and a soft deletion. What an admin had given the member by hand comes back with it while it cools
 * down; what an integration manages is for the plan to resume. Errors: `NotFound`.
 */
export async function resumeMember(tx: Tx, context: ChangeContext, memberId: string, because: string): Promise<void> {
  const member = await existing(tx, memberId);
  if (member.endedAt === null && member.deletedAt === null) return;
  await updateRow(tx, context.now, { ...member, endedAt: null, deletedAt: null });
  const changes = {
    ...(member.endedAt === null ? {} : { endedAt: { before: member.endedAt, after: null } }),
    ...(member.deletedAt === null ? {} : { deletedAt: { before: member.deletedAt, after: null } }),
  };
  await appendMember(tx, context, 'edit', member, { because, changes });
  await resumeCredentials(tx, context, member, because);
}

/** What had been given by hand and was revoked with the deletion of `member`, as it was before, works again while it cools down. */
export async function resumeCredentials(tx: Tx, context: ChangeContext, member: StoredMember, because: string): Promise<void> {
  if (member.deletedAt === null) return;
  await resumeRevokedAt(tx, context, { member, managedBy: MANUAL, revokedAt: member.deletedAt, because });
}

/** Writes the one event of a change to a member. */
export async function appendMember(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  member: MemberRef,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await append(tx, context, {
    verb,
    object: { type: 'member', id: member.id, name: member.name },
    ...(member.integrationId === null ? {} : { integrationId: member.integrationId }),
    memberId: member.id,
    details,
  });
}

async function existing(tx: Tx, memberId: string): Promise<StoredMember> {
  const member = await lockMember(tx, memberId);
  if (member === null) throw new NotFound('There is no such member.');
  return member;
}
