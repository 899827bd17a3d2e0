import {
  createMemberGroup,
  deleteMemberGroup,
  getMemberGroup,
  listMemberGroups,
  type MemberGroup,
  renameMemberGroup,
} from '../../access/member-group-store.js';
import type { MemberGroupCreate } from '../../domain/generated/api/member-group-create.js';
import { HttpRefusal } from '../problem.js';
import { drain } from './drain.js';
import { pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const MEMBER_GROUP_ROUTES: readonly Route[] = [
  route('GET', '/member-groups', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listMemberGroups(parts.db.read, query.page('member-groups'));
    return ok(pageBody('member-groups', data.map(viewOf), next));
  }),
  routeWithBody('POST', '/member-groups', 'operator', 'member-group-create', async ({ parts, body, change }) => {
    checkPermissions(body.permissions ?? []);
    const view = await parts.db.transaction(async (tx) =>
      viewOf(await getMemberGroup(tx, await createMemberGroup(tx, change(), body.name))),
    );
    return created(`/member-groups/${view.id}`, view);
  }),
  route('GET', '/member-groups/{id}', 'viewer', async ({ parts, param }) => ok(viewOf(await getMemberGroup(parts.db.read, param('id'))))),
  routeWithBody('PATCH', '/member-groups/{id}', 'operator', 'member-group-patch', async ({ parts, param, body, change }) => {
    const id = param('id');
    checkPermissions(body.permissions ?? []);
    return ok(
      await parts.db.transaction(async (tx) => {
        if (body.name !== undefined) await renameMemberGroup(tx, change(), id, body.name);
        return viewOf(await getMemberGroup(tx, id));
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

function viewOf({ id, name, createdAt, updatedAt }: MemberGroup) {
  return { id, name, permissions: [], createdAt, updatedAt };
}

type Permissions = NonNullable<MemberGroupCreate['permissions']>;

/** @throws HttpRefusal 400 with a pointer to each site or door that does not exist */
function checkPermissions(permissions: Permissions): void {
  const errors = permissions.map((permission, index) =>
    'siteId' in permission
      ? { pointer: `/permissions/${index}/siteId`, detail: 'There is no such site.' }
      : { pointer: `/permissions/${index}/doorId`, detail: 'There is no such door.' },
  );
  if (errors.length > 0) throw new HttpRefusal(400, 'A permission names a site or door that does not exist.', { errors });
}
