import type { Tx } from '../db/database.js';
import { applyOperation } from '../directory/apply-operation.js';
import { AFFECTED_MAX, type Applied, type DirectoryOperation } from '../directory/operation.js';
import { NotFound } from '../errors.js';
import { reconcileUser } from '../reconcile/reconcile.js';
import { changeContext, type Pull, type PullParts, type RunChange } from './pull.js';
import { changesOf } from './run-changes.js';

/** Something that a complete read did not show any more. */
export type Removal =
  | { readonly kind: 'user'; readonly userId: string; readonly name: string; readonly version: number }
  | { readonly kind: 'group'; readonly groupId: string; readonly name: string; readonly version: number }
  | { readonly kind: 'membership'; readonly userId: string; readonly groupId: string; readonly name: string };

/** Takes it out of the directory by the one door, and the access that rests on it, in the same transaction. What is gone already is no error. */
export async function applyRemoval(
  tx: Tx,
  parts: PullParts,
  { integration }: Pick<Pull, 'integration'>,
  removal: Removal,
): Promise<RunChange[]> {
  const context = { ...changeContext(parts, integration), integration, pins: parts.pins };
  let applied: Applied;
  try {
    applied = await tx.savepoint(() => applyOperation(tx, context, operationOf(removal)));
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
  const changes: RunChange[] = [];
  for (const userId of applied.affected.slice(0, AFFECTED_MAX)) {
    changes.push(...changesOf(userId, removal.name, await reconcileUser(tx, context, parts.stores, userId)));
  }
  if (!applied.complete) tx.afterCommit(parts.wake);
  return changes;
}

function operationOf(removal: Removal): DirectoryOperation {
  switch (removal.kind) {
    case 'user':
      return { kind: 'user.delete', id: removal.userId, ifMatch: '*' };
    case 'group':
      return { kind: 'group.delete', id: removal.groupId, ifMatch: '*' };
    case 'membership':
      return {
        ...{ kind: 'group.change', id: removal.groupId, ifMatch: '*', change: null },
        members: [{ op: 'remove', ids: [removal.userId] }],
      };
  }
}
