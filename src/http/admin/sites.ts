import { createSite, deleteSite, getSite, listSites, patchSite } from '../../access/site-store.js';
import { namedFilter } from './named-filter.js';
import { pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const SITE_ROUTES: readonly Route[] = [
  route('GET', '/sites', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listSites(parts.db.read, namedFilter(query), query.page('sites'));
    return ok(pageBody('sites', data, next));
  }),
  routeWithBody('POST', '/sites', 'operator', 'site-create', async ({ parts, body, change }) => {
    const site = await parts.db.transaction(async (tx) => getSite(tx, await createSite(tx, change(), body)));
    return created(`/sites/${site.id}`, site);
  }),
  route('GET', '/sites/{id}', 'viewer', async ({ parts, param }) => ok(await getSite(parts.db.read, param('id')))),
  routeWithBody('PATCH', '/sites/{id}', 'operator', 'site-patch', async ({ parts, param, body, change }) =>
    ok(
      await parts.db.transaction(async (tx) => {
        await patchSite(tx, change(), param('id'), body);
        return getSite(tx, param('id'));
      }),
    ),
  ),
  route('DELETE', '/sites/{id}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => deleteSite(tx, change(), param('id')));
    return nothing;
  }),
];
