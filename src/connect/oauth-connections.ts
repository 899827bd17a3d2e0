import { codeChallenge } from '../credentials/random-text.js';
import type { ChangeContext } from '../domain/events.js';
import { Conflict, InvalidInput } from '../errors.js';
import { getIntegration, getLocked, patchIntegration, setAttention } from '../integrations/integration-store.js';
import type { OAuthStateStore } from '../integrations/oauth-state-store.js';
import type { AdapterSources } from '../sync/sources.js';
import type { AnyAdapter } from '../sync/source.js';
import { PrivateVault } from '../sync/vaults.js';
import { inTime, reached, testSignal } from './attempt.js';
import { type ConnectionParts, schedule } from './connections.js';

export interface OAuthParts extends ConnectionParts {
  readonly states: OAuthStateStore;
}

/** Connections that somebody has to agree to at the source. @see RFC 6749 section 4.1, RFC 7636 */
export class OAuthConnections {
  readonly #parts: OAuthParts;

  constructor(parts: OAuthParts) {
    this.#parts = parts;
  }

  /**
   * Where to send the admin; good for ten minutes. Errors: `NotFound`, `InvalidInput` for an integration that needs no
   * consent, `Conflict` for a disabled one.
   */
  async begin(context: ChangeContext, id: string): Promise<string> {
    const { db, sources, states } = this.#parts;
    const source = await sources.open(id);
    const oauth = this.#flow(source);
    if (!source.integration.settings.enabled) throw new Conflict('This integration is disabled.');
    const { state, codeVerifier } = await db.transaction((tx) => states.begin(tx, context, id));
    const flow = { state, redirectUri: this.#redirectUri, codeChallenge: codeChallenge(codeVerifier) };
    return oauth.authorizeUrl(source.context, flow);
  }

  /**
   * The source's answer. The state is used up, whatever comes of it; the code changes something only once it has reached the
   * source. Returns the integration's id. Errors: `InvalidInput`, `NotFound`, `Conflict`, those of adapters.
   */
  async finish(state: string, code: string): Promise<string> {
    const { db, clock, sources, secrets, vaults, states, subscriptions } = this.#parts;
    const attempt = await db.transaction((tx) => states.take(tx, state, clock.now()));
    if (attempt === null) throw new InvalidInput('There is no such attempt to connect.');
    const { integrationId, codeVerifier, actor } = attempt;
    const before = await getIntegration(db.read, integrationId);
    if (!before.settings.enabled) throw new Conflict('This integration is disabled.');
    const given = { config: before.config, settings: before.settings, secrets: (await secrets.get(db.read, integrationId)).values };
    const [vault, signal] = [new PrivateVault(), testSignal()];
    const candidate = sources.candidate(before.kind, given, vault, { integrationId, signal });
    const oauth = this.#flow({ ...candidate, integration: before });
    await inTime(oauth.exchange(candidate.context, { code, redirectUri: this.#redirectUri, codeVerifier }), signal);
    const account = await reached(candidate, signal);
    await db.transaction(async (tx) => {
      const context = { actor, now: clock.now() };
      const { epoch } = await getLocked(tx, integrationId);
      if (epoch !== before.epoch) throw new Conflict('Somebody else changed this integration meanwhile.');
      // The same secrets anew: whoever works with what was remembered before may not write any more.
      await secrets.put(tx, integrationId, given.secrets, context.now);
      await vaults.replace(tx, integrationId, vault.entries, context.now);
      await patchIntegration(tx, context, integrationId, { account, secretsChanged: true });
      await setAttention(tx, context, integrationId, null);
      await schedule(tx, integrationId, true, context.now);
    });
    await subscriptions.begin(integrationId);
    return integrationId;
  }

  get #redirectUri(): string {
    return `${this.#parts.config.publicUrl}/oauth/callback`;
  }

  #flow({ adapter, context, integration }: Awaited<ReturnType<AdapterSources['open']>>): NonNullable<AnyAdapter['oauth']> {
    if (adapter.oauth !== undefined && this.#parts.kinds.needsConsent(integration.kind, context.secrets)) return adapter.oauth;
    throw new InvalidInput('This integration is connected by its credentials: nobody has to agree to it.');
  }
}
