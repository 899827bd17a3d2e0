import { getMemberGroup } from '../../access/member-group-store.js';
import type { Reader } from '../../db/database.js';
import { findGroup } from '../../directory/group-store.js';
import { ALL_USERS, type Integration, KINDS_WITH_ALL_USERS } from '../../domain/integration.js';
import { Conflict, NotFound } from '../../errors.js';
import { getIntegration } from '../../integrations/integration-store.js';
import { mappingsFor, type Resource, setMapping } from '../../integrations/mapping-store.js';
import { previewMapping } from '../../reconcile/preview.js';
import { drain } from './drain.js';
import { badCursor, pageBody, type Query } from './query.js';
import { listResources, type ResourcePosition } from './resource-list.js';
import { ok, type Route, route, routeWithBody } from './route.js';

const MAPPING = '/integrations/{id}/resources/{resourceId}/mapping';

export const RESOURCE_ROUTES: readonly Route[] = [
  route('GET', '/integrations/{id}/resources', 'viewer', async ({ parts, param, query }) => {
    const integration = await getIntegration(parts.db.read, param('id'));
    const { data, next } = await listResources(parts.db.read, integration, positionOf(query), query.limit());
    return ok(pageBody('resources', data, textOf(next)));
  }),
  routeWithBody('PUT', MAPPING, 'operator', 'mapping', async ({ parts, param, body, change }) => {
    const integrationId = param('id');
    const { memberGroupIds } = body;
    const resource = await parts.db.transaction(async (tx) => {
      const found = await mappable(tx, integrationId, param('resourceId'), memberGroupIds);
      await setMapping(tx, change(), integrationId, found, memberGroupIds);
      return found;
    });
    const pending = await drain(parts, integrationId);
    return ok({ resourceId: resource.id, displayName: resource.name, memberGroupIds: [...memberGroupIds].sort(), pending });
  }),
  routeWithBody('POST', `${MAPPING}/preview`, 'operator', 'mapping', async ({ parts, param, body }) => {
    const integrationId = param('id');
    const { db, clock, stores } = parts;
    const { id: resourceId } = await mappable(db.read, integrationId, param('resourceId'), body.memberGroupIds);
    for (const memberGroupId of body.memberGroupIds) await getMemberGroup(db.read, memberGroupId);
    const mapping = { resourceId, memberGroupIds: body.memberGroupIds };
    return ok(await previewMapping(db.read, clock.now(), stores, integrationId, mapping));
  }),
];

/**
 * The resource of this integration that is to be mapped. Errors: `NotFound`, also for the resource of another
 * integration; `Conflict` when its Group is gone and the mapping would not just be taken away.
 */
async function mappable(reader: Reader, integrationId: string, resourceId: string, memberGroupIds: readonly string[]): Promise<Resource> {
  const integration = await getIntegration(reader, integrationId);
  if (resourceId === ALL_USERS) return allUsers(integration);
  const group = await findGroup(reader, integrationId, resourceId);
  if (group !== undefined) return { id: group.id, name: group.display_name };
  const left = (await mappingsFor(reader, integrationId, [resourceId])).find((mapping) => mapping.resourceId === resourceId);
  if (left === undefined) throw new NotFound('This integration has no such resource.');
  if (memberGroupIds.length > 0) throw new Conflict('The Group of this resource is gone. Its mapping can only be taken away.');
  return { id: resourceId, name: left.resourceName };
}

function allUsers({ kind }: Integration): Resource {
  if (!KINDS_WITH_ALL_USERS.includes(kind)) throw new NotFound('This integration has no such resource.');
  return { id: ALL_USERS, name: 'All users' };
}

const GROUP_POSITION = /^g\d{1,15}$/;
const GONE_POSITION = /^m[A-Za-z0-9_-]{1,100}$/;

function positionOf(query: Query): ResourcePosition {
  const text = query.position('resources');
  if (text === null) return null;
  if (GROUP_POSITION.test(text)) return { after: 'group', seq: Number(text.slice(1)) };
  if (GONE_POSITION.test(text)) return { after: 'gone', id: text.slice(1) };
  throw badCursor();
}

function textOf(position: ResourcePosition): string | null {
  if (position === null) return null;
  return position.after === 'group' ? `g${position.seq}` : `m${position.id}`;
}
