import { ALERT_TYPES } from '../../domain/alerts.js';
import { type AlertFilter, listAlerts } from '../../events/alert-store.js';
import { pageBody, type Query } from './query.js';
import { ok, type Route, route } from './route.js';

export const ALERT_ROUTES: readonly Route[] = [
  route('GET', '/alerts', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listAlerts(parts.db.read, filterOf(query), query.page('alerts'));
    return ok(pageBody('alerts', data, next));
  }),
];

function filterOf(query: Query): AlertFilter {
  const open = query.oneOf('open', ['true', 'false']);
  const given = {
    open: open === undefined ? undefined : open === 'true',
    type: query.oneOf('type', ALERT_TYPES),
    integrationId: query.text('integrationId'),
    siteId: query.text('siteId'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as AlertFilter;
}
