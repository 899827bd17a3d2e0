import type { StoredIntegration } from '../../integrations/integration-rows.js';
import type { LastRun } from '../../sync/last-run.js';
import type { AdminParts } from './parts.js';

/** An integration as the API and the command line show it. Never a secret. `lastSync`: its latest pull; null: none yet. */
export function integrationView(
  { config: { publicUrl }, kinds }: Pick<AdminParts, 'kinds'> & { readonly config: { readonly publicUrl: string } },
  integration: StoredIntegration,
  lastSync: LastRun | null,
) {
  const { id, kind, name, state, stateReason, account, createdAt, updatedAt, lastRequestAt, lastUserAgent } = integration;
  const config = kinds.form(kind).complete('config', integration.config);
  const settings = { ...integration.settings, ...kinds.ownSettings(kind, integration.settings) };
  return {
    ...{ id, kind, name, state, stateReason, account, config, settings, lastSync },
    scimBaseUrl: `${publicUrl}/scim/v2`,
    ...{ lastRequestAt, lastUserAgent, createdAt, updatedAt },
  };
}

export type IntegrationView = ReturnType<typeof integrationView>;
