import { Cron } from 'croner';
import { LeaseHeld } from '../db/leases.js';
import { Conflict } from '../errors.js';
import type { EngineParts } from './engine-parts.js';
import type { SyncEngine } from './engine.js';
import type { HintWorker } from './hints.js';
import type { Run } from './run-store.js';
import { dueIntegrations } from './state-store.js';

/** How often it is looked whether something is due: an index look-up. */
const EVERY = '*/2 * * * * *';
const BATCH = 50;

/** What became of one integration whose time had come. */
export interface DueResult {
  readonly integrationId: string;
  /** null: another process is at it, or it could not begin. */
  readonly run: Run | null;
  readonly error: string | null;
  /** Another run holds the lock: somebody else pulls it. */
  readonly busy: boolean;
}

/** What connections need from time to time beside being read. */
export interface Upkeep {
  /** Does what is due, once at a time. A connection that cannot be looked after is no error. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts what is due, looks after connections, and follows hints: the server by itself, `latchkey sync --due` once. Both may run side by side, also
 * in several processes: the lock of each integration decides who does it.
 */
export class Scheduler {
  readonly #parts: EngineParts;
  readonly #engine: SyncEngine;
  readonly #hints: HintWorker;
  readonly #upkeep: Upkeep;
  #cron: Cron | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: EngineParts, engine: SyncEngine, hints: HintWorker, upkeep: Upkeep) {
    this.#parts = parts;
    this.#engine = engine;
    this.#hints = hints;
    this.#upkeep = upkeep;
  }

  start(): void {
    this.#cron ??= new Cron(EVERY, { protect: true, unref: true, catch: (error: unknown) => this.#complain(error) }, () => {
      this.#looking = this.#look();
      return this.#looking;
    });
  }

  /** A hint has come. */
  wake(): void {
    if (this.#cron !== null) this.#hints.drain().catch((error: unknown) => this.#complain(error));
  }

  async stop(): Promise<void> {
    this.#cron?.stop();
    this.#cron = null;
    await this.#looking.catch(() => undefined);
    await this.#upkeep.stop();
    await this.#hints.stop();
    await this.#engine.stop();
  }

  /** Every integration whose time has come, each until its run has ended; and the upkeep of connections. */
  async runDue(trigger: 'schedule' | 'cli'): Promise<DueResult[]> {
    const { db, clock } = this.#parts;
    const due = await dueIntegrations(db.read, clock.now(), BATCH);
    const upkeep = this.#upkeep.run().catch((error: unknown) => this.#complain(error));
    const results = await Promise.all(due.map((integrationId) => this.#run(integrationId, trigger)));
    await upkeep;
    return results;
  }

  async #look(): Promise<void> {
    const { db, clock } = this.#parts;
    // None is waited for: a slow source holds up no other.
    this.#hints.drain().catch((error: unknown) => this.#complain(error));
    this.#upkeep.run().catch((error: unknown) => this.#complain(error));
    for (const integrationId of await dueIntegrations(db.read, clock.now(), BATCH)) {
      this.#run(integrationId, 'schedule').catch((error: unknown) => this.#complain(error));
    }
  }

  async #run(integrationId: string, trigger: 'schedule' | 'cli'): Promise<DueResult> {
    try {
      const { done } = await this.#engine.start(integrationId, { trigger });
      const run = await done;
      return { integrationId, run, error: run.error, busy: false };
    } catch (error) {
      if (!(error instanceof Conflict)) this.#complain(error);
      const why = error instanceof Conflict ? error.publicMessage : 'It could not be started; the log says why.';
      return { integrationId, run: null, error: why, busy: error instanceof LeaseHeld };
    }
  }

  #complain(error: unknown): void {
    this.#parts.logger.error('scheduled work failed, will be tried again', { error });
  }
}
