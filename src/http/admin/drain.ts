import { pendingUsers } from '../../reconcile/concerned.js';
import type { AdminParts } from './parts.js';

/** How long an answer waits for the Users that it concerns. */
const WAIT_MS = 20_000;
/** A drain that was about to end when it was asked again may have missed what we wait for. */
const FRUITLESS_MAX = 2;

/**
 * Has the worker reconcile whom a change has marked, and waits for it, so that the next request finds the members as the
 * change wants them. Returns how many Users of the integration, or of all (null), still wait: those beyond the time, or that failed.
 */
export async function drain(parts: AdminParts, integrationId: string | null, waitMs = WAIT_MS): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late = true;
      resolve();
    }, waitMs);
  });
  try {
    await Promise.race([drainAll(parts, integrationId, () => late), timeout]);
  } finally {
    clearTimeout(timer);
  }
  return pendingUsers(parts.db.read, integrationId);
}

async function drainAll({ db, worker, logger }: AdminParts, integrationId: string | null, isLate: () => boolean): Promise<void> {
  try {
    let pending = await pendingUsers(db.read, integrationId);
    for (let fruitless = 0; pending > 0 && fruitless < FRUITLESS_MAX && !isLate(); ) {
      await worker.drain();
      const left = await pendingUsers(db.read, integrationId);
      if (left >= pending) fruitless += 1;
      pending = left;
    }
  } catch (error) {
    // The change itself is stored; the worker comes back to its Users by itself.
    logger.error('reconciliation after a change failed', { integrationId, error });
  }
}
