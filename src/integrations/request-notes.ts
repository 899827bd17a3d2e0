import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Logger } from '../domain/logger.js';
import { epochMs } from '../domain/time.js';

/** Per token at most one write in this time: what is shown to the admin need not be newer. */
const EVERY_MS = 60_000;
const USER_AGENT_MAX = 300;

const noteIntegration = statement<{ id: string; now: string; userAgent: string | null }>('integrations.note-request', (sql, p) =>
  sql('integrations').where('id', p.id).update({ last_request_at: p.now, last_user_agent: p.userAgent }),
);
const noteToken = statement<{ id: string; now: string }>('scim_tokens.note-use', (sql, p) =>
  sql('scim_tokens').where('id', p.id).update({ last_used_at: p.now }),
);

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
        await tx.run(noteIntegration, { id: integrationId, now, userAgent: userAgent?.slice(0, USER_AGENT_MAX) ?? null });
        await tx.run(noteToken, { id: tokenId, now });
      });
    } catch (error) {
      this.#notedAt.delete(tokenId);
      this.#logger.warn('could not note the last request', { integrationId, error });
    }
  }
}
