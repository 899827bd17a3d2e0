import type { Tx } from '../db/database.js';
import { AFFECTED_MAX, type Applied } from '../directory/operation.js';
import type { ChangeContext } from '../domain/events.js';
import type { CredentialStores } from './facts.js';
import { reconcileUser } from './reconcile.js';

/**
 * Reconciles in the operation's own transaction whom it concerns, up to a hundred Users; the others are marked dirty
 * already, and `wake` has the worker take them as soon as the transaction is durable.
 */
export async function settle(tx: Tx, context: ChangeContext, stores: CredentialStores, applied: Applied, wake: () => void): Promise<void> {
  for (const userId of applied.affected.slice(0, AFFECTED_MAX)) await reconcileUser(tx, context, stores, userId);
  if (!applied.complete) tx.afterCommit(wake);
}
