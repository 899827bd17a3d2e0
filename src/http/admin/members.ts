import { getMemberGroup } from '../../access/member-group-store.js';
import { listMembers } from '../../access/member-list.js';
import { type MemberView, memberView } from '../../access/member-view.js';
import { addAssociation, createManualMember, deleteMember, patchMember, removeAssociation, restoreMember } from '../../access/members.js';
import { PIN_COOLDOWN_DAYS } from '../../credentials/pin-rules.js';
import type { Reader } from '../../db/database.js';
import { MANUAL } from '../../domain/access.js';
import { type Instant, isValid } from '../../domain/time.js';
import { InvalidInput, NotFound } from '../../errors.js';
import { bodyInstant, pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

const STATUSES = ['upcoming', 'active', 'ended', 'deleted'] as const;

export const MEMBER_ROUTES: readonly Route[] = [
  route('GET', '/members', 'viewer', async ({ parts, query }) => {
    const [status, integrationId, text] = [query.oneOf('status', STATUSES), query.text('integrationId'), query.text('search')];
    const filter = {
      ...(status === undefined ? {} : { status }),
      ...(integrationId === undefined ? {} : { integrationId }),
      ...(text === undefined ? {} : { text }),
    };
    const { data, next } = await listMembers(parts.db.read, filter, query.page('members'), parts.clock.now());
    return ok(pageBody('members', data, next));
  }),
  routeWithBody('POST', '/members', 'operator', 'member-create', async ({ parts, body, change }) => {
    const window = { startsAt: bodyInstant(body.startsAt ?? null, '/startsAt'), endsAt: bodyInstant(body.endsAt ?? null, '/endsAt') };
    const context = change();
    const view = await parts.db.transaction(async (tx) => {
      const id = await createManualMember(tx, context, { name: body.name, emails: body.emails ?? [], window });
      return viewOf(tx, id, context.now);
    });
    return created(`/members/${view.id}`, view);
  }),
  route('GET', '/members/{id}', 'viewer', async ({ parts, param }) => ok(await viewOf(parts.db.read, param('id'), parts.clock.now()))),
  routeWithBody('PATCH', '/members/{id}', 'operator', 'member-patch', async ({ parts, param, body, change }) => {
    const { name, emails } = body;
    const [startsAt, endsAt] = [bodyInstant(body.startsAt, '/startsAt'), bodyInstant(body.endsAt, '/endsAt')];
    const patch = {
      ...(name === undefined ? {} : { name }),
      ...(emails === undefined ? {} : { emails }),
      ...(startsAt === undefined ? {} : { startsAt }),
      ...(endsAt === undefined ? {} : { endsAt }),
    };
    const context = change();
    return ok(
      await parts.db.transaction(async (tx) => {
        await patchMember(tx, context, param('id'), patch);
        return viewOf(tx, param('id'), context.now);
      }),
    );
  }),
  route('DELETE', '/members/{id}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => deleteMember(tx, change(), param('id'), PIN_COOLDOWN_DAYS));
    return nothing;
  }),
  routeWithBody('POST', '/members/{id}/restore', 'operator', 'empty', async ({ parts, param, change }) => {
    const context = change();
    return ok(
      await parts.db.transaction(async (tx) => {
        await restoreMember(tx, context, param('id'));
        return viewOf(tx, param('id'), context.now);
      }),
    );
  }),
  routeWithBody('POST', '/members/{id}/associations', 'operator', 'association-create', async ({ parts, param, body, change }) => {
    const memberId = param('id');
    const { memberGroupId } = body;
    const window = { startsAt: bodyInstant(body.startsAt ?? null, '/startsAt'), endsAt: bodyInstant(body.endsAt ?? null, '/endsAt') };
    if (!isValid(window)) throw new InvalidInput('The window must end after it starts.', '/endsAt');
    const id = await parts.db.transaction(async (tx) => {
      await checkMemberGroup(tx, memberGroupId);
      return addAssociation(tx, change(), memberId, { memberGroupId, window });
    });
    return created(`/members/${memberId}/associations/${id}`, { id, memberGroupId, ...window, managedBy: MANUAL });
  }),
  route('DELETE', '/members/{id}/associations/{associationId}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => removeAssociation(tx, change(), param('id'), param('associationId')));
    return nothing;
  }),
];

async function viewOf(reader: Reader, id: string, now: Instant): Promise<MemberView> {
  const view = await memberView(reader, id, now);
  if (view === null) throw new NotFound('There is no such member.');
  return view;
}

/** A body that names a group nobody knows is wrong itself; a 404 would speak of the member in the path. */
async function checkMemberGroup(reader: Reader, id: string): Promise<void> {
  try {
    await getMemberGroup(reader, id);
  } catch (error) {
    if (error instanceof NotFound) throw new InvalidInput('There is no such member group.', '/memberGroupId');
    throw error;
  }
}
