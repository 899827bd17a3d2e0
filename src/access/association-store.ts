import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { ActualAssociation, Owner } from '../domain/access.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { sameWindow, type Window } from '../domain/time.js';
import { NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { windowChanges } from './changes.js';

/** An association as its events name it. */
export interface NamedAssociation extends ActualAssociation {
  readonly memberId: string;
  readonly memberName: string;
  readonly memberGroupName: string;
  readonly integrationId: string | null;
}

export interface NewAssociation {
  readonly memberId: string;
  readonly memberGroupId: string;
  readonly window: Window;
  readonly managedBy: Owner;
  readonly because: string;
}

interface Row {
  readonly id: string;
  readonly member_group_id: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly managed_by: string;
}

interface NamedRow extends Row {
  readonly member_id: string;
  readonly member_name: string;
  readonly member_group_name: string;
  readonly integration_id: string | null;
}

const associationsOfMember = statement<{ member_id: string }, Row>('associations.of-member', (sql, p) =>
  sql('associations')
    .where('member_id', p.member_id)
    .orderBy(['member_group_id', 'created_at', 'id'])
    .select('id', 'member_group_id', 'starts_at', 'ends_at', 'managed_by'),
);

interface Names {
  readonly member_name: string;
  readonly member_group_name: string;
  readonly integration_id: string | null;
}

const namesFor = statement<{ member_id: string; member_group_id: string }, Names>('associations.names', (sql, p) =>
  sql('members')
    .join('member_groups', 'member_groups.id', sql.raw('?', [p.member_group_id]))
    .where('members.id', p.member_id)
    .select('members.name as member_name', 'member_groups.name as member_group_name', 'members.integration_id as integration_id'),
);

const namedAssociation = statement<{ id: string }, NamedRow>('associations.named', (sql, p) =>
  sql('associations')
    .join('members', 'members.id', 'associations.member_id')
    .join('member_groups', 'member_groups.id', 'associations.member_group_id')
    .where('associations.id', p.id)
    .select(
      'associations.id',
      'associations.member_id',
      'associations.member_group_id',
      'associations.starts_at',
      'associations.ends_at',
      'associations.managed_by',
      'members.name as member_name',
      'members.integration_id',
      'member_groups.name as member_group_name',
    ),
);

const insertAssociation = statement<{
  id: string;
  member_id: string;
  member_group_id: string;
  starts_at: string | null;
  ends_at: string | null;
  managed_by: string;
  created_at: string;
}>('associations.insert', (sql, p) =>
  sql('associations').insert({
    id: p.id,
    member_id: p.member_id,
    member_group_id: p.member_group_id,
    starts_at: p.starts_at,
    ends_at: p.ends_at,
    managed_by: p.managed_by,
    created_at: p.created_at,
  }),
);

const setWindow = statement<{ id: string; managed_by: string; starts_at: string | null; ends_at: string | null }>(
  'associations.set-window',
  (sql, p) => sql('associations').where({ id: p.id, managed_by: p.managed_by }).update({ starts_at: p.starts_at, ends_at: p.ends_at }),
);

const deleteRow = statement<{ id: string; managed_by: string }>('associations.delete', (sql, p) =>
  sql('associations').where({ id: p.id, managed_by: p.managed_by }).delete(),
);

/** The member's associations of every owner. */
export async function associationsOf(reader: Reader, memberId: string): Promise<ActualAssociation[]> {
  return (await reader.all(associationsOfMember, { member_id: memberId })).map(associationOf);
}

/** With the names of both sides. undefined: there is none. */
export async function findAssociation(reader: Reader, id: string): Promise<NamedAssociation | undefined> {
  const row = await reader.first(namedAssociation, { id });
  if (row === undefined) return undefined;
  return {
    ...associationOf(row),
    memberId: row.member_id,
    memberName: row.member_name,
    memberGroupName: row.member_group_name,
    integrationId: row.integration_id,
  };
}

/** Returns the id. Errors: `NotFound` when the member or the member group is gone. */
export async function createAssociation(tx: Tx, context: ChangeContext, wanted: NewAssociation): Promise<string> {
  const { memberId, memberGroupId, window, managedBy, because } = wanted;
  const names = await tx.first(namesFor, { member_id: memberId, member_group_id: memberGroupId });
  if (names === undefined) throw new NotFound('There is no such member or member group.');
  const id = newId('asc');
  await tx.run(insertAssociation, {
    id,
    member_id: memberId,
    member_group_id: memberGroupId,
    starts_at: window.startsAt,
    ends_at: window.endsAt,
    managed_by: managedBy,
    created_at: context.now,
  });
  const association: NamedAssociation = {
    ...{ id, memberId, memberGroupId, window, managedBy },
    memberName: names.member_name,
    memberGroupName: names.member_group_name,
    integrationId: names.integration_id,
  };
  await appendAssociation(tx, context, 'create', association, { because, ...window, managedBy });
  return id;
}

/** Moves the window. Nothing differs, or the row is not this owner's: no write, no event. Errors: `NotFound`. */
export async function updateAssociation(
  tx: Tx,
  context: ChangeContext,
  wanted: { readonly id: string; readonly window: Window; readonly managedBy: Owner; readonly because: string },
): Promise<void> {
  const { id, window, managedBy, because } = wanted;
  const before = await findAssociation(tx, id);
  if (before === undefined) throw new NotFound('There is no such association.');
  if (sameWindow(before.window, window)) return;
  const changed = await tx.run(setWindow, { id, managed_by: managedBy, starts_at: window.startsAt, ends_at: window.endsAt });
  if (changed > 0) await appendAssociation(tx, context, 'edit', before, { because, changes: windowChanges(before.window, window) });
}

/** false, and no event, when there is no such row of this owner. */
export async function deleteAssociation(
  tx: Tx,
  context: ChangeContext,
  { id, managedBy, because }: { readonly id: string; readonly managedBy: Owner; readonly because: string },
): Promise<boolean> {
  const before = await findAssociation(tx, id);
  if (before === undefined || (await tx.run(deleteRow, { id, managed_by: managedBy })) === 0) return false;
  await appendAssociation(tx, context, 'delete', before, { because, ...before.window, managedBy });
  return true;
}

async function appendAssociation(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  association: NamedAssociation,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { id, memberId, memberGroupId, memberName, memberGroupName, integrationId } = association;
  await append(tx, context, {
    verb,
    object: { type: 'association', id, name: `${memberName} – ${memberGroupName}` },
    ...(integrationId === null ? {} : { integrationId }),
    memberId,
    details: { memberId, memberGroupId, ...details },
  });
}

function associationOf(row: Row): ActualAssociation {
  return {
    id: row.id,
    memberGroupId: row.member_group_id,
    window: { startsAt: row.starts_at, endsAt: row.ends_at },
    managedBy: row.managed_by,
  };
}
