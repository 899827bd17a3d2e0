import type { Integration, IntegrationSettings, SyncKind } from '../domain/integration.js';
import type { JsonObject } from '../domain/scim.js';
import type { Instant } from '../domain/time.js';
import { settingsOf } from './settings.js';

export interface StoredIntegration extends Integration {
  /** In force: the defaults and what was said over them; those of the kind alone as far as something was said. */
  readonly settings: IntegrationSettings & JsonObject;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly lastRequestAt: Instant | null;
  readonly lastUserAgent: string | null;
  /** What the kind needs beside secrets: addresses, ids. Empty for SCIM. */
  readonly config: JsonObject;
  /** Who was reached when it was connected, as the adapter told it. */
  readonly account: JsonObject | null;
  /** Counts up with every change of settings, configuration or secrets. */
  readonly epoch: number;
}

export interface IntegrationRow {
  readonly id: string;
  readonly kind: SyncKind;
  readonly name: string;
  readonly settings: string;
  readonly attention_reason: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_request_at: string | null;
  readonly last_user_agent: string | null;
  readonly config: string;
  readonly account: string | null;
  readonly epoch: number;
}

export const INTEGRATION_COLUMNS = [
  'id',
  'kind',
  'name',
  'settings',
  'attention_reason',
  'created_at',
  'updated_at',
  'last_request_at',
  'last_user_agent',
  'config',
  'account',
  'epoch',
].map((column) => `integrations.${column}`);

/** What was said about the settings, without the defaults. */
export function saidOf(row: Pick<IntegrationRow, 'settings'>): JsonObject {
  return JSON.parse(row.settings) as JsonObject;
}

export function integrationOf(row: IntegrationRow): StoredIntegration {
  const settings = settingsOf(row.kind, saidOf(row));
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    state: stateOf(settings.enabled, row.attention_reason),
    stateReason: row.attention_reason,
    settings,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastRequestAt: row.last_request_at,
    lastUserAgent: row.last_user_agent,
    config: JSON.parse(row.config) as JsonObject,
    account: row.account === null ? null : (JSON.parse(row.account) as JsonObject),
    epoch: row.epoch,
  };
}

function stateOf(enabled: boolean, attentionReason: string | null): Integration['state'] {
  if (!enabled) return 'disabled';
  return attentionReason === null ? 'ok' : 'needs_attention';
}
