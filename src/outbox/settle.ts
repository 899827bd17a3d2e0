import type { SqlValue, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';
import type { ClaimedMessage } from './claim.js';

/** What becomes of a message after an attempt. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly note: string | null }
  | { readonly kind: 'retry'; readonly reason: string; readonly dueAt: Instant }
  | { readonly kind: 'dead'; readonly reason: string }
  /** The process stops before an answer came: the attempt does not count. */
  | { readonly kind: 'released' };

/** An attempt that has ended. */
export interface Ended {
  readonly message: ClaimedMessage;
  readonly verdict: Verdict;
  readonly at: Instant;
  readonly durationMs: number;
}

/** Hears in the transaction of the settling that a destination fails or works again. */
export interface DeliveryAlerts {
  /** A message was set aside. */
  failing(
    tx: Tx,
    now: Instant,
    message: { readonly destination: string; readonly integrationId: string | null; readonly reason: string },
  ): Promise<void>;
  /** Something was delivered to each of these. */
  recovered(tx: Tx, now: Instant, destinations: readonly string[]): Promise<void>;
}

const remove = statement<{ token: string; ids: string }>('outbox.delivered', (sql, p, dialect) =>
  sql.raw(`delete from outbox where lease_token = ? and ${dialect.inList('id')}`, [p.token, p.ids]),
);

const postpone = statement<{ token: string; id: string; dueAt: Instant; reason: string }>('outbox.retry', (sql, p) =>
  sql.raw('update outbox set lease_token = null, lease_until = null, due_at = ?, last_error = ? where id = ? and lease_token = ?', [
    p.dueAt,
    p.reason,
    p.id,
    p.token,
  ]),
);

const setAside = statement<{ token: string; id: string; at: Instant; reason: string }>('outbox.dead', (sql, p) =>
  sql.raw(
    `update outbox set state = 'dead', lease_token = null, lease_until = null, died_at = ?, last_error = ? where id = ? and lease_token = ?`,
    [p.at, p.reason, p.id, p.token],
  ),
);

const release = statement<{ token: string; id: string }>('outbox.released', (sql, p) =>
  sql.raw('update outbox set lease_token = null, lease_until = null, attempts = attempts - 1 where id = ? and lease_token = ?', [
    p.id,
    p.token,
  ]),
);

/**
 * Writes down how attempts ended. A message whose lease was lost meanwhile belongs to somebody else or is gone with its
 * integration: it stays as it is, and only the attempt is kept.
 */
export async function settle(tx: Tx, token: string, ended: readonly Ended[], alerts: DeliveryAlerts, now: Instant): Promise<void> {
  if (ended.length === 0) return;
  const delivered = ended.filter(({ verdict }) => verdict.kind === 'delivered').map(({ message }) => message);
  if (delivered.length > 0) await tx.run(remove, { token, ids: JSON.stringify(delivered.map(({ id }) => id)) });
  for (const { message, verdict, at } of ended) {
    const { id, destination, integrationId } = message;
    if (verdict.kind === 'retry') await tx.run(postpone, { token, id, dueAt: verdict.dueAt, reason: verdict.reason });
    if (verdict.kind === 'released') await tx.run(release, { token, id });
    if (verdict.kind !== 'dead') continue;
    const isOurs = (await tx.run(setAside, { token, id, at, reason: verdict.reason })) > 0;
    if (isOurs) await alerts.failing(tx, now, { destination, integrationId, reason: verdict.reason });
  }
  await keepAttempts(tx, ended);
  if (delivered.length > 0) {
    const destinations = delivered.map(({ destination }) => destination);
    await alerts.recovered(tx, now, destinations);
  }
}

const COLUMNS = 'id, outbox_id, destination, kind, integration_id, at, attempt, outcome, status, duration_ms';

async function keepAttempts(tx: Tx, ended: readonly Ended[]): Promise<void> {
  const rows = ended.filter(({ verdict }) => verdict.kind !== 'released').map(valuesOf);
  if (rows.length === 0) return;
  const marks = rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
  await tx.execute(`insert into deliveries (${COLUMNS}) values ${marks}`, rows.flat());
}

function valuesOf({ message, verdict, at, durationMs }: Ended): SqlValue[] {
  const status = verdict.kind === 'delivered' ? verdict.note : verdict.kind === 'released' ? null : verdict.reason;
  return [
    ...[newId('dlv'), message.id, message.destination, message.kind, message.integrationId, at, message.attempts],
    ...[verdict.kind, status, durationMs],
  ];
}
