import type { GroupRow } from '../directory/group-store.js';
import type { GroupOfUser } from '../directory/groups-of-users.js';
import type { UserRow } from '../directory/user-store.js';
import { ACCESS_URN, type Json, type JsonObject } from '../domain/scim.js';
import { type Projection, project } from './projection.js';
import { etagOf } from './transport/versions.js';

export interface GroupMember {
  readonly id: string;
  readonly type: 'User' | 'Group';
}

/**
 * A User as JSON text. Without a projection the stored document is not parsed: `id`, `groups` and `meta` are put
 * around its text, so a page of a hundred Users costs little more than copying them.
 *
 * @see RFC 7643 sections 3.1 and 4.1
 */
export function renderUser(row: UserRow, groups: readonly GroupOfUser[], baseUrl: string, projection: Projection | null): string {
  const own = groups.length === 0 ? '' : `,"groups":${JSON.stringify(groups.map((group) => groupReference(group, baseUrl)))}`;
  const text = around(row, 'User', `${baseUrl}/Users/${row.id}`, own);
  return projection === null ? text : JSON.stringify(project(withRequested(text, row), projection));
}

/** A Group as JSON text; `members` null: not asked for, so not read either. @see RFC 7643 section 4.2 */
export function renderGroup(row: GroupRow, members: readonly GroupMember[] | null, baseUrl: string, projection: Projection | null): string {
  const own =
    members === null || members.length === 0
      ? ''
      : `,"members":${JSON.stringify(members.map((member) => memberReference(member, baseUrl)))}`;
  const text = around(row, 'Group', `${baseUrl}/Groups/${row.id}`, own);
  return projection === null ? text : JSON.stringify(project(JSON.parse(text) as JsonObject, projection));
}

function around(row: UserRow | GroupRow, resourceType: 'User' | 'Group', location: string, own: string): string {
  const meta = { resourceType, created: row.created_at, lastModified: row.updated_at, location, version: etagOf(row.version) };
  return `{"id":"${row.id}",${row.document.slice(1, -1)}${own},"meta":${JSON.stringify(meta)}}`;
}

/** Attributes with returned "request": shown when named, and in nobody's way otherwise. */
function withRequested(text: string, row: UserRow): JsonObject {
  const resource = JSON.parse(text) as { [name: string]: Json };
  const stored = resource[ACCESS_URN];
  const access = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? stored : {};
  const skipReason = row.skip_reason === null ? {} : { skipReason: row.skip_reason };
  return { ...resource, [ACCESS_URN]: { ...access, syncStatus: row.sync_status, ...skipReason } };
}

function groupReference(group: GroupOfUser, baseUrl: string): JsonObject {
  return {
    value: group.group_id,
    $ref: `${baseUrl}/Groups/${group.group_id}`,
    display: group.display_name,
    type: group.direct === 1 ? 'direct' : 'indirect',
  };
}

function memberReference(member: GroupMember, baseUrl: string): JsonObject {
  return { value: member.id, $ref: `${baseUrl}/${member.type}s/${member.id}`, type: member.type };
}
