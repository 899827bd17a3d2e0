import type { Timers } from '../../src/db/clock.js';
import type { Database } from '../../src/db/database.js';
import type { Logger } from '../../src/domain/logger.js';
import { type Instant, shift } from '../../src/domain/time.js';
import { deliveryAlerts } from '../../src/events/delivery-alerts.js';
import { enqueue, type NewMessage } from '../../src/outbox/enqueue.js';
import type { DeliveryResult, OutboxHandler, OutboxMessage } from '../../src/outbox/message.js';
import { OutboxWorker } from '../../src/outbox/worker.js';
import { T0 } from './world.js';

export type Answer = DeliveryResult | Promise<DeliveryResult>;

/** The time of a test: a clock and timers that stand still until they are moved. */
export class TestTime implements Timers {
  now: Instant = T0;
  readonly clock = { now: () => this.now };
  readonly #waiting = new Set<{ readonly at: Instant; readonly work: () => void }>();

  after(ms: number, work: () => void): () => void {
    const timer = { at: shift(this.now, ms), work };
    this.#waiting.add(timer);
    return () => {
      this.#waiting.delete(timer);
    };
  }

  /** Moves the clock alone: what no timer of this process hears of. */
  jump(ms: number): void {
    this.now = shift(this.now, ms);
  }

  /** Moves the clock and sets off what was to happen by then. */
  pass(ms: number): void {
    this.jump(ms);
    for (const timer of [...this.#waiting]) {
      if (timer.at > this.now || !this.#waiting.delete(timer)) continue;
      timer.work();
    }
  }

  get timers(): number {
    return this.#waiting.size;
  }

  /** When the next timer is due. */
  get nextTimer(): Instant | null {
    return [...this.#waiting].map(({ at }) => at).sort()[0] ?? null;
  }
}

/** A process that sends, and the outside that it sends to. */
export class Post {
  readonly worker: OutboxWorker;
  /** Every attempt, in the order in which they began. */
  readonly sent: OutboxMessage[] = [];
  readonly signals: AbortSignal[] = [];
  readonly logged: Readonly<Record<string, unknown>>[] = [];
  /** How the outside answers. */
  answer: (message: OutboxMessage) => Answer = () => ({ kind: 'delivered' });
  /** Destinations to which two were on their way at once. */
  readonly overlapping: string[] = [];
  random = 0;
  readonly #db: Database;
  readonly #time: TestTime;
  readonly #onTheirWay: Set<string>;

  constructor(db: Database, time = new TestTime(), parallel = 8, onTheirWay = new Set<string>()) {
    this.#db = db;
    this.#time = time;
    this.#onTheirWay = onTheirWay;
    const keep = (message: string, fields = {}) => void this.logged.push({ message, ...fields });
    const ignore = () => undefined;
    const logger: Logger = { error: keep, warn: keep, info: ignore, debug: ignore };
    this.worker = new OutboxWorker({
      ...{ db, logger, parallel, alerts: deliveryAlerts, timers: time, clock: time.clock },
      stopwatch: () => Date.parse(time.now),
      random: () => this.random,
      handlers: new Map<string, OutboxHandler>([['note', (message, signal) => this.#handle(message, signal)]]),
    });
  }

  async #handle(message: OutboxMessage, signal: AbortSignal): Promise<DeliveryResult> {
    const { destination } = message;
    if (this.#onTheirWay.has(destination)) this.overlapping.push(destination);
    this.#onTheirWay.add(destination);
    this.sent.push(message);
    this.signals.push(signal);
    try {
      return await this.answer(message);
    } finally {
      this.#onTheirWay.delete(destination);
    }
  }

  /** Leaves messages in one transaction; returns their ids. */
  leave(...messages: readonly Partial<NewMessage>[]): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      const ids: string[] = [];
      for (const message of messages) {
        const { id } = await enqueue(tx, { destination: 'a', kind: 'note', payload: {}, now: this.#time.now, ...message });
        ids.push(id);
      }
      return ids;
    });
  }

  get ids(): string[] {
    return this.sent.map(({ id }) => id);
  }
}

/** A promise that a test settles. */
export function held<Value>(): { readonly promise: Promise<Value>; readonly give: (value: Value) => void } {
  let give: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}

/** Waits until it is so, and leaves the processor to those who make it so; the test’s time limit ends it otherwise. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 2));
}
