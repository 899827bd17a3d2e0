import { DELIVERY_STATES, type DeliveryFilter, type DeliveryPlace, listDeliveries } from '../../outbox/list.js';
import { replay } from '../../outbox/replay.js';
import { badCursor, pageBody, type Query } from './query.js';
import { ok, type Route, route } from './route.js';

/** What is to be sent and what was tried; never what a message says. */
export const DELIVERY_ROUTES: readonly Route[] = [
  route('GET', '/deliveries', 'viewer', async ({ parts, query }) => {
    const place = placeOf(query.position('deliveries'));
    const { data, next } = await listDeliveries(parts.db.read, parts.clock.now(), filterOf(query), query.limit(), place);
    return ok(pageBody('deliveries', data, next === null ? null : textOf(next)));
  }),
  route('POST', '/deliveries/{id}/replay', 'operator', async ({ parts, param }) => {
    const [id, now] = [param('id'), parts.clock.now()];
    await parts.db.transaction((tx) => replay(tx, id, now));
    const { data } = await listDeliveries(parts.db.read, now, { id }, 1, null);
    return ok(data[0] ?? { id });
  }),
];

function filterOf(query: Query): DeliveryFilter {
  const given = {
    state: query.oneOf('state', DELIVERY_STATES),
    id: query.text('id'),
    destination: query.text('destination'),
    integrationId: query.text('integrationId'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as DeliveryFilter;
}

const PLACE = /^(messages|attempts):(\d{0,15})$/;

/** @throws HttpRefusal 400 */
function placeOf(position: string | null): DeliveryPlace | null {
  if (position === null) return null;
  const [, table, after] = PLACE.exec(position) ?? [];
  if (table !== 'messages' && table !== 'attempts') throw badCursor();
  return { table, after: after === undefined || after === '' ? null : Number(after) };
}

function textOf({ table, after }: DeliveryPlace): string {
  return `${table}:${after ?? ''}`;
}
