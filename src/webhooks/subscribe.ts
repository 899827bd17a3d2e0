import type { Clock } from '../db/clock.js';
import type { Database, Reader } from '../db/database.js';
import { type Instant, shift } from '../domain/time.js';
import { type VaultStore, WEBHOOK_SECRET } from '../integrations/vault-store.js';
import { setRenewal } from '../sync/due-store.js';
import type { Source, Sources } from '../sync/source.js';

/** However long a subscription lasts, the source is asked every day whether it still has it. */
const RENEW_MS = 24 * 60 * 60_000;
const SOONEST_MS = 60_000;

export interface SubscriptionParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly vaults: VaultStore;
  readonly publicUrl: string;
}

/** The address that the integration's webhooks come to. It holds a secret: whoever knows it can have us ask the source. */
export function webhookUrl(publicUrl: string, integrationId: string, secret: string): string {
  return `${publicUrl}/webhooks/${integrationId}/${secret}`;
}

/** The same from what is stored; null for an integration without such an address. Errors: `Unsealable`. */
export async function storedWebhookUrl(
  { vaults, publicUrl }: Pick<SubscriptionParts, 'vaults' | 'publicUrl'>,
  reader: Reader,
  integrationId: string,
): Promise<string | null> {
  const secret = await vaults.get(reader, integrationId, WEBHOOK_SECRET);
  return secret === null ? null : webhookUrl(publicUrl, integrationId, secret);
}

/**
 * Has the source tell us of changes: makes and repairs what is missing there, and notes when to look again. Nothing is asked
 * of a disabled integration or a source that does not tell. Errors: `NotFound`, those of adapters; then the time noted before stays.
 */
export async function renewSubscription(parts: SubscriptionParts, integrationId: string, signal?: AbortSignal): Promise<void> {
  const { db, clock, sources } = parts;
  const { integration, adapter, context } = await sources.open(integrationId, signal);
  const url = integration.settings.enabled ? await storedWebhookUrl(parts, db.read, integrationId) : null;
  const subscribed = url === null ? undefined : await adapter.webhook?.subscribe?.(context, { url });
  const now = clock.now();
  await db.transaction((tx) => setRenewal(tx, integrationId, now, { renewAt: within(now, subscribed?.renewAt ?? null), failures: 0 }));
}

/** Never at once again, and once a day at least: nobody tells us when a source has dropped a subscription. */
function within(now: Instant, renewAt: Instant | null): Instant {
  const [earliest, latest] = [shift(now, SOONEST_MS), shift(now, RENEW_MS)];
  if (renewAt === null || renewAt > latest) return latest;
  return renewAt < earliest ? earliest : renewAt;
}

/** Has the source not tell us any more. Errors: those of adapters. */
export async function endSubscription({ adapter, context }: Source, url: string): Promise<void> {
  await adapter.webhook?.unsubscribe?.(context, { url });
}
