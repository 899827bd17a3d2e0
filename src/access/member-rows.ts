import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { fold } from '../domain/fold.js';
import { RETENTION_MS, SOFT_DELETE_AFTER_MS } from '../domain/member-life.js';
import { type Instant, shift, type Window } from '../domain/time.js';

/** A member as stored. */
export interface StoredMember {
  readonly id: string;
  /** null: made by hand, or its integration was deleted and the member kept. */
  readonly integrationId: string | null;
  /** The User that it stands for. The User may be gone: then the id leads nowhere. */
  readonly userId: string | null;
  readonly externalId: string | null;
  readonly name: string;
  /** Plain addresses, the primary first. */
  readonly emails: readonly string[];
  readonly window: Window;
  readonly endedAt: Instant | null;
  readonly deletedAt: Instant | null;
  readonly restoredAt: Instant | null;
}

/** A member without what lies in another table. */
export interface MemberRow {
  readonly seq: number;
  readonly id: string;
  readonly integration_id: string | null;
  readonly user_id: string | null;
  readonly external_id: string | null;
  readonly name: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly ended_at: string | null;
  readonly deleted_at: string | null;
  readonly restored_at: string | null;
}

export const MEMBER_COLUMNS = [
  'seq',
  'id',
  'integration_id',
  'user_id',
  'external_id',
  'name',
  'starts_at',
  'ends_at',
  'ended_at',
  'deleted_at',
  'restored_at',
].map((column) => `members.${column}`);

/** An end this far away is none: adding to it would leave the range of instants. */
const NEVER = '9999-01-01T00:00:00.000Z';

type Life = Pick<StoredMember, 'window' | 'endedAt' | 'deletedAt' | 'restoredAt'>;

/** When the member has stopped, by its window or by word of its owner, whichever is first. null: no end is known. */
function endOf(member: Life): Instant | null {
  const { endedAt, window } = member;
  if (endedAt === null) return window.endsAt;
  return window.endsAt !== null && window.endsAt < endedAt ? window.endsAt : endedAt;
}

/** When housekeeping has something to do with this member: soft-delete it, or once that is done, purge it. null: never as things stand. */
export function housekeepingAt(member: Life): Instant | null {
  if (member.deletedAt !== null) return shift(member.deletedAt, RETENTION_MS);
  const end = endOf(member);
  if (end === null || end >= NEVER) return null;
  const from = member.restoredAt !== null && member.restoredAt > end ? member.restoredAt : end;
  return shift(from, SOFT_DELETE_AFTER_MS);
}

const emailsOfMember = statement<{ member_id: string }, { value: string }>('member_emails.of', (sql, p) =>
  sql('member_emails').where('member_id', p.member_id).orderBy('position').select('value'),
);

const deleteEmails = statement<{ member_id: string }>('member_emails.delete', (sql, p) =>
  sql('member_emails').where('member_id', p.member_id).delete(),
);

const insertEmail = statement<{ member_id: string; position: number; value: string }>('member_emails.insert', (sql, p) =>
  sql('member_emails').insert({ member_id: p.member_id, position: p.position, value: p.value }),
);

const insertMember = statement<{
  id: string;
  integration_id: string | null;
  user_id: string | null;
  external_id: string | null;
  name: string;
  name_key: string;
  starts_at: string | null;
  ends_at: string | null;
  next_at: string | null;
  now: string;
}>('members.insert', (sql, p) =>
  sql('members').insert({
    id: p.id,
    integration_id: p.integration_id,
    user_id: p.user_id,
    external_id: p.external_id,
    name: p.name,
    name_key: p.name_key,
    starts_at: p.starts_at,
    ends_at: p.ends_at,
    next_at: p.next_at,
    created_at: p.now,
    updated_at: p.now,
  }),
);

const updateMemberRow = statement<{
  id: string;
  name: string;
  name_key: string;
  starts_at: string | null;
  ends_at: string | null;
  ended_at: string | null;
  deleted_at: string | null;
  restored_at: string | null;
  next_at: string | null;
  now: string;
}>('members.update', (sql, p) =>
  sql('members').where('id', p.id).update({
    name: p.name,
    name_key: p.name_key,
    starts_at: p.starts_at,
    ends_at: p.ends_at,
    ended_at: p.ended_at,
    deleted_at: p.deleted_at,
    restored_at: p.restored_at,
    next_at: p.next_at,
    updated_at: p.now,
  }),
);

const memberForUpdate = statement<{ id: string }, MemberRow>('members.lock', (sql, p) =>
  sql('members').where('id', p.id).forUpdate().select(MEMBER_COLUMNS),
);

/** The member with its addresses; on PostgreSQL its row is locked until the transaction ends. */
export async function lockMember(tx: Tx, memberId: string): Promise<StoredMember | null> {
  return completed(tx, await tx.first(memberForUpdate, { id: memberId }));
}

/** The row and its addresses. */
export async function completed(reader: Reader, row: MemberRow | undefined): Promise<StoredMember | null> {
  if (row === undefined) return null;
  return { ...memberOf(row), emails: await emailsOf(reader, row.id) };
}

export function memberOf(row: MemberRow): Omit<StoredMember, 'emails'> {
  return {
    id: row.id,
    integrationId: row.integration_id,
    userId: row.user_id,
    externalId: row.external_id,
    name: row.name,
    window: { startsAt: row.starts_at, endsAt: row.ends_at },
    endedAt: row.ended_at,
    deletedAt: row.deleted_at,
    restoredAt: row.restored_at,
  };
}

export async function emailsOf(reader: Reader, memberId: string): Promise<string[]> {
  return (await reader.all(emailsOfMember, { member_id: memberId })).map(({ value }) => value);
}

export async function insertRow(tx: Tx, now: Instant, member: StoredMember): Promise<void> {
  await tx.run(insertMember, {
    id: member.id,
    integration_id: member.integrationId,
    user_id: member.userId,
    external_id: member.externalId,
    name: member.name,
    name_key: fold(member.name),
    starts_at: member.window.startsAt,
    ends_at: member.window.endsAt,
    next_at: housekeepingAt(member),
    now,
  });
  await insertEmails(tx, member.id, member.emails);
}

/** Writes everything that can change about a member but its addresses, and when housekeeping must look at it. */
export async function updateRow(tx: Tx, now: Instant, member: Omit<StoredMember, 'emails'>): Promise<void> {
  await tx.run(updateMemberRow, {
    id: member.id,
    name: member.name,
    name_key: fold(member.name),
    starts_at: member.window.startsAt,
    ends_at: member.window.endsAt,
    ended_at: member.endedAt,
    deleted_at: member.deletedAt,
    restored_at: member.restoredAt,
    next_at: housekeepingAt(member),
    now,
  });
}

export async function replaceEmails(tx: Tx, memberId: string, emails: readonly string[]): Promise<void> {
  await tx.run(deleteEmails, { member_id: memberId });
  await insertEmails(tx, memberId, emails);
}

async function insertEmails(tx: Tx, memberId: string, emails: readonly string[]): Promise<void> {
  for (const [position, value] of emails.entries()) await tx.run(insertEmail, { member_id: memberId, position, value });
}
