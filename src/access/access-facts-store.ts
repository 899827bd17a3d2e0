import { statement } from '../db/statement.js';

/** A member, and if it has any, an association, and if that has any, one of its permissions. */
export interface PathRow {
  readonly member_name: string;
  readonly member_starts_at: string | null;
  readonly member_ends_at: string | null;
  readonly ended_at: string | null;
  readonly deleted_at: string | null;
  readonly association_id: string | null;
  readonly member_group_id: string | null;
  readonly member_group_name: string | null;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly permission_id: string | null;
  readonly permission_site_id: string | null;
  readonly permission_door_id: string | null;
  readonly methods: string | null;
  readonly schedule_name: string | null;
  readonly days: string | null;
}

export interface DoorRow {
  readonly door_id: string;
  readonly door_name: string;
  readonly site_id: string;
  readonly site_name: string;
  readonly time_zone: string;
}

const DOOR = `doors.id as door_id, doors.name as door_name, sites.id as site_id, sites.name as site_name, sites.time_zone`;

const PATH = `members.name as member_name, members.starts_at as member_starts_at, members.ends_at as member_ends_at,
  members.ended_at, members.deleted_at, associations.id as association_id, associations.member_group_id,
  member_groups.name as member_group_name, associations.starts_at, associations.ends_at, permissions.id as permission_id,
  permissions.site_id as permission_site_id, permissions.door_id as permission_door_id, permissions.methods,
  schedules.name as schedule_name, schedules.days`;

/** A few rows by their keys, whatever else is stored: the door, the member, its associations, what their groups may open. */
export const factsAtDoor = statement<{ door_id: string; member_id: string }, PathRow & DoorRow>('access.facts-at-door', (sql, p) =>
  sql.raw(
    `select ${DOOR}, ${PATH}
     from doors join sites on sites.id = doors.site_id join members on members.id = ?
     left join associations on associations.member_id = members.id
     left join member_groups on member_groups.id = associations.member_group_id
     left join permissions on permissions.member_group_id = associations.member_group_id
       and (permissions.door_id = doors.id or permissions.site_id = doors.site_id)
     left join schedules on schedules.id = permissions.schedule_id
     where doors.id = ? order by associations.created_at, associations.id, permissions.seq`,
    [p.member_id, p.door_id],
  ),
);

type MemberRow = ({ readonly kind: 'path' } & PathRow) | ({ readonly kind: 'door' } & DoorRow);

const NO_DOOR = 'null as door_id, null as door_name, null as site_id, null as site_name, null as time_zone';
/** The columns of `PATH` and the time of the association. */
const NO_PATH = Array<string>(17).fill('null').join(', ');

/** The doors and the paths beside each other and not multiplied: a member with ten groups for a site of 500 doors has 510 rows. */
export const factsOfMember = statement<{ member_id: string; limit: number }, MemberRow>('access.facts-of-member', (sql, p) =>
  sql.raw(
    `with paths as materialized (
       select ${PATH}, associations.created_at as association_at, permissions.seq as permission_seq from members
       left join associations on associations.member_id = members.id
       left join member_groups on member_groups.id = associations.member_group_id
       left join permissions on permissions.member_group_id = associations.member_group_id
       left join schedules on schedules.id = permissions.schedule_id
       where members.id = ?),
     reached as (
       select permission_door_id as id from paths where permission_door_id is not null
       union select doors.id from paths cross join doors where doors.site_id = paths.permission_site_id)
     select 'path' as kind, paths.*, ${NO_DOOR}, 0 as site_seq, 0 as door_seq from paths
     union all select * from (
       select 'door' as kind, ${NO_PATH}, cast(null as bigint) as permission_seq, ${DOOR}, sites.seq as site_seq, doors.seq as door_seq
       from doors join sites on sites.id = doors.site_id where doors.id in (select id from reached)
       order by sites.seq, doors.seq limit cast(? as bigint)) as these
     order by site_seq, door_seq, association_at, association_id, permission_seq`,
    [p.member_id, p.limit],
  ),
);

/** Member groups of which a permission names one of the doors or its site. */
export const groupsLedTo = statement<{ of_doors: string; of_sites: string }, { id: string }>('access.groups-of-doors', (sql, p, dialect) =>
  sql.raw(
    `select member_group_id as id from permissions where ${dialect.inList('door_id')}
     union select member_group_id from permissions where site_id in (select site_id from doors where ${dialect.inList('id')})`,
    [p.of_doors, p.of_sites],
  ),
);

/** By the key of the members and from where the page before ended: nothing is sorted, and a page costs what it returns. */
export const liveMembersOfGroup = statement<{ id: string; after: string; limit: number }, { id: string }>(
  'access.members-of-group',
  (sql, p) =>
    sql.raw(
      `select distinct associations.member_id as id from associations join members on members.id = associations.member_id
       where associations.member_group_id = ? and associations.member_id > ? and members.deleted_at is null and members.ended_at is null
       order by associations.member_id limit cast(? as bigint)`,
      [p.id, p.after, p.limit],
    ),
);
