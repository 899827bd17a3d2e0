import type { Reader } from '../../db/database.js';
import type { HeldPlan } from '../../sync/held-plan-store.js';
import { getHeldPlan, heldRemovals, listHeldPlans } from '../../sync/held-plan-store.js';
import { approveHeldPlan, dismissHeldPlan } from '../../sync/held-plans.js';
import { getIntegration } from '../../integrations/integration-store.js';
import { getRun, listRunChanges, listRuns, runView } from '../../sync/run-store.js';
import { pageBody } from './query.js';
import { ok, type Route, route, routeWithBody } from './route.js';
import { shortListPage } from './short-list.js';

const NEWEST = Number.MAX_SAFE_INTEGER;

/** Runs of pulled integrations, and the removals that wait for somebody's word. */
export const SYNC_ROUTES: readonly Route[] = [
  routeWithBody('POST', '/integrations/{id}/sync', 'operator', 'sync-start', async ({ parts, param, body }) => {
    const { full = false, dryRun = false, wait = false } = body;
    if (dryRun) {
      const { run, changes, reason } = await parts.sync.engine.dryRun(param('id'));
      return ok({ ...run, changes, reason });
    }
    const { run, done } = await parts.sync.engine.start(param('id'), { trigger: 'manual', full });
    return ok(wait ? await done : run);
  }),
  route('GET', '/integrations/{id}/runs', 'viewer', async ({ parts, param, query }) => {
    const { id } = await getIntegration(parts.db.read, param('id'));
    const { limit, after } = query.page('runs');
    const runs = await listRuns(parts.db.read, id, after ?? NEWEST, limit + 1);
    const shown = runs.slice(0, limit);
    return ok(pageBody('runs', shown.map(runView), runs.length > limit ? (shown.at(-1)?.seq ?? null) : null));
  }),
  route('GET', '/integrations/{id}/runs/{runId}', 'viewer', async ({ parts, param }) =>
    ok(runView(await getRun(parts.db.read, param('id'), param('runId')))),
  ),
  route('GET', '/integrations/{id}/runs/{runId}/changes', 'viewer', async ({ parts, param, query }) => {
    const run = await getRun(parts.db.read, param('id'), param('runId'));
    const { limit, after } = query.page('run-changes');
    const changes = await listRunChanges(parts.db.read, run.id, after ?? 0, limit + 1);
    const shown = changes.slice(0, limit);
    const data = shown.map(({ position: _, ...change }) => change);
    return ok(pageBody('run-changes', data, changes.length > limit ? (shown.at(-1)?.position ?? null) : null));
  }),
  route('GET', '/integrations/{id}/held-plans', 'viewer', async ({ parts, param, query }) => {
    const { id } = await getIntegration(parts.db.read, param('id'));
    return ok(shortListPage('held-plans', await listHeldPlans(parts.db.read, id), query, planView));
  }),
  route('GET', '/integrations/{id}/held-plans/{planId}', 'viewer', async ({ parts, param }) =>
    ok(await wholePlan(parts.db.read, await getHeldPlan(parts.db.read, param('id'), param('planId')))),
  ),
  routeWithBody('POST', '/integrations/{id}/held-plans/{planId}/approve', 'operator', 'empty', async ({ parts, param, change }) =>
    ok(planView(await approveHeldPlan(parts.sync.parts, change(), param('id'), param('planId')))),
  ),
  routeWithBody('POST', '/integrations/{id}/held-plans/{planId}/dismiss', 'operator', 'empty', async ({ parts, param, change }) =>
    ok(planView(await dismissHeldPlan(parts.sync.parts, change(), param('id'), param('planId')))),
  ),
];

/** What only the guard needs stays inside. */
function planView({ epoch: _, digest: __, ...plan }: HeldPlan): Omit<HeldPlan, 'epoch' | 'digest'> {
  return plan;
}

async function wholePlan(reader: Reader, plan: HeldPlan): Promise<object> {
  return { ...planView(plan), changes: await heldRemovals(reader, plan.id) };
}
