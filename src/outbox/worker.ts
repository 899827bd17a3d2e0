import type { Clock, Random, Stopwatch, Timers } from '../db/clock.js';
import type { Database } from '../db/database.js';
import { newId } from '../db/ids.js';
import type { Logger } from '../domain/logger.js';
import { epochMs, type Instant, shift } from '../domain/time.js';
import { Attempt } from './attempt.js';
import { claim, type ClaimedMessage, isAnyReady } from './claim.js';
import type { OutboxHandler } from './message.js';
import { prune } from './prune.js';
import { type DeliveryAlerts, type Ended, settle } from './settle.js';
import { onEnqueued } from './wakes.js';

export interface OutboxWorkerParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  /** By the kind of message. A message that nothing handles is tried again like any other: another version may know it. */
  readonly handlers: ReadonlyMap<string, OutboxHandler>;
  readonly alerts: DeliveryAlerts;
  /** Destinations that are sent to at the same time, at most. */
  readonly parallel?: number;
}

const PARALLEL = 32;
/** How often the database is asked what has become due, and what another process has enqueued. One look-up when there is nothing. */
const TICK_MS = 1_000;
/** Longer than an attempt can take, and how long the messages of a killed process wait. */
export const LEASE_MS = 60_000;
/** How long attempts may go on once the process is to stop. */
export const STOP_MS = 5_000;
const PRUNE_MS = 60_000;

/**
 * Sends what was left in the outbox. One turn is one transaction, in which what has ended is settled and what is ready is
 * taken; attempts run between turns, outside any transaction. Of each destination one message at a time is on its way, in
 * order, over all processes; what comes back is tried by the schedule and holds up its own destination only.
 */
export class OutboxWorker {
  readonly #parts: OutboxWorkerParts;
  readonly #parallel: number;
  readonly #token = newId('lease');
  /** By destination, from the claim until it is settled. */
  readonly #inHand = new Map<string, Attempt>();
  readonly #sentTo = new Set<string>();
  #ended: Ended[] = [];
  #after = '';
  #claimed = 0;
  #running: Promise<void> | null = null;
  #again = false;
  #started = false;
  #drains = 0;
  #stopListening: (() => void) | null = null;
  #cancelTimer: (() => void) | null = null;
  #soonest: Instant | null = null;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: OutboxWorkerParts) {
    this.#parts = parts;
    this.#parallel = parts.parallel ?? PARALLEL;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#stopListening = onEnqueued(() => this.wake());
    this.wake();
  }

  /** Looks now instead of at the next tick; without effect before `start`. */
  wake(): void {
    if (this.#started) this.#look();
  }

  /**
   * Takes nothing more, gives attempts a few seconds to end, breaks off the others and settles them all: what was broken
   * off is sent again after the next start, with the same id.
   */
  async stop(): Promise<void> {
    this.#started = false;
    this.#stopListening?.();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const cancel = this.#parts.timers.after(STOP_MS, () => {
      for (const attempt of this.#inHand.values()) attempt.abandon();
    });
    try {
      await this.#turns();
      while (this.#inHand.size > 0) {
        await Promise.all([...this.#inHand.values()].map(({ over }) => over));
        await this.#turns();
      }
    } catch (error) {
      this.#parts.logger.error('the outbox stopped before it could settle: what was sent last will be sent again', { error });
    } finally {
      cancel();
    }
  }

  /** Sends until nothing is due at the clock's now, started or not. Resolves with the number of attempts. Errors: those of the database. */
  async drain(): Promise<number> {
    const before = this.#claimed;
    this.#drains += 1;
    try {
      for (;;) {
        const claimed = this.#claimed;
        await this.#turns();
        if (this.#inHand.size > 0) await Promise.race([...this.#inHand.values()].map(({ over }) => over));
        else if (claimed === this.#claimed) return this.#claimed - before;
      }
    } finally {
      this.#drains -= 1;
    }
  }

  /** A database that is away is no reason to stop looking. */
  #look(): void {
    const isFirst = this.#running === null;
    this.#turns()
      .catch((error: unknown) => {
        if (isFirst) this.#parts.logger.error('the outbox could not be looked at, will be tried again', { error });
      })
      .finally(() => this.#schedule());
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (!this.#started) return;
    const untilDue = this.#soonest === null ? TICK_MS : epochMs(this.#soonest) - epochMs(this.#parts.clock.now());
    if (untilDue <= 0) this.#soonest = null;
    this.#cancelTimer = this.#parts.timers.after(Math.min(Math.max(untilDue, 1), TICK_MS), () => this.wake());
  }

  /** One turn; asked again meanwhile, one more. */
  #turns(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#turn();
        if (this.#started && !this.#again) await this.#prune();
      }
    } finally {
      // In the same step as the loop's last look at `again`: whoever asks from now on starts another run.
      this.#running = null;
    }
  }

  async #turn(): Promise<void> {
    const { db, clock, alerts } = this.#parts;
    const now = clock.now();
    const mayClaim = this.#started || this.#drains > 0;
    const limit = mayClaim ? this.#parallel - this.#inHand.size + this.#ended.length : 0;
    if (this.#ended.length === 0 && (limit <= 0 || !(await isAnyReady(db.read, now, [...this.#inHand.keys()])))) return;
    const ended = this.#ended.splice(0);
    const settled = new Set(ended.map(({ message }) => message.destination));
    const busy = [...this.#inHand.keys()].filter((destination) => !settled.has(destination));
    let claimed: ClaimedMessage[];
    try {
      claimed = await db.transaction(async (tx) => {
        await settle(tx, this.#token, ended, alerts, now);
        if (limit <= 0) return [];
        return claim(tx, { token: this.#token, now, until: shift(now, LEASE_MS), limit, after: this.#after, busy });
      });
    } catch (error) {
      this.#ended.unshift(...ended);
      throw error;
    }
    this.#noteSettled(ended);
    this.#after = claimed.at(-1)?.destination ?? '';
    this.#claimed += claimed.length;
    for (const message of claimed) this.#attempt(message);
  }

  #noteSettled(ended: readonly Ended[]): void {
    for (const { message, verdict } of ended) {
      const { id, destination, kind, attempts } = message;
      this.#inHand.delete(destination);
      this.#sentTo.add(destination);
      if (verdict.kind === 'dead') this.#parts.logger.warn('a message was set aside', { id, destination, kind, attempts });
      if (verdict.kind === 'retry' && (this.#soonest === null || verdict.dueAt < this.#soonest)) this.#soonest = verdict.dueAt;
    }
  }

  #attempt(message: ClaimedMessage): void {
    const attempt = new Attempt(this.#parts, message);
    this.#inHand.set(message.destination, attempt);
    void attempt.over.then((ended) => {
      this.#ended.push(ended);
      this.#look();
    });
  }

  async #prune(): Promise<void> {
    const { db, clock, stopwatch } = this.#parts;
    if (stopwatch() - this.#prunedAt < PRUNE_MS) return;
    this.#prunedAt = stopwatch();
    const destinations = [...this.#sentTo];
    await db.transaction((tx) => prune(tx, clock.now(), destinations));
    this.#sentTo.clear();
  }
}
