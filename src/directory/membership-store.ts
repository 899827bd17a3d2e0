import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';

interface Change {
  readonly groupId: string;
  readonly integrationId: string;
  readonly ids: string;
}

/** Some of a Group's members, in the order of their ids. */
interface Page {
  readonly groupId: string;
  readonly after: string;
  readonly limit: number;
}

const existingUsers = statement<{ integrationId: string; ids: string }, { id: string }>('memberships.existingUsers', (sql, p, dialect) =>
  // Locked at once as strongly as marking them needs, in the order of their ids.
  sql('users').where('integration_id', p.integrationId).whereRaw(dialect.inList('id'), [p.ids]).select('id').orderBy('id').forNoKeyUpdate(),
);
const existingGroups = statement<{ integrationId: string; ids: string }, { id: string }>('memberships.existingGroups', (sql, p, dialect) =>
  sql('groups').where('integration_id', p.integrationId).whereRaw(dialect.inList('id'), [p.ids]).select('id').orderBy('id').forKeyShare(),
);
const addUsers = statement<Change, { id: string }>('memberships.addUsers', (sql, p, dialect) =>
  sql.raw(
    `insert into group_members (group_id, user_id) select ?, id from users where integration_id = ? and ${dialect.inList('id')}
     order by id on conflict do nothing returning user_id as id`,
    [p.groupId, p.integrationId, p.ids],
  ),
);
const removeUsers = statement<Change, { id: string }>('memberships.removeUsers', (sql, p, dialect) =>
  sql.raw(`delete from group_members where group_id = ? and ${dialect.inList('user_id')} returning user_id as id`, [p.groupId, p.ids]),
);
const usersIn = statement<Page, { id: string }>('memberships.usersIn', (sql, p) =>
  sql.raw('select user_id as id from group_members where group_id = ? and user_id > ? order by user_id limit cast(? as integer)', [
    p.groupId,
    p.after,
    p.limit,
  ]),
);
const addGroups = statement<Change, { id: string }>('memberships.addGroups', (sql, p, dialect) =>
  sql.raw(
    `insert into group_groups (parent_id, child_id) select ?, id from groups where integration_id = ? and ${dialect.inList('id')}
     order by id on conflict do nothing returning child_id as id`,
    [p.groupId, p.integrationId, p.ids],
  ),
);
const removeGroups = statement<Change, { id: string }>('memberships.removeGroups', (sql, p, dialect) =>
  sql.raw(`delete from group_groups where parent_id = ? and ${dialect.inList('child_id')} returning child_id as id`, [p.groupId, p.ids]),
);
const groupsIn = statement<Page, { id: string }>('memberships.groupsIn', (sql, p) =>
  sql.raw('select child_id as id from group_groups where parent_id = ? and child_id > ? order by child_id limit cast(? as integer)', [
    p.groupId,
    p.after,
    p.limit,
  ]),
);
const ancestors = statement<{ id: string }, { id: string }>('memberships.ancestors', (sql, p) =>
  sql.raw(
    `with recursive up(id) as (
       select parent_id from group_groups where child_id = ?
       union select gg.parent_id from group_groups gg join up on gg.child_id = up.id)
     select id from up`,
    [p.id],
  ),
);

// Marks are set on Users that are marked already too: the one who reconciles such a User now may not have seen our change.
// The recursion starts from the column, not from the parameter: PostgreSQL refuses one whose first step has another collation.
const BELOW = `with recursive down(id) as (
  select id from groups where id = ? union select gg.child_id from group_groups gg join down on gg.parent_id = down.id)`;

const markBelow = statement<{ groupId: string }>('memberships.markBelow', (sql, p, dialect) =>
  sql.raw(
    `${BELOW}, held as (
       select id from users where id in (select user_id from group_members where group_id in (select id from down))
       order by id ${dialect.lockRows})
     update users set dirty = 1 where id in (select id from held)`,
    [p.groupId],
  ),
);
const usersBelow = statement<{ groupId: string; limit: number }, { id: string }>('memberships.usersBelow', (sql, p) =>
  sql.raw(
    `${BELOW} select distinct user_id as id from group_members
     where group_id in (select id from down) order by user_id limit cast(? as integer)`,
    [p.groupId, p.limit],
  ),
);
const markUsers = statement<{ ids: string }>('memberships.markUsers', (sql, p, dialect) =>
  sql.raw(
    `with held as (select id from users where ${dialect.inList('id')} order by id ${dialect.lockRows})
     update users set dirty = 1 where id in (select id from held)`,
    [p.ids],
  ),
);

/** Which of these ids are Users, which are Groups of the directory, and which are neither. */
export async function sortMembers(
  tx: Tx,
  integrationId: string,
  ids: readonly string[],
): Promise<{ users: string[]; groups: string[]; unknown: string[] }> {
  const users: string[] = [];
  for (const some of inPieces([...ids].sort())) {
    users.push(...(await tx.all(existingUsers, { integrationId, ids: JSON.stringify(some) })).map((row) => row.id));
  }
  if (users.length === ids.length) return { users, groups: [], unknown: [] };
  const found = new Set(users);
  const rest = ids.filter((id) => !found.has(id));
  const groups = (await tx.all(existingGroups, { integrationId, ids: JSON.stringify(rest) })).map((row) => row.id);
  const known = new Set(groups);
  return { users, groups, unknown: rest.filter((id) => !known.has(id)) };
}

const statements = {
  add: { users: addUsers, groups: addGroups },
  remove: { users: removeUsers, groups: removeGroups },
} as const;

interface Place {
  readonly groupId: string;
  readonly integrationId: string;
}

/**
 * Adds or removes member rows; returns the ids that really changed. The cost depends on what changes, never on how many
 * members there are.
 */
export async function changeMembers(
  tx: Tx,
  how: keyof typeof statements,
  what: 'users' | 'groups',
  place: Place,
  ids: readonly string[],
): Promise<string[]> {
  const changed: string[] = [];
  for (const some of inPieces(ids)) {
    changed.push(...(await tx.all(statements[how][what], { ...place, ids: JSON.stringify(some) })).map((row) => row.id));
  }
  return changed;
}

/** Removes all but these; returns those who went. The Group is locked, so nobody joins it between the look and the removal. */
export async function retainMembers(tx: Tx, what: 'users' | 'groups', place: Place, ids: readonly string[]): Promise<string[]> {
  const staying = new Set(ids);
  const going: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: { id: string }[] = await tx.all(what === 'users' ? usersIn : groupsIn, {
      groupId: place.groupId,
      after,
      limit: MEMBERS_AT_ONCE,
    });
    for (const { id } of page) if (!staying.has(id)) going.push(id);
    after = page.length < MEMBERS_AT_ONCE ? undefined : page.at(-1)?.id;
  }
  return changeMembers(tx, 'remove', what, place, going);
}

/** Ids in one statement: on SQLite others have their turn between two statements, so a Group of any size stalls nobody. */
const IDS_AT_ONCE = 500;
/** Ids that one statement reads, for the same reason. */
const MEMBERS_AT_ONCE = 1_000;

function* inPieces(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) yield ids.slice(from, from + IDS_AT_ONCE);
}

/** All Groups above this one. */
export async function ancestorsOf(reader: Reader, groupId: string): Promise<Set<string>> {
  return new Set((await reader.all(ancestors, { id: groupId })).map((row) => row.id));
}

/** Every User in the Group, directly or through Groups in it, is to be reconciled. */
export async function markUsersBelow(tx: Tx, groupId: string): Promise<void> {
  await tx.run(markBelow, { groupId });
}

export async function usersInOrBelow(tx: Tx, groupId: string, limit: number): Promise<string[]> {
  return (await tx.all(usersBelow, { groupId, limit })).map((row) => row.id);
}

export async function markDirty(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const some of inPieces([...ids].sort())) await tx.run(markUsers, { ids: JSON.stringify(some) });
}
