import { Throttled, UpstreamContract, UpstreamRefused } from '../adapters/upstream-errors.js';
import type { Lease } from '../db/leases.js';
import type { Tx } from '../db/database.js';
import { type Instant, shift } from '../domain/time.js';
import { Conflict } from '../errors.js';
import { closeAlert, openAlert } from '../events/alert-store.js';
import { append } from '../events/append.js';
import { setAttention } from '../integrations/integration-store.js';
import type { EngineParts } from './engine-parts.js';
import { failureOf } from './failure.js';
import { fence } from './fence.js';
import { digestOf, listHeldPlans, openHeldPlan, supersedeHeldPlans } from './held-plan-store.js';
import { changeContext } from './pull.js';
import type { RunResult } from './run.js';
import { endRun, type Run, saveCounts } from './run-store.js';
import type { Source } from './source.js';
import { retryAt, saveEnd, syncState } from './state-store.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The process ends; the next one goes on at once. Nobody's failure. */
export class Stopped extends Conflict {
  constructor() {
    super('The process was stopped; the run goes on at the next turn.');
  }
}

/** A run that read what it wanted to read: when the next one is due, what waits for approval, and that all is well again. */
export async function recordSuccess(tx: Tx, parts: EngineParts, source: Source, lease: Lease, run: Run, result: RunResult): Promise<void> {
  const { clock } = parts;
  const { integration } = source;
  await fence(tx, clock, integration, lease);
  const now = clock.now();
  const context = changeContext(parts, integration);
  await saveCounts(tx, { id: run.id, mode: result.mode }, result.counts);
  const held = result.complete && (await hold(tx, parts, source, run, result));
  const state = held ? 'held' : 'succeeded';
  await endRun(tx, run.id, state, now, null);
  await saveEnd(tx, integration.id, { now, dueAt: shift(now, integration.settings.intervalMinutes * MINUTE_MS), failures: 0 });
  await setAttention(tx, context, integration.id, null);
  await closeAlert(tx, context, {
    type: 'integration_failing',
    subjectKey: integration.id,
    message: `${integration.name} can be read again.`,
  });
  const { created, changed, removed } = result.counts;
  if (created + changed + removed > 0 || held) {
    const object = { type: 'sync_run', id: run.id, name: integration.name } as const;
    await append(tx, context, { verb: 'sync', object, integrationId: integration.id, details: { state, ...result.counts } });
  }
}

/** Opens a plan for what is held, unless somebody has dismissed the same before; closes what rests on an older read. */
async function hold(tx: Tx, parts: EngineParts, { integration }: Source, run: Run, { held, reason, counts }: RunResult): Promise<boolean> {
  const context = changeContext(parts, integration);
  const subject = { type: 'removals_held', subjectKey: integration.id } as const;
  const [latest] = await listHeldPlans(tx, integration.id);
  const same = latest !== undefined && latest.digest === digestOf(held) && latest.epoch === integration.epoch;
  if (held.length === 0 || (same && latest.state === 'dismissed')) {
    await supersedeHeldPlans(tx, integration.id, context.now);
    await closeAlert(tx, context, { ...subject, message: `Nothing of ${integration.name} waits for approval any more.` });
    return false;
  }
  if (!(same && latest.state === 'open')) {
    const plan = { integrationId: integration.id, runId: run.id, reason: reason ?? '', removals: counts.held, epoch: integration.epoch };
    await openHeldPlan(tx, context.now, plan, held);
  }
  await openAlert(tx, context, {
    ...subject,
    integrationId: integration.id,
    message: `${integration.name}: ${reason ?? ''} They keep it until somebody approves.`,
  });
  return true;
}

/** A run that failed after its retries: no access changes; one alert until the next good one. */
export async function recordFailure(tx: Tx, parts: EngineParts, source: Source, lease: Lease, run: Run, error: unknown): Promise<void> {
  const { clock } = parts;
  const { integration } = source;
  await fence(tx, clock, integration, lease);
  const context = changeContext(parts, integration);
  const { now } = context;
  const { failures } = await syncState(tx, integration.id);
  await endRun(tx, run.id, 'failed', now, failureOf(error));
  if (error instanceof Stopped) return saveEnd(tx, integration.id, { now, dueAt: now, failures });
  const dueAt = dueAfter(error, now, failures + 1, integration.settings.intervalMinutes, parts.random);
  await saveEnd(tx, integration.id, { now, dueAt, failures: failures + 1 });
  if (error instanceof UpstreamRefused) await setAttention(tx, context, integration.id, failureOf(error));
  const message = `${integration.name} could not be read: ${failureOf(error)}`;
  await openAlert(tx, context, { type: 'integration_failing', subjectKey: integration.id, integrationId: integration.id, message });
}

function dueAfter(error: unknown, now: Instant, failures: number, intervalMinutes: number, random: () => number): Instant {
  if (error instanceof Throttled) return error.retryAt;
  // Nothing gets better by asking again soon: a person has to do something.
  if (error instanceof UpstreamRefused || error instanceof UpstreamContract)
    return shift(now, Math.max(HOUR_MS, intervalMinutes * MINUTE_MS));
  return retryAt(now, failures, intervalMinutes, random);
}
