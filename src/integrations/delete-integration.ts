import type { SqlValue, Tx } from '../db/database.js';
import { MANUAL } from '../domain/access.js';
import type { ChangeContext, ObjectType } from '../domain/events.js';
import { SOFT_DELETE_AFTER_MS } from '../domain/member-life.js';
import { shift } from '../domain/time.js';
import { append } from '../events/append.js';
import { appendEach } from '../events/append-each.js';
import { eraseUsersLater } from '../events/erasure.js';
import { getLocked } from './integration-store.js';

const HOUR_MS = 3_600_000;

const CREDENTIALS: readonly { readonly type: ObjectType; readonly table: string; readonly revokeSets: string }[] = [
  { type: 'pin', table: 'pins', revokeSets: '' },
  { type: 'magic_link', table: 'magic_links', revokeSets: '' },
  { type: 'card', table: 'cards', revokeSets: ', live_uid = null' },
];

/** One integration that is on its way out, and the steps that tell and do it to all its rows at once. */
interface Leaving {
  readonly tx: Tx;
  readonly context: ChangeContext;
  readonly id: string;
  readonly because: string;
}

/**
 * Deletes the integration with its directory, mappings and tokens. Its members stay and become an admin's own (`keep`),
 * or end now: their credentials are revoked and their associations deleted, those given by hand too (`revoke`).
 * Every change to a member is an event. Whole tables at once: there may be tens of thousands. Errors: `NotFound`.
 */
export async function deleteIntegration(
  tx: Tx,
  context: ChangeContext,
  id: string,
  { members, coolDownDays }: { readonly members: 'keep' | 'revoke'; readonly coolDownDays: number },
): Promise<void> {
  const { name } = await getLocked(tx, id);
  const leaving: Leaving = { tx, context, id, because: `the integration ${name} was deleted` };
  if (members === 'keep') await keepMembers(leaving);
  else await revokeMembers(leaving, shift(context.now, coolDownDays * 24 * HOUR_MS));
  await eraseUsersLater(tx, context.now, id);
  await tx.execute('update members set user_id = null, external_id = null where integration_id = ?', [id]);
  await tx.execute('delete from integrations where id = ?', [id]);
  await append(tx, context, { verb: 'delete', object: { type: 'integration', id, name }, integrationId: id, details: { members } });
}

/** The owner is all that changes, so the member's event tells of everything that comes along with it. */
async function keepMembers({ tx, context, id, because }: Leaving): Promise<void> {
  await tellMembers({ tx, context, id, because }, 'members.integration_id = ?', [id], { integrationId: { before: id, after: null } });
  for (const table of ['associations', ...CREDENTIALS.map((credential) => credential.table)]) {
    await tx.execute(`update ${table} set managed_by = ? where managed_by = ?`, [MANUAL, id]);
  }
}

async function revokeMembers(leaving: Leaving, coolingUntil: string): Promise<void> {
  const { tx, context, id } = leaving;
  const mine = 'member_id in (select id from members where integration_id = ?)';
  await tellAssociations(leaving);
  await tx.execute(`delete from associations where ${mine}`, [id]);
  for (const { type, table, revokeSets } of CREDENTIALS) {
    const condition = { sql: 'and owned.revoked_at is null', bindings: [] };
    await tellOwned(leaving, type, { from: `${table} as owned`, condition, name: 'members.name' });
    await tx.execute(`update ${table} set revoked_at = ?, cooling_until = ?${revokeSets} where revoked_at is null and ${mine}`, [
      context.now,
      coolingUntil,
      id,
    ]);
  }
  const live = 'members.integration_id = ? and ended_at is null and deleted_at is null';
  await tellMembers(leaving, live, [id], { endedAt: { before: null, after: context.now } });
  // A window that is over already has set its own time for housekeeping.
  await tx.execute(
    `update members set ended_at = ?, updated_at = ?, next_at = case when ends_at <= ? then next_at else cast(? as text) end where ${live}`,
    [context.now, context.now, context.now, shift(context.now, SOFT_DELETE_AFTER_MS), id],
  );
}

function tellMembers(
  { tx, context, id, because }: Leaving,
  where: string,
  bindings: readonly SqlValue[],
  changes: Readonly<Record<string, unknown>>,
): Promise<number> {
  return appendEach(tx, context, {
    ...{ verb: 'edit', objectType: 'member', integrationId: id, memberId: 'members.id', details: { because, changes } },
    ...{ key: 'members.seq', id: 'members.id', name: 'members.name', from: `members where ${where}`, bindings },
  });
}

/** Group by group, since each event says which: an opening that a controller tells later is judged by it. There are as many as were mapped. */
async function tellAssociations(leaving: Leaving): Promise<void> {
  const groups = await leaving.tx.query<{ id: string }>(
    `select distinct associations.member_group_id as id from members join associations on associations.member_id = members.id
     where members.integration_id = ?`,
    [leaving.id],
  );
  const from = 'associations as owned join member_groups on member_groups.id = owned.member_group_id';
  const name = "members.name || ' – ' || member_groups.name";
  for (const { id } of groups) {
    const told = { from, condition: { sql: 'and owned.member_group_id = ?', bindings: [id] }, name, details: { memberGroupId: id } };
    await tellOwned(leaving, 'association', told);
  }
}

interface Owned {
  /** A table as `owned`, with what its rows are joined to. */
  readonly from: string;
  readonly condition: { readonly sql: string; readonly bindings: readonly SqlValue[] };
  /** SQL expression. */
  readonly name: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Tells of each row of a table that belongs to one of the integration's members, and is about to go. */
function tellOwned({ tx, context, id, because }: Leaving, objectType: ObjectType, owned: Owned): Promise<number> {
  const { from, condition, name, details = {} } = owned;
  return appendEach(tx, context, {
    ...{ verb: 'delete', objectType, integrationId: id, memberId: 'owned.member_id', details: { because, ...details } },
    ...{ key: 'owned.id', id: 'owned.id', name },
    from: `${from} join members on members.id = owned.member_id where members.integration_id = ? ${condition.sql}`,
    bindings: [id, ...condition.bindings],
  });
}
