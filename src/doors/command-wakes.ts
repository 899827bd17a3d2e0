import type { Tx } from '../db/database.js';

/** Who waits in this process for a command to come or to end. Those of other processes look by themselves, four times a second. */
const waiting = new Set<() => void>();

/** How often commands are looked for: what another process wrote is seen that late. */
export const LOOK_EVERY_MS = 250;

/** Calls `wake` whenever a command was made or ended in this process, until the returned function is called. */
export function onCommand(wake: () => void): () => void {
  waiting.add(wake);
  return () => {
    waiting.delete(wake);
  };
}

/** Wakes them once the transaction is durable. */
export function wakeForCommand(tx: Tx): void {
  tx.afterCommit(() => {
    for (const wake of waiting) wake();
  });
}
