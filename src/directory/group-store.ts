import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

/** A Group as stored, without its members: they are rows of their own. */
export interface GroupRow {
  readonly seq: number;
  readonly id: string;
  readonly integration_id: string;
  readonly external_id: string | null;
  readonly display_name: string;
  readonly version: number;
  readonly document: string;
  readonly created_at: Instant;
  readonly updated_at: Instant;
}

export const GROUP_COLUMNS = [
  'seq',
  'id',
  'integration_id',
  'external_id',
  'display_name',
  'version',
  'document',
  'created_at',
  'updated_at',
] as const;

export interface GroupValues {
  readonly external_id: string | null;
  readonly display_name: string;
  readonly display_name_key: string;
  readonly unique_name_key: string;
  readonly document: string;
  readonly match: string;
  readonly updated_at: Instant;
}

interface Owned {
  readonly integrationId: string;
  readonly id: string;
}

const byId = statement<Owned, GroupRow>('groups.byId', (sql, p) =>
  sql('groups').where({ integration_id: p.integrationId, id: p.id }).select(GROUP_COLUMNS),
);
const lockById = statement<Owned, GroupRow>('groups.lockById', (sql, p) =>
  sql('groups').where({ integration_id: p.integrationId, id: p.id }).select(GROUP_COLUMNS).forNoKeyUpdate(),
);
const lockToDelete = statement<Owned, GroupRow>('groups.lockToDelete', (sql, p) =>
  sql('groups').where({ integration_id: p.integrationId, id: p.id }).select(GROUP_COLUMNS).forUpdate(),
);
const lockOfUser = statement<{ userId: string }, { id: string }>('groups.lockOfUser', (sql, p) =>
  sql('groups')
    .whereIn('id', sql('group_members').where('user_id', p.userId).select('group_id'))
    .orderBy('id')
    .select('id')
    .forNoKeyUpdate(),
);
const insertGroup = statement<GroupValues & { id: string; integration_id: string }, { seq: number }>('groups.insert', (sql, p) =>
  sql('groups')
    .insert({
      id: p.id,
      integration_id: p.integration_id,
      external_id: p.external_id,
      display_name: p.display_name,
      display_name_key: p.display_name_key,
      unique_name_key: p.unique_name_key,
      version: 1,
      document: p.document,
      match: p.match,
      created_at: p.updated_at,
      updated_at: p.updated_at,
    })
    .returning('seq'),
);
const updateGroup = statement<GroupValues & { id: string }>('groups.update', (sql, p) =>
  sql('groups')
    .where('id', p.id)
    .update({
      external_id: p.external_id,
      display_name: p.display_name,
      display_name_key: p.display_name_key,
      unique_name_key: p.unique_name_key,
      version: sql.raw('version + 1'),
      document: p.document,
      match: p.match,
      updated_at: p.updated_at,
    }),
);
const touchGroup = statement<{ id: string; now: Instant }>('groups.touch', (sql, p) =>
  sql('groups')
    .where('id', p.id)
    .update({ version: sql.raw('version + 1'), updated_at: p.now }),
);
const touchGroupsOfUser = statement<{ userId: string; now: Instant }>('groups.touchOfUser', (sql, p) =>
  sql('groups')
    .whereIn('id', sql('group_members').where('user_id', p.userId).select('group_id'))
    .update({ version: sql.raw('version + 1'), updated_at: p.now }),
);
const touchParents = statement<{ id: string; now: Instant }>('groups.touchParents', (sql, p) =>
  sql('groups')
    .whereIn('id', sql('group_groups').where('child_id', p.id).select('parent_id'))
    .update({ version: sql.raw('version + 1'), updated_at: p.now }),
);
const deleteGroup = statement<{ id: string }>('groups.delete', (sql, p) => sql('groups').where('id', p.id).delete());

export function findGroup(reader: Reader, integrationId: string, id: string): Promise<GroupRow | undefined> {
  return reader.first(byId, { integrationId, id });
}

/** The same, and nobody else changes the Group or its members until this transaction ends. */
export function lockGroup(tx: Tx, integrationId: string, id: string): Promise<GroupRow | undefined> {
  return tx.first(lockById, { integrationId, id });
}

/** The same, and nobody makes it a member of another Group until then: for who deletes it. */
export function lockGroupToDelete(tx: Tx, integrationId: string, id: string): Promise<GroupRow | undefined> {
  return tx.first(lockToDelete, { integrationId, id });
}

/** Group before User, the order in which a change of members takes them too. */
export async function lockGroupsOf(tx: Tx, userId: string): Promise<void> {
  if (tx.engine === 'postgres') await tx.all(lockOfUser, { userId });
}

/** Returns the row number that orders lists. Errors: `UniqueViolation`. */
export async function insertGroupRow(tx: Tx, integrationId: string, id: string, values: GroupValues): Promise<number> {
  const [row] = await tx.all(insertGroup, { ...values, id, integration_id: integrationId });
  if (row === undefined) throw new Error('insert returned no row');
  return row.seq;
}

/** Errors: `UniqueViolation`. */
export async function updateGroupRow(tx: Tx, id: string, values: GroupValues): Promise<void> {
  await tx.run(updateGroup, { ...values, id });
}

/** A new version because the members changed. */
export async function touchGroupRow(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.run(touchGroup, { id, now });
}

/** New versions for all Groups that lose this User. */
export async function touchGroupsOf(tx: Tx, userId: string, now: Instant): Promise<void> {
  await tx.run(touchGroupsOfUser, { userId, now });
}

/** New versions for all Groups that lose this Group as a member, then the row goes; memberships go with it. */
export async function deleteGroupRow(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.run(touchParents, { id, now });
  await tx.run(deleteGroup, { id });
}
