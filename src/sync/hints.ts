import { Throttled, UpstreamRefused } from '../adapters/upstream-errors.js';
import type { Tx } from '../db/database.js';
import { acquireLease, keepLease, LeaseHeld, type Lease, releaseLease } from '../db/leases.js';
import { epochMs, shift } from '../domain/time.js';
import { liveUsersAmong } from './absent-rows.js';
import type { EngineParts } from './engine-parts.js';
import type { SyncEngine } from './engine.js';
import { fence, LEASE_MS } from './fence.js';
import { dueHints, finishHint, type PendingHint, POSTPONE_MAX_MS, postponeHint, pruneHints } from './hint-store.js';
import type { Pull } from './pull.js';
import { pullUsers } from './pull-users.js';
import { pulledUsersOf } from './pulled-rows.js';
import { applyRemoval } from './removal.js';
import type { Source } from './source.js';

const BATCH = 100;
/** A webhook may come before the record can be read, and may come from a part of the source that forgets sooner than another. */
const LOOK_AGAIN_MS = [1_000, 5_000, 30_000, 120_000];
/** The source does not answer: later; the next poll closes what is left then. */
const RETRY_MS = [5_000, 30_000, 120_000, 600_000];
/** A whole run is under way: it will see what changed before it began, and another look is needed after it. */
const BUSY_MS = 10_000;
const KEEP_DONE_MS = 24 * 3_600_000;

/**
 * Looks at what webhooks have named, one entity at a time, beside whatever run is under way. A hint says only where to
 * look; what is true the source says when it is asked. Several processes may do it: each integration is one's at a time.
 */
export class HintWorker {
  readonly #parts: EngineParts;
  readonly #engine: SyncEngine;
  readonly #stop = new AbortController();
  #draining: Promise<number> | null = null;
  #again = false;

  constructor(parts: EngineParts, engine: SyncEngine) {
    this.#parts = parts;
    this.#engine = engine;
  }

  /** Looks at everything that is due; asked again meanwhile, it goes round once more. Resolves with how many were dealt with. */
  drain(): Promise<number> {
    if (this.#draining !== null) {
      this.#again = true;
      return this.#draining;
    }
    this.#draining = this.#run().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#draining?.catch(() => undefined);
  }

  async #run(): Promise<number> {
    const { db, clock } = this.#parts;
    let count = 0;
    do {
      this.#again = false;
      const hints = await dueHints(db.read, clock.now(), BATCH);
      const byIntegration = new Map<string, PendingHint[]>();
      for (const hint of hints) byIntegration.set(hint.integrationId, [...(byIntegration.get(hint.integrationId) ?? []), hint]);
      const done = await Promise.all([...byIntegration].map(([integrationId, own]) => this.#ofIntegration(integrationId, own)));
      const dealt = done.reduce((sum, one) => sum + one, 0);
      count += dealt;
      this.#again ||= dealt > 0 && hints.length === BATCH;
    } while (this.#again && !this.#stop.signal.aborted);
    return count;
  }

  async #ofIntegration(integrationId: string, hints: readonly PendingHint[]): Promise<number> {
    const { db, clock, holder, logger } = this.#parts;
    let lease: Lease;
    try {
      lease = await acquireLease(db, clock, { name: `hints ${integrationId}`, holder, ms: LEASE_MS });
    } catch (error) {
      if (error instanceof LeaseHeld) return 0;
      throw error;
    }
    try {
      const onLost = () => logger.warn('another process has taken over the hints of an integration', { integrationId });
      return await keepLease(db, clock, { lease, ms: LEASE_MS, onLost }, () => this.#follow(hints, lease));
    } catch (error) {
      logger.warn('a hint could not be followed', { integrationId, error });
      return 0;
    } finally {
      await releaseLease(db, lease);
    }
  }

  /** Resolves with how many; 0 when it was stopped. */
  async #follow(hints: readonly PendingHint[], lease: Lease): Promise<number> {
    const { db, clock } = this.#parts;
    for (const hint of hints) {
      if (this.#stop.signal.aborted) return 0;
      await this.#one(hint, lease);
    }
    await db.transaction((tx) => pruneHints(tx, shift(clock.now(), -KEEP_DONE_MS)));
    return hints.length;
  }

  /** Whatever is wrong with one holds up no other. */
  async #one(hint: PendingHint, lease: Lease): Promise<void> {
    try {
      await this.#look(hint, lease);
    } catch (error) {
      await this.#failed(hint, error);
    }
  }

  async #look(hint: PendingHint, lease: Lease): Promise<void> {
    const { db, clock, sources } = this.#parts;
    const source = await sources.open(hint.integrationId, this.#stop.signal);
    if (!source.integration.settings.enabled) return this.#finish(hint, clock.now());
    if (hint.sourceKey === null || source.adapter.one === undefined) return this.#whole(hint);
    const askedAt = clock.now();
    const users = await source.adapter.one(source.context, hint.sourceKey);
    if (users.length === 0 && (await this.#looksAgain(hint))) return;
    const pull = this.#pull(source, lease);
    await pullUsers(this.#parts, pull, users, null);
    // What a hint names may be a part of the entity: a key of a reservation.
    const keys = [...new Set([hint.sourceKey, ...users.map(({ sourceKey }) => sourceKey)])];
    for (const { id, external_id, version } of await pulledUsersOf(db.read, hint.integrationId, keys)) {
      if (users.some(({ externalId }) => externalId === external_id)) continue;
      await pull.write((tx) => applyRemoval(tx, this.#parts, pull, { kind: 'user', userId: id, name: external_id, version }));
    }
    await this.#finish(hint, askedAt);
  }

  /** Everything that changed: a run, unless one is under way. */
  async #whole(hint: PendingHint): Promise<void> {
    const { db, clock } = this.#parts;
    const askedAt = clock.now();
    try {
      // Not waited for: other hints go on meanwhile.
      await this.#engine.start(hint.integrationId, { trigger: 'webhook' });
      await this.#finish(hint, askedAt);
    } catch (error) {
      if (!(error instanceof LeaseHeld)) throw error;
      await db.transaction((tx) => postponeHint(tx, hint, shift(clock.now(), BUSY_MS)));
    }
  }

  /** Not to be read (yet): nobody knows it, or somebody who may enter hangs on it. Then one answer is not enough. */
  async #looksAgain(hint: PendingHint): Promise<boolean> {
    const { db, clock } = this.#parts;
    const stored = hint.sourceKey === null ? [] : await pulledUsersOf(db.read, hint.integrationId, [hint.sourceKey]);
    const storedIds = stored.map(({ id }) => id);
    const isInside = storedIds.length > 0 && (await liveUsersAmong(db.read, storedIds, clock.now())).size > 0;
    const wait = storedIds.length === 0 ? LOOK_AGAIN_MS[hint.attempts] : hint.attempts === 0 && isInside ? LOOK_AGAIN_MS[0] : undefined;
    if (wait === undefined) return false;
    await db.transaction((tx) => postponeHint(tx, hint, shift(clock.now(), wait)));
    return true;
  }

  async #failed(hint: PendingHint, error: unknown): Promise<void> {
    const { db, clock, logger } = this.#parts;
    if (this.#stop.signal.aborted) return;
    logger.warn('an entity could not be read', { integrationId: hint.integrationId, attempts: hint.attempts, error });
    const wait = RETRY_MS[hint.attempts];
    // What the source refuses is for the next run to say aloud.
    if (wait === undefined || error instanceof UpstreamRefused) return this.#finish(hint, clock.now());
    const now = clock.now();
    const wanted = error instanceof Throttled ? epochMs(error.retryAt) - epochMs(now) : wait;
    await db.transaction((tx) => postponeHint(tx, hint, shift(now, Math.min(wanted, POSTPONE_MAX_MS))));
  }

  async #finish(hint: PendingHint, askedAt: string): Promise<void> {
    await this.#parts.db.transaction((tx) => finishHint(tx, hint, askedAt));
  }

  #pull(source: Source, lease: Lease): Pull {
    const { db, clock } = this.#parts;
    return {
      integration: source.integration,
      reader: db.read,
      write: (work) =>
        db.transaction(async (tx: Tx) => {
          await fence(tx, clock, source.integration, lease);
          return work(tx);
        }),
    };
  }
}
