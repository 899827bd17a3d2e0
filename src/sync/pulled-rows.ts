import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { CLOCKS_DIFFER_MS, type Instant, shift } from '../domain/time.js';

/** What the sync keeps beside a User of the directory: how its source knows it, and what it was last seen to say. */
export interface PulledUser {
  readonly seq: number;
  readonly id: string;
  readonly external_id: string;
  readonly version: number;
  readonly source_hash: string | null;
  readonly missing_since: number | null;
  readonly sync_status: string;
}

export interface PulledGroup {
  readonly seq: number;
  readonly id: string;
  readonly external_id: string;
  readonly source_hash: string | null;
  readonly missing_since: number | null;
}

/** Who has a userName. */
export interface NameHolder {
  readonly id: string;
  readonly external_id: string | null;
  readonly source_key: string | null;
}

interface Listed {
  readonly integrationId: string;
  /** JSON. */
  readonly ids: string;
}

const usersByExternalId = statement<Listed, PulledUser>('pulled.users', (sql, p, dialect) =>
  sql.raw(
    `select seq, id, external_id, version, source_hash, missing_since, sync_status from users
     where integration_id = ? and ${dialect.inList('external_id')}`,
    [p.integrationId, p.ids],
  ),
);
const groupsByExternalId = statement<Listed, PulledGroup>('pulled.groups', (sql, p, dialect) =>
  sql.raw(
    `select seq, id, external_id, source_hash, missing_since from groups where integration_id = ? and ${dialect.inList('external_id')}`,
    [p.integrationId, p.ids],
  ),
);
const usersBySourceKey = statement<Listed, PulledUser>('pulled.bySourceKey', (sql, p, dialect) =>
  sql.raw(
    `select seq, id, external_id, version, source_hash, missing_since, sync_status from users
     where integration_id = ? and ${dialect.inList('source_key')} order by id`,
    [p.integrationId, p.ids],
  ),
);
const usersById = statement<{ ids: string }, PulledUser>('pulled.usersById', (sql, p, dialect) =>
  sql.raw(
    `select seq, id, external_id, version, source_hash, missing_since, sync_status from users where ${dialect.inList('id')} order by id`,
    [p.ids],
  ),
);
const groupsOf = statement<{ ids: string }, { user_id: string; group_id: string }>('pulled.groupsOf', (sql, p, dialect) =>
  sql.raw(`select user_id, group_id from group_members where ${dialect.inList('user_id')} order by user_id, group_id`, [p.ids]),
);
const membersOf = statement<{ groupId: string; after: string; limit: number }, { id: string; external_id: string | null }>(
  'pulled.membersOf',
  (sql, p) =>
    sql.raw(
      `select users.id, users.external_id from group_members gm join users on users.id = gm.user_id
       where gm.group_id = ? and gm.user_id > ? order by gm.user_id limit cast(? as bigint)`,
      [p.groupId, p.after, p.limit],
    ),
);
// Not those that were written down before the clock was put back: they would pass over their Users until then.
const freshKeys = statement<Listed & { since: Instant; until: Instant }, { source_key: string }>('pulled.freshKeys', (sql, p, dialect) =>
  sql.raw(
    `select source_key from pull_hints
     where integration_id = ? and done_at > ? and done_at <= ? and ${dialect.inList('source_key')}`,
    [p.integrationId, p.since, p.until, p.ids],
  ),
);
const noteUser = statement<{ id: string; key: string; hash: string | null }>('pulled.noteUser', (sql, p) =>
  sql('users').where('id', p.id).update({ source_key: p.key, source_hash: p.hash, missing_since: null }),
);
const noteGroup = statement<{ id: string; kind: string; hash: string }>('pulled.noteGroup', (sql, p) =>
  sql('groups').where('id', p.id).update({ source_kind: p.kind, source_hash: p.hash, missing_since: null }),
);
const forgetHash = statement<{ id: string }>('pulled.forgetHash', (sql, p) => sql('users').where('id', p.id).update({ source_hash: null }));
const userByName = statement<{ integrationId: string; key: string }, NameHolder>('pulled.userByName', (sql, p) =>
  sql('users').where({ integration_id: p.integrationId, user_name_key: p.key }).select('id', 'external_id', 'source_key'),
);

/** Ids in one statement. */
const AT_ONCE = 500;

export async function pulledUsers(reader: Reader, integrationId: string, externalIds: readonly string[]): Promise<Map<string, PulledUser>> {
  return byExternalId(await reader.all(usersByExternalId, { integrationId, ids: JSON.stringify(externalIds) }));
}

export async function pulledGroups(
  reader: Reader,
  integrationId: string,
  externalIds: readonly string[],
): Promise<Map<string, PulledGroup>> {
  return byExternalId(await reader.all(groupsByExternalId, { integrationId, ids: JSON.stringify(externalIds) }));
}

/** The Users that an entity of the source has become. */
export function pulledUsersOf(reader: Reader, integrationId: string, sourceKeys: readonly string[]): Promise<PulledUser[]> {
  return reader.all(usersBySourceKey, { integrationId, ids: JSON.stringify(sourceKeys) });
}

export async function pulledUsersById(reader: Reader, ids: readonly string[]): Promise<PulledUser[]> {
  return ids.length === 0 ? [] : reader.all(usersById, { ids: JSON.stringify(ids) });
}

/** The Groups that each of these Users is directly in. */
export async function directGroups(reader: Reader, userIds: readonly string[]): Promise<Map<string, Set<string>>> {
  const groups = new Map<string, Set<string>>(userIds.map((id) => [id, new Set()]));
  for (const { user_id, group_id } of await reader.all(groupsOf, { ids: JSON.stringify(userIds) })) groups.get(user_id)?.add(group_id);
  return groups;
}

/** Users directly in a Group: their ids by externalId. */
export async function directMembers(reader: Reader, groupId: string): Promise<Map<string, string>> {
  const members = new Map<string, string>();
  for (let after = ''; ; ) {
    const page = await reader.all(membersOf, { groupId, after, limit: AT_ONCE });
    for (const { id, external_id } of page) if (external_id !== null) members.set(external_id, id);
    const last = page.at(-1);
    if (last === undefined) return members;
    after = last.id;
  }
}

/** SCIM ids by externalId, of Users that are there. */
export async function userIds(reader: Reader, integrationId: string, externalIds: readonly string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let from = 0; from < externalIds.length; from += AT_ONCE) {
    const found = await pulledUsers(reader, integrationId, externalIds.slice(from, from + AT_ONCE));
    for (const [externalId, { id }] of found) ids.set(externalId, id);
  }
  return ids;
}

/** Which of these entities were read directly between `since` and now: a page that was asked for then may be older. */
export async function readSince(
  reader: Reader,
  integrationId: string,
  sourceKeys: readonly string[],
  { since, now }: { readonly since: Instant; readonly now: Instant },
): Promise<Set<string>> {
  const until = shift(now, CLOCKS_DIFFER_MS);
  const rows = await reader.all(freshKeys, { integrationId, since, until, ids: JSON.stringify([...new Set(sourceKeys)]) });
  return new Set(rows.map(({ source_key }) => source_key));
}

/** Remembers what the source said, and that it has the User. `hash` null: it said nothing that was understood, so it is looked at anew. */
export async function rememberUser(tx: Tx, id: string, key: string, hash: string | null): Promise<void> {
  await tx.run(noteUser, { id, key, hash });
}

export async function rememberGroup(tx: Tx, id: string, kind: string, hash: string): Promise<void> {
  await tx.run(noteGroup, { id, kind, hash });
}

/** The User is looked at anew when its source shows it next, changed or not. */
export async function forgetUserHash(tx: Tx, id: string): Promise<void> {
  await tx.run(forgetHash, { id });
}

export function holderOfName(tx: Tx, integrationId: string, key: string): Promise<NameHolder | undefined> {
  return tx.first(userByName, { integrationId, key });
}

function byExternalId<Row extends { readonly external_id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.external_id, row]));
}
