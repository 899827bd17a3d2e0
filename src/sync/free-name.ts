import type { Tx } from '../db/database.js';
import { applyOperation } from '../directory/apply-operation.js';
import type { DirectoryContext } from '../directory/context.js';
import type { ResourceDocument } from '../domain/scim.js';
import type { PullParts } from './pull.js';
import { forgetUserHash, holderOfName } from './pulled-rows.js';

/**
 * Takes a userName from the User that still has it. In a source names are unique at any moment, so its holder has
 * another one by now and gets it when its own record comes along; until then its id stands in.
 */
export async function freeName(tx: Tx, { model }: Pick<PullParts, 'model'>, context: DirectoryContext, userNameKey: string): Promise<void> {
  const holder = await holderOfName(tx, context.integration.id, userNameKey);
  if (holder === undefined) return;
  const change = {
    kind: 'user.change',
    id: holder.id,
    ifMatch: '*',
    change: (current: ResourceDocument) => model.renamed(current, holder.id),
  } as const;
  await applyOperation(tx, context, change);
  await forgetUserHash(tx, holder.id);
}
