import { createSchedule, deleteSchedule, getSchedule, listSchedules, patchSchedule } from '../../access/schedule-store.js';
import { namedFilter } from './named-filter.js';
import { pageBody } from './query.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const SCHEDULE_ROUTES: readonly Route[] = [
  route('GET', '/schedules', 'viewer', async ({ parts, query }) => {
    const { data, next } = await listSchedules(parts.db.read, namedFilter(query), query.page('schedules'));
    return ok(pageBody('schedules', data, next));
  }),
  routeWithBody('POST', '/schedules', 'operator', 'schedule-create', async ({ parts, body, change }) => {
    const fields = { name: body.name, siteId: body.siteId ?? null, days: body.days };
    const schedule = await parts.db.transaction(async (tx) => getSchedule(tx, await createSchedule(tx, change(), fields)));
    return created(`/schedules/${schedule.id}`, schedule);
  }),
  route('GET', '/schedules/{id}', 'viewer', async ({ parts, param }) => ok(await getSchedule(parts.db.read, param('id')))),
  routeWithBody('PATCH', '/schedules/{id}', 'operator', 'schedule-patch', async ({ parts, param, body, change }) =>
    ok(
      await parts.db.transaction(async (tx) => {
        await patchSchedule(tx, change(), param('id'), body);
        return getSchedule(tx, param('id'));
      }),
    ),
  ),
  route('DELETE', '/schedules/{id}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => deleteSchedule(tx, change(), param('id')));
    return nothing;
  }),
];
