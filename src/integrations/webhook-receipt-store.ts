import { sha256Hex } from '../credentials/hash.js';
import type { Database, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

/** Longer than any source repeats a message. */
const KEEP_MS = 7 * 24 * 60 * 60_000;

const insert = statement<{ integrationId: string; messageId: string; now: Instant }>('webhook_receipts.insert', (sql, p) =>
  sql('webhook_receipts')
    .insert({ integration_id: p.integrationId, message_id: p.messageId, received_at: p.now })
    .onConflict(['integration_id', 'message_id'])
    .ignore(),
);
const prune = statement<{ before: Instant }>('webhook_receipts.prune', (sql, p) =>
  sql('webhook_receipts').where('received_at', '<=', p.before).delete(),
);

/** Notes that this message came. false: it has come before. An id may be any text, so its hash stands for it. */
export async function noteMessage(tx: Tx, integrationId: string, messageId: string, now: Instant): Promise<boolean> {
  return (await tx.run(insert, { integrationId, messageId: sha256Hex(messageId), now })) > 0;
}

/** Forgets messages that came seven days ago. */
export async function pruneMessages(db: Database, now: Instant): Promise<void> {
  await db.transaction((tx) => tx.run(prune, { before: shift(now, -KEEP_MS) }));
}
