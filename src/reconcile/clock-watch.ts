import type { Clock } from '../db/clock.js';
import type { Database } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Logger } from '../domain/logger.js';
import { epochMs, type Instant, shift } from '../domain/time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A start this long after the last sign of life is a long outage, or a clock that is wrong: nobody can tell which. */
const JUMP_MS = 7 * DAY_MS;
/** How long the clock must keep saying so before it is believed. A wrong one is set right, or noticed, by then. */
const PERSIST_MS = 60 * MINUTE_MS;
/** Clocks of replicas differ, and NTP sets them; going back further than this has undone time. */
const BACK_MS = 5 * MINUTE_MS;
const MARK_EVERY_MS = MINUTE_MS;

const readMark = statement<Record<string, never>, { at: Instant }>('clock.read', (sql) => sql('clock_marks').where('id', 1).select('at'));
const writeMark = statement<{ at: Instant }>('clock.write', (sql, p) =>
  sql('clock_marks').insert({ id: 1, at: p.at }).onConflict('id').merge({ at: p.at }),
);
const markEverybody = statement<Record<string, never>>('clock.mark-everybody', (sql) =>
  sql('users').where('dirty', 0).update({ dirty: 1 }),
);

interface ClockWatchParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Doubts the clock before time takes anything away. A machine that starts with its clock years ahead would end every
 * stay, soft-delete and purge members, and give their PINs to others. So a start long after the last mark waits with the
 * work of time for an hour; what a source or an admin says acts at once all the same, and no door opens meanwhile, since
 * every opening looks at the windows itself. A clock that goes back has everybody reconciled anew.
 */
export class ClockWatch {
  readonly #parts: ClockWatchParts;
  /** The last time that was believed. null: not looked yet. */
  #last: Instant | null = null;
  /** When the doubt began, in `performance.now()`. null: no doubt. */
  #doubtedAt: number | null = null;
  #markedAt: Instant | null = null;

  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
  }

  /** Up to which instant time may do its work: now, or while the clock is in doubt the last time that was believed. */
  async trusted(): Promise<Instant> {
    const now = this.#parts.clock.now();
    const isStart = this.#last === null || this.#doubtedAt !== null;
    const last = this.#last ?? (await this.#read()) ?? now;
    if (isStart && now > shift(last, JUMP_MS) && !this.#hasPersisted(last, now)) {
      this.#last = last;
      return last;
    }
    if (now < shift(last, -BACK_MS)) await this.#startOver(last, now);
    this.#doubtedAt = null;
    this.#last = now;
    return now;
  }

  /** Does the work of time wait? */
  async doubts(): Promise<boolean> {
    await this.trusted();
    return this.#doubtedAt !== null;
  }

  /** Writes down, once a minute at most, that time did its work up to now. Not while the clock is in doubt. */
  async mark(): Promise<void> {
    if (await this.doubts()) return;
    const at = this.#parts.clock.now();
    if (this.#markedAt !== null && at >= this.#markedAt && at < shift(this.#markedAt, MARK_EVERY_MS)) return;
    await this.#parts.db.transaction((tx) => tx.run(writeMark, { at }));
    this.#markedAt = at;
  }

  #hasPersisted(last: Instant, now: Instant): boolean {
    if (this.#doubtedAt === null) {
      this.#doubtedAt = performance.now();
      const days = Math.floor((epochMs(now) - epochMs(last)) / DAY_MS);
      this.#parts.logger.warn('the clock is far ahead of when the work of time was last done: it waits until the clock has kept its time', {
        ...{ now, last, days, waitMinutes: PERSIST_MS / MINUTE_MS },
      });
    }
    return performance.now() - this.#doubtedAt >= PERSIST_MS;
  }

  async #startOver(last: Instant, now: Instant): Promise<void> {
    this.#parts.logger.warn('the clock went back: everybody is reconciled anew', { now, last });
    await this.#parts.db.transaction(async (tx) => {
      await tx.run(markEverybody, {});
      await tx.run(writeMark, { at: now });
    });
  }

  async #read(): Promise<Instant | undefined> {
    return (await this.#parts.db.read.first(readMark, {}))?.at;
  }
}
