import {
  createController,
  deleteController,
  getController,
  listControllers,
  patchController,
  rotateControllerToken,
} from '../../access/controller-store.js';
import { namedFilter } from './named-filter.js';
import { pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const CONTROLLER_ROUTES: readonly Route[] = [
  route('GET', '/controllers', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listControllers(parts.db.read, namedFilter(query), query.page('controllers'));
    return ok(pageBody('controllers', data, next));
  }),
  routeWithBody('POST', '/controllers', 'operator', 'controller-create', async ({ parts, body, change }) => {
    const view = await parts.db.transaction(async (tx) => {
      const { id, token } = await createController(tx, change(), body);
      return { ...(await getController(tx, id)), token: token.expose() };
    });
    return created(`/controllers/${view.id}`, view);
  }),
  route('GET', '/controllers/{id}', 'viewer', async ({ parts, param }) => ok(await getController(parts.db.read, param('id')))),
  routeWithBody('PATCH', '/controllers/{id}', 'operator', 'controller-patch', async ({ parts, param, body, change }) =>
    ok(
      await parts.db.transaction(async (tx) => {
        await patchController(tx, change(), param('id'), body);
        return getController(tx, param('id'));
      }),
    ),
  ),
  routeWithBody('POST', '/controllers/{id}/token', 'operator', 'empty', async ({ parts, param, change }) => {
    const id = param('id');
    const token = await parts.db.transaction((tx) => rotateControllerToken(tx, change(), id));
    return ok({ id, token: token.expose() });
  }),
  route('DELETE', '/controllers/{id}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => deleteController(tx, change(), param('id')));
    return nothing;
  }),
];
