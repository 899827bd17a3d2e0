import { DatabaseUnavailable } from '../errors.js';
import { runAfterCommit } from './after-commit.js';
import type { Tx } from './database.js';

/** What an engine with one writer offers to the queue. All but `begin` are synchronous there. */
export interface Transactions {
  begin(): Promise<void>;
  commit(): void;
  rollback(): void;
  savepoint(): void;
  release(): void;
  /** false when the engine has already undone everything. */
  rollbackToSavepoint(): boolean;
  /** Work that no answer has to wait for; called between transactions. Never throws. */
  tidy(): void;
  tx(committed: (work: () => void) => void): Tx;
}

interface Waiting {
  /** Runs the work; the returned function tells its caller the result. */
  run(tx: Tx): Promise<() => void>;
  fail(error: unknown): void;
}

/** Works that share a commit, at most: it bounds how long reads and new requests wait for the thread. */
const BATCH_MAX = 16;
const BATCH_MS = 10;

/**
 * One transaction at a time, first come first served, and group commit: works that were waiting together share one
 * BEGIN and one durable COMMIT, each in a savepoint of its own, so one that fails takes nothing of another with it.
 * Nobody is told "done" before the commit is on disk.
 */
export class WriteQueue {
  readonly #transactions: Transactions;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | null = null;
  #closed = false;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    if (this.#closed) return Promise.reject(new DatabaseUnavailable());
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({
        run: async (tx) => {
          const result = await work(tx);
          return () => resolve(result);
        },
        fail: reject,
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Finishes what waits, then refuses more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // Requests read from their sockets in this turn of the loop join the batch.
    await new Promise<void>((next) => setImmediate(next));
    while (this.#waiting.length > 0) {
      await this.#commitBatch();
      await new Promise<void>((next) => setImmediate(next));
      this.#transactions.tidy();
    }
    this.#draining = null;
  }

  async #commitBatch(): Promise<void> {
    try {
      await this.#transactions.begin();
    } catch (error) {
      // The lock was out of reach for the whole of its waiting time: everybody in the queue has waited as long.
      for (const waiting of this.#waiting.splice(0)) waiting.fail(error);
      return;
    }
    const committed: (() => void)[] = [];
    const done: { tell: () => void; waiting: Waiting }[] = [];
    try {
      const deadline = performance.now() + BATCH_MS;
      for (let taken = 0; taken < BATCH_MAX && (taken === 0 || performance.now() < deadline); taken += 1) {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) break;
        const tell = await this.#runOne(waiting, committed);
        if (tell !== null) done.push({ tell, waiting });
      }
      this.#transactions.commit();
    } catch (error) {
      this.#undo();
      for (const { waiting } of done) waiting.fail(error);
      return;
    }
    runAfterCommit(committed);
    for (const { tell } of done) tell();
  }

  /** null when the work failed and was undone. Throws when the whole transaction is gone. */
  async #runOne(waiting: Waiting, committed: (() => void)[]): Promise<(() => void) | null> {
    const hooks: (() => void)[] = [];
    try {
      this.#transactions.savepoint();
      const tell = await waiting.run(this.#transactions.tx((work) => hooks.push(work)));
      this.#transactions.release();
      committed.push(...hooks);
      return tell;
    } catch (error) {
      waiting.fail(error);
      if (!this.#transactions.rollbackToSavepoint()) throw new DatabaseUnavailable({ cause: error });
      return null;
    }
  }

  #undo(): void {
    try {
      this.#transactions.rollback();
    } catch {
      // The connection has lost its transaction already; the error that led here is the one to report.
    }
  }
}
