import { housekeep } from '../access/housekeeping.js';
import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { eraseSome } from '../events/erasure.js';
import { PRUNED_AT_ONCE, pruneLog } from '../events/retention.js';
import type { ClockWatch } from './clock-watch.js';
import type { ReconcileWorker } from './worker.js';

interface TimekeeperParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly worker: ReconcileWorker;
  readonly clockWatch: ClockWatch;
  /** How long the digits of a PIN that housekeeping revokes stay with nobody. */
  readonly coolDownDays: number;
  /** How long events are kept; 0: for ever. */
  readonly eventRetentionDays: number;
}

/** How often the database is asked what time has made due, and what another process has marked. Two index look-ups when there is nothing. */
const TICK_MS = 1_000;
/** Putting ended members away is a matter of days. */
const HOUSEKEEPING_MS = 60_000;
const HOUSEKEEPING_BATCH = 100;
/** Of old events, and of those who are gone, a part at each look, so that a log of years holds up nobody's access; more than can come in the time between. */
const PARTS_MAX = 40;

/**
 * Lets time do its work: windows that start, end or come into scope, ended members that are put away after their time,
 * Users that another process marked. `wake` has it look at once.
 */
export class Timekeeper {
  readonly #parts: TimekeeperParts;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = true;
  #stopping = false;
  #housekeptAt = Number.NEGATIVE_INFINITY;

  constructor(parts: TimekeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#stopping = false;
    this.#parts.worker.resume();
    this.#schedule(0);
  }

  /** Looks now instead of at the next tick; without effect before `start`, when somebody else does the work. */
  wake(): void {
    if (!this.#stopped) this.#schedule(0);
  }

  /** Ends what runs soon, however much there is left to do: who stops a server does not wait for a directory. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#parts.worker.stop();
    await this.#running;
  }

  /** One look: everything that is due at the clock's now. For the command line and tests as well. */
  async tick(): Promise<void> {
    await this.#parts.worker.drain();
    await this.#housekeep();
  }

  #schedule(inMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#running.then(() => this.#guardedTick());
    }, inMs);
  }

  /** A database that is away is no reason to stop looking. */
  async #guardedTick(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#parts.worker.drain();
      if (performance.now() - this.#housekeptAt > HOUSEKEEPING_MS) await this.#housekeep();
    } catch (error) {
      this.#parts.logger.error('time-driven work failed, will be tried again', { error });
    }
    if (!this.#stopped && this.#timer === null) this.#schedule(TICK_MS);
  }

  async #housekeep(): Promise<void> {
    const { db, clock, clockWatch, coolDownDays } = this.#parts;
    await clockWatch.mark();
    while (!this.#stopping && !(await clockWatch.doubts())) {
      const { deleted, purged, freedPins } = await db.transaction((tx) => housekeep(tx, clock.now(), HOUSEKEEPING_BATCH, coolDownDays));
      if (deleted + purged < HOUSEKEEPING_BATCH && freedPins < HOUSEKEEPING_BATCH) break;
    }
    await this.#erase();
    await this.#prune();
    this.#housekeptAt = performance.now();
  }

  /** Names of those who were purged, as carefully as purging them. */
  async #erase(): Promise<void> {
    const { db, clock, clockWatch } = this.#parts;
    for (let times = 0; times < PARTS_MAX && !this.#stopping && !(await clockWatch.doubts()); times += 1) {
      if (!(await db.transaction((tx) => eraseSome(tx, clock.now())))) return;
    }
  }

  /** Not while the clock is in doubt: a year ahead, it would forget the whole log. */
  async #prune(): Promise<void> {
    const { db, clock, clockWatch, eventRetentionDays } = this.#parts;
    if (eventRetentionDays === 0) return;
    for (let times = 0; times < PARTS_MAX && !this.#stopping && !(await clockWatch.doubts()); times += 1) {
      if ((await db.transaction((tx) => pruneLog(tx, clock.now(), eventRetentionDays))) < PRUNED_AT_ONCE) return;
    }
  }
}
