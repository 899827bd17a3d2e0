import type { Tx } from '../db/database.js';
import { newScimId } from '../db/ids.js';
import type { NewEvent } from '../domain/events.js';
import { type CheckedUser, INVALID_PIN, type ResourceDocument } from '../domain/scim.js';
import { NotFound, NotUnique, UniqueViolation } from '../errors.js';
import { append } from '../events/append.js';
import { eraseUserLater } from '../events/erasure.js';
import { countIn, countOut } from './block-store.js';
import { changedAttributes } from './changed-attributes.js';
import { checkVersion, type DirectoryContext } from './context.js';
import { lockGroupsOf, touchGroupsOf } from './group-store.js';
import type { Applied, DirectoryOperation } from './operation.js';
import {
  deleteUserRow,
  insertUserRow,
  lockUser,
  lockUserToDelete,
  storedPin,
  type UserRow,
  type UserValues,
  updateUserRow,
  writeEmails,
} from './user-store.js';

type Create = Extract<DirectoryOperation, { kind: 'user.create' }>;
type Change = Extract<DirectoryOperation, { kind: 'user.change' }>;
type Delete = Extract<DirectoryOperation, { kind: 'user.delete' }>;
type PinColumns = Pick<UserValues, 'pin_hash' | 'pin_sealed' | 'pin_length' | 'pin_weak'>;

const NO_PIN: PinColumns = { pin_hash: null, pin_sealed: null, pin_length: null, pin_weak: 0 };

/** @see RFC 7644 section 3.3 */
export async function createUser(tx: Tx, context: DirectoryContext, operation: Create): Promise<Applied> {
  const { integration } = context;
  const { user, id = newScimId() } = operation;
  const values = valuesOf(context, user, pinColumns(context, user.pin, id, NO_PIN));
  const seq = await unique(() => insertUserRow(tx, integration.id, id, values));
  await writeEmails(tx, integration.id, id, user.emailKeys, true);
  await append(tx, context, eventOf(context, 'create', id, user.userName));
  await countIn(tx, { integrationId: integration.id, resourceType: 'User' }, seq);
  return applied(id, true);
}

/** PUT and PATCH. @see RFC 7644 sections 3.5.1 and 3.5.2 */
export async function changeUser(tx: Tx, context: DirectoryContext, operation: Change): Promise<Applied> {
  const { integration } = context;
  const row = existing(context, operation, await lockUser(tx, integration.id, operation.id));
  const before = JSON.parse(row.document) as ResourceDocument;
  const user = operation.change(before);
  const oldPin = await storedPin(tx, row.id);
  const pin = pinColumns(context, user.pin, row.id, oldPin);
  const document = JSON.stringify(user.document);
  if (document === row.document && pin.pin_hash === oldPin.pin_hash) return { ...applied(row.id, false), affected: [] };

  await unique(() => updateUserRow(tx, row.id, valuesOf(context, user, pin)));
  await writeEmails(tx, integration.id, row.id, user.emailKeys, false);
  const attributes = changedAttributes(before, user.document);
  if (pin.pin_hash !== oldPin.pin_hash) attributes.push('pin');
  const versions = { before: row.version, after: row.version + 1 };
  await append(tx, context, { ...eventOf(context, 'edit', row.id, user.userName), details: { attributes, versions } });
  return applied(row.id, true);
}

/** @see RFC 7644 section 3.6 */
export async function deleteUser(tx: Tx, context: DirectoryContext, operation: Delete): Promise<Applied> {
  await lockGroupsOf(tx, operation.id);
  const row = existing(context, operation, await lockUserToDelete(tx, context.integration.id, operation.id));
  await touchGroupsOf(tx, row.id, context.now);
  await deleteUserRow(tx, row.id);
  await append(tx, context, eventOf(context, 'delete', row.id, row.user_name));
  await eraseUserLater(tx, context.now, row.id);
  await countOut(tx, { integrationId: context.integration.id, resourceType: 'User' }, row.seq);
  return applied(row.id, true);
}

function existing(context: DirectoryContext, operation: Change | Delete, row: UserRow | undefined): UserRow {
  if (row === undefined) throw new NotFound('There is no User with this id.');
  checkVersion(context, row.version, operation.ifMatch);
  return row;
}

function valuesOf(context: DirectoryContext, user: CheckedUser, pin: PinColumns): UserValues {
  return {
    external_id: user.externalId,
    user_name: user.userName,
    user_name_key: user.userNameKey,
    active: user.active ? 1 : 0,
    document: JSON.stringify(user.document),
    match: JSON.stringify(user.match),
    updated_at: context.now,
    ...pin,
  };
}

/** The PIN is write-only: kept sealed beside the document, compared by its hash. */
function pinColumns(context: DirectoryContext, pin: string | null | undefined, id: string, stored: PinColumns): PinColumns {
  if (pin === undefined) return stored;
  if (pin === null) return NO_PIN;
  // Kept as a word that no hash can be: reconciliation warns of it, and uses nothing.
  if (pin === INVALID_PIN) return { ...NO_PIN, pin_hash: INVALID_PIN };
  const hash = context.pins.hash(pin);
  if (hash === stored.pin_hash) return stored;
  return { pin_hash: hash, pin_sealed: context.pins.seal(pin, id), pin_length: pin.length, pin_weak: context.pins.isWeak(pin) ? 1 : 0 };
}

async function unique<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new NotUnique(error.columns.includes('external_id') ? 'externalId' : 'userName');
  }
}

function applied(id: string, changed: boolean): Applied {
  return { resourceType: 'User', id, changed, affected: [id], complete: true };
}

function eventOf(context: DirectoryContext, verb: 'create' | 'edit' | 'delete', id: string, name: string): NewEvent {
  return { verb, object: { type: 'user', id, name }, integrationId: context.integration.id };
}
