import { createApiToken, listApiTokens, revokeApiToken } from '../../integrations/api-token-store.js';
import { futureInstant } from './expiry.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';
import { shortListPage } from './short-list.js';

export const API_TOKEN_ROUTES: readonly Route[] = [
  route('GET', '/api-tokens', 'admin', async ({ parts, query }) =>
    ok(shortListPage('api-tokens', await listApiTokens(parts.db.read), query, (token) => token)),
  ),
  routeWithBody('POST', '/api-tokens', 'admin', 'api-token-create', async ({ parts, body, change }) => {
    const context = change();
    const { name, role } = body;
    const expiresAt = futureInstant(body.expiresAt, context.now);
    const { id, token } = await parts.db.transaction((tx) => createApiToken(tx, context, { name, role, expiresAt }));
    const view = { id, name, role, createdAt: context.now, expiresAt, lastUsedAt: null, token: token.expose() };
    return created(`/api-tokens/${id}`, view);
  }),
  route('DELETE', '/api-tokens/{id}', 'admin', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => revokeApiToken(tx, change(), param('id')));
    return nothing;
  }),
];
