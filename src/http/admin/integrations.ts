import { PIN_COOLDOWN_DAYS } from '../../credentials/pin-rules.js';
import { statement } from '../../db/statement.js';
import type { Tx } from '../../db/database.js';
import type { ChangeContext } from '../../domain/events.js';
import type { JsonObject } from '../../domain/scim.js';
import { Conflict } from '../../errors.js';
import { deleteIntegration } from '../../integrations/delete-integration.js';
import type { StoredIntegration } from '../../integrations/integration-rows.js';
import { getIntegration, getLocked, listIntegrations } from '../../integrations/integration-store.js';
import { lastRun, lastRuns } from '../../sync/last-run.js';
import { drain } from './drain.js';
import { type IntegrationView, integrationView } from './integration-view.js';
import type { AdminParts } from './parts.js';
import { created, nothing, ok, type Route, route, routeWithBody } from './route.js';
import { shortListPage } from './short-list.js';

export const MEMBERS_CHOICES = ['keep', 'revoke'] as const;
export type MembersChoice = (typeof MEMBERS_CHOICES)[number];

const liveMembers = statement<{ integrationId: string }, { n: number }>('admin.liveMembers', (sql, p) =>
  sql.raw('select cast(count(*) as bigint) as n from members where integration_id = ? and deleted_at is null', [p.integrationId]),
);

export const INTEGRATION_ROUTES: readonly Route[] = [
  route('GET', '/integrations', 'viewer', async ({ parts, query }) => {
    const runs = await lastRuns(parts.db.read);
    const viewOf = (one: StoredIntegration) => integrationView(parts, one, runs.get(one.id) ?? null);
    return ok(shortListPage('integrations', await listIntegrations(parts.db.read), query, viewOf));
  }),
  routeWithBody('POST', '/integrations', 'operator', 'integration-create', async ({ parts, body, change }) => {
    const { kind, name, ...given } = body;
    const { id, token, webhookUrl } = await parts.connections.create(change(), { kind, name, ...objects(given) });
    const shownOnce = { ...(token === null ? {} : { token: token.expose() }), ...(webhookUrl === null ? {} : { webhookUrl }) };
    return created(`/integrations/${id}`, { ...(await viewOf(parts, id)), ...shownOnce });
  }),
  route('GET', '/integrations/{id}', 'viewer', async ({ parts, param }) => ok(await viewOf(parts, param('id')))),
  routeWithBody('PATCH', '/integrations/{id}', 'operator', 'integration-patch', async ({ parts, param, body, change }) => {
    const id = param('id');
    const { name, ...given } = body;
    const marked = await parts.connections.patch(change(), id, { ...(name === undefined ? {} : { name }), ...objects(given) });
    const pending = marked > 0 ? await drain(parts, id) : 0;
    return ok({ ...(await viewOf(parts, id)), ...(pending > 0 ? { pending } : {}) });
  }),
  route('DELETE', '/integrations/{id}', 'operator', async ({ parts, param, query, change }) => {
    const id = param('id');
    const members = query.oneOf('members', MEMBERS_CHOICES);
    const farewell = await parts.subscriptions.farewell(id);
    await parts.db.transaction((tx) => deleteChosen(tx, change(), id, members));
    await farewell();
    return nothing;
  }),
  routeWithBody('POST', '/integrations/{id}/test', 'operator', 'empty', async ({ parts, param }) =>
    ok({ account: await parts.connections.test(param('id')) }),
  ),
  routeWithBody('POST', '/integrations/{id}/connect', 'operator', 'empty', async ({ parts, param, change }) =>
    ok({ url: await parts.oauth.begin(change(), param('id')) }),
  ),
];

async function viewOf(parts: AdminParts, id: string): Promise<IntegrationView> {
  const { read } = parts.db;
  return integrationView(parts, await getIntegration(read, id), await lastRun(read, id));
}

type Given = Readonly<Partial<Record<'config' | 'secrets' | 'settings', Readonly<Record<string, unknown>>>>>;

/** Of a body, which came as JSON. */
function objects({ config, secrets, settings }: Given): Readonly<Partial<Record<keyof Given, JsonObject>>> {
  return {
    ...(config === undefined ? {} : { config: config as JsonObject }),
    ...(secrets === undefined ? {} : { secrets: secrets as JsonObject }),
    ...(settings === undefined ? {} : { settings: settings as JsonObject }),
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
