import type { Vault } from '../adapters/adapter.js';
import { UpstreamRefused } from '../adapters/upstream-errors.js';
import { randomText } from '../credentials/random-text.js';
import type { Secret } from '../credentials/secret.js';
import type { Clock } from '../db/clock.js';
import type { Database, Tx } from '../db/database.js';
import type { ChangeContext } from '../domain/events.js';
import type { SyncKind } from '../domain/integration.js';
import type { Logger } from '../domain/logger.js';
import type { JsonObject } from '../domain/scim.js';
import { type Instant, shift } from '../domain/time.js';
import { Conflict, InvalidInput } from '../errors.js';
import type { StoredIntegration } from '../integrations/integration-rows.js';
import { createIntegration, getIntegration, getLocked, patchIntegration, setAttention } from '../integrations/integration-store.js';
import { createScimToken } from '../integrations/scim-token-store.js';
import type { SecretStore } from '../integrations/secret-store.js';
import { mergeSettings, settingsOf, whyNotEnabled } from '../integrations/settings.js';
import { type VaultStore, WEBHOOK_SECRET } from '../integrations/vault-store.js';
import { pullNow, startPulling, stopPulling } from '../sync/due-store.js';
import type { Kinds } from '../sync/kinds.js';
import type { AdapterSources, Given } from '../sync/sources.js';
import { PrivateVault } from '../sync/vaults.js';
import { webhookUrl } from '../webhooks/subscribe.js';
import { reached, testSignal } from './attempt.js';
import { checkForm, checkNewAddresses, merged } from './form.js';
import type { Subscriptions } from './subscriptions.js';

export const NOT_CONNECTED = 'Not connected yet: somebody who may do so in the other system has to agree to the connection.';

/** If telling the source where to send its webhooks fails, it is tried again after this. */
const SUBSCRIBE_AGAIN_MS = 10 * 60_000;

export interface ConnectionParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kinds: Kinds;
  readonly sources: AdapterSources;
  readonly secrets: SecretStore;
  readonly vaults: VaultStore;
  readonly subscriptions: Subscriptions;
  readonly config: { readonly publicUrl: string; readonly allowPrivateUrls: boolean };
}

export interface NewConnection {
  readonly kind: SyncKind;
  readonly name: string;
  readonly config?: JsonObject;
  readonly secrets?: JsonObject;
  readonly settings?: JsonObject;
}

export interface Connected {
  readonly id: string;
  /** Of a SCIM connection; shown once. */
  readonly token: Secret | null;
  /** Of a source that is pulled. It holds a secret. */
  readonly webhookUrl: string | null;
}

/** What a change of a connection comes to, before it is stored. */
interface Change {
  readonly before: StoredIntegration;
  readonly config: JsonObject;
  readonly secrets: JsonObject;
  readonly secretsChanged: boolean;
  readonly enabled: boolean;
  /** Whom it reaches; null: nobody yet. */
  readonly account: JsonObject | null;
  readonly tested: boolean;
  /** Somebody has to agree to it (again). */
  readonly unconnected: boolean;
  /** What takes the place of what the adapter remembered; null: that stays. */
  readonly memory: ReadonlyMap<string, string> | null;
}

/** Makes and changes integrations: nothing is stored that has not reached its source, and nothing half. */
export class Connections {
  readonly #parts: ConnectionParts;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /**
   * Errors: `InvalidInput` with the places of what is not valid; those of adapters when the source cannot be reached with it.
   * After any of them nothing is stored.
   */
  async create(context: ChangeContext, wanted: NewConnection): Promise<Connected> {
    const { kinds, config: limits } = this.#parts;
    const { kind, name, config = {}, secrets = {}, settings = {} } = wanted;
    const given = { config, secrets, settings };
    checkForm(kinds, kind, { settings, reach: given }, limits.allowPrivateUrls);
    if (kind === 'scim') return this.#createScim(context, name, settings);
    const { enabled } = allowed(kind, settingsOf(kind, mergeSettings({}, settings)));
    const vault = new PrivateVault();
    const consent = kinds.needsConsent(kind, secrets);
    const account = consent ? null : await this.#reach(kind, given, vault, { integrationId: null, signal: testSignal() });
    const made = await this.#parts.db.transaction(async (tx) => {
      const attention = consent ? NOT_CONNECTED : null;
      const id = await createIntegration(tx, context, { kind, name, settings, config, account, attention });
      const secret = randomText();
      await this.#parts.secrets.put(tx, id, secrets, context.now);
      await this.#parts.vaults.replace(tx, id, vault.entries, context.now);
      await this.#parts.vaults.put(tx, id, WEBHOOK_SECRET, secret, context.now);
      await schedule(tx, id, enabled && account !== null, context.now);
      return { id, token: null, webhookUrl: webhookUrl(limits.publicUrl, id, secret) };
    });
    if (enabled && account !== null) await this.#parts.subscriptions.begin(made.id);
    return made;
  }

  /**
   * Merges what is given; where that changes how the source is reached, or enables the integration, it must be reached first.
   * Returns how many Users are to be reconciled. Errors: as of `create`, and `NotFound`; `Conflict` when somebody else changed
   * it meanwhile.
   */
  async patch(context: ChangeContext, id: string, patch: Partial<Omit<NewConnection, 'kind'>>): Promise<number> {
    const { db, kinds, config: limits } = this.#parts;
    const before = await getIntegration(db.read, id);
    const { name, settings = {} } = patch;
    const stored = (await this.#parts.secrets.get(db.read, id)).values;
    const given = { config: merged(before.config, patch.config), secrets: merged(stored, patch.secrets), settings };
    // What is stored already is no reason to refuse a change of something else: an integration can always be disabled.
    const enabling = settings['enabled'] === true && !before.settings.enabled;
    const stays = patch.config === undefined && patch.secrets === undefined && !enabling;
    checkForm(kinds, before.kind, { settings, reach: stays ? null : given }, limits.allowPrivateUrls);
    const names = { ...(name === undefined ? {} : { name }), settings };
    if (before.kind === 'scim') return db.transaction((tx) => patchIntegration(tx, context, id, names));
    const configs = { before: before.config, after: given.config };
    checkNewAddresses(kinds, before.kind, configs, { stored, given: patch.secrets ?? {} });
    const change = await this.#tried(before, stored, given, patch.secrets !== undefined);
    const marked = await db.transaction((tx) => this.#store(tx, context, change, names));
    if (change.tested && change.enabled) await this.#parts.subscriptions.begin(id);
    if (!change.enabled && before.settings.enabled) await this.#parts.subscriptions.end(id);
    return marked;
  }

  /** Whom the integration reaches now. Errors: `NotFound`, `InvalidInput` for SCIM, `Conflict` before consent, those of adapters. */
  async test(id: string): Promise<JsonObject> {
    const { db, kinds, sources, secrets } = this.#parts;
    const { kind, account } = await getIntegration(db.read, id);
    const { values } = await secrets.get(db.read, id);
    if (account === null && kinds.needsConsent(kind, values)) throw new Conflict(NOT_CONNECTED);
    const signal = testSignal();
    return reached(await sources.open(id, signal), signal);
  }

  async #createScim(context: ChangeContext, name: string, settings: JsonObject): Promise<Connected> {
    return this.#parts.db.transaction(async (tx) => {
      const id = await createIntegration(tx, context, { kind: 'scim', name, settings });
      const { token } = await createScimToken(tx, context, id, { readOnly: false, expiresAt: null });
      return { id, token, webhookUrl: null };
    });
  }

  /** Works out the change, and reaches the source with it where that is in question. */
  async #tried(before: StoredIntegration, stored: JsonObject, given: Given, secretsGiven: boolean): Promise<Change> {
    const { kinds, sources, secrets: store, db } = this.#parts;
    const { id, kind } = before;
    const { config, secrets } = given;
    const settings = mergeSettings(before.settings, given.settings);
    const { enabled } = allowed(kind, settingsOf(kind, settings));
    const consent = kinds.needsConsent(kind, secrets);
    const configChanged = !same(config, before.config);
    const secretsChanged = !same(secrets, stored);
    const common = { before, config, secrets, secretsChanged, enabled };
    const unconnected = { ...common, account: null, tested: false, unconnected: true, memory: secretsChanged ? new Map() : null };
    if (consent && (secretsChanged || before.account === null)) return unconnected;
    const inQuestion = configChanged || secretsGiven || (enabled && !before.settings.enabled);
    if (!inQuestion) return { ...common, account: before.account, tested: false, unconnected: false, memory: null };
    // A token belongs to who was asked for it. What came by consent cannot be asked for again, so it outlives a change of addresses.
    const fresh = secretsChanged || (configChanged && !consent) ? new PrivateVault() : null;
    const signal = testSignal();
    const vault = fresh ?? sources.vault(id, (await store.get(db.read, id)).version, signal);
    try {
      const account = await this.#reach(kind, { config, secrets, settings }, vault, { integrationId: id, signal });
      return { ...common, account, tested: true, unconnected: false, memory: fresh?.entries ?? null };
    } catch (error) {
      // Consent that was withdrawn is given anew, and that only to an integration that is enabled.
      if (consent && !configChanged && error instanceof UpstreamRefused) return unconnected;
      throw error;
    }
  }

  async #store(
    tx: Tx,
    context: ChangeContext,
    change: Change,
    names: { readonly name?: string; readonly settings: JsonObject },
  ): Promise<number> {
    const { before, config, secrets, secretsChanged, enabled, account, tested, unconnected, memory } = change;
    const { id } = before;
    const touched = tested || secretsChanged || account !== before.account || !same(config, before.config);
    if ((await getLocked(tx, id)).epoch !== before.epoch && touched) {
      throw new Conflict('Somebody else changed this integration meanwhile. Please look at it and try again.');
    }
    if (memory !== null) {
      // Also the same secrets anew: whoever works with what was remembered before may not write any more.
      await this.#parts.secrets.put(tx, id, secrets, context.now);
      await this.#parts.vaults.replace(tx, id, memory, context.now);
    }
    const marked = await patchIntegration(tx, context, id, { ...names, ...(touched ? { config, account, secretsChanged } : {}) });
    if (tested) await setAttention(tx, context, id, null);
    else if (unconnected) await setAttention(tx, context, id, NOT_CONNECTED);
    if (touched || enabled !== before.settings.enabled) await schedule(tx, id, enabled && account !== null, context.now);
    // A pull that is under way stops, since it goes by settings that are no more.
    else if (Object.keys(names.settings).length > 0) await pullNow(tx, id, context.now);
    return marked;
  }

  /** Errors: those of adapters. */
  #reach(kind: SyncKind, given: Given, vault: Vault, on: { readonly integrationId: string | null; readonly signal: AbortSignal }) {
    return reached(this.#parts.sources.candidate(kind, given, vault, on), on.signal);
  }
}

/** The same settings. Errors: `InvalidInput` when an integration cannot be enabled with them. */
function allowed(kind: SyncKind, settings: StoredIntegration['settings']): StoredIntegration['settings'] {
  const why = settings.enabled ? whyNotEnabled(kind, settings) : null;
  if (why !== null) throw new InvalidInput(why, '/settings/enabled');
  return settings;
}

export async function schedule(tx: Tx, id: string, pulled: boolean, now: Instant): Promise<void> {
  if (pulled) await startPulling(tx, id, now, shift(now, SUBSCRIBE_AGAIN_MS));
  else await stopPulling(tx, id);
}

function same(a: JsonObject, b: JsonObject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
