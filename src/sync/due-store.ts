import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { CLOCKS_DIFFER_MS, type Instant, shift } from '../domain/time.js';

const due = statement<{ integrationId: string; dueAt: Instant | null; renewAt: Instant | null }>('sync_state.due', (sql, p) => {
  const row = { due_at: p.dueAt, due_set_at: p.dueAt, renew_at: p.renewAt, renew_set_at: p.dueAt };
  return sql('sync_state')
    .insert({ integration_id: p.integrationId, ...row })
    .onConflict('integration_id')
    .merge({ ...row, failures: 0, renew_failures: 0 });
});
const now = statement<{ integrationId: string; dueAt: Instant }>('sync_state.now', (sql, p) =>
  sql('sync_state').where('integration_id', p.integrationId).whereNotNull('due_at').update({ due_at: p.dueAt, due_set_at: p.dueAt }),
);
// What is not pulled is not renewed either: it may have been disabled while its source was asked.
const renewal = statement<Renewal & { integrationId: string; now: Instant }>('sync_state.renew-at', (sql, p) =>
  sql('sync_state')
    .where('integration_id', p.integrationId)
    .whereNotNull('due_at')
    .update({ renew_at: p.renewAt, renew_set_at: p.now, renew_failures: p.failures }),
);
// As with runs: a time that was set by a clock that has been put back since says nothing.
const DUE = 'renew_at is not null and (renew_at <= ? or renew_set_at > ?)';
const dueRenewal = statement<{ now: Instant; ahead: Instant; limit: number }, { integration_id: string }>('sync_state.renewals', (sql, p) =>
  sql.raw(`select integration_id from sync_state where ${DUE} order by renew_at, integration_id limit cast(? as bigint)`, [
    p.now,
    p.ahead,
    p.limit,
  ]),
);
const dueFailures = statement<{ integrationId: string; now: Instant; ahead: Instant }, { renew_failures: number }>(
  'sync_state.renewal',
  (sql, p) => sql.raw(`select renew_failures from sync_state where integration_id = ? and ${DUE}`, [p.integrationId, p.now, p.ahead]),
);

/** When the subscription of an integration at its source is looked at next, after so many failures in a row. */
interface Renewal {
  readonly renewAt: Instant;
  readonly failures: number;
}

/** From now on the integration is pulled: first at `dueAt`, which is now. `renewAt`: when its subscription at the source is looked at. */
export async function startPulling(tx: Tx, integrationId: string, dueAt: Instant, renewAt: Instant | null): Promise<void> {
  await tx.run(due, { integrationId, dueAt, renewAt });
}

/** It is not pulled by itself: it is disabled, or not connected yet. */
export async function stopPulling(tx: Tx, integrationId: string): Promise<void> {
  await tx.run(due, { integrationId, dueAt: null, renewAt: null });
}

/** Whatever is pulled at all is pulled next at `dueAt`, which is now. */
export async function pullNow(tx: Tx, integrationId: string, dueAt: Instant): Promise<void> {
  await tx.run(now, { integrationId, dueAt });
}

/** Of an integration that is pulled. */
export async function setRenewal(tx: Tx, integrationId: string, now: Instant, next: Renewal): Promise<void> {
  await tx.run(renewal, { integrationId, now, ...next });
}

/** Integrations whose subscription is to be looked at, the longest overdue first. */
export async function dueRenewals(reader: Reader, now: Instant, limit: number): Promise<string[]> {
  const rows = await reader.all(dueRenewal, { now, ahead: shift(now, CLOCKS_DIFFER_MS), limit });
  return rows.map(({ integration_id }) => integration_id);
}

/** How often it has failed in a row, if it is due; else null. */
export async function dueRenewalFailures(reader: Reader, integrationId: string, now: Instant): Promise<number | null> {
  return (await reader.first(dueFailures, { integrationId, now, ahead: shift(now, CLOCKS_DIFFER_MS) }))?.renew_failures ?? null;
}
