import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';

/** One Group of one User: `direct` when the User is a member itself. @see RFC 7643 section 4.1.2 (groups) */
export interface GroupOfUser {
  readonly user_id: string;
  readonly group_id: string;
  readonly display_name: string;
  readonly direct: number;
}

// A cross join has SQLite take the few rows of `up` first and look each Group up; left to itself it walks all Groups.
const groupsOfUsers = statement<{ userIds: string }, GroupOfUser>('memberships.groupsOfUsers', (sql, p, dialect) =>
  sql.raw(
    `with recursive up(user_id, group_id, direct) as (
       select user_id, group_id, 1 from group_members where ${dialect.inList('user_id')}
       union select up.user_id, gg.parent_id, 0 from up join group_groups gg on gg.child_id = up.group_id)
     select up.user_id, up.group_id, g.display_name, max(up.direct) as direct
     from up cross join groups g where g.id = up.group_id group by up.user_id, up.group_id, g.display_name, g.seq order by up.user_id, g.seq`,
    [p.userIds],
  ),
);

const pathsOfUser = statement<{ userId: string }, { id: string; via: string }>('memberships.pathsOfUser', (sql, p) =>
  sql.raw(
    `with recursive up(via, id) as (
       select group_id, group_id from group_members where user_id = ?
       union select up.via, gg.parent_id from up join group_groups gg on gg.child_id = up.id)
     select id, via from up order by id, via`,
    [p.userId],
  ),
);

interface MemberRow {
  readonly group_id: string;
  readonly id: string;
  readonly type: 'User' | 'Group';
}

const membersOfGroups = statement<{ groupIds: string }, MemberRow>('memberships.membersOfGroups', (sql, p, dialect) =>
  sql.raw(
    `select group_id, user_id as id, 'User' as type from group_members where ${dialect.inList('group_id')}
     union all select parent_id, child_id, 'Group' from group_groups where ${dialect.inList('parent_id')}`,
    [p.groupIds, p.groupIds],
  ),
);

/** The Groups of several Users in one statement, direct and through nesting, by User. */
export async function groupsByUser(reader: Reader, userIds: readonly string[]): Promise<Map<string, GroupOfUser[]>> {
  return collect(await reader.all(groupsOfUsers, { userIds: JSON.stringify(userIds) }), (row) => row.user_id);
}

/** The Groups of one User, each with the User's own Groups that lead there: what reconciliation works on. */
export async function groupPaths(reader: Reader, userId: string): Promise<{ id: string; via: string[] }[]> {
  const byGroup = collect(await reader.all(pathsOfUser, { userId }), (row) => row.id);
  return [...byGroup].map(([id, rows]) => ({ id, via: rows.map((row) => row.via) }));
}

/** The members of several Groups in one statement, by Group. */
export async function membersByGroup(reader: Reader, groupIds: readonly string[]): Promise<Map<string, MemberRow[]>> {
  return collect(await reader.all(membersOfGroups, { groupIds: JSON.stringify(groupIds) }), (row) => row.group_id);
}

function collect<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const known = groups.get(key(row));
    if (known === undefined) groups.set(key(row), [row]);
    else known.push(row);
  }
  return groups;
}
