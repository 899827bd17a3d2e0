import type { Reader, SqlValue } from '../db/database.js';
import type { Instant } from '../domain/time.js';

/** Messages: `waiting`, `sending`, `dead`. Attempts: `delivered`, `failed`. */
export const DELIVERY_STATES = ['waiting', 'sending', 'dead', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A message that is still there, or one attempt of one that may be gone. Never the payload. */
export interface Delivery {
  /** Of the message: what a receiver sees as idempotency id, and what can be replayed. */
  readonly id: string;
  /** null for a message. */
  readonly attemptId: string | null;
  readonly state: DeliveryState;
  readonly destination: string;
  readonly kind: string;
  readonly integrationId: string | null;
  /** When the message was left, or the attempt ended. */
  readonly at: Instant;
  /** When the message is tried next at the earliest; null for one that is set aside, and for an attempt. */
  readonly dueAt: Instant | null;
  /** How many there were, or which one it was. */
  readonly attempts: number;
  /** What the other side said last, or why it failed. */
  readonly status: string | null;
  readonly durationMs: number | null;
}

/** Every filter that is given must hold. */
export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly id?: string;
  readonly destination?: string;
  readonly integrationId?: string;
}

/** Where a page begins: in one of the two tables, behind a row. */
export interface DeliveryPlace {
  readonly table: 'messages' | 'attempts';
  readonly after: number | null;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly attempt_id: string | null;
  readonly state: DeliveryState;
  readonly destination: string;
  readonly kind: string;
  readonly integration_id: string | null;
  readonly at: Instant;
  readonly due_at: Instant | null;
  readonly attempts: number;
  readonly status: string | null;
  readonly duration_ms: number | null;
}

const MESSAGES = `select * from (
  select seq, id, null as attempt_id, destination, kind, integration_id, created_at as at,
    case when state = 'dead' then null else due_at end as due_at, attempts, last_error as status, null as duration_ms,
    case when state = 'dead' then 'dead' when lease_until > ? then 'sending' else 'waiting' end as state
  from outbox) as listed`;

const ATTEMPTS = `select * from (
  select seq, outbox_id as id, id as attempt_id, destination, kind, integration_id, at, null as due_at, attempt as attempts, status,
    duration_ms, case when outcome = 'delivered' then 'delivered' else 'failed' end as state
  from deliveries) as listed`;

/** First the messages that are still there, then the last attempts, each newest first. */
export async function listDeliveries(
  reader: Reader,
  now: Instant,
  filter: DeliveryFilter,
  limit: number,
  from: DeliveryPlace | null,
): Promise<{ readonly data: readonly Delivery[]; readonly next: DeliveryPlace | null }> {
  const { table, after } = from ?? { table: 'messages', after: null };
  const messages = table === 'messages' ? await rowsOf(reader, MESSAGES, [now], filter, limit + 1, after) : [];
  if (messages.length > limit) return page('messages', messages, limit);
  const left = limit - messages.length;
  const attempts = await rowsOf(reader, ATTEMPTS, [], filter, left + 1, table === 'attempts' ? after : null);
  const rest = page('attempts', attempts, left);
  return { data: [...messages.map(deliveryOf), ...rest.data], next: rest.next };
}

function page(table: DeliveryPlace['table'], rows: readonly Row[], limit: number) {
  const shown = rows.slice(0, limit);
  const next: DeliveryPlace | null = rows.length > limit ? { table, after: shown.at(-1)?.seq ?? null } : null;
  return { data: shown.map(deliveryOf), next };
}

const COLUMNS: readonly (readonly [keyof DeliveryFilter, string])[] = [
  ['state', 'state'],
  ['id', 'id'],
  ['destination', 'destination'],
  ['integrationId', 'integration_id'],
];

function rowsOf(
  reader: Reader,
  select: string,
  selectBindings: readonly SqlValue[],
  filter: DeliveryFilter,
  limit: number,
  after: number | null,
): Promise<Row[]> {
  const given = COLUMNS.filter(([name]) => filter[name] !== undefined);
  const conditions = given.map(([, column]) => `${column} = ?`);
  const bindings = [...selectBindings, ...given.map(([name]) => filter[name] ?? null)];
  if (after !== null) {
    conditions.push('seq < ?');
    bindings.push(after);
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return reader.query<Row>(`${select} ${where} order by seq desc limit ?`, [...bindings, limit]);
}

function deliveryOf(row: Row): Delivery {
  return {
    ...{ id: row.id, attemptId: row.attempt_id, state: row.state },
    ...{ destination: row.destination, kind: row.kind, integrationId: row.integration_id },
    ...{ at: row.at, dueAt: row.due_at, attempts: row.attempts, status: row.status, durationMs: row.duration_ms },
  };
}
