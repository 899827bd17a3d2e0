import { SKIP_REASONS, type SkipReason } from '../../domain/access.js';
import { getIntegration } from '../../integrations/integration-store.js';
import { pageBody } from './query.js';
import { ok, type Route, route } from './route.js';
import { listUsersOf } from './user-list.js';

const STATUSES = ['synced', 'none'] as const;
const REASONS = Object.keys(SKIP_REASONS) as SkipReason[];

export const INTEGRATION_MEMBER_ROUTES: readonly Route[] = [
  route('GET', '/integrations/{id}/members', 'viewer', async ({ parts, param, query }) => {
    const { id } = await getIntegration(parts.db.read, param('id'));
    const [status, reason, search] = [query.oneOf('status', STATUSES), query.oneOf('reason', REASONS), query.text('search')];
    const filter = {
      ...(status === undefined ? {} : { status }),
      ...(reason === undefined ? {} : { reason }),
      ...(search === undefined ? {} : { search }),
    };
    const { data, next } = await listUsersOf(parts.db.read, id, filter, query.page('users'));
    return ok(pageBody('users', data, next));
  }),
];
