import type { Tx } from '../db/database.js';
import { newScimId } from '../db/ids.js';
import type { NewEvent } from '../domain/events.js';
import type { CheckedGroup, ResourceDocument } from '../domain/scim.js';
import { NotFound, NotUnique, UniqueViolation } from '../errors.js';
import { append } from '../events/append.js';
import { applyMembers, type MembersChange } from './apply-members.js';
import { countIn, countOut } from './block-store.js';
import { changedAttributes } from './changed-attributes.js';
import { checkVersion, type DirectoryContext } from './context.js';
import {
  deleteGroupRow,
  type GroupRow,
  type GroupValues,
  insertGroupRow,
  lockGroup,
  lockGroupToDelete,
  touchGroupRow,
  updateGroupRow,
} from './group-store.js';
import { markUsersBelow, usersInOrBelow } from './membership-store.js';
import { AFFECTED_MAX, type Applied, type DirectoryOperation } from './operation.js';

type Create = Extract<DirectoryOperation, { kind: 'group.create' }>;
type Change = Extract<DirectoryOperation, { kind: 'group.change' }>;
type Delete = Extract<DirectoryOperation, { kind: 'group.delete' }>;

/** @see RFC 7644 section 3.3 */
export async function createGroup(tx: Tx, context: DirectoryContext, operation: Create): Promise<Applied> {
  const { integration } = context;
  const { id = newScimId() } = operation;
  const seq = await unique(() => insertGroupRow(tx, integration.id, id, valuesOf(context, operation.group, id)));
  const members = await applyMembers(tx, context, id, [{ op: 'add', ids: operation.members }]);
  await append(tx, context, eventOf(context, 'create', id, operation.group.displayName, countsOf(members)));
  await countIn(tx, { integrationId: integration.id, resourceType: 'Group' }, seq);
  return { resourceType: 'Group', id, changed: true, affected: members.affected, complete: members.complete };
}

/** PUT and PATCH: members are row changes; their number in the Group plays no part. @see RFC 7644 sections 3.5.1 and 3.5.2 */
export async function changeGroup(tx: Tx, context: DirectoryContext, operation: Change): Promise<Applied> {
  const row = existing(context, operation, await lockGroup(tx, context.integration.id, operation.id));
  const members = await applyMembers(tx, context, row.id, operation.members);
  const attributes = await changeAttributes(tx, context, row, operation.change);
  const changed = attributes.changed.length > 0 || members.changed;
  if (changed) {
    if (attributes.changed.length === 0) await touchGroupRow(tx, row.id, context.now);
    const details = { attributes: attributes.changed, ...countsOf(members), versions: { before: row.version, after: row.version + 1 } };
    await append(tx, context, eventOf(context, 'edit', row.id, attributes.displayName, details));
  }
  return { resourceType: 'Group', id: row.id, changed, affected: members.affected, complete: members.complete };
}

/** @see RFC 7644 section 3.6 */
export async function deleteGroup(tx: Tx, context: DirectoryContext, operation: Delete): Promise<Applied> {
  const row = existing(context, operation, await lockGroupToDelete(tx, context.integration.id, operation.id));
  await markUsersBelow(tx, row.id);
  const affected = await usersInOrBelow(tx, row.id, AFFECTED_MAX + 1);
  await deleteGroupRow(tx, row.id, context.now);
  await append(tx, context, eventOf(context, 'delete', row.id, row.display_name));
  await countOut(tx, { integrationId: context.integration.id, resourceType: 'Group' }, row.seq);
  return { resourceType: 'Group', id: row.id, changed: true, affected, complete: affected.length <= AFFECTED_MAX };
}

function existing(context: DirectoryContext, operation: Change | Delete, row: GroupRow | undefined): GroupRow {
  if (row === undefined) throw new NotFound('There is no Group with this id.');
  checkVersion(context, row.version, operation.ifMatch);
  return row;
}

async function changeAttributes(
  tx: Tx,
  context: DirectoryContext,
  row: GroupRow,
  change: Change['change'],
): Promise<{ changed: string[]; displayName: string }> {
  if (change === null) return { changed: [], displayName: row.display_name };
  const before = JSON.parse(row.document) as ResourceDocument;
  const group = change(before);
  const changed = changedAttributes(before, group.document);
  if (JSON.stringify(group.document) === row.document) return { changed: [], displayName: row.display_name };
  await unique(() => updateGroupRow(tx, row.id, valuesOf(context, group, row.id)));
  return { changed: changed.length > 0 ? changed : ['schemas'], displayName: group.displayName };
}

function valuesOf(context: DirectoryContext, group: CheckedGroup, id: string): GroupValues {
  return {
    external_id: group.externalId,
    display_name: group.displayName,
    display_name_key: group.displayNameKey,
    unique_name_key: context.integration.settings.scim.duplicateGroupName === 'allow' ? id : group.displayNameKey,
    document: JSON.stringify(group.document),
    match: JSON.stringify(group.match),
    updated_at: context.now,
  };
}

async function unique<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new NotUnique(error.columns.includes('external_id') ? 'externalId' : 'displayName');
  }
}

function countsOf(members: MembersChange): Record<string, unknown> {
  return members.changed ? { members: { added: members.added, removed: members.removed } } : {};
}

function eventOf(
  context: DirectoryContext,
  verb: 'create' | 'edit' | 'delete',
  id: string,
  name: string,
  details?: Record<string, unknown>,
): NewEvent {
  const event = { verb, object: { type: 'group', id, name }, integrationId: context.integration.id } as const;
  return details === undefined ? event : { ...event, details };
}
