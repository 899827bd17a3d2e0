import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';
import { EVERY_CHANGE } from '../integrations/pull-hint-store.js';

/** Something to look at anew. `sourceKey` null: everything that has changed. */
export interface PendingHint {
  readonly seq: number;
  readonly integrationId: string;
  readonly sourceKey: string | null;
  readonly receivedAt: Instant;
  readonly attempts: number;
}

interface Row {
  readonly seq: number;
  readonly integration_id: string;
  readonly source_key: string;
  readonly received_at: Instant;
  readonly attempts: number;
}

// What lies further ahead than anything is ever put off was written by a clock that has been put back since.
const due = statement<{ now: Instant; ahead: Instant; limit: number }, Row>('hints.due', (sql, p) =>
  sql.raw(
    `select seq, integration_id, source_key, received_at, attempts from pull_hints
     where due_at is not null and (due_at <= ? or due_at > ?) order by due_at, seq limit cast(? as bigint)`,
    [p.now, p.ahead, p.limit],
  ),
);
// Only if nobody has sent another one meanwhile: that one asks for another look.
const finish = statement<{ seq: number; receivedAt: Instant; now: Instant }>('hints.finish', (sql, p) =>
  sql('pull_hints').where({ seq: p.seq, received_at: p.receivedAt }).update({ due_at: null, done_at: p.now }),
);
const postpone = statement<{ seq: number; receivedAt: Instant; dueAt: Instant; attempts: number }>('hints.postpone', (sql, p) =>
  sql('pull_hints').where({ seq: p.seq, received_at: p.receivedAt }).update({ due_at: p.dueAt, attempts: p.attempts }),
);
const pruneDone = statement<{ before: Instant }>('hints.prune', (sql, p) =>
  sql('pull_hints').whereNull('due_at').where('done_at', '<', p.before).delete(),
);

/** However long a source wants to be left alone: the next poll is sooner then. */
export const POSTPONE_MAX_MS = 3_600_000;

export async function dueHints(reader: Reader, now: Instant, limit: number): Promise<PendingHint[]> {
  return (await reader.all(due, { now, ahead: shift(now, POSTPONE_MAX_MS), limit })).map((row) => ({
    seq: row.seq,
    integrationId: row.integration_id,
    sourceKey: row.source_key === EVERY_CHANGE ? null : row.source_key,
    receivedAt: row.received_at,
    attempts: row.attempts,
  }));
}

/** @param at when the source was asked */
export async function finishHint(tx: Tx, { seq, receivedAt }: PendingHint, at: Instant): Promise<void> {
  await tx.run(finish, { seq, receivedAt, now: at });
}

export async function postponeHint(tx: Tx, { seq, receivedAt, attempts }: PendingHint, dueAt: Instant): Promise<void> {
  await tx.run(postpone, { seq, receivedAt, dueAt, attempts: attempts + 1 });
}

/** What was done before then tells no run anything any more. */
export function pruneHints(tx: Tx, before: Instant): Promise<number> {
  return tx.run(pruneDone, { before });
}
