import type { Reader, Tx } from '../db/database.js';
import type { Dialect } from '../db/dialect.js';
import { statement } from '../db/statement.js';
import { takeClaims } from '../db/turns.js';
import type { Instant } from '../domain/time.js';
import type { OutboxMessage } from './message.js';

export interface ClaimedMessage extends OutboxMessage {
  readonly waitingSince: Instant;
}

export interface Claim {
  readonly token: string;
  readonly now: Instant;
  /** Others may take the message again from then on. */
  readonly until: Instant;
  readonly limit: number;
  /** Lines are looked at in the order of their names, from behind this one and then from the beginning. */
  readonly after: string;
  /** Destinations that this process is still busy with, whatever its leases say. */
  readonly busy: readonly string[];
}

interface Row {
  readonly id: string;
  readonly destination: string;
  readonly kind: string;
  readonly payload: string;
  readonly attempts: number;
  readonly integration_id: string | null;
  readonly waiting_since: Instant;
}

/**
 * From one destination to the next by the index: a claim costs a few look-ups per destination, and a long line behind a
 * receiver that is down costs what a short one does.
 */
const LINES = `with recursive line (destination) as (
    select min(destination) from outbox where state = 'pending' and destination > ?
    union all
    select (select min(later.destination) from outbox as later where later.state = 'pending' and later.destination > line.destination)
    from line where line.destination is not null
  )`;

/** The first in line of each destination, where it is due and nothing to the same destination is on its way. */
const readyIn = (dialect: Dialect) => `select ready.seq from (
    select (
      select case when head.due_at <= ? and (head.lease_until is null or head.lease_until <= ?) then head.seq end
      from outbox as head
      where head.destination = line.destination and head.state = 'pending' and (head.attempts > 0 or head.due_at <= ?)
      order by head.seq limit 1
    ) as seq
    from line
    where line.destination is not null and not (${dialect.inList('line.destination')})
      and not exists (select 1 from outbox as sent where sent.destination = line.destination and sent.lease_until > ?)
  ) as ready where ready.seq is not null`;

// The last conditions are for PostgreSQL, which looks at them again when whoever had held the message settled it this moment.
const claimReady = statement<{ token: string; until: Instant; now: Instant; after: string; busy: string; limit: number }, Row>(
  'outbox.claim',
  (sql, p, dialect) =>
    sql.raw(
      `${LINES} update outbox set lease_token = ?, lease_until = ?, attempts = attempts + 1, dedupe_key = null
       where seq in (
         select message.seq from outbox as message
         where ${dialect.inRows('message.seq', `${readyIn(dialect)} limit cast(? as bigint)`)}
           and message.state <> 'dead' and message.due_at <= ?
         ${dialect.lockFreeRows}
       )
       returning id, destination, kind, payload, attempts, integration_id, waiting_since`,
      [p.after, p.token, p.until, p.now, p.now, p.now, p.busy, p.now, p.limit, p.now],
    ),
);

const anyReady = statement<{ now: Instant; busy: string }, { seq: number }>('outbox.any-ready', (sql, p, dialect) =>
  sql.raw(`${LINES} ${readyIn(dialect)} limit 1`, ['', p.now, p.now, p.now, p.busy, p.now]),
);

/**
 * Takes messages to send, one per destination, for a time; the attempt counts from here on, so that one that kills the
 * process has its attempts counted too. In the order of the lines: the next claim looks from behind the last, so that
 * nobody waits for ever behind many who are always ready. To be the last thing that a transaction does.
 */
export async function claim(tx: Tx, { token, now, until, limit, after, busy }: Claim): Promise<ClaimedMessage[]> {
  await takeClaims(tx);
  const common = { token, now, until, busy: JSON.stringify(busy) };
  const take = async (from: string, count: number) =>
    (await tx.all(claimReady, { ...common, after: from, limit: count })).sort((a, b) => (a.destination < b.destination ? -1 : 1));
  const rows = await take(after, limit);
  if (after !== '' && rows.length < limit) rows.push(...(await take('', limit - rows.length)));
  return rows.map(messageOf);
}

/** Is there anything that a claim would take? Without a transaction, for looking often. */
export async function isAnyReady(reader: Reader, now: Instant, busy: readonly string[]): Promise<boolean> {
  return (await reader.first(anyReady, { now, busy: JSON.stringify(busy) })) !== undefined;
}

function messageOf(row: Row): ClaimedMessage {
  return {
    id: row.id,
    destination: row.destination,
    kind: row.kind,
    payload: JSON.parse(row.payload),
    attempts: row.attempts,
    integrationId: row.integration_id,
    waitingSince: row.waiting_since,
  };
}
