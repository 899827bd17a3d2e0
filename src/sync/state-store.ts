import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { CLOCKS_DIFFER_MS, type Instant, shift } from '../domain/time.js';

/** Where the pulling of an integration stands. */
export interface SyncState {
  readonly cursor: string | null;
  /** When the last complete read ended. */
  readonly completeAt: Instant | null;
  /** How many Users it had. */
  readonly completeUsers: number;
  readonly dueAt: Instant | null;
  readonly failures: number;
}

interface Row {
  readonly cursor: string | null;
  readonly complete_at: Instant | null;
  readonly complete_users: number;
  readonly due_at: Instant | null;
  readonly failures: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** However often it has failed, it is tried again within the hour. */
const BACKOFF_MAX_MS = HOUR_MS;

const byId = statement<{ id: string }, Row>('syncState.get', (sql, p) =>
  sql('sync_state').where('integration_id', p.id).select('cursor', 'complete_at', 'complete_users', 'due_at', 'failures'),
);
const ensure = statement<{ id: string; now: Instant }>('syncState.ensure', (sql, p) =>
  sql.raw(
    'insert into sync_state (integration_id, due_at, due_set_at, complete_users, failures) values (?, ?, ?, 0, 0) on conflict do nothing',
    [p.id, p.now, p.now],
  ),
);
const writeCursor = statement<{ id: string; cursor: string | null }>('syncState.cursor', (sql, p) =>
  sql('sync_state').where('integration_id', p.id).update({ cursor: p.cursor }),
);
const writeComplete = statement<{ id: string; at: Instant; users: number }>('syncState.complete', (sql, p) =>
  sql('sync_state').where('integration_id', p.id).update({ complete_at: p.at, complete_users: p.users }),
);
const writeEnd = statement<{ id: string; dueAt: Instant; now: Instant; failures: number }>('syncState.end', (sql, p) =>
  sql('sync_state').where('integration_id', p.id).update({ due_at: p.dueAt, due_set_at: p.now, failures: p.failures }),
);
// What was set by a clock that has been put back since says nothing of when it is due.
const due = statement<{ now: Instant; ahead: Instant; limit: number }, { integration_id: string }>('syncState.due', (sql, p) =>
  sql.raw(
    `select integration_id from sync_state where due_at is not null and (due_at <= ? or due_set_at > ?)
     order by due_at, integration_id limit cast(? as bigint)`,
    [p.now, p.ahead, p.limit],
  ),
);

export async function syncState(reader: Reader, integrationId: string): Promise<SyncState> {
  const row = await reader.first(byId, { id: integrationId });
  return {
    cursor: row?.cursor ?? null,
    completeAt: row?.complete_at ?? null,
    completeUsers: row?.complete_users ?? 0,
    dueAt: row?.due_at ?? null,
    failures: row?.failures ?? 0,
  };
}

/** The row that the others update. */
export async function ensureSyncState(tx: Tx, integrationId: string, now: Instant): Promise<void> {
  await tx.run(ensure, { id: integrationId, now });
}

export async function saveCursor(tx: Tx, integrationId: string, cursor: string | null): Promise<void> {
  await tx.run(writeCursor, { id: integrationId, cursor });
}

export async function saveComplete(tx: Tx, integrationId: string, at: Instant, users: number): Promise<void> {
  await tx.run(writeComplete, { id: integrationId, at, users });
}

export async function saveEnd(
  tx: Tx,
  integrationId: string,
  { now, dueAt, failures }: { readonly now: Instant; readonly dueAt: Instant; readonly failures: number },
): Promise<void> {
  await tx.run(writeEnd, { id: integrationId, dueAt, now, failures });
}

/** Integrations whose time has come, the longest overdue first. */
export async function dueIntegrations(reader: Reader, now: Instant, limit: number): Promise<string[]> {
  return (await reader.all(due, { now, ahead: shift(now, CLOCKS_DIFFER_MS), limit })).map(({ integration_id }) => integration_id);
}

/** When to try again after so many failures in a row: sooner than the next turn at first, never later than an hour, never all at once. */
export function retryAt(now: Instant, failures: number, intervalMinutes: number, random: () => number): Instant {
  const first = Math.min(MINUTE_MS, intervalMinutes * MINUTE_MS);
  const wait = Math.min(BACKOFF_MAX_MS, first * 2 ** Math.min(failures - 1, 10));
  return shift(now, Math.round(wait * (0.75 + random() / 4)));
}
