import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

/** Asks for everything that changed, instead of one entity. */
export const EVERY_CHANGE = '';

const upsert = statement<{ integrationId: string; sourceKey: string; now: Instant }>('pull_hints.put', (sql, p) =>
  sql('pull_hints')
    .insert({ integration_id: p.integrationId, source_key: p.sourceKey, received_at: p.now, due_at: p.now, attempts: 0 })
    .onConflict(['integration_id', 'source_key'])
    .merge({ received_at: p.now, due_at: p.now, done_at: null, attempts: 0 }),
);

/** These entities are to be read anew, now. However often it is asked for, there is one row of each. */
export async function hint(tx: Tx, integrationId: string, sourceKeys: readonly string[], now: Instant): Promise<void> {
  // In one order for all, so that no two wait for each other.
  for (const sourceKey of [...new Set(sourceKeys)].sort()) await tx.run(upsert, { integrationId, sourceKey, now });
}
