import type { Instant } from '../domain/time.js';

/** What a handler is given of a message. */
export interface OutboxMessage {
  /** The idempotency id: the same over all attempts and replays. */
  readonly id: string;
  readonly destination: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Which attempt this is, from 1 on. */
  readonly attempts: number;
  readonly integrationId: string | null;
}

/**
 * How an attempt ended. `note` and `reason` are kept and shown to admins: an HTTP status, why it was refused; never a secret.
 * `retry` comes again by the schedule, or at `at` when the other side said when (Retry-After, RFC 9110 section 10.2.3).
 * `dead` sets the message aside at once: trying again would be of no use.
 */
export type DeliveryResult =
  | { readonly kind: 'delivered'; readonly note?: string }
  | { readonly kind: 'retry'; readonly at?: Instant; readonly reason: string }
  | { readonly kind: 'dead'; readonly reason: string };

/**
 * Sends one message. It may have been sent before by a process that died before it could say so. What it throws is a retry.
 * `signal` fires when the time for an attempt is over or the process stops; an answer after that no longer counts.
 */
export type OutboxHandler = (message: OutboxMessage, signal: AbortSignal) => Promise<DeliveryResult>;
