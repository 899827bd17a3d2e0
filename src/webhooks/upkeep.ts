import { Throttled, UpstreamRefused } from '../adapters/upstream-errors.js';
import type { Random } from '../db/clock.js';
import { acquireLease, keepLease, type Lease, LeaseHeld, releaseLease } from '../db/leases.js';
import type { Logger } from '../domain/logger.js';
import { type Instant, shift } from '../domain/time.js';
import { pruneMessages } from '../integrations/webhook-receipt-store.js';
import { refreshAccount } from '../sync/account.js';
import { dueRenewalFailures, dueRenewals, setRenewal } from '../sync/due-store.js';
import type { Upkeep } from '../sync/scheduler.js';
import { retryAt } from '../sync/state-store.js';
import { renewSubscription, type SubscriptionParts } from './subscribe.js';

const BATCH = 50;
const LEASE_MS = 20_000;
/** Of one integration: a source that hangs holds up no other for long. */
const TIME_MS = 60_000;
const PRUNE_EVERY_MS = 60 * 60_000;
/** Credentials that are not accepted are a person's to mend. */
const REFUSED_MS = 60 * 60_000;
const FIRST_RETRY_MINUTES = 1;

export interface UpkeepParts extends SubscriptionParts {
  readonly logger: Logger;
  readonly random: Random;
}

/**
 * What connections need from time to time beside being read: subscriptions are renewed and repaired before they end, the
 * account that the admin sees is looked at again, messages that came long ago are forgotten. Nothing of it ever fails a
 * pull: without webhooks a source is still polled. Several processes may do it: each integration is one's at a time.
 */
export class ConnectionUpkeep implements Upkeep {
  readonly #parts: UpkeepParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #prunedAt: Instant | null = null;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  run(): Promise<void> {
    this.#running ??= this.#all().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running?.catch(() => undefined);
  }

  async #all(): Promise<void> {
    const { db, clock } = this.#parts;
    if (this.#stop.signal.aborted) return;
    const due = await dueRenewals(db.read, clock.now(), BATCH);
    await Promise.all(due.map((integrationId) => this.#claimed(integrationId)));
    await this.#prune();
  }

  async #claimed(integrationId: string): Promise<void> {
    const { db, clock, logger } = this.#parts;
    let lease: Lease | null = null;
    try {
      lease = await acquireLease(db, clock, { name: `upkeep ${integrationId}`, holder: 'another process', ms: LEASE_MS });
      const onLost = () => logger.warn('another process renews subscriptions as well', { integrationId });
      await keepLease(db, clock, { lease, ms: LEASE_MS, onLost }, () => this.#one(integrationId));
    } catch (error) {
      if (!(error instanceof LeaseHeld)) logger.error('the upkeep of an integration failed, will be tried again', { integrationId, error });
    } finally {
      if (lease !== null) await releaseLease(db, lease);
    }
  }

  async #one(integrationId: string): Promise<void> {
    const { db, clock, logger } = this.#parts;
    // Another process may have done it just now.
    const failures = await dueRenewalFailures(db.read, integrationId, clock.now());
    if (failures === null) return;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIME_MS)]);
    try {
      await renewSubscription(this.#parts, integrationId, signal);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      logger.warn('webhooks could not be subscribed to, it will be tried again', { integrationId, error });
      const renewAt = this.#after(error, failures + 1);
      await db.transaction((tx) => setRenewal(tx, integrationId, clock.now(), { renewAt, failures: failures + 1 }));
      return;
    }
    try {
      const source = await this.#parts.sources.open(integrationId, signal);
      if (source.integration.settings.enabled) await refreshAccount(this.#parts, source);
    } catch (error) {
      if (!this.#stop.signal.aborted) logger.warn('the account could not be looked at', { integrationId, error });
    }
  }

  #after(error: unknown, failures: number): Instant {
    const { clock, random } = this.#parts;
    if (error instanceof Throttled) return error.retryAt;
    if (error instanceof UpstreamRefused) return shift(clock.now(), Math.round(REFUSED_MS * (0.75 + random() / 4)));
    return retryAt(clock.now(), failures, FIRST_RETRY_MINUTES, random);
  }

  async #prune(): Promise<void> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    const last = this.#prunedAt;
    if (last !== null && now >= last && now < shift(last, PRUNE_EVERY_MS)) return;
    await pruneMessages(db, now);
    this.#prunedAt = now;
  }
}
