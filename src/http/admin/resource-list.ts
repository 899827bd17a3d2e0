import type { Reader } from '../../db/database.js';
import { statement } from '../../db/statement.js';
import { countAll } from '../../directory/block-store.js';
import { ALL_USERS, type Integration, KINDS_WITH_ALL_USERS } from '../../domain/integration.js';
import { type Mapping, mappingsFor } from '../../integrations/mapping-store.js';

/** What an admin maps: *All users*, a Group, or a mapping whose Group is gone. */
export interface ResourceView {
  readonly id: string;
  readonly externalId: string | null;
  readonly displayName: string;
  /** `all_users`, the source's own word (`listing`, `room`, `tariff`, `google_group` …), or `group` for one that was pushed or is gone. */
  readonly kind: string;
  /** Users in it, directly or through nested Groups, each counted once. */
  readonly userCount: number;
  readonly memberGroupIds: readonly string[];
  /** The Group is gone: the mapping opens nothing, and no other Group takes its place. */
  readonly deleted?: true;
}

/** Where the next page begins: after a Group's row number, or after the id of a Group that is gone. */
export type ResourcePosition = { readonly after: 'group'; readonly seq: number } | { readonly after: 'gone'; readonly id: string } | null;

export interface ResourcePage {
  readonly data: readonly ResourceView[];
  readonly next: ResourcePosition;
}

interface GroupRow {
  readonly seq: number;
  readonly id: string;
  readonly external_id: string | null;
  readonly display_name: string;
  readonly source_kind: string | null;
}

const groupsAfter = statement<{ integrationId: string; after: number; limit: number }, GroupRow>('resources.groups', (sql, p) =>
  sql.raw(
    `select seq, id, external_id, display_name, source_kind from groups where integration_id = ? and seq > cast(? as bigint)
     order by seq limit cast(? as bigint)`,
    [p.integrationId, p.after, p.limit],
  ),
);

const goneAfter = statement<{ integrationId: string; after: string; limit: number }, { id: string; name: string }>(
  'resources.gone',
  (sql, p) =>
    sql.raw(
      `select resource_id as id, max(resource_name) as name from mappings
       where integration_id = ? and resource_id <> '${ALL_USERS}' and resource_id > ?
         and not exists (select 1 from groups where groups.id = mappings.resource_id)
       group by resource_id order by resource_id limit cast(? as bigint)`,
      [p.integrationId, p.after, p.limit],
    ),
);

const userCounts = statement<{ ids: string }, { id: string; n: number }>('resources.userCounts', (sql, p, dialect) =>
  sql.raw(
    `with recursive down(root, id) as (
       select id, id from groups where ${dialect.inList('id')}
       union select down.root, gg.child_id from down join group_groups gg on gg.parent_id = down.id)
     select down.root as id, cast(count(distinct gm.user_id) as bigint) as n
     from down join group_members gm on gm.group_id = down.id group by down.root`,
    [p.ids],
  ),
);

/** One page of the resources: *All users* first, then the Groups by creation, then what is left of Groups that are gone. */
export async function listResources(
  reader: Reader,
  integration: Integration,
  position: ResourcePosition,
  limit: number,
): Promise<ResourcePage> {
  const first = position === null && KINDS_WITH_ALL_USERS.includes(integration.kind) ? [await allUsers(reader, integration.id)] : [];
  // One more than fits tells whether there is another page.
  const room = limit + 1 - first.length;
  const groups = position?.after === 'gone' ? [] : await groupViews(reader, integration.id, position?.seq ?? 0, room);
  const goneAfterId = position?.after === 'gone' ? position.id : '';
  const gone = groups.length < room ? await goneViews(reader, integration.id, goneAfterId, room - groups.length) : [];
  const all = [...first, ...groups, ...gone];
  const data = all.slice(0, limit);
  return { data: data.map(({ view }) => view), next: all.length > limit ? (data.at(-1)?.position ?? null) : null };
}

interface Placed {
  readonly view: ResourceView;
  readonly position: ResourcePosition;
}

async function allUsers(reader: Reader, integrationId: string): Promise<Placed> {
  const userCount = await countAll(reader, { integrationId, resourceType: 'User' });
  const memberGroupIds = groupsMappedTo(await mappingsFor(reader, integrationId, []), ALL_USERS);
  return {
    view: { id: ALL_USERS, externalId: null, displayName: 'All users', kind: 'all_users', userCount, memberGroupIds },
    position: { after: 'group', seq: 0 },
  };
}

async function groupViews(reader: Reader, integrationId: string, after: number, limit: number): Promise<Placed[]> {
  const rows = await reader.all(groupsAfter, { integrationId, after, limit });
  const ids = rows.map(({ id }) => id);
  const counts = new Map((await reader.all(userCounts, { ids: JSON.stringify(ids) })).map(({ id, n }) => [id, n]));
  const mappings = await mappingsFor(reader, integrationId, ids);
  return rows.map(({ seq, id, external_id, display_name, source_kind }) => ({
    view: {
      ...{ id, externalId: external_id, displayName: display_name, kind: source_kind ?? 'group' },
      ...{ userCount: counts.get(id) ?? 0, memberGroupIds: groupsMappedTo(mappings, id) },
    },
    position: { after: 'group', seq },
  }));
}

async function goneViews(reader: Reader, integrationId: string, after: string, limit: number): Promise<Placed[]> {
  const rows = await reader.all(goneAfter, { integrationId, after, limit });
  const mappings = await mappingsFor(
    reader,
    integrationId,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, name }) => ({
    view: {
      ...{ id, externalId: null, displayName: name, kind: 'group', userCount: 0 },
      ...{ memberGroupIds: groupsMappedTo(mappings, id), deleted: true },
    },
    position: { after: 'gone', id },
  }));
}

function groupsMappedTo(mappings: readonly Mapping[], resourceId: string): string[] {
  return mappings.filter((mapping) => mapping.resourceId === resourceId).map(({ memberGroupId }) => memberGroupId);
}
