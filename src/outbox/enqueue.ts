import type { Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';
import { wakeAfterCommit } from './wakes.js';

export interface NewMessage {
  /** Messages to one destination go one at a time and in order. A name that may be shown, such as an id of ours: never a URL with a secret. */
  readonly destination: string;
  /** Which handler sends it. */
  readonly kind: string;
  /** Becomes JSON. Without secrets: the handler looks them up when it sends. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** While a message to this destination with the same key has not been tried yet, it stands for this one as well. */
  readonly dedupeKey?: string;
  /** The message goes when the integration is deleted. */
  readonly integrationId?: string | null;
  readonly now: Instant;
  /** Not before; until then it is not in line and holds nobody up. */
  readonly dueAt?: Instant;
}

interface Inserted {
  readonly id: string;
  readonly destination: string;
  readonly kind: string;
  readonly dedupeKey: string | null;
  readonly integrationId: string | null;
  readonly payload: string;
  readonly now: Instant;
  readonly dueAt: Instant;
}

// The update locks the message that is kept: nobody sends it before this transaction, whose change it stands for, has ended.
const insert = statement<Inserted, { id: string }>('outbox.insert', (sql, p) =>
  sql.raw(
    `insert into outbox (id, destination, kind, dedupe_key, integration_id, payload, created_at, due_at, waiting_since, attempts, state)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'pending')
     on conflict (destination, dedupe_key) where dedupe_key is not null do update set
       due_at = case when excluded.due_at < outbox.due_at then excluded.due_at else outbox.due_at end,
       waiting_since = case when excluded.due_at < outbox.due_at then excluded.due_at else outbox.waiting_since end
     returning id`,
    [p.id, p.destination, p.kind, p.dedupeKey, p.integrationId, p.payload, p.now, p.dueAt, p.dueAt],
  ),
);

/**
 * Leaves a message in the transaction of the change that it tells of: both are stored or neither, and it is sent after the
 * commit. Returns its id, or that of the message that is kept in its place. Order is that of the calls where one
 * transaction follows another; of transactions at the same time, either may come first.
 * Errors: `ReferenceViolation` once the integration is gone.
 */
export async function enqueue(tx: Tx, message: NewMessage): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { destination, kind, payload, dedupeKey = null, integrationId = null, now, dueAt = now } = message;
  if (destination === '') throw new RangeError('a message needs a destination');
  const id = newId('obx');
  const row = await tx.first(insert, {
    ...{ id, destination, kind, dedupeKey, integrationId, now, dueAt },
    payload: JSON.stringify(payload),
  });
  wakeAfterCommit(tx);
  return { id: row?.id ?? id, isNew: row?.id === id };
}
