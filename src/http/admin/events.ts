import { EVENT_VERBS, OBJECT_TYPES } from '../../domain/events.js';
import { type EventFilter, listEvents } from '../../events/list.js';
import { pageBody, type Query } from './query.js';
import { ok, type Route, route } from './route.js';

export const EVENT_ROUTES: readonly Route[] = [
  route('GET', '/events', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listEvents(parts.db.read, filterOf(query), query.page('events'));
    return ok(pageBody('events', data, next));
  }),
];

function filterOf(query: Query): EventFilter {
  const given = {
    objectType: query.oneOf('objectType', OBJECT_TYPES),
    objectId: query.text('objectId'),
    verb: query.oneOf('verb', EVENT_VERBS),
    integrationId: query.text('integrationId'),
    subjectId: query.text('subjectId'),
    memberId: query.text('memberId'),
    since: query.instant('since'),
    until: query.instant('until'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as EventFilter;
}
