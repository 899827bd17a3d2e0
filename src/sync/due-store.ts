import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

const due = statement<{ integrationId: string; dueAt: Instant | null; renewAt: Instant | null }>('sync_state.due', (sql, p) =>
  sql('sync_state')
    .insert({ integration_id: p.integrationId, due_at: p.dueAt, renew_at: p.renewAt })
    .onConflict('integration_id')
    .merge({ due_at: p.dueAt, renew_at: p.renewAt, failures: 0 }),
);
const now = statement<{ integrationId: string; dueAt: Instant }>('sync_state.now', (sql, p) =>
  sql('sync_state').where('integration_id', p.integrationId).whereNotNull('due_at').update({ due_at: p.dueAt }),
);
const renewal = statement<{ integrationId: string; renewAt: Instant | null }>('sync_state.renew-at', (sql, p) =>
  sql('sync_state').where('integration_id', p.integrationId).update({ renew_at: p.renewAt }),
);

/** From now on the integration is pulled: first at `dueAt`. `renewAt`: when its subscription at the source is looked at. */
export async function startPulling(tx: Tx, integrationId: string, dueAt: Instant, renewAt: Instant | null): Promise<void> {
  await tx.run(due, { integrationId, dueAt, renewAt });
}

/** It is not pulled by itself: it is disabled, or not connected yet. */
export async function stopPulling(tx: Tx, integrationId: string): Promise<void> {
  await tx.run(due, { integrationId, dueAt: null, renewAt: null });
}

/** Whatever is pulled at all is pulled next at `dueAt`. */
export async function pullNow(tx: Tx, integrationId: string, dueAt: Instant): Promise<void> {
  await tx.run(now, { integrationId, dueAt });
}

export async function setRenewal(tx: Tx, integrationId: string, renewAt: Instant | null): Promise<void> {
  await tx.run(renewal, { integrationId, renewAt });
}
