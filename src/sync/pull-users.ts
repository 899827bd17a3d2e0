import type { SourceUser } from '../adapters/adapter.js';
import type { Reader, Tx } from '../db/database.js';
import { applyOperation } from '../directory/apply-operation.js';
import type { DirectoryContext } from '../directory/context.js';
import type { CheckedUser } from '../domain/scim.js';
import type { Instant } from '../domain/time.js';
import { compareText } from '../domain/windows.js';
import { NotUnique } from '../errors.js';
import { reconcileUser } from '../reconcile/reconcile.js';
import { fingerprintOfUser } from './fingerprint.js';
import { freeName } from './free-name.js';
import { changesOf } from './run-changes.js';
import { changeContext, NOTHING_PULLED, type Pull, type PullOutcome, type PullParts, type RunChange, together } from './pull.js';
import {
  directGroups,
  holderOfName,
  type PulledUser,
  pulledGroups,
  pulledUsers,
  pulledUsersById,
  readSince,
  rememberUser,
} from './pulled-rows.js';

/** Users of one transaction: on SQLite everybody else who writes waits for it. */
const USERS_AT_ONCE = 20;

/** SCIM ids of Groups by the source's own. */
type GroupIds = ReadonlyMap<string, string>;

/**
 * Stores Users as the source has them, with the Groups that they say they are in, and reconciles each in the same
 * transaction: what a source says in so many words takes effect at once. What is as it was costs a look and no write.
 *
 * @param askedAt when the source was asked for the list: Users that were read directly since then are passed over; null: this is a direct read
 */
export async function pullUsers(parts: PullParts, pull: Pull, users: readonly SourceUser[], askedAt: Instant | null): Promise<PullOutcome> {
  let outcome = NOTHING_PULLED;
  for (let from = 0; from < users.length; from += USERS_AT_ONCE) {
    outcome = together(outcome, await pullSome(parts, pull, users.slice(from, from + USERS_AT_ONCE), askedAt));
  }
  return outcome;
}

async function pullSome(parts: PullParts, pull: Pull, users: readonly SourceUser[], askedAt: Instant | null): Promise<PullOutcome> {
  const { reader, integration } = pull;
  const stored = await pulledUsers(
    reader,
    integration.id,
    users.map(({ externalId }) => externalId),
  );
  const groupIds = await groupIdsFor(reader, integration.id, users);
  const keys = users.map(({ sourceKey }) => sourceKey);
  const span = askedAt === null ? null : { since: askedAt, now: parts.clock.now() };
  const newer = span === null ? new Set<string>() : await readSince(reader, integration.id, keys, span);
  const isStale = (user: SourceUser): boolean => {
    const row = stored.get(user.externalId);
    if (newer.has(user.sourceKey)) return false;
    if (row !== undefined && user.unclear !== undefined) return row.missing_since !== null;
    return row === undefined || row.missing_since !== null || row.source_hash !== fingerprint(parts, user, groupIds);
  };
  for (const { externalId, unclear } of users) {
    if (unclear !== undefined) parts.logger.warn('a record is not understood', { integrationId: integration.id, externalId, unclear });
  }
  const stale = users.filter(isStale);
  const asItWas = unchanged([...stored.values()].filter(({ external_id }) => !stale.some(({ externalId }) => externalId === external_id)));
  return stale.length === 0 ? asItWas : together(asItWas, await pull.write((tx) => storeUsers(tx, parts, pull, stale)));
}

function unchanged(rows: readonly PulledUser[]): PullOutcome {
  const skipped = rows.filter(({ sync_status }) => sync_status === 'none').length;
  return { ...NOTHING_PULLED, unchanged: rows.length, skipped, userSeqs: rows.map(({ seq }) => seq) };
}

async function storeUsers(tx: Tx, parts: PullParts, pull: Pull, users: readonly SourceUser[]): Promise<PullOutcome> {
  const { integration } = pull;
  // In one order for whoever writes: a hint and a run never wait for each other in a circle.
  const ordered = [...users].sort((a, b) => compareText(a.externalId, b.externalId));
  const context: DirectoryContext = { ...changeContext(parts, integration), integration, pins: parts.pins };
  const groupIds = await groupIdsFor(tx, integration.id, users);
  const externalIds = users.map(({ externalId }) => externalId);
  const before = await pulledUsers(tx, integration.id, externalIds);
  const ids = new Map<SourceUser, string>();
  const touched = new Set<string>();
  const known = new Set<string>();
  const kept: string[] = [];
  for (const user of ordered) {
    const row = before.get(user.externalId);
    const checked = parts.model.user(user, (externalId) => groupIds.get(externalId));
    const stored = row?.id ?? (await sameUnderAnotherId(tx, integration.id, user, checked));
    if (user.unclear !== undefined && stored !== null) {
      // As it was, and seen.
      await rememberUser(tx, stored, user.sourceKey, null);
      kept.push(stored);
      continue;
    }
    const { id, changed } = await storeUser(tx, parts, context, stored, checked);
    await rememberUser(tx, id, user.sourceKey, fingerprint(parts, user, groupIds));
    ids.set(user, id);
    if (changed) touched.add(id);
    if (stored !== null) known.add(id);
  }
  for (const id of await moveBetweenGroups(tx, context, ids, groupIds)) touched.add(id);

  const changes: RunChange[] = [];
  let skipped = 0;
  for (const [user, id] of ids) {
    const plan = await reconcileUser(tx, context, parts.stores, id);
    if (plan?.outcome.syncStatus === 'none') skipped += 1;
    changes.push(...changesOf(id, nameOf(user), plan));
  }
  const after = [...(await pulledUsers(tx, integration.id, externalIds)).values(), ...(await pulledUsersById(tx, kept))];
  const changed = [...known].filter((id) => touched.has(id)).length;
  return {
    ...NOTHING_PULLED,
    ...{ created: ids.size - known.size, changed, unchanged: known.size - changed + kept.length, skipped, changes },
    userSeqs: [...new Set(after.map(({ seq }) => seq))],
  };
}

/**
 * A User that its source knows under another id now: the same entity, the same name. A room stay whose door key appears
 * or goes is such a one; its member, PIN and link move along.
 */
async function sameUnderAnotherId(tx: Tx, integrationId: string, user: SourceUser, checked: CheckedUser): Promise<string | null> {
  const holder = await holderOfName(tx, integrationId, checked.userNameKey);
  return holder?.source_key === user.sourceKey ? holder.id : null;
}

function nameOf({ attributes, externalId }: SourceUser): string {
  const name = attributes['displayName'] ?? attributes['userName'];
  // As it is stored: PostgreSQL keeps no U+0000.
  return typeof name === 'string' ? name.replaceAll('\u0000', ' ') : externalId;
}

/** A name that another User still has, whom the source has renamed as well, is freed first: two may have swapped theirs. */
async function storeUser(
  tx: Tx,
  parts: PullParts,
  context: DirectoryContext,
  id: string | null,
  user: CheckedUser,
): Promise<{ readonly id: string; readonly changed: boolean }> {
  const store = () =>
    id === null
      ? applyOperation(tx, context, { kind: 'user.create', user })
      : applyOperation(tx, context, { kind: 'user.change', id, ifMatch: '*', change: () => user });
  try {
    return await tx.savepoint(store);
  } catch (error) {
    if (!(error instanceof NotUnique) || error.attribute !== 'userName') throw error;
    await freeName(tx, parts, context, user.userNameKey);
    return await store();
  }
}

/** Into every new Group before out of any old one, so that who changes rooms is never without. Returns who moved. */
async function moveBetweenGroups(
  tx: Tx,
  context: DirectoryContext,
  ids: ReadonlyMap<SourceUser, string>,
  groupIds: GroupIds,
): Promise<Set<string>> {
  const actual = await directGroups(tx, [...ids.values()]);
  const adds = new Map<string, string[]>();
  const removes = new Map<string, string[]>();
  for (const [user, id] of ids) {
    if (user.groups === null) continue;
    const wanted = new Set(user.groups.map((externalId) => groupIds.get(externalId)).filter((groupId) => groupId !== undefined));
    const now = actual.get(id) ?? new Set();
    for (const groupId of wanted) if (!now.has(groupId)) note(adds, groupId, id);
    for (const groupId of now) if (!wanted.has(groupId)) note(removes, groupId, id);
  }
  for (const [op, perGroup] of [
    ['add', adds],
    ['remove', removes],
  ] as const) {
    for (const [groupId, members] of [...perGroup].sort()) {
      await applyOperation(tx, context, { kind: 'group.change', id: groupId, ifMatch: '*', change: null, members: [{ op, ids: members }] });
    }
  }
  return new Set([...adds.values(), ...removes.values()].flat());
}

function note(perGroup: Map<string, string[]>, groupId: string, userId: string): void {
  perGroup.set(groupId, [...(perGroup.get(groupId) ?? []), userId]);
}

async function groupIdsFor(reader: Reader, integrationId: string, users: readonly SourceUser[]): Promise<GroupIds> {
  const named = users.flatMap(({ groups, periods }) => [...(groups ?? []), ...periods.map(({ groupExternalId }) => groupExternalId)]);
  if (named.length === 0) return new Map();
  const groups = await pulledGroups(reader, integrationId, [...new Set(named)]);
  return new Map([...groups].map(([externalId, { id }]) => [externalId, id]));
}

function fingerprint({ pins }: PullParts, user: SourceUser, groupIds: GroupIds): string {
  return fingerprintOfUser(
    user,
    (pin) => pins.hash(pin),
    (externalId) => groupIds.get(externalId),
  );
}
