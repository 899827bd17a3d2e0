import { acquireLease, releaseLease } from '../db/leases.js';
import type { Tx } from '../db/database.js';
import type { ChangeContext } from '../domain/events.js';
import { Conflict } from '../errors.js';
import { closeAlert } from '../events/alert-store.js';
import { append } from '../events/append.js';
import { getIntegration } from '../integrations/integration-store.js';
import type { EngineParts } from './engine-parts.js';
import { fence, LEASE_MS, leaseName } from './fence.js';
import { closeHeldPlan, getHeldPlan, type HeldPlan, heldRemovals } from './held-plan-store.js';
import { applyRemoval } from './removal.js';
import { isStillMissing } from './still-missing.js';

const REMOVALS_AT_ONCE = 10;
const STALE = 'What this plan rests on has changed. The next complete run makes a new one, if there is still a reason for it.';

/**
 * Carries a held plan out, if everything is still as it was when the plan was made: the same settings, every User as it
 * was and still missing. No run may be under way. Errors: `NotFound`, `Conflict`, `LeaseHeld`.
 */
export async function approveHeldPlan(
  parts: EngineParts,
  context: ChangeContext,
  integrationId: string,
  planId: string,
): Promise<HeldPlan> {
  const { db, clock, holder } = parts;
  const lease = await acquireLease(db, clock, { name: leaseName(integrationId), holder: `an approval in ${holder}`, ms: LEASE_MS });
  try {
    const integration = await getIntegration(db.read, integrationId);
    const plan = await getHeldPlan(db.read, integrationId, planId);
    if (plan.state !== 'open') throw new Conflict(`This plan is ${plan.state}.`);
    if (plan.epoch !== integration.epoch) throw new Conflict(STALE);
    const removals = await heldRemovals(db.read, planId);
    await db.transaction(async (tx) => {
      await fence(tx, clock, integration, lease);
      for (const removal of removals) if (!(await isStillMissing(tx, removal, null))) throw new Conflict(STALE);
    });
    for (let from = 0; from < removals.length; from += REMOVALS_AT_ONCE) {
      await db.transaction(async (tx) => {
        await fence(tx, clock, integration, lease);
        for (const removal of removals.slice(from, from + REMOVALS_AT_ONCE)) {
          // What one removal has taken along another one need not take.
          if (await isStillMissing(tx, removal, null)) await applyRemoval(tx, parts, { integration }, removal);
        }
      });
    }
    await db.transaction((tx) => close(tx, { ...context, now: clock.now() }, plan, integration.name, 'approved'));
    await parts.drain();
    return await getHeldPlan(db.read, integrationId, planId);
  } finally {
    await releaseLease(db, lease);
  }
}

/** Keeps everybody in. The same removals are not held again; others are. Errors: `NotFound`, `Conflict`. */
export async function dismissHeldPlan(
  { db }: Pick<EngineParts, 'db'>,
  context: ChangeContext,
  integrationId: string,
  planId: string,
): Promise<HeldPlan> {
  return db.transaction(async (tx) => {
    const { name } = await getIntegration(tx, integrationId);
    await close(tx, context, await getHeldPlan(tx, integrationId, planId), name, 'dismissed');
    return getHeldPlan(tx, integrationId, planId);
  });
}

async function close(tx: Tx, context: ChangeContext, plan: HeldPlan, name: string, state: 'approved' | 'dismissed'): Promise<void> {
  if (!(await closeHeldPlan(tx, plan.id, state, context.now))) throw new Conflict('This plan is not open any more.');
  const { integrationId } = plan;
  await closeAlert(tx, context, { type: 'removals_held', subjectKey: integrationId, message: `The removals of ${name} were ${state}.` });
  const object = { type: 'sync_run', id: plan.runId, name } as const;
  await append(tx, context, { verb: 'edit', object, integrationId, details: { heldPlan: plan.id, state, removals: plan.removals } });
}
