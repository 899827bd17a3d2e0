import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../errors.js';
import { wakeAfterCommit } from './wakes.js';

const find = statement<{ id: string }, { seq: number; destination: string; state: string }>('outbox.find', (sql, p) =>
  sql.raw('select seq, destination, state from outbox where id = ?', [p.id]),
);

const revive = statement<{ id: string; now: Instant }>('outbox.revive', (sql, p) =>
  sql.raw(
    `update outbox set state = 'pending', attempts = 0, died_at = null, due_at = ?, waiting_since = ? where id = ? and state = 'dead'`,
    [p.now, p.now, p.id],
  ),
);

const reviveAll = statement<{ now: Instant }>('outbox.revive-all', (sql, p) =>
  sql.raw(`update outbox set state = 'pending', attempts = 0, died_at = null, due_at = ?, waiting_since = ? where state = 'dead'`, [
    p.now,
    p.now,
  ]),
);

// Those before it that wait to be tried again come first, so they are tried now as well.
const hurry = statement<{ destination: string; seq: number; id: string; now: Instant }>('outbox.hurry', (sql, p) =>
  sql.raw(
    `update outbox set due_at = ? where destination = ? and state = 'pending' and seq <= cast(? as bigint) and (attempts > 0 or id = ?)
       and due_at > ?`,
    [p.now, p.destination, p.seq, p.id, p.now],
  ),
);

/**
 * Sends a message again that was set aside, in its old place in the line and with all its attempts before it, or one that
 * waits at once. The id stays the same. One that is on its way is left to its attempt. Errors: `NotFound`.
 */
export async function replay(tx: Tx, id: string, now: Instant): Promise<void> {
  const message = await tx.first(find, { id });
  if (message === undefined) throw new NotFound('There is no such message, or it was delivered.');
  await tx.run(revive, { id, now });
  await tx.run(hurry, { destination: message.destination, seq: message.seq, id, now });
  wakeAfterCommit(tx);
}

/** Sends every message again that was set aside. Returns how many. */
export async function replayDead(tx: Tx, now: Instant): Promise<number> {
  const count = await tx.run(reviveAll, { now });
  wakeAfterCommit(tx);
  return count;
}
