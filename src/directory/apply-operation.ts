import type { Tx } from '../db/database.js';
import { holdRules } from '../db/turns.js';
import { changeGroup, createGroup, deleteGroup } from './apply-group.js';
import { changeUser, createUser, deleteUser } from './apply-user.js';
import type { DirectoryContext } from './context.js';
import type { Applied, DirectoryOperation } from './operation.js';

/**
 * THE ONE DOOR into the directory: every push, pull, import and test comes through here and nothing writes Users or
 * Groups beside it. Stores the resource, appends one event if something changed, marks the Users concerned dirty, all
 * in the caller's transaction.
 *
 * Errors, after which the transaction must be rolled back: `NotFound`, `NotUnique`, `VersionMismatch`,
 * `UnknownMember`, `CircularNesting`, and whatever `change` throws.
 */
export async function applyOperation(tx: Tx, context: DirectoryContext, operation: DirectoryOperation): Promise<Applied> {
  await holdRules(tx, context.integration.id);
  switch (operation.kind) {
    case 'user.create':
      return createUser(tx, context, operation);
    case 'user.change':
      return changeUser(tx, context, operation);
    case 'user.delete':
      return deleteUser(tx, context, operation);
    case 'group.create':
      return createGroup(tx, context, operation);
    case 'group.change':
      return changeGroup(tx, context, operation);
    case 'group.delete':
      return deleteGroup(tx, context, operation);
  }
}
