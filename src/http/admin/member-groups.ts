import {
  createMemberGroup,
  deleteMemberGroup,
  getMemberGroup,
  listMemberGroups,
  lockedMemberGroup,
  type MemberGroup,
  renameMemberGroup,
} from '../../access/member-group-store.js';
import { type NewPermission, type Permission, permissionsOfMany } from '../../access/permission-row-store.js';
import { setPermissions } from '../../access/permission-store.js';
import type { Reader } from '../../db/database.js';
import type { MemberGroupCreate } from '../../domain/generated/api/member-group-create.js';
import { InvalidPlaces } from '../../errors.js';
import { drain } from './drain.js';
import { pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const MEMBER_GROUP_ROUTES: readonly Route[] = [
  route('GET', '/member-groups', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listMemberGroups(parts.db.read, query.page('member-groups'));
    return ok(pageBody('member-groups', await viewsOf(parts.db.read, data), next));
  }),
  routeWithBody('POST', '/member-groups', 'operator', 'member-group-create', async ({ parts, body, change }) => {
    const { name } = body;
    const permissions = permissionsFrom(body.permissions ?? []);
    const context = change();
    const view = await parts.db.transaction(async (tx) => {
      const id = await createMemberGroup(tx, context, name);
      await setPermissions(tx, context, { id, name }, permissions);
      return viewOf(tx, id);
    });
    return created(`/member-groups/${view.id}`, view);
  }),
  route('GET', '/member-groups/{id}', 'viewer', async ({ parts, param }) => ok(await viewOf(parts.db.read, param('id')))),
  routeWithBody('PATCH', '/member-groups/{id}', 'operator', 'member-group-patch', async ({ parts, param, body, change }) => {
    const id = param('id');
    const permissions = body.permissions === undefined ? null : permissionsFrom(body.permissions);
    const context = change();
    return ok(
      await parts.db.transaction(async (tx) => {
        if (body.name !== undefined) await renameMemberGroup(tx, context, id, body.name);
        if (permissions !== null) await setPermissions(tx, context, await lockedMemberGroup(tx, id), permissions);
        return viewOf(tx, id);
      }),
    );
  }),
  route('DELETE', '/member-groups/{id}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => deleteMemberGroup(tx, change(), param('id')));
    // Its last group may be gone for some Users: the worker ends their members, the associations are gone already.
    await drain(parts, null);
    return nothing;
  }),
];

interface MemberGroupView extends MemberGroup {
  readonly permissions: readonly object[];
}

async function viewOf(reader: Reader, id: string): Promise<MemberGroupView> {
  const group = await getMemberGroup(reader, id);
  return viewWith(group, (await permissionsOfMany(reader, [id])).get(id) ?? []);
}

async function viewsOf(reader: Reader, groups: readonly MemberGroup[]): Promise<MemberGroupView[]> {
  const permissions = await permissionsOfMany(
    reader,
    groups.map(({ id }) => id),
  );
  return groups.map((group) => viewWith(group, permissions.get(group.id) ?? []));
}

function viewWith({ id, name, createdAt, updatedAt }: MemberGroup, permissions: readonly Permission[]): MemberGroupView {
  return { id, name, permissions: permissions.map(permissionView), createdAt, updatedAt };
}

/** As a body has it, so that what was read can be sent back: what is absent does not restrict. */
function permissionView({ id, siteId, doorId, methods, scheduleId }: Permission): object {
  return {
    id,
    ...(siteId === null ? { doorId } : { siteId }),
    ...(methods === null ? {} : { methods }),
    ...(scheduleId === null ? {} : { scheduleId }),
  };
}

/** @throws InvalidPlaces for one that names both or neither */
function permissionsFrom(permissions: NonNullable<MemberGroupCreate['permissions']>): NewPermission[] {
  const places = permissions.flatMap(({ siteId, doorId }, index) =>
    (siteId === undefined) === (doorId === undefined)
      ? [{ pointer: `/permissions/${index}`, detail: 'must have one of siteId and doorId' }]
      : [],
  );
  if (places.length > 0) throw new InvalidPlaces(places);
  return permissions.map(({ siteId = null, doorId = null, methods = null, scheduleId = null }) => ({
    siteId,
    doorId,
    methods,
    scheduleId,
  }));
}
