import type { Logger } from '../domain/logger.js';
import { getIntegration } from '../integrations/integration-store.js';
import type { Kinds } from '../sync/kinds.js';
import type { AdapterSources } from '../sync/sources.js';
import { endSubscription, renewSubscription, storedWebhookUrl, type SubscriptionParts } from '../webhooks/subscribe.js';
import { subscribeSignal } from './attempt.js';

export interface SubscriptionsParts extends SubscriptionParts {
  readonly sources: AdapterSources;
  readonly kinds: Kinds;
  readonly logger: Logger;
}

const NOT_ENDED = 'webhooks could not be unsubscribed from';

/** Where a source sends its webhooks, as connections come and go. Never an error: without webhooks a source is still polled. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts;

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts;
  }

  async begin(integrationId: string): Promise<void> {
    await this.#tried('webhooks could not be subscribed to, it will be tried again', integrationId, () =>
      renewSubscription(this.#parts, integrationId, subscribeSignal()),
    );
  }

  /** The integration stays, so its adapter remembers what it gave up, and subscribes anew once it is enabled again. */
  async end(integrationId: string): Promise<void> {
    const { db, sources, kinds } = this.#parts;
    const { kind } = await getIntegration(db.read, integrationId);
    if (kind === 'scim' || !kinds.has(kind)) return;
    await this.#tried(NOT_ENDED, integrationId, async () => {
      const source = await sources.open(integrationId, subscribeSignal());
      const url = await storedWebhookUrl(this.#parts, db.read, integrationId);
      if (url !== null) await endSubscription(source, url);
    });
  }

  /** What is to be said to the source once the integration is gone, when nothing is known of it any more. */
  async farewell(integrationId: string): Promise<() => Promise<void>> {
    const { db, sources, kinds } = this.#parts;
    const nothing = async () => undefined;
    const { kind } = await getIntegration(db.read, integrationId);
    if (kind === 'scim' || !kinds.has(kind)) return nothing;
    const leave = await this.#tried(NOT_ENDED, integrationId, async () => {
      const source = await sources.snapshot(integrationId, subscribeSignal());
      const url = await storedWebhookUrl(this.#parts, db.read, integrationId);
      return url === null ? nothing : () => endSubscription(source, url);
    });
    return async () => {
      sources.forget(integrationId);
      if (leave !== null) await this.#tried(NOT_ENDED, integrationId, leave);
    };
  }

  async #tried<Result>(message: string, integrationId: string, work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      this.#parts.logger.warn(message, { integrationId, error });
      return null;
    }
  }
}
