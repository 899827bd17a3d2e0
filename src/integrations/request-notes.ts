import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { epochMs } from '../domain/time.js';
import { touch } from './integration-store.js';
import { touchScimToken } from './scim-token-store.js';

/** Per token at most one write in this time: what is shown to the admin need not be newer. */
const EVERY_MS = 60_000;
/** Remembers when an IdP was last heard of, beside its requests: a note delays none of them and its failure fails none. */
export class RequestNotes {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #notedAt = new Map<string, number>();
  readonly #pending = new Set<Promise<void>>();

  constructor(db: Database, clock: Clock, logger: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#logger = logger;
  }

  note(integrationId: string, tokenId: string, userAgent: string | null): void {
    const now = this.#clock.now();
    const before = this.#notedAt.get(tokenId);
    if (before !== undefined && epochMs(now) - before < EVERY_MS) return;
    this.#notedAt.set(tokenId, epochMs(now));
    const writing = this.#write(integrationId, tokenId, now, userAgent).finally(() => this.#pending.delete(writing));
    this.#pending.add(writing);
  }

  /** Waits for what is being written. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #write(integrationId: string, tokenId: string, now: string, userAgent: string | null): Promise<void> {
    try {
      await this.#db.transaction(async (tx) => {
        await touch(tx, integrationId, now, userAgent);
        await touchScimToken(tx, tokenId, now);
      });
    } catch (error) {
      this.#notedAt.delete(tokenId);
      this.#logger.warn('could not note the last request', { integrationId, error });
    }
  }
}
