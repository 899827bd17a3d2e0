import type { Clock } from '../db/clock.js';
import type { Database, Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import { SYSTEM } from '../domain/events.js';
import type { Logger } from '../domain/logger.js';
import type { Instant } from '../domain/time.js';
import type { ClockWatch } from './clock-watch.js';
import type { CredentialStores } from './facts.js';
import { reconcileUser } from './reconcile.js';

export interface WorkerParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: CredentialStores;
  readonly clockWatch: ClockWatch;
}

/** Users taken at a time: each in a transaction of its own, their commits shared where the engine can. */
const BATCH = 32;
/** How long a User whose reconciliation failed is left alone before it is tried again. */
const RETRY_MS = 30_000;

// Two look-ups in two partial indexes, with their conditions as literals: an OR, or a parameter, would walk the table,
// and so would SQLite for a plain `seq` beside `next_at`.
const waiting = statement<{ now: Instant; after: number; limit: number }, { seq: number; id: string }>('reconcile.waiting', (sql, p) =>
  sql.raw(
    `select seq, id from users where dirty = 1 and seq > cast(? as bigint)
     union select seq, id from users where next_at is not null and next_at <= ? and seq + 0 > cast(? as bigint)
     order by seq limit cast(? as bigint)`,
    [p.after, p.now, p.after, p.limit],
  ),
);

/** Users that are marked dirty, or for whom time has made a difference by now; in the order of their row numbers. */
export function waitingUsers(reader: Reader, now: Instant, after: number, limit: number): Promise<{ seq: number; id: string }[]> {
  return reader.all(waiting, { now, after, limit });
}

/**
 * Drains what waits: Users beyond the hundred that an operation settles itself, whom a mapping or setting concerns, and
 * whose windows start, end or come into scope. Several processes may drain at once: each User is locked, and what the
 * other has done leaves nothing to do.
 */
export class ReconcileWorker {
  readonly #parts: WorkerParts;
  readonly #failedAt = new Map<string, number>();
  #draining: Promise<number> | null = null;
  #again = false;
  #stopped = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  /** Drains once; asked again meanwhile, it goes round once more. Resolves with the number of Users reconciled. */
  drain(): Promise<number> {
    if (this.#draining !== null) {
      this.#again = true;
      return this.#draining;
    }
    this.#draining = this.#run().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  /** Ends what runs after the Users it has in hand; the others stay marked. `resume` lets it drain again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#draining;
  }

  resume(): void {
    this.#stopped = false;
  }

  async #run(): Promise<number> {
    let count = 0;
    do {
      this.#again = false;
      count += await this.#pass();
    } while (this.#again && !this.#stopped);
    return count;
  }

  async #pass(): Promise<number> {
    const { db, clockWatch } = this.#parts;
    let count = 0;
    for (let after = 0; !this.#stopped; ) {
      const users = await waitingUsers(db.read, await clockWatch.trusted(), after, BATCH);
      const last = users.at(-1);
      if (last === undefined) return count;
      const done = await Promise.all(users.filter(({ id }) => this.#isDue(id)).map(({ id }) => this.#reconcile(id)));
      count += done.filter((ok) => ok).length;
      after = last.seq;
    }
    return count;
  }

  /** One User that cannot be reconciled must not keep the others from it. */
  async #reconcile(userId: string): Promise<boolean> {
    const { db, clock, stores, logger } = this.#parts;
    try {
      await db.transaction((tx) => reconcileUser(tx, { actor: SYSTEM, now: clock.now() }, stores, userId));
      this.#failedAt.delete(userId);
      return true;
    } catch (error) {
      this.#failedAt.set(userId, performance.now());
      logger.error('reconciliation failed, will be tried again', { userId, retryInSeconds: RETRY_MS / 1000, error });
      return false;
    }
  }

  #isDue(userId: string): boolean {
    const failedAt = this.#failedAt.get(userId);
    return failedAt === undefined || performance.now() - failedAt > RETRY_MS;
  }
}
