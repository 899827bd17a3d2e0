import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';

/** How long attempts, and messages that were set aside, are kept. */
const KEPT_DAYS = 30;
/** Attempts kept per destination. */
export const ATTEMPTS_KEPT = 500;
const ROWS_AT_A_TIME = 1_000;

const tooMany = statement<{ destination: string }>('deliveries.too-many', (sql, p) =>
  sql.raw(
    `delete from deliveries where destination = ? and seq <=
       (select seq from deliveries where destination = ? order by seq desc limit 1 offset ${ATTEMPTS_KEPT})`,
    [p.destination, p.destination],
  ),
);

const tooOld = statement<{ before: Instant }>('deliveries.too-old', (sql, p) =>
  sql.raw(`delete from deliveries where seq in (select seq from deliveries where at < ? order by at limit ${ROWS_AT_A_TIME})`, [p.before]),
);

const longDead = statement<{ before: Instant }>('outbox.long-dead', (sql, p) =>
  sql.raw(
    `delete from outbox where seq in (select seq from outbox where state = 'dead' and died_at < ? order by seq limit ${ROWS_AT_A_TIME})`,
    [p.before],
  ),
);

/** Forgets old attempts, those beyond the last ones of the destinations, and messages that were set aside long ago; a part of them at a time. */
export async function prune(tx: Tx, now: Instant, destinations: readonly string[]): Promise<void> {
  const before = shift(now, -KEPT_DAYS * 86_400_000);
  for (const destination of destinations) await tx.run(tooMany, { destination });
  await tx.run(tooOld, { before });
  await tx.run(longDead, { before });
}
