import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

/** A User as stored. `document` and `match` are JSON text; flags are 0 or 1. */
export interface UserRow {
  readonly seq: number;
  readonly id: string;
  readonly integration_id: string;
  readonly external_id: string | null;
  readonly user_name: string;
  readonly active: number;
  readonly version: number;
  readonly document: string;
  readonly created_at: Instant;
  readonly updated_at: Instant;
  readonly pin_hash: string | null;
  readonly sync_status: string;
  readonly skip_reason: string | null;
}

/** What a list or a look-up reads of a User. */
export const USER_COLUMNS = [
  'seq',
  'id',
  'integration_id',
  'external_id',
  'user_name',
  'active',
  'version',
  'document',
  'created_at',
  'updated_at',
  'pin_hash',
  'sync_status',
  'skip_reason',
] as const;

export interface UserValues {
  readonly external_id: string | null;
  readonly user_name: string;
  readonly user_name_key: string;
  readonly active: number;
  readonly document: string;
  readonly match: string;
  readonly pin_hash: string | null;
  readonly pin_sealed: string | null;
  readonly pin_length: number | null;
  readonly pin_weak: number;
  readonly updated_at: Instant;
}

interface Owned {
  readonly integrationId: string;
  readonly id: string;
}

const byId = statement<Owned, UserRow>('users.byId', (sql, p) =>
  sql('users').where({ integration_id: p.integrationId, id: p.id }).select(USER_COLUMNS),
);
const lockById = statement<Owned, UserRow>('users.lockById', (sql, p) =>
  sql('users').where({ integration_id: p.integrationId, id: p.id }).select(USER_COLUMNS).forNoKeyUpdate(),
);
const lockToDelete = statement<Owned, UserRow>('users.lockToDelete', (sql, p) =>
  sql('users').where({ integration_id: p.integrationId, id: p.id }).select(USER_COLUMNS).forUpdate(),
);
const insertUser = statement<UserValues & { id: string; integration_id: string }, { seq: number }>('users.insert', (sql, p) =>
  sql('users')
    .insert({
      id: p.id,
      integration_id: p.integration_id,
      external_id: p.external_id,
      user_name: p.user_name,
      user_name_key: p.user_name_key,
      active: p.active,
      version: 1,
      document: p.document,
      match: p.match,
      created_at: p.updated_at,
      updated_at: p.updated_at,
      pin_hash: p.pin_hash,
      pin_sealed: p.pin_sealed,
      pin_length: p.pin_length,
      pin_weak: p.pin_weak,
      dirty: 1,
      sync_status: 'none',
      warnings: '[]',
    })
    .returning('seq'),
);
const updateUser = statement<UserValues & { id: string }>('users.update', (sql, p) =>
  sql('users')
    .where('id', p.id)
    .update({
      external_id: p.external_id,
      user_name: p.user_name,
      user_name_key: p.user_name_key,
      active: p.active,
      version: sql.raw('version + 1'),
      document: p.document,
      match: p.match,
      updated_at: p.updated_at,
      pin_hash: p.pin_hash,
      pin_sealed: p.pin_sealed,
      pin_length: p.pin_length,
      pin_weak: p.pin_weak,
      dirty: 1,
    }),
);
const pinOf = statement<{ id: string }, Pick<UserValues, 'pin_hash' | 'pin_sealed' | 'pin_length' | 'pin_weak'>>('users.pin', (sql, p) =>
  sql('users').where('id', p.id).select('pin_hash', 'pin_sealed', 'pin_length', 'pin_weak'),
);
const deleteUser = statement<{ id: string }>('users.delete', (sql, p) => sql('users').where('id', p.id).delete());
const deleteEmails = statement<{ id: string }>('userEmails.delete', (sql, p) => sql('user_emails').where('user_id', p.id).delete());
const insertEmail = statement<{ id: string; integrationId: string; key: string }>('userEmails.insert', (sql, p) =>
  sql('user_emails').insert({ user_id: p.id, integration_id: p.integrationId, value_key: p.key }),
);

export function findUser(reader: Reader, integrationId: string, id: string): Promise<UserRow | undefined> {
  return reader.first(byId, { integrationId, id });
}

/** The same, and nobody else changes the User until this transaction ends. */
export function lockUser(tx: Tx, integrationId: string, id: string): Promise<UserRow | undefined> {
  return tx.first(lockById, { integrationId, id });
}

/** The same, and nobody refers to the User any more until then: for who deletes it. */
export function lockUserToDelete(tx: Tx, integrationId: string, id: string): Promise<UserRow | undefined> {
  return tx.first(lockToDelete, { integrationId, id });
}

/** Returns the row number that orders lists. Errors: `UniqueViolation`. */
export async function insertUserRow(tx: Tx, integrationId: string, id: string, values: UserValues): Promise<number> {
  const [row] = await tx.all(insertUser, { ...values, id, integration_id: integrationId });
  if (row === undefined) throw new Error('insert returned no row');
  return row.seq;
}

/** Errors: `UniqueViolation`. */
export async function updateUserRow(tx: Tx, id: string, values: UserValues): Promise<void> {
  await tx.run(updateUser, { ...values, id });
}

export async function deleteUserRow(tx: Tx, id: string): Promise<void> {
  await tx.run(deleteUser, { id });
}

export async function storedPin(tx: Tx, id: string): Promise<Pick<UserValues, 'pin_hash' | 'pin_sealed' | 'pin_length' | 'pin_weak'>> {
  return (await tx.first(pinOf, { id })) ?? { pin_hash: null, pin_sealed: null, pin_length: null, pin_weak: 0 };
}

/** What the e-mail look-up finds. */
export async function writeEmails(tx: Tx, integrationId: string, id: string, keys: readonly string[], isNew: boolean): Promise<void> {
  if (!isNew) await tx.run(deleteEmails, { id });
  for (const key of keys) await tx.run(insertEmail, { id, integrationId, key });
}
