import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';
import type { Seen } from './seen.js';

/** A User that a complete read did not show. */
export interface AbsentUser {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly source_key: string | null;
  readonly version: number;
  readonly missing_since: number | null;
  /** 1: has a member whose time is not over. */
  readonly live: number;
  /** When its member's time was over; null: not yet, or it never had one. */
  readonly ended_at: Instant | null;
}

export interface AbsentGroup {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly missing_since: number | null;
}

interface Walk {
  readonly integrationId: string;
  readonly after: number;
  readonly limit: number;
}

const AT_ONCE = 500;

const usersAfter = statement<Walk & { now: Instant }, AbsentUser>('absent.users', (sql, p) =>
  sql.raw(
    `select users.seq, users.id, users.user_name as name, users.source_key, users.version, users.missing_since,
       case when members.id is not null and members.ended_at is null and members.deleted_at is null
         and (members.ends_at is null or members.ends_at > ?) then 1 else 0 end as live,
       coalesce(members.ended_at, members.deleted_at, members.ends_at) as ended_at
     from users left join members on members.user_id = users.id
     where users.integration_id = ? and users.seq > cast(? as bigint) order by users.seq limit cast(? as bigint)`,
    [p.now, p.integrationId, p.after, p.limit],
  ),
);
const groupsAfter = statement<Walk, AbsentGroup>('absent.groups', (sql, p) =>
  sql.raw(
    `select seq, id, display_name as name, version, missing_since from groups
     where integration_id = ? and seq > cast(? as bigint) order by seq limit cast(? as bigint)`,
    [p.integrationId, p.after, p.limit],
  ),
);
const liveIn = statement<{ groupId: string; now: Instant }, { id: string }>('absent.liveIn', (sql, p) =>
  sql.raw(
    `select gm.user_id as id from group_members gm join members on members.user_id = gm.user_id
     where gm.group_id = ? and members.ended_at is null and members.deleted_at is null and (members.ends_at is null or members.ends_at > ?)`,
    [p.groupId, p.now],
  ),
);
const liveAmong = statement<{ ids: string; now: Instant }, { id: string }>('absent.liveAmong', (sql, p, dialect) =>
  sql.raw(
    `select user_id as id from members where ended_at is null and deleted_at is null and (ends_at is null or ends_at > ?)
       and ${dialect.inList('user_id')}`,
    [p.now, p.ids],
  ),
);
const countLive = statement<{ integrationId: string; now: Instant }, { n: number }>('absent.countLive', (sql, p) =>
  sql.raw(
    `select cast(count(*) as bigint) as n from members
     where integration_id = ? and ended_at is null and deleted_at is null and (ends_at is null or ends_at > ?)`,
    [p.integrationId, p.now],
  ),
);
const markUser = statement<{ id: string; run: number }>('absent.markUser', (sql, p) =>
  sql('users').where('id', p.id).whereNull('missing_since').update({ missing_since: p.run }),
);
const markGroup = statement<{ id: string; run: number }>('absent.markGroup', (sql, p) =>
  sql('groups').where('id', p.id).whereNull('missing_since').update({ missing_since: p.run }),
);

export async function absentUsers(reader: Reader, integrationId: string, seen: Seen, now: Instant): Promise<AbsentUser[]> {
  return walk((after) => reader.all(usersAfter, { integrationId, after, limit: AT_ONCE, now }), seen);
}

export async function absentGroups(reader: Reader, integrationId: string, seen: Seen): Promise<AbsentGroup[]> {
  return walk((after) => reader.all(groupsAfter, { integrationId, after, limit: AT_ONCE }), seen);
}

async function walk<Row extends { readonly seq: number }>(page: (after: number) => Promise<Row[]>, seen: Seen): Promise<Row[]> {
  const absent: Row[] = [];
  for (let after = 0; ; ) {
    const rows = await page(after);
    absent.push(...rows.filter(({ seq }) => !seen.has(seq)));
    const last = rows.at(-1);
    if (last === undefined) return absent;
    after = last.seq;
  }
}

/** Users directly in the Group who have a member whose time is not over. */
export async function liveUsersIn(reader: Reader, groupId: string, now: Instant): Promise<string[]> {
  return (await reader.all(liveIn, { groupId, now })).map(({ id }) => id);
}

export async function liveUsersAmong(reader: Reader, ids: readonly string[], now: Instant): Promise<Set<string>> {
  const live = new Set<string>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    for (const { id } of await reader.all(liveAmong, { ids: JSON.stringify(ids.slice(from, from + AT_ONCE)), now })) live.add(id);
  }
  return live;
}

/** Members of the integration whose time is not over. */
export async function countLiveMembers(reader: Reader, integrationId: string, now: Instant): Promise<number> {
  return (await reader.first(countLive, { integrationId, now }))?.n ?? 0;
}

/** Remembers the first complete run that missed it. */
export async function markMissing(tx: Tx, kind: 'user' | 'group', id: string, runSeq: number): Promise<void> {
  await tx.run(kind === 'user' ? markUser : markGroup, { id, run: runSeq });
}
