import type { SourceGroup } from '../adapters/adapter.js';
import type { Tx } from '../db/database.js';
import { applyOperation } from '../directory/apply-operation.js';
import { changeContext, NOTHING_PULLED, type Pull, type PullOutcome, type PullParts, together } from './pull.js';
import { directMembers, pulledGroups, rememberGroup, userIds } from './pulled-rows.js';
import { fingerprintOfGroup } from './fingerprint.js';

/** Members that one operation adds: what is above waits for the next, so that nobody waits long for a large Group. */
const MEMBERS_AT_ONCE = 500;

/** Stores Groups as the source has them, without their members. */
export async function pullGroups(parts: PullParts, pull: Pull, groups: readonly SourceGroup[]): Promise<PullOutcome> {
  const externalIds = groups.map(({ externalId }) => externalId);
  const stored = await pulledGroups(pull.reader, pull.integration.id, externalIds);
  const stale = groups.filter((group) => {
    const row = stored.get(group.externalId);
    return row === undefined || row.missing_since !== null || row.source_hash !== fingerprintOfGroup(group);
  });
  if (stale.length > 0) await pull.write((tx) => storeGroups(tx, parts, pull, stale));
  const now = stale.length === 0 ? stored : await pulledGroups(pull.reader, pull.integration.id, externalIds);
  return { ...NOTHING_PULLED, groupSeqs: [...now.values()].map(({ seq }) => seq) };
}

/** Members of Groups that list them, once their Users are stored: new ones are added at once; who is not listed any more is only named (`left`). */
export async function pullMembers(parts: PullParts, pull: Pull, groups: readonly SourceGroup[]): Promise<PullOutcome> {
  const listing = groups.filter(({ members }) => members !== null);
  if (listing.length === 0) return NOTHING_PULLED;
  const stored = await pulledGroups(
    pull.reader,
    pull.integration.id,
    listing.map(({ externalId }) => externalId),
  );
  let outcome = NOTHING_PULLED;
  for (const { externalId, members } of listing) {
    const id = stored.get(externalId)?.id;
    if (id !== undefined) outcome = together(outcome, await pullMembersOf(parts, pull, id, members ?? []));
  }
  return outcome;
}

async function storeGroups(tx: Tx, parts: PullParts, pull: Pull, groups: readonly SourceGroup[]): Promise<void> {
  const { integration } = pull;
  const context = { ...changeContext(parts, integration), integration, pins: parts.pins };
  const stored = await pulledGroups(
    tx,
    integration.id,
    groups.map(({ externalId }) => externalId),
  );
  for (const group of groups) {
    const checked = parts.model.group(group);
    const row = stored.get(group.externalId);
    const { id } =
      row === undefined
        ? await applyOperation(tx, context, { kind: 'group.create', group: checked, members: [] })
        : await applyOperation(tx, context, { kind: 'group.change', id: row.id, ifMatch: '*', change: () => checked, members: [] });
    await rememberGroup(tx, id, group.kind, fingerprintOfGroup(group));
  }
}

async function pullMembersOf(parts: PullParts, pull: Pull, groupId: string, wanted: readonly string[]): Promise<PullOutcome> {
  const actual = await directMembers(pull.reader, groupId);
  const listed = new Set(wanted);
  const left = [...actual].filter(([externalId]) => !listed.has(externalId)).map(([, userId]) => ({ groupId, userId }));
  const missing = [...listed].filter((externalId) => !actual.has(externalId));
  const ids = [...(await userIds(pull.reader, pull.integration.id, missing)).values()];
  for (let from = 0; from < ids.length; from += MEMBERS_AT_ONCE) {
    await pull.write((tx) => addMembers(tx, parts, pull, groupId, ids.slice(from, from + MEMBERS_AT_ONCE)));
  }
  return { ...NOTHING_PULLED, left };
}

async function addMembers(tx: Tx, parts: PullParts, pull: Pull, groupId: string, ids: readonly string[]): Promise<void> {
  const { integration } = pull;
  const context = { ...changeContext(parts, integration), integration, pins: parts.pins };
  await applyOperation(tx, context, { kind: 'group.change', id: groupId, ifMatch: '*', change: null, members: [{ op: 'add', ids }] });
  // All of them are marked; the worker takes them after the commit.
  tx.afterCommit(parts.wake);
}
