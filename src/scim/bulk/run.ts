import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tx } from '../../db/database.js';
import type { Engine } from '../../db/dialect.js';
import { takeBulk } from '../../db/turns.js';
import type { ScimConnection, ScimParts } from '../call.js';
import type { BulkPlan } from './plan.js';
import { BulkProgress, type Outcome } from './progress.js';
import { UnitRunner } from './unit.js';

/** Operations of one transaction at most, unless a circle has more. */
const CHUNK_OPERATIONS = 50;
/**
 * After this long a transaction takes no more of them. On SQLite it holds the thread, so others wait as long; on
 * PostgreSQL it holds rows, and who else creates waits for them.
 */
const CHUNK_MS: Readonly<Record<Engine, number>> = { sqlite: 20, postgres: 100 };

/**
 * Carries a plan out: every operation alone succeeds or leaves nothing behind, many of them share one durable commit,
 * and between two commits others have their turn. See docs/decisions/0004-bulk.md.
 *
 * @returns outcomes by index, without those that `failOnErrors` has spared
 * @throws what a transaction fails with, when nothing has been applied yet: the client may send the whole request again
 */
export async function runBulk(
  parts: ScimParts,
  connection: ScimConnection,
  plan: BulkPlan,
  failOnErrors: number,
): Promise<ReadonlyMap<number, Outcome>> {
  const progress = new BulkProgress();
  let next = 0;
  try {
    while (next < plan.units.length && progress.errors < failOnErrors) {
      const chunk = await commitChunk(parts, connection, plan, failOnErrors, progress, next);
      progress.add(chunk.progress);
      next = chunk.next;
      await nextTurn();
    }
  } catch (error) {
    if (!progress.hasApplied) throw error;
    parts.logger.warn('bulk request stopped half-way', { integration: connection.integration.id, error });
    giveUp(plan, failOnErrors, progress, next, error);
  }
  return progress.outcomes;
}

/** One transaction, from a unit on; nothing of it counts before it is durable. */
async function commitChunk(
  parts: ScimParts,
  connection: ScimConnection,
  plan: BulkPlan,
  failOnErrors: number,
  before: BulkProgress,
  from: number,
): Promise<{ readonly progress: BulkProgress; readonly next: number }> {
  let attempts = 0;
  return parts.db.transaction(async (tx: Tx) => {
    attempts += 1;
    await takeBulk(tx, connection.integration.id);
    // Lost against another transaction: an operation of its own takes its locks in the order in which all others do.
    const limit = attempts === 1 ? CHUNK_OPERATIONS : 1;
    const deadline = performance.now() + CHUNK_MS[tx.engine];
    const progress = new BulkProgress(before);
    const runner = new UnitRunner(parts, connection, plan.steps, tx, progress);
    let next = from;
    for (const unit of plan.units.slice(from, from + limit)) {
      const full = progress.outcomes.size + unit.indexes.length > limit || performance.now() > deadline;
      if (progress.errors >= failOnErrors || (next > from && full)) break;
      await runner.run(unit);
      next += 1;
    }
    return { progress, next };
  });
}

/** What the database did not take was not carried out, and the client has to know which operations those are. */
function giveUp(plan: BulkPlan, failOnErrors: number, progress: BulkProgress, from: number, error: unknown): void {
  for (const index of plan.units.slice(from).flatMap((unit) => unit.indexes)) {
    if (progress.errors >= failOnErrors) return;
    const step = plan.steps[index];
    progress.note(index, { error: step instanceof Error ? step : error });
  }
}
