import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { dialectOf } from '../db/dialect.js';
import { statement } from '../db/statement.js';
import { takeRules } from '../db/turns.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { ALL_USERS } from '../domain/integration.js';
import { type Page, type PageRequest, pageOf } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { appendEach } from '../events/append-each.js';
import { deletePermissionsOf } from './permission-store.js';

export interface MemberGroup {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const COLUMNS = ['seq', 'id', 'name', 'created_at', 'updated_at'];

const groupById = statement<{ id: string }, Row>('member_groups.get', (sql, p) => sql('member_groups').where('id', p.id).select(COLUMNS));

const lockGroup = statement<{ id: string }, Row>('member_groups.lock', (sql, p) =>
  sql('member_groups').where('id', p.id).forUpdate().select(COLUMNS),
);

const groupsAfter = statement<{ after: number; limit: number }, Row>('member_groups.list', (sql, p) =>
  sql.raw(`select ${COLUMNS.join(', ')} from member_groups where seq > cast(? as bigint) order by seq limit cast(? as bigint)`, [
    p.after,
    p.limit,
  ]),
);

const integrations = statement<Record<string, never>, { id: string }>('member_groups.integrations', (sql) =>
  sql('integrations').orderBy('id').select('id'),
);

const insertGroup = statement<{ id: string; name: string; now: string }>('member_groups.insert', (sql, p) =>
  sql('member_groups').insert({ id: p.id, name: p.name, created_at: p.now, updated_at: p.now }),
);

const renameGroup = statement<{ id: string; name: string; now: string }>('member_groups.rename', (sql, p) =>
  sql('member_groups').where('id', p.id).update({ name: p.name, updated_at: p.now }),
);

const deleteGroup = statement<{ id: string }>('member_groups.delete', (sql, p) => sql('member_groups').where('id', p.id).delete());

const associationsOfGroup = statement<{ id: string; limit: number }, { id: string }>('associations.of-group', (sql, p) =>
  sql.raw('select id from associations where member_group_id = ? limit cast(? as bigint)', [p.id, p.limit]),
);

const ASSOCIATIONS_AT_ONCE = 500;

interface MappedRow {
  readonly integration_id: string;
  readonly resource_id: string;
  readonly resource_name: string;
  readonly member_group_id: string;
}

const mappingsToGroup = statement<{ id: string }, MappedRow>('mappings.to-group', (sql, p) =>
  sql('mappings as mine')
    .join('mappings as every', (on) => on.on('every.integration_id', 'mine.integration_id').andOn('every.resource_id', 'mine.resource_id'))
    .where('mine.member_group_id', p.id)
    .orderBy(['every.integration_id', 'every.resource_id', 'every.member_group_id'])
    .select('every.integration_id', 'every.resource_id', 'every.resource_name', 'every.member_group_id'),
);

const markMapped = statement<{ id: string; all_users: string }>('users.mark-mapped-to', (sql, p) =>
  sql.raw(
    `with recursive mapped(id) as (
       select resource_id from mappings where member_group_id = ? and resource_id <> ?
       union select gg.child_id from mapped join group_groups gg on gg.parent_id = mapped.id)
     update users set dirty = 1 where dirty = 0 and (
       integration_id in (select integration_id from mappings where member_group_id = ? and resource_id = ?)
       or id in (select gm.user_id from group_members gm join mapped on mapped.id = gm.group_id))`,
    [p.id, p.all_users, p.id, p.all_users],
  ),
);

/** Returns the id. Two groups may share a name: it is for people. */
export async function createMemberGroup(tx: Tx, context: ChangeContext, name: string): Promise<string> {
  const id = newId('mg');
  await tx.run(insertGroup, { id, name, now: context.now });
  await tell(tx, context, 'create', { id, name }, {});
  return id;
}

/** The same name again: no write, no event. Errors: `NotFound`. */
export async function renameMemberGroup(tx: Tx, context: ChangeContext, id: string, name: string): Promise<void> {
  const before = await tx.first(lockGroup, { id });
  if (before === undefined) throw new NotFound('There is no such member group.');
  if (before.name === name) return;
  await tx.run(renameGroup, { id, name, now: context.now });
  await tell(tx, context, 'edit', { id, name }, { changes: { name: { before: before.name, after: name } } });
}

/** Errors: `NotFound`. */
export async function getMemberGroup(reader: Reader, id: string): Promise<MemberGroup> {
  const row = await reader.first(groupById, { id });
  if (row === undefined) throw new NotFound('There is no such member group.');
  return groupOf(row);
}

/** Locked until the transaction ends: whoever changes what the group may open comes after whoever did before. Errors: `NotFound`. */
export async function lockedMemberGroup(tx: Tx, id: string): Promise<MemberGroup> {
  const row = await tx.first(lockGroup, { id });
  if (row === undefined) throw new NotFound('There is no such member group.');
  return groupOf(row);
}

/** Oldest first. */
export async function listMemberGroups(reader: Reader, { limit, after }: PageRequest): Promise<Page<MemberGroup>> {
  return pageOf(await reader.all(groupsAfter, { after: after ?? 0, limit: limit + 1 }), limit, groupOf);
}

/**
 * Deletes the group with its permissions and every association and mapping that leads to it, each with its event. It acts at once: an
 * admin said so. The Users that were mapped to it are marked for reconciliation, since it may have been their last group.
 * Errors: `NotFound`.
 */
export async function deleteMemberGroup(tx: Tx, context: ChangeContext, id: string): Promise<void> {
  // Any of them may have a mapping to it; there are a handful.
  for (const integration of await tx.all(integrations, {})) await takeRules(tx, integration.id);
  const group = await tx.first(lockGroup, { id });
  if (group === undefined) throw new NotFound('There is no such member group.');
  const because = `the member group ${group.name} was deleted`;
  await tx.run(markMapped, { id, all_users: ALL_USERS });
  await tellMappings(tx, context, id, because);
  await deleteAssociations(tx, context, id, because);
  await deletePermissionsOf(tx, context, { memberGroupId: id }, because);
  await tx.run(deleteGroup, { id });
  await tell(tx, context, 'delete', group, {});
}

/** With an event each, some hundreds at a time: there may be tens of thousands, and others want their turn. */
async function deleteAssociations(tx: Tx, context: ChangeContext, memberGroupId: string, because: string): Promise<void> {
  const { inList } = dialectOf(tx.engine);
  for (;;) {
    const rows = await tx.all(associationsOfGroup, { id: memberGroupId, limit: ASSOCIATIONS_AT_ONCE });
    if (rows.length === 0) return;
    const ids = JSON.stringify(rows.map(({ id }) => id));
    await appendEach(tx, context, {
      ...{ verb: 'delete', objectType: 'association', details: { because, memberGroupId } },
      ...{ key: 'owned.id', id: 'owned.id', name: "members.name || ' – ' || member_groups.name" },
      integrationId: { sql: 'members.integration_id' },
      memberId: 'owned.member_id',
      from: `associations as owned join members on members.id = owned.member_id
        join member_groups on member_groups.id = owned.member_group_id where ${inList('owned.id')}`,
      bindings: [ids],
    });
    await tx.execute(`delete from associations where ${inList('id')}`, [ids]);
  }
}

/** One event per resource that loses the group. The rows themselves go with it. */
async function tellMappings(tx: Tx, context: ChangeContext, id: string, because: string): Promise<void> {
  const resources = new Map<string, MappedRow[]>();
  for (const row of await tx.all(mappingsToGroup, { id })) {
    const key = JSON.stringify([row.integration_id, row.resource_id]);
    resources.set(key, [...(resources.get(key) ?? []), row]);
  }
  for (const rows of resources.values()) {
    const [first] = rows;
    if (first === undefined) continue;
    const before = rows.map((row) => row.member_group_id);
    const memberGroupIds = { before, after: before.filter((memberGroupId) => memberGroupId !== id) };
    await append(tx, context, {
      verb: 'edit',
      object: { type: 'mapping', id: first.resource_id, name: first.resource_name },
      integrationId: first.integration_id,
      details: { because, changes: { memberGroupIds } },
    });
  }
}

async function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  { id, name }: { readonly id: string; readonly name: string },
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await append(tx, context, { verb, object: { type: 'member_group', id, name }, details });
}

function groupOf(row: Row): MemberGroup {
  return { id: row.id, name: row.name, createdAt: row.created_at, updatedAt: row.updated_at };
}
