import type { Reader } from '../db/database.js';
import type { AccessFacts, PermissionFacts } from '../domain/doors.js';
import { compareText } from '../domain/windows.js';
import { type DoorRow, factsAtDoor, factsOfMember, groupsLedTo, liveMembersOfGroup, type PathRow } from './access-facts-store.js';
import { methodsOf } from './permission-row-store.js';

/** More doors than these nobody looks through. */
const DOORS_MAX = 500;

type Association = AccessFacts['associations'][number];

/** All that decides about this member at this door, read by one statement and so of one moment. null: no such door, or no such member. */
export async function accessFacts(
  reader: Reader,
  ids: { readonly doorId: string; readonly memberId: string },
): Promise<AccessFacts | null> {
  const rows = await reader.all(factsAtDoor, { door_id: ids.doorId, member_id: ids.memberId });
  const [first] = rows;
  return first === undefined ? null : { door: doorOf(first), member: memberOf(first), associations: associationsOf(rows) };
}

/**
 * The same for every door that a permission of the member's groups names, in the order in which sites and doors were made: up to
 * 500, read by one statement. Empty for a member that does not exist.
 */
export async function doorsOfMember(reader: Reader, memberId: string): Promise<readonly AccessFacts[]> {
  const rows = await reader.all(factsOfMember, { member_id: memberId, limit: DOORS_MAX });
  const paths = rows.filter((row) => row.kind === 'path');
  const [first] = paths;
  if (first === undefined) return [];
  const [member, associations] = [memberOf(first), associationsOf(paths)];
  return rows
    .filter((row) => row.kind === 'door')
    .map((row) => ({ door: doorOf(row), member, associations: associations.map((association) => atDoor(association, row)) }));
}

/** Ids, in order, of members neither deleted nor ended that a permission leads to one of these doors, whatever the time. */
export async function membersOfDoors(reader: Reader, doorIds: readonly string[], after: string | null, limit: number): Promise<string[]> {
  const doors = JSON.stringify(doorIds);
  const found = new Set<string>();
  for (const group of await reader.all(groupsLedTo, { of_doors: doors, of_sites: doors }))
    for (const { id } of await reader.all(liveMembersOfGroup, { id: group.id, after: after ?? '', limit })) found.add(id);
  // The first of all are among the first of each group.
  return [...found].sort(compareText).slice(0, limit);
}

function atDoor(association: Association, door: DoorRow): Association {
  const leads = ({ doorId, siteId }: PermissionFacts) => (doorId === null ? siteId === door.site_id : doorId === door.door_id);
  return { ...association, permissions: association.permissions.filter(leads) };
}

function doorOf(row: DoorRow): AccessFacts['door'] {
  return { id: row.door_id, name: row.door_name, siteId: row.site_id, siteName: row.site_name, timeZone: row.time_zone };
}

function memberOf(row: PathRow): AccessFacts['member'] {
  return {
    name: row.member_name,
    window: { startsAt: row.member_starts_at, endsAt: row.member_ends_at },
    endedAt: row.ended_at,
    deletedAt: row.deleted_at,
  };
}

/** Rows of one association follow each other. */
function associationsOf(rows: readonly PathRow[]): Association[] {
  const associations = new Map<string, { row: PathRow; permissions: PermissionFacts[] }>();
  for (const row of rows) {
    if (row.association_id === null) continue;
    const association = associations.get(row.association_id) ?? { row, permissions: [] };
    associations.set(row.association_id, association);
    if (row.permission_id !== null) association.permissions.push(permissionOf(row));
  }
  return [...associations.values()].map(({ row, permissions }) => ({
    memberGroupId: row.member_group_id ?? '',
    memberGroupName: row.member_group_name ?? '',
    window: { startsAt: row.starts_at, endsAt: row.ends_at },
    permissions,
  }));
}

function permissionOf(row: PathRow): PermissionFacts {
  return {
    siteId: row.permission_site_id,
    doorId: row.permission_door_id,
    methods: methodsOf(row.methods),
    schedule: row.schedule_name === null ? null : { name: row.schedule_name, days: JSON.parse(row.days ?? '[]') },
  };
}
