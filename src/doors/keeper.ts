import { forgetFormerDoors } from '../access/former-door-store.js';
import type { Clock, Timers } from '../db/clock.js';
import type { Database, Tx } from '../db/database.js';
import { type ChangeContext, SYSTEM } from '../domain/events.js';
import type { Logger } from '../domain/logger.js';
import { type Instant, shift } from '../domain/time.js';
import { closeAlert } from '../events/alert-store.js';
import { forgetAttempts } from './attempt-store.js';
import { forgetCommands, isAnyCommandDue } from './command-store.js';
import { expireCommands } from './commands.js';
import { alertsOfNobody, silentOrBack } from './controller-state-store.js';
import { closeQuietAlerts, guessedAt } from './guessing.js';
import { type HardwareAlert, SILENCE_MS } from './hardware.js';
import { forgetReported } from './reported-store.js';
import { settleAlerts } from './status.js';
import { forgetCheckIns } from './check-ins.js';

interface DoorKeeperParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** How often it is looked for what time alone does to doors. A few look-ups when there is nothing. */
const TICK_MS = 5_000;
const PRUNE_EVERY_MS = 10 * 60_000;

/**
 * What time does to doors: commands expire, controllers fall silent, alerts of guessing end after a quiet hour, and what
 * nobody needs any more is forgotten. Safe on several replicas at once.
 */
export class DoorKeeper {
  readonly #parts: DoorKeeperParts;
  #running: Promise<void> = Promise.resolve();
  #cancel: (() => void) | null = null;
  #started = false;
  /** Nobody could be heard of while we did not listen. */
  #listeningSince: Instant | null = null;
  #prunedAt: Instant | null = null;

  constructor(parts: DoorKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#listeningSince = this.#parts.clock.now();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#cancel?.();
    this.#cancel = null;
    await this.#running;
  }

  /** One look at everything that is due at the clock's now. For tests and the command line as well. */
  async tick(): Promise<void> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    if (await isAnyCommandDue(db.read, now)) await db.transaction((tx) => expireCommands(tx, now));
    if ((await guessedAt(db.read)).length > 0) await db.transaction((tx) => closeQuietAlerts(tx, now));
    await this.#hear(now);
    await this.#prune(now);
  }

  async #hear(now: Instant): Promise<void> {
    const { db } = this.#parts;
    const context: ChangeContext = { actor: SYSTEM, now };
    const maySpeakOfSilence = this.#listeningSince === null || this.#listeningSince <= shift(now, -SILENCE_MS);
    const states = (await silentOrBack(db.read, now, SILENCE_MS)).filter(
      ({ lastSeenAt }) => maySpeakOfSilence || (lastSeenAt !== null && lastSeenAt >= shift(now, -SILENCE_MS)),
    );
    for (const state of states) await db.transaction((tx) => settleAlerts(tx, context, state, 'hardware_down'));
    const orphans = await alertsOfNobody(db.read);
    if (orphans.length > 0) await db.transaction((tx) => closeOrphans(tx, context, orphans));
  }

  async #prune(now: Instant): Promise<void> {
    if (this.#prunedAt !== null && now < shift(this.#prunedAt, PRUNE_EVERY_MS) && now >= this.#prunedAt) return;
    this.#prunedAt = now;
    for (const forget of [forgetAttempts, forgetReported, forgetCommands, forgetCheckIns, forgetFormerDoors]) {
      while ((await this.#parts.db.transaction((tx) => forget(tx, now))) > 0);
    }
  }

  #schedule(): void {
    this.#cancel = this.#parts.timers.after(TICK_MS, () => {
      this.#running = this.#guardedTick();
    });
  }

  /** A database that is away is no reason to stop looking. */
  async #guardedTick(): Promise<void> {
    try {
      await this.tick();
    } catch (error) {
      this.#parts.logger.error('what time does to doors was not done, will be tried again', { error });
    }
    if (this.#started) this.#schedule();
  }
}

async function closeOrphans(
  tx: Tx,
  context: ChangeContext,
  orphans: readonly { readonly type: string; readonly subjectKey: string }[],
): Promise<void> {
  for (const { type, subjectKey } of orphans) {
    await closeAlert(tx, context, { type: type as HardwareAlert, subjectKey, message: 'The controller was removed.' });
  }
}
