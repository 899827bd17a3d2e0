import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';

/** Users marked by one statement. On SQLite others have their turn between two of them, so a directory of any size stalls nobody. */
const AT_ONCE = 500;

const usersAfter = statement<{ integrationId: string; after: number; limit: number }, { seq: number }>('users.after', (sql, p) =>
  sql.raw('select seq from users where integration_id = ? and seq > cast(? as bigint) order by seq limit cast(? as bigint)', [
    p.integrationId,
    p.after,
    p.limit,
  ]),
);
const markBetween = statement<{ integrationId: string; after: number; last: number }>('users.mark-between', (sql, p) =>
  sql.raw('update users set dirty = 1 where integration_id = ? and seq > cast(? as bigint) and seq <= cast(? as bigint)', [
    p.integrationId,
    p.after,
    p.last,
  ]),
);
const groupsBelow = statement<{ groupId: string }, { id: string }>('groups.below', (sql, p) =>
  sql.raw(
    `with recursive down(id) as (
       select id from groups where id = ?
       union select gg.child_id from down join group_groups gg on gg.parent_id = down.id)
     select id from down order by id`,
    [p.groupId],
  ),
);
const membersAfter = statement<{ groupId: string; after: string; limit: number }, { id: string }>('groups.members-after', (sql, p) =>
  sql.raw('select user_id as id from group_members where group_id = ? and user_id > ? order by user_id limit cast(? as bigint)', [
    p.groupId,
    p.after,
    p.limit,
  ]),
);
const markSome = statement<{ integrationId: string; ids: string }>('users.mark-some', (sql, p, dialect) =>
  sql.raw(`update users set dirty = 1 where integration_id = ? and ${dialect.inList('id')}`, [p.integrationId, p.ids]),
);

/** Every User of the integration is to be reconciled. Returns how many. Whoever calls it has taken the integration's rules. */
export async function markUsersOf(tx: Tx, integrationId: string): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const last = (await tx.all(usersAfter, { integrationId, after, limit: AT_ONCE })).at(-1)?.seq;
    if (last === undefined) return count;
    count += await tx.run(markBetween, { integrationId, after, last });
    after = last;
  }
}

/** Every User of the integration in the Group, directly or through nested Groups. Otherwise the same. */
export async function markUsersIn(tx: Tx, integrationId: string, groupId: string): Promise<number> {
  let count = 0;
  const marked = new Set<string>();
  for (const { id } of await tx.all(groupsBelow, { groupId })) {
    for (let after = ''; ; ) {
      const page = (await tx.all(membersAfter, { groupId: id, after, limit: AT_ONCE })).map((row) => row.id);
      const last = page.at(-1);
      if (last === undefined) break;
      const fresh = page.filter((userId) => !marked.has(userId));
      count += await tx.run(markSome, { integrationId, ids: JSON.stringify(fresh) });
      for (const userId of fresh) marked.add(userId);
      after = last;
    }
  }
  return count;
}
