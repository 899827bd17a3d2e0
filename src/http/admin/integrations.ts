import { PIN_COOLDOWN_DAYS } from '../../credentials/pin-rules.js';
import { statement } from '../../db/statement.js';
import type { Tx } from '../../db/database.js';
import type { ChangeContext } from '../../domain/events.js';
import type { JsonObject } from '../../domain/scim.js';
import { Conflict } from '../../errors.js';
import { deleteIntegration } from '../../integrations/delete-integration.js';
import type { StoredIntegration } from '../../integrations/integration-rows.js';
import { createIntegration, getIntegration, getLocked, listIntegrations, patchIntegration } from '../../integrations/integration-store.js';
import { createScimToken } from '../../integrations/scim-token-store.js';
import { drain } from './drain.js';
import type { AdminParts } from './parts.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';
import { shortListPage } from './short-list.js';

export const MEMBERS_CHOICES = ['keep', 'revoke'] as const;
export type MembersChoice = (typeof MEMBERS_CHOICES)[number];

const liveMembers = statement<{ integrationId: string }, { n: number }>('admin.liveMembers', (sql, p) =>
  sql.raw('select cast(count(*) as bigint) as n from members where integration_id = ? and deleted_at is null', [p.integrationId]),
);

export const INTEGRATION_ROUTES: readonly Route[] = [
  route('GET', '/integrations', 'viewer', async ({ parts, query }) =>
    ok(shortListPage('integrations', await listIntegrations(parts.db.read), query, (one) => integrationView(parts, one))),
  ),
  routeWithBody('POST', '/integrations', 'operator', 'integration-create', async ({ parts, body, change }) => {
    const { kind, name, settings = {} } = body;
    const view = await parts.db.transaction(async (tx) => {
      const context = change();
      const id = await createIntegration(tx, context, { kind, name, settings: settings as JsonObject });
      const { token } = await createScimToken(tx, context, id, { readOnly: false, expiresAt: null });
      return { ...integrationView(parts, await getIntegration(tx, id)), token: token.expose() };
    });
    return created(`/integrations/${view.id}`, view);
  }),
  route('GET', '/integrations/{id}', 'viewer', async ({ parts, param }) =>
    ok(integrationView(parts, await getIntegration(parts.db.read, param('id')))),
  ),
  routeWithBody('PATCH', '/integrations/{id}', 'operator', 'integration-patch', async ({ parts, param, body, change }) => {
    const id = param('id');
    const { name, settings } = body;
    const patch = { ...(name === undefined ? {} : { name }), ...(settings === undefined ? {} : { settings: settings as JsonObject }) };
    const marked = await parts.db.transaction((tx) => patchIntegration(tx, change(), id, patch));
    const pending = marked > 0 ? await drain(parts, id) : 0;
    return ok({ ...integrationView(parts, await getIntegration(parts.db.read, id)), ...(pending > 0 ? { pending } : {}) });
  }),
  route('DELETE', '/integrations/{id}', 'operator', async ({ parts, param, query, change }) => {
    const members = query.oneOf('members', MEMBERS_CHOICES);
    await parts.db.transaction((tx) => deleteChosen(tx, change(), param('id'), members));
    return nothing;
  }),
];

/** An integration as the API and the command line show it. Never a secret. */
export function integrationView({ config: { publicUrl } }: Pick<AdminParts, 'config'>, integration: StoredIntegration) {
  const { id, kind, name, state, stateReason, settings, createdAt, updatedAt, lastRequestAt, lastUserAgent } = integration;
  return {
    ...{ id, kind, name, state, stateReason },
    // Of a SCIM connection we know neither: the identity provider comes to us.
    ...{ account: null, config: {}, settings, lastSync: null },
    scimBaseUrl: `${publicUrl}/scim/v2`,
    ...{ lastRequestAt, lastUserAgent, createdAt, updatedAt },
  };
}

/**
 * Deletes the integration. Whoever does it must say what becomes of its members, if it has any: nobody should end the
 * access of five thousand people, or leave it running for ever, by leaving out a parameter.
 * Errors: `NotFound`, `Conflict` without the choice.
 */
export async function deleteChosen(tx: Tx, context: ChangeContext, id: string, members: MembersChoice | undefined): Promise<void> {
  await getLocked(tx, id);
  const count = (await tx.first(liveMembers, { integrationId: id }))?.n ?? 0;
  if (members === undefined && count > 0) {
    throw new Conflict(
      `This integration has ${count} ${count === 1 ? 'member' : 'members'}. Say members=keep to make them manual, or members=revoke to end their access.`,
    );
  }
  await deleteIntegration(tx, context, id, { members: members ?? 'revoke', coolDownDays: PIN_COOLDOWN_DAYS });
}
