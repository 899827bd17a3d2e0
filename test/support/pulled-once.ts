import type { Database } from '../../src/db/database.js';
import type { Instant } from '../../src/domain/time.js';
import { openHeldPlan } from '../../src/sync/held-plan-store.js';
import { startRun } from '../../src/sync/run-store.js';

/** A run of the integration and a plan that it left, as rows. */
export function pulledOnce(
  db: Database,
  integrationId: string,
  now: Instant,
): Promise<{ readonly runId: string; readonly planId: string }> {
  return db.transaction(async (tx) => {
    const { id: runId } = await startRun(tx, now, { integrationId, trigger: 'manual', mode: 'full' });
    const plan = { integrationId, runId, reason: 'Too many at once.', removals: 1, epoch: 0 };
    const planId = await openHeldPlan(tx, now, plan, [{ kind: 'user', userId: 'nobody', name: 'Nobody', version: 1 }]);
    return { runId, planId };
  });
}
