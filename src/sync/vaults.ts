import type { Vault } from '../adapters/adapter.js';
import type { Timer } from '../adapters/http.js';
import { UpstreamUnavailable } from '../adapters/upstream-errors.js';
import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import { acquireLease, keepLease, type Lease, LeaseHeld, releaseLease } from '../db/leases.js';
import type { Logger } from '../domain/logger.js';
import { holdSecrets } from '../integrations/secret-store.js';
import type { VaultStore } from '../integrations/vault-store.js';

/** Renewed while the work goes on, however long a sign-in with all its repetitions takes; that of a killed process is over soon. */
const LEASE_MS = 20_000;
const WAIT_MS = 60_000;
const ASK_EVERY_MS = 250;

/** Runs works of the same key one after the other, within this process. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn.catch(() => undefined);
    this.#last.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}

/** A vault that nobody else sees: of a connection that is only tried. Who keeps the connection keeps its entries. */
export class PrivateVault implements Vault {
  readonly entries: Map<string, string>;
  readonly #turns = new Turns();

  constructor(entries: ReadonlyMap<string, string> = new Map()) {
    this.entries = new Map(entries);
  }

  async get(key: string): Promise<string | null> {
    return this.entries.get(key) ?? null;
  }

  async put(key: string, value: string | null): Promise<void> {
    if (value === null) this.entries.delete(key);
    else this.entries.set(key, value);
  }

  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(key, work);
  }
}

export interface VaultParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly vaults: VaultStore;
  /** Shared by all vaults of this process. */
  readonly turns: Turns;
}

/** The memory of one integration, as an adapter uses it that was opened with the secrets of this version. */
export class StoredVault implements Vault {
  readonly #parts: VaultParts;
  readonly #integrationId: string;
  readonly #secretsVersion: string;
  readonly #signal: AbortSignal | undefined;

  /** `signal` ends waiting for another process. */
  constructor(parts: VaultParts, integrationId: string, secretsVersion: string, signal?: AbortSignal) {
    this.#parts = parts;
    this.#integrationId = integrationId;
    this.#secretsVersion = secretsVersion;
    this.#signal = signal;
  }

  async get(key: string): Promise<string | null> {
    return this.#parts.vaults.get(this.#parts.db.read, this.#integrationId, key);
  }

  /** Errors: `UpstreamUnavailable` once other secrets are stored: a token of the old ones must not be taken for one of the new. */
  async put(key: string, value: string | null): Promise<void> {
    const { db, clock, vaults } = this.#parts;
    await db.transaction(async (tx) => {
      if (!(await holdSecrets(tx, this.#integrationId, this.#secretsVersion))) {
        throw new UpstreamUnavailable('The connection was changed meanwhile.');
      }
      await vaults.put(tx, this.#integrationId, key, value, clock.now());
    });
  }

  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const name = `vault ${this.#integrationId} ${key}`;
    return this.#parts.turns.run(name, async () => {
      const lease = await this.#lease(name);
      try {
        return await this.#kept(lease, work);
      } finally {
        await this.#release(lease);
      }
    });
  }

  /** Errors: `UpstreamUnavailable` when another process keeps it for too long. */
  async #lease(name: string): Promise<Lease> {
    const { db, clock, timer } = this.#parts;
    for (let waited = 0; ; waited += ASK_EVERY_MS) {
      try {
        return await acquireLease(db, clock, { name, holder: 'another process', ms: LEASE_MS });
      } catch (error) {
        if (!(error instanceof LeaseHeld)) throw error;
        if (waited >= WAIT_MS) throw new UpstreamUnavailable('Another process is signing in to the other system.', { cause: error });
      }
      await timer.sleep(ASK_EVERY_MS, this.#signal);
    }
  }

  /** Whoever loses it was held up for all of its time. A request that is under way cannot be taken back, so it goes on. */
  #kept<Result>(lease: Lease, work: () => Promise<Result>): Promise<Result> {
    const { db, clock, logger } = this.#parts;
    const onLost = () => logger.warn('another process signs in as well', { lease: lease.name });
    return keepLease(db, clock, { lease, ms: LEASE_MS, onLost }, work);
  }

  /** The work is done by then: what cannot be given back runs out by itself. */
  async #release(lease: Lease): Promise<void> {
    const { db, logger } = this.#parts;
    await releaseLease(db, lease).catch((error: unknown) => logger.warn('a lease could not be given back', { lease: lease.name, error }));
  }
}
