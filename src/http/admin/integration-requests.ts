import { getIntegration } from '../../integrations/integration-store.js';
import { getRequest, listRequests, type StatusFilter } from '../../integrations/request-log-store.js';
import { HttpRefusal } from '../problem.js';
import { pageBody, type Query } from './query.js';
import { ok, type Route, route } from './route.js';

const ANY: StatusFilter = { from: 100, to: 599 };
const ERRORS: StatusFilter = { from: 400, to: 599 };
const ONE_STATUS = /^[1-5]\d\d$/;
const STATUS_CLASS = /^[1-5]xx$/;

/** The last SCIM requests of an integration. They name people, so a viewer does not see them. */
export const INTEGRATION_REQUEST_ROUTES: readonly Route[] = [
  route('GET', '/integrations/{id}/requests', 'operator', async ({ parts, param, query }) => {
    const { id } = await getIntegration(parts.db.read, param('id'));
    const wanted = statusOf(query);
    const page = query.page('requests');
    await parts.requestLog.flush();
    const { data, next } = await listRequests(parts.db.read, id, wanted, page);
    return ok(pageBody('requests', data, next));
  }),
  route('GET', '/integrations/{id}/requests/{requestId}', 'operator', async ({ parts, param }) => {
    const [id, requestId] = [param('id'), param('requestId')];
    await parts.requestLog.flush();
    return ok(await getRequest(parts.db.read, id, requestId));
  }),
];

/** `status`: one (`409`), a class (`4xx`), or `errors`. @throws HttpRefusal 400 */
function statusOf(query: Query): StatusFilter {
  const text = query.text('status');
  if (text === undefined) return ANY;
  if (text === 'errors') return ERRORS;
  if (ONE_STATUS.test(text)) return { from: Number(text), to: Number(text) };
  if (!STATUS_CLASS.test(text)) throw new HttpRefusal(400, 'The query parameter status must be like 409, 4xx or errors.');
  const from = Number(text[0]) * 100;
  return { from, to: from + 99 };
}
