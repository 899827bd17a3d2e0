import { InvalidInput } from '../../errors.js';
import { getIntegration } from '../../integrations/integration-store.js';
import { createScimToken, listScimTokens, revokeScimToken } from '../../integrations/scim-token-store.js';
import { futureInstant } from './expiry.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';
import { shortListPage } from './short-list.js';

export const SCIM_TOKEN_ROUTES: readonly Route[] = [
  route('GET', '/integrations/{id}/tokens', 'viewer', async ({ parts, param, query }) => {
    const { id } = await getIntegration(parts.db.read, param('id'));
    return ok(shortListPage('scim-tokens', await listScimTokens(parts.db.read, id), query, (token) => token));
  }),
  routeWithBody('POST', '/integrations/{id}/tokens', 'operator', 'scim-token-create', async ({ parts, param, body, change }) => {
    const integrationId = param('id');
    const context = change();
    const { kind } = await getIntegration(parts.db.read, integrationId);
    if (kind !== 'scim' && body.readOnly === false) throw new InvalidInput('What is pulled from a source can only be read.', '/readOnly');
    const expiresAt = futureInstant(body.expiresAt, context.now);
    const wanted = { readOnly: body.readOnly ?? false, expiresAt };
    const { id, token, readOnly } = await parts.db.transaction((tx) => createScimToken(tx, context, integrationId, wanted));
    const view = { id, readOnly, createdAt: context.now, expiresAt, lastUsedAt: null, token: token.expose() };
    return created(`/integrations/${integrationId}/tokens/${id}`, view);
  }),
  route('DELETE', '/integrations/{id}/tokens/{tokenId}', 'operator', async ({ parts, param, change }) => {
    await parts.db.transaction((tx) => revokeScimToken(tx, change(), param('id'), param('tokenId')));
    return nothing;
  }),
];
