import { EVENT_VERBS, OBJECT_TYPES } from '../../domain/events.js';
import { EVENT_ORDERS, type EventFilter, type EventPosition, type EventWalk, listEvents, walkOf } from '../../events/list.js';
import { badCursor, pageBody, type Query } from './query.js';
import { ok, type Route, route } from './route.js';

/** The name of each list in its cursors: a position in one order says nothing in another. */
const LISTS: Readonly<Record<EventWalk, string>> = { seq: 'events', createdAt: 'events-created', occurredAt: 'events-occurred' };

/** A row number, and the time that the list is ordered by. */
const POSITION = /^(\d{1,15})(?: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z))?$/;

export const EVENT_ROUTES: readonly Route[] = [
  route('GET', '/events', 'viewer', async ({ parts, query }) => {
    const filter = filterOf(query);
    const order = query.oneOf('order', EVENT_ORDERS) ?? 'createdAt';
    const list = LISTS[walkOf(filter, order)];
    const after = positionOf(query.position(list), list);
    const { data, next } = await listEvents(parts.db.read, filter, { limit: query.limit(), after, order });
    return ok(pageBody(list, data, next === null ? null : next.at === null ? next.seq : `${next.seq} ${next.at}`));
  }),
];

/** @throws HttpRefusal 400 */
function positionOf(text: string | null, list: string): EventPosition | null {
  if (text === null) return null;
  const [, seq, at] = POSITION.exec(text) ?? [];
  if (seq === undefined || (at === undefined) !== (list === LISTS.seq)) throw badCursor();
  return { seq: Number(seq), at: at ?? null };
}

function filterOf(query: Query): EventFilter {
  const given = {
    objectType: query.oneOf('objectType', OBJECT_TYPES),
    objectId: query.text('objectId'),
    verb: query.oneOf('verb', EVENT_VERBS),
    integrationId: query.text('integrationId'),
    siteId: query.text('siteId'),
    subjectId: query.text('subjectId'),
    memberId: query.text('memberId'),
    result: query.oneOf('result', ['ok', 'denied']),
    since: query.instant('since'),
    until: query.instant('until'),
    occurredSince: query.instant('occurredSince'),
    occurredUntil: query.instant('occurredUntil'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as EventFilter;
}
