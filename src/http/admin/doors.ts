import { createDoor, deleteDoor, getDoor, listDoors, patchDoor } from '../../access/door-store.js';
import { namedFilter } from './named-filter.js';
import { pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const DOOR_ROUTES: readonly Route[] = [
  route('GET', '/doors', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listDoors(parts.db.read, namedFilter(query), query.page('doors'));
    return ok(pageBody('doors', data, next));
  }),
  routeWithBody('POST', '/doors', 'operator', 'door-create', async ({ parts, body, change }) => {
    const door = await parts.db.transaction(async (tx) => getDoor(tx, await createDoor(tx, change(), body)));
    return created(`/doors/${door.id}`, door);
  }),
  route('GET', '/doors/{id}', 'viewer', async ({ parts, param }) => ok(await getDoor(parts.db.read, param('id')))),
  routeWithBody('PATCH', '/doors/{id}', 'operator', 'door-patch', async ({ parts, param, body, change }) =>
    ok(
      await parts.db.transaction(async (tx) => {
        await patchDoor(tx, change(), param('id'), body);
        return getDoor(tx, param('id'));
      }),
    ),
  ),
  route('DELETE', '/doors/{id}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => deleteDoor(tx, change(), param('id')));
    return nothing;
  }),
];
