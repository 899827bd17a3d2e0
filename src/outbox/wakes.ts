import type { Tx } from '../db/database.js';

/**
 * The workers of this process. Whoever enqueues knows none of them, and one that is woken for another database's sake
 * looks once in vain. Workers of other processes look by themselves every second.
 */
const workers = new Set<() => void>();

/** Calls `wake` whenever a message was committed in this process, until the returned function is called. */
export function onEnqueued(wake: () => void): () => void {
  workers.add(wake);
  return () => {
    workers.delete(wake);
  };
}

/** Wakes the workers once the transaction is durable. */
export function wakeAfterCommit(tx: Tx): void {
  tx.afterCommit(() => {
    for (const wake of workers) wake();
  });
}
