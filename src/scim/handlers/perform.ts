import { applyOperation } from '../../directory/apply-operation.js';
import type { DirectoryContext } from '../../directory/context.js';
import type { DirectoryOperation } from '../../directory/operation.js';
import type { Reader, Tx } from '../../db/database.js';
import { NotFound } from '../../errors.js';
import type { ScimCall, ScimParts } from '../call.js';
import { disabled, NotAllowedHere, Unauthorized } from '../transport/refusals.js';

/**
 * One write: through the one door, reconciled, and read back for the answer, all in one transaction: its own, or the one
 * of a Bulk request. When the client hears of success, the access is as the answer says, and both are on disk.
 */
export function perform<Row>(
  parts: ScimParts,
  call: ScimCall,
  operation: DirectoryOperation,
  readBack: (reader: Reader, id: string) => Promise<Row>,
): Promise<Row> {
  const { connection, bulk } = call;
  if (connection.readOnly) throw new NotAllowedHere('This token may only read.');
  const settle = bulk?.settle ?? parts.settle;
  const write = async (tx: Tx): Promise<Row> => {
    // A token that was revoked, or an integration that was disabled, while the request was on its way writes nothing more.
    const state = await parts.confirmConnection(tx, connection);
    if (state === 'gone') throw new Unauthorized(true);
    if (state === 'disabled') throw disabled();
    const context: DirectoryContext = {
      integration: connection.integration,
      pins: parts.pins,
      now: parts.clock.now(),
      actor: { type: 'scim_token', id: connection.tokenId, name: connection.integration.name },
    };
    const applied = await applyOperation(tx, context, operation);
    await settle(tx, context, applied);
    return readBack(tx, applied.id);
  };
  return bulk === null ? parts.db.transaction(write) : write(bulk.tx);
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids are ours, so what does not look like one names nothing; no database need be asked. */
export function checkId(id: string, resourceType: string): string {
  if (!ID.test(id)) throw new NotFound(`There is no ${resourceType} with this id.`);
  return id;
}
