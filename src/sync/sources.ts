import type { AdapterContext, Vault } from '../adapters/adapter.js';
import { createUpstreamLine, type HttpOptions, type UpstreamLine } from '../adapters/http.js';
import type { SyncKind } from '../domain/integration.js';
import type { Logger } from '../domain/logger.js';
import type { JsonObject } from '../domain/scim.js';
import { getIntegration } from '../integrations/integration-store.js';
import type { SecretStore } from '../integrations/secret-store.js';
import type { Kinds } from './kinds.js';
import type { AnyAdapter, Source, Sources } from './source.js';
import { PrivateVault, StoredVault, Turns, type VaultParts } from './vaults.js';

export interface SourcesParts extends Omit<VaultParts, 'turns'>, Pick<HttpOptions, 'allowPrivateUrls' | 'random'> {
  readonly kinds: Kinds;
  readonly secrets: SecretStore;
}

/** What an admin gave for a connection, stored or not yet. */
export interface Given {
  readonly config: JsonObject;
  readonly secrets: JsonObject;
  readonly settings: JsonObject;
}

interface KeptLine {
  readonly config: string;
  readonly line: UpstreamLine;
}

/** Opens integrations as sources; pacing is kept per integration for as long as its configuration stays. */
export class AdapterSources implements Sources {
  readonly #parts: SourcesParts;
  readonly #turns = new Turns();
  readonly #lines = new Map<string, KeptLine>();

  constructor(parts: SourcesParts) {
    this.#parts = parts;
  }

  async open(integrationId: string, signal?: AbortSignal): Promise<Source> {
    const { db, kinds, secrets } = this.#parts;
    // Before the secrets: with older ones than its own epoch says nothing could be written.
    const integration = await getIntegration(db.read, integrationId);
    const adapter = kinds.adapter(integration.kind);
    const { values, version } = await secrets.get(db.read, integrationId);
    const vault = this.vault(integrationId, version, signal);
    const given = { config: integration.config, secrets: values, settings: integration.settings };
    const context = this.#context(integration.kind, given, vault, this.#kept(integrationId, adapter, integration.config), signal, {
      integrationId,
    });
    return { integration, adapter, context };
  }

  /** The same with what is not stored (yet); `integrationId` null: there is no integration yet. */
  candidate(
    kind: SyncKind,
    given: Given,
    vault: Vault,
    { integrationId, signal }: { readonly integrationId: string | null; readonly signal: AbortSignal },
  ): { readonly adapter: AnyAdapter; readonly context: AdapterContext<JsonObject, JsonObject, JsonObject> } {
    const adapter = this.#parts.kinds.adapter(kind);
    const kept = integrationId === null ? undefined : this.#lines.get(integrationId);
    const line = kept?.config === JSON.stringify(given.config) ? kept.line : this.#line(adapter);
    return { adapter, context: this.#context(kind, given, vault, line, signal, integrationId === null ? {} : { integrationId }) };
  }

  /** The stored memory of an integration with the secrets of this version. */
  vault(integrationId: string, secretsVersion: string, signal?: AbortSignal): Vault {
    return new StoredVault({ ...this.#parts, turns: this.#turns }, integrationId, secretsVersion, signal);
  }

  /** An integration as it is now, with a copy of its memory: for a last word to its source once it is gone. */
  async snapshot(integrationId: string, signal: AbortSignal): Promise<Source> {
    const { db, vaults } = this.#parts;
    const source = await this.open(integrationId, signal);
    return { ...source, context: { ...source.context, vault: new PrivateVault(await vaults.entries(db.read, integrationId)) } };
  }

  /** The integration is gone. */
  forget(integrationId: string): void {
    this.#lines.delete(integrationId);
  }

  #context(
    kind: SyncKind,
    { config, secrets, settings }: Given,
    vault: Vault,
    line: UpstreamLine,
    signal: AbortSignal | undefined,
    fields: Readonly<Record<string, unknown>>,
  ): AdapterContext<JsonObject, JsonObject, JsonObject> {
    const { kinds, clock, logger } = this.#parts;
    return {
      config: kinds.form(kind).complete('config', config),
      secrets,
      settings: kinds.ownSettings(kind, settings),
      http: line.http(signal),
      vault,
      logger: withFields(logger, fields),
      now: () => clock.now(),
    };
  }

  #kept(integrationId: string, adapter: AnyAdapter, config: JsonObject): UpstreamLine {
    const text = JSON.stringify(config);
    const kept = this.#lines.get(integrationId);
    if (kept?.config === text) return kept.line;
    const line = this.#line(adapter);
    this.#lines.set(integrationId, { config: text, line });
    return line;
  }

  #line({ limits }: AnyAdapter): UpstreamLine {
    const { allowPrivateUrls, timer, random } = this.#parts;
    return createUpstreamLine({ limits, allowPrivateUrls, timer, random });
  }
}

function withFields(logger: Logger, always: Readonly<Record<string, unknown>>): Logger {
  const write =
    (level: keyof Logger): Logger['info'] =>
    (message, fields = {}) =>
      logger[level](message, { ...fields, ...always });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
