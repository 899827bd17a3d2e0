import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

/** The last events of a member, and the last deletions of permissions, that are looked through: an upload may name a thousand members. */
const LOOKED_AT = 2_000;

export interface ChangeRow {
  readonly created_at: Instant;
  readonly object_type: string;
  readonly object_id: string;
  readonly verb: string;
  readonly details: string;
}

/** Newest first: what was changed or taken of this member and its associations. By the member's own index. */
export const changesOfMember = statement<{ member_id: string; since: Instant }, ChangeRow>('access.changes-of-member', (sql, p) =>
  sql.raw(
    `select created_at, object_type, object_id, verb, details
     from (select seq, created_at, object_type, object_id, verb, details from events where member_id = ? order by seq desc limit ${LOOKED_AT}) as last
     where object_type in ('member', 'association') and verb in ('edit', 'delete') and created_at > ? order by seq desc`,
    [p.member_id, p.since],
  ),
);

/** Newest first: permissions that are gone. Few are ever deleted, and the index of the kind has them together. */
export const deletedPermissions = statement<{ since: Instant }, ChangeRow>('access.deleted-permissions', (sql, p) =>
  sql.raw(
    `select created_at, object_type, object_id, verb, details
     from (select seq, created_at, object_type, object_id, verb, details from events
       where object_type = 'permission' and verb = 'delete' order by seq desc limit ${LOOKED_AT}) as last
     where created_at > ? order by seq desc`,
    [p.since],
  ),
);

export interface AtDoorRow {
  readonly member_group_id: string;
  readonly site_id: string | null;
  readonly door_id: string | null;
  readonly methods: string | null;
  readonly schedule_name: string | null;
  readonly days: string | null;
}

/** What these groups may open of this door now. */
export const permissionsAtDoor = statement<{ door_id: string; groups: string }, AtDoorRow>(
  'access.permissions-at-door',
  (sql, p, dialect) =>
    sql.raw(
      `select permissions.member_group_id, permissions.site_id, permissions.door_id, permissions.methods,
       schedules.name as schedule_name, schedules.days
     from doors join permissions on permissions.door_id = doors.id or permissions.site_id = doors.site_id
     left join schedules on schedules.id = permissions.schedule_id
     where doors.id = ? and ${dialect.inList('permissions.member_group_id')} order by permissions.seq`,
      [p.door_id, p.groups],
    ),
);

export const schedulesById = statement<{ ids: string }, { id: string; name: string; days: string }>(
  'access.schedules-by-id',
  (sql, p, dialect) => sql.raw(`select id, name, days from schedules where ${dialect.inList('id')}`, [p.ids]),
);
