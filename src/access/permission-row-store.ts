import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { AccessMethod } from '../domain/doors.js';

/** What a member group lets its members open: all doors of a site, or one door. */
export interface NewPermission {
  readonly siteId: string | null;
  readonly doorId: string | null;
  /** null: all methods. */
  readonly methods: readonly AccessMethod[] | null;
  /** null: at any time. */
  readonly scheduleId: string | null;
}

export interface Permission extends NewPermission {
  readonly id: string;
  readonly memberGroupId: string;
}

/** A permission as its events name it. */
export interface NamedPermission extends Permission {
  readonly memberGroupName: string;
  /** Of the site or the door. */
  readonly targetName: string;
  /** The site, or that of the door. */
  readonly ofSiteId: string;
}

interface Row {
  readonly id: string;
  readonly member_group_id: string;
  readonly site_id: string | null;
  readonly door_id: string | null;
  readonly methods: string | null;
  readonly schedule_id: string | null;
}

interface NamedRow extends Row {
  readonly member_group_name: string;
  readonly target_name: string;
  readonly of_site_id: string;
}

const COLUMNS = 'permissions.id, member_group_id, permissions.site_id, door_id, methods, schedule_id';

const permissionsOfGroups = statement<{ member_group_ids: string }, Row>('permissions.of-groups', (sql, p, dialect) =>
  sql.raw(`select ${COLUMNS} from permissions where ${dialect.inList('member_group_id')} order by seq`, [p.member_group_ids]),
);

const NAMED = `select ${COLUMNS}, member_groups.name as member_group_name, coalesce(doors.name, sites.name) as target_name,
    coalesce(doors.site_id, permissions.site_id) as of_site_id
  from permissions join member_groups on member_groups.id = permissions.member_group_id
  left join doors on doors.id = permissions.door_id left join sites on sites.id = permissions.site_id`;

const namedOfGroup = statement<{ id: string }, NamedRow>('permissions.named-of-group', (sql, p) =>
  sql.raw(`${NAMED} where member_group_id = ? order by permissions.seq`, [p.id]),
);

const namedOfSite = statement<{ id: string }, NamedRow>('permissions.named-of-site', (sql, p) =>
  sql.raw(`${NAMED} where permissions.site_id = ? order by permissions.seq`, [p.id]),
);

const namedOfDoor = statement<{ id: string }, NamedRow>('permissions.named-of-door', (sql, p) =>
  sql.raw(`${NAMED} where door_id = ? order by permissions.seq`, [p.id]),
);

const insertPermission = statement<Row>('permissions.insert', (sql, p) =>
  sql('permissions').insert({
    id: p.id,
    member_group_id: p.member_group_id,
    site_id: p.site_id,
    door_id: p.door_id,
    methods: p.methods,
    schedule_id: p.schedule_id,
  }),
);

const updatePermission = statement<{ id: string; methods: string | null; schedule_id: string | null }>('permissions.update', (sql, p) =>
  sql('permissions').where('id', p.id).update({ methods: p.methods, schedule_id: p.schedule_id }),
);

const deletePermission = statement<{ id: string }>('permissions.delete', (sql, p) => sql('permissions').where('id', p.id).delete());

/** Of whom permissions are read: a group, or what they name. */
export type PermissionsOf = { readonly memberGroupId: string } | { readonly siteId: string } | { readonly doorId: string };

/** The permissions of many groups, in the order in which they were made. */
export async function permissionsOfMany(reader: Reader, memberGroupIds: readonly string[]): Promise<Map<string, Permission[]>> {
  const byGroup = new Map<string, Permission[]>(memberGroupIds.map((id) => [id, []]));
  for (const row of await reader.all(permissionsOfGroups, { member_group_ids: JSON.stringify(memberGroupIds) }))
    byGroup.get(row.member_group_id)?.push(permissionOf(row));
  return byGroup;
}

export async function namedPermissions(reader: Reader, of: PermissionsOf): Promise<NamedPermission[]> {
  return (await namedRows(reader, of)).map((row) => ({
    ...permissionOf(row),
    memberGroupName: row.member_group_name,
    targetName: row.target_name,
    ofSiteId: row.of_site_id,
  }));
}

function namedRows(reader: Reader, of: PermissionsOf): Promise<NamedRow[]> {
  if ('memberGroupId' in of) return reader.all(namedOfGroup, { id: of.memberGroupId });
  return 'siteId' in of ? reader.all(namedOfSite, { id: of.siteId }) : reader.all(namedOfDoor, { id: of.doorId });
}

export async function insertRow(tx: Tx, { id, memberGroupId, siteId, doorId, methods, scheduleId }: Permission): Promise<void> {
  await tx.run(insertPermission, {
    ...{ id, member_group_id: memberGroupId, site_id: siteId, door_id: doorId },
    ...{ methods: methodsText(methods), schedule_id: scheduleId },
  });
}

/** What it names stays: another site or door is another permission. */
export async function updateRestrictions(tx: Tx, { id, methods, scheduleId }: Permission): Promise<void> {
  await tx.run(updatePermission, { id, methods: methodsText(methods), schedule_id: scheduleId });
}

/** false: it is gone already. */
export async function deleteRow(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(deletePermission, { id })) > 0;
}

/** As the column holds them: words joined by a comma. */
export function methodsOf(text: string | null): readonly AccessMethod[] | null {
  return text === null ? null : (text.split(',') as AccessMethod[]);
}

function methodsText(methods: readonly AccessMethod[] | null): string | null {
  return methods === null ? null : methods.join(',');
}

function permissionOf(row: Row): Permission {
  return {
    id: row.id,
    memberGroupId: row.member_group_id,
    siteId: row.site_id,
    doorId: row.door_id,
    methods: methodsOf(row.methods),
    scheduleId: row.schedule_id,
  };
}
