import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { DatabaseUnavailable, ReferenceViolation } from '../errors.js';
import { addRequests, REQUESTS_KEPT, type RequestRecord } from './request-log-store.js';

export type { RequestRecord } from './request-log-store.js';

const FLUSH_MS = 1_000;
/** Of all integrations together; what does not fit is not kept. */
const WAITING_MAX = 1_000;

/**
 * Keeps the last requests of each integration for the admin, beside the requests: they wait in memory for a second and
 * are written together, so that none is delayed by it and none fails with it. Of a busy integration only those wait that
 * would be kept, so a thousand requests a second cost what two hundred do.
 */
export class RequestLog {
  readonly #db: Database;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, RequestRecord[]>();
  #count = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #isLosing = false;

  constructor(db: Database, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  keep(record: RequestRecord): void {
    this.#push(record);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Writes what waits. Never fails: a log that cannot be written is no reason for anything else to fail. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Writes what waits, and has nothing left to do by itself. */
  async stop(): Promise<void> {
    await this.flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #push(record: RequestRecord): void {
    const waiting = this.#waiting.get(record.integrationId);
    if (waiting !== undefined && waiting.length >= REQUESTS_KEPT) {
      waiting.shift();
      waiting.push(record);
      return;
    }
    if (this.#count >= WAITING_MAX) return;
    this.#count += 1;
    if (waiting === undefined) this.#waiting.set(record.integrationId, [record]);
    else waiting.push(record);
  }

  async #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#count = 0;
    // One transaction each: an integration that is being deleted holds up, and takes along, nobody else's.
    for (const [integrationId, records] of batches) await this.#writeOne(integrationId, records);
  }

  async #writeOne(integrationId: string, records: readonly RequestRecord[]): Promise<void> {
    try {
      await this.#db.transaction((tx) => addRequests(tx, integrationId, records));
      this.#isLosing = false;
    } catch (error) {
      if (error instanceof ReferenceViolation) return;
      if (!this.#isLosing) this.#logger.warn('requests could not be kept', { integrationId, error });
      this.#isLosing = true;
      if (error instanceof DatabaseUnavailable) this.#takeBack(integrationId, records);
    }
  }

  /** Those that came meanwhile are newer. They wait for the next request, or the end. */
  #takeBack(integrationId: string, records: readonly RequestRecord[]): void {
    const newer = this.#waiting.get(integrationId) ?? [];
    this.#waiting.delete(integrationId);
    this.#count -= newer.length;
    for (const record of [...records, ...newer]) this.#push(record);
  }
}
