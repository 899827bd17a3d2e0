import type { Clock, Random, Stopwatch, Timers } from '../db/clock.js';
import type { Logger } from '../domain/logger.js';
import { LatchkeyError } from '../errors.js';
import type { ClaimedMessage } from './claim.js';
import type { DeliveryResult, OutboxHandler } from './message.js';
import { nextAttempt } from './schedule.js';
import type { Ended, Verdict } from './settle.js';

export interface AttemptParts {
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly handlers: ReadonlyMap<string, OutboxHandler>;
}

/** How long a handler may take; receivers of webhooks get 15 to 30 s. @see Standard Webhooks 1.0.0 */
export const ATTEMPT_MS = 30_000;
const TEXT_MAX = 500;

/** One message on its way. `over` resolves in any case: in time, when time is up, or when it is abandoned. */
export class Attempt {
  readonly over: Promise<Ended>;
  readonly #parts: AttemptParts;
  readonly #message: ClaimedMessage;
  readonly #controller = new AbortController();
  #isAbandoned = false;

  constructor(parts: AttemptParts, message: ClaimedMessage) {
    this.#parts = parts;
    this.#message = message;
    this.over = this.#run();
  }

  /** The process stops: the handler is told, and its answer no longer waited for. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#controller.abort();
  }

  async #run(): Promise<Ended> {
    const { clock, stopwatch, timers } = this.#parts;
    const began = stopwatch();
    const cancel = timers.after(ATTEMPT_MS, () => this.#controller.abort());
    const result = await this.#result();
    cancel();
    const at = clock.now();
    return { message: this.#message, verdict: this.#verdict(result, at), at, durationMs: stopwatch() - began };
  }

  async #result(): Promise<DeliveryResult | 'broken off'> {
    const { handlers, logger } = this.#parts;
    const { waitingSince: _waitingSince, ...message } = this.#message;
    const handler = handlers.get(message.kind);
    if (handler === undefined) return { kind: 'retry', reason: `nothing here sends messages of the kind ${message.kind}` };
    const { signal } = this.#controller;
    const brokenOff = new Promise<'broken off'>((resolve) => {
      signal.addEventListener('abort', () => resolve('broken off'), { once: true });
    });
    try {
      return await Promise.race([handler(message, signal), brokenOff]);
    } catch (error) {
      if (signal.aborted) return 'broken off';
      const { id, destination, kind } = message;
      logger.error('a message could not be sent, will be tried again', { id, destination, kind, error });
      // What else it says may hold an address with a secret.
      return { kind: 'retry', reason: error instanceof LatchkeyError ? error.publicMessage : 'an unexpected error, see the log' };
    }
  }

  #verdict(result: DeliveryResult | 'broken off', now: string): Verdict {
    if (result === 'broken off') {
      return this.#isAbandoned ? { kind: 'released' } : this.#retry(`no answer within ${ATTEMPT_MS / 1_000} s`, now);
    }
    if (result.kind === 'delivered') return { kind: 'delivered', note: result.note === undefined ? null : storable(result.note) };
    if (result.kind === 'dead') return { kind: 'dead', reason: storable(result.reason) };
    return this.#retry(storable(result.reason), now, result.at);
  }

  #retry(reason: string, now: string, at?: string): Verdict {
    const { attempts, waitingSince } = this.#message;
    const dueAt = nextAttempt({ attempts, waitingSince, now, at, random: this.#parts.random() });
    return dueAt === null ? { kind: 'dead', reason } : { kind: 'retry', reason, dueAt };
  }
}

/** Texts of the other side are of any length, and PostgreSQL keeps no U+0000. */
function storable(text: string): string {
  return text.slice(0, TEXT_MAX).replaceAll('\u0000', '');
}
