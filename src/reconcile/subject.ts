import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { holdRules } from '../db/turns.js';
import type { Outcome } from '../domain/access.js';
import type { Integration } from '../domain/integration.js';
import type { Instant } from '../domain/time.js';
import { integrationOf, type IntegrationRow } from '../integrations/integration-rows.js';

/** A User as reconciliation reads it. */
export interface SubjectRow {
  readonly id: string;
  readonly integration_id: string;
  readonly external_id: string | null;
  readonly active: number;
  readonly document: string;
  readonly match: string;
  readonly pin_hash: string | null;
  readonly pin_sealed: string | null;
  readonly pin_weak: number;
  readonly dirty: number;
  readonly next_at: Instant | null;
  readonly sync_status: string;
  readonly skip_reason: string | null;
  readonly warnings: string;
  readonly source_key: string | null;
  readonly written_back: string | null;
}

/** Whom a reconciliation is about: a User of an integration, or one that is gone (`row` null). */
export interface Subject {
  readonly userId: string;
  readonly integration: Integration;
  readonly row: SubjectRow | null;
}

const COLUMNS = [
  'id',
  'integration_id',
  'external_id',
  'active',
  'document',
  'pin_hash',
  'pin_sealed',
  'pin_weak',
  'dirty',
  'next_at',
  'sync_status',
  'skip_reason',
  'warnings',
  'source_key',
  'written_back',
] as const;

const lockUser = statement<{ id: string }, SubjectRow>('reconcile.lockUser', (sql, p) =>
  sql('users').where('id', p.id).select(COLUMNS).select(sql.raw('cast(match as text) as match')).forNoKeyUpdate(),
);
const readUser = statement<{ id: string }, SubjectRow>('reconcile.readUser', (sql, p) =>
  sql('users').where('id', p.id).select(COLUMNS).select(sql.raw('cast(match as text) as match')),
);
const integrationOfUser = statement<{ id: string }, { integration_id: string }>('reconcile.integrationOfUser', (sql, p) =>
  sql('users').where('id', p.id).select('integration_id'),
);
const integrationOfMember = statement<{ userId: string }, { integration_id: string | null }>('reconcile.integrationOfMember', (sql, p) =>
  sql('members').where('user_id', p.userId).select('integration_id'),
);
const readIntegration = statement<{ id: string }, IntegrationRow>('reconcile.readIntegration', (sql, p) =>
  sql('integrations').where('id', p.id).select('*'),
);
const writeOutcome = statement<{ id: string; nextAt: string | null; syncStatus: string; skipReason: string | null; warnings: string }>(
  'reconcile.writeOutcome',
  (sql, p) =>
    sql('users')
      .where('id', p.id)
      .update({ dirty: 0, next_at: p.nextAt, sync_status: p.syncStatus, skip_reason: p.skipReason, warnings: p.warnings }),
);

/**
 * Holds the integration's settings and mappings, then locks the User. Who changes the rules takes them alone and marks
 * Users dirty under them, so nobody is ever reconciled by an old mapping and left so; and since everybody takes them
 * before any row, nobody waits in a circle.
 * null: neither a User nor a member that a User left behind, or its integration is gone.
 */
export async function lockSubject(tx: Tx, userId: string): Promise<Subject | null> {
  const integrationId = await integrationIdOf(tx, userId);
  if (integrationId === null) return null;
  await holdRules(tx, integrationId);
  return complete(tx, userId, integrationId, await tx.first(lockUser, { id: userId }));
}

/** The same without locks, to look only. */
export async function readSubject(reader: Reader, userId: string): Promise<Subject | null> {
  const row = await reader.first(readUser, { id: userId });
  const integrationId = row?.integration_id ?? (await integrationIdOf(reader, userId));
  return integrationId === null ? null : complete(reader, userId, integrationId, row);
}

async function integrationIdOf(reader: Reader, userId: string): Promise<string | null> {
  const user = await reader.first(integrationOfUser, { id: userId });
  return user?.integration_id ?? (await reader.first(integrationOfMember, { userId }))?.integration_id ?? null;
}

async function complete(reader: Reader, userId: string, integrationId: string, row: SubjectRow | undefined): Promise<Subject | null> {
  const integration = await reader.first(readIntegration, { id: integrationId });
  return integration === undefined ? null : { userId, integration: integrationOf(integration), row: row ?? null };
}

/** What the member list shows of the User, and when time will make the next difference. Nothing differs: no write. */
export async function recordOutcome(tx: Tx, row: SubjectRow, outcome: Outcome, nextAt: Instant | null): Promise<void> {
  const warnings = JSON.stringify(outcome.warnings);
  const same = row.sync_status === outcome.syncStatus && row.skip_reason === outcome.skipReason && row.warnings === warnings;
  if (same && row.dirty === 0 && row.next_at === nextAt) return;
  await tx.run(writeOutcome, { id: row.id, nextAt, syncStatus: outcome.syncStatus, skipReason: outcome.skipReason, warnings });
}
