import type { Command } from 'commander';
import type { Parts } from '../../compose.js';
import { countAll } from '../../directory/block-store.js';
import { findUser } from '../../directory/user-store.js';
import type { AccessPlan } from '../../domain/access.js';
import { COMMAND_LINE } from '../../domain/events.js';
import { ALL_USERS, type Integration } from '../../domain/integration.js';
import type { JsonObject } from '../../domain/scim.js';
import { getIntegration, listIntegrations } from '../../integrations/integration-store.js';
import { usersOfResource } from '../../reconcile/concerned.js';
import { personOf } from '../../reconcile/person.js';
import { countEffects, type Effect, effectOf } from '../../reconcile/preview.js';
import { previewUser, reconcileUser } from '../../reconcile/reconcile.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { Progress } from '../progress.js';
import { answering, type Outcome, type Result } from '../result.js';
import { type Paint, plain } from '../text.js';

/** What reconciling one User did or would do. */
interface UserPlan {
  readonly integrationId: string;
  readonly userId: string;
  readonly displayName: string;
  readonly effect: Effect;
  readonly changes: readonly { readonly kind: string; readonly because: string }[];
}

interface Tally {
  readonly plans: UserPlan[];
  readonly effects: Effect[];
  failed: number;
}

export function addReconcile(program: Command, io: Io, outcome: Outcome): void {
  program
    .command('reconcile')
    .description('bring the access of all Users in line with what their sources say')
    .option('--integration <id>', 'only the Users of this one')
    .option('--dry-run', 'say what would change and write nothing')
    .action(
      answering(io, outcome, ({ integration, dryRun = false }: { integration?: string; dryRun?: boolean }) =>
        withParts(io.readConfig(), (parts) => reconcile(parts, io, integration, dryRun)),
      ),
    );
}

async function reconcile(parts: Parts, io: Io, integrationId: string | undefined, dryRun: boolean): Promise<Result> {
  const { read } = parts.db;
  const integrations = integrationId === undefined ? await listIntegrations(read) : [await getIntegration(read, integrationId)];
  const tally: Tally = { plans: [], effects: [], failed: 0 };
  let total = 0;
  for (const { id } of integrations) total += await countAll(read, { integrationId: id, resourceType: 'User' });
  const progress = new Progress(io, total, 'Users');
  for (const integration of integrations) await reconcileAll(parts, integration, dryRun, tally, progress);
  progress.end();

  const counts = { ...countEffects(tally.effects), unchanged: tally.effects.filter((effect) => effect === 'unchanged').length };
  const json = { dryRun, ...counts, failed: tally.failed, plans: tally.plans };
  return { json, text: (paint) => textOf(paint, json), failed: tally.failed > 0 };
}

async function reconcileAll(parts: Parts, { id }: Integration, dryRun: boolean, tally: Tally, progress: Progress): Promise<void> {
  for await (const userIds of usersOfResource(parts.db.read, id, ALL_USERS)) {
    for (const userId of userIds) {
      try {
        const plan = await planFor(parts, userId, dryRun);
        const effect = plan === null ? 'unchanged' : effectOf(plan);
        tally.effects.push(effect);
        if (plan !== null && effect !== 'unchanged') tally.plans.push(await describe(parts, id, userId, effect, plan));
      } catch (error) {
        // One User that cannot be reconciled must not keep the others from it.
        tally.failed += 1;
        parts.logger.error('reconciliation failed', { userId, error });
      }
      progress.step();
    }
  }
}

function planFor({ db, clock, stores }: Parts, userId: string, dryRun: boolean): Promise<AccessPlan | null> {
  const now = clock.now();
  if (dryRun) return previewUser(db.read, now, stores, userId);
  return db.transaction((tx) => reconcileUser(tx, { actor: COMMAND_LINE, now }, stores, userId));
}

async function describe({ db }: Parts, integrationId: string, userId: string, effect: Effect, plan: AccessPlan): Promise<UserPlan> {
  const row = await findUser(db.read, integrationId, userId);
  const displayName = row === undefined ? userId : personOf(JSON.parse(row.document) as JsonObject, {}).name;
  return { integrationId, userId, displayName, effect, changes: plan.changes.map(({ kind, because }) => ({ kind, because })) };
}

interface Summary {
  readonly dryRun: boolean;
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly plans: readonly UserPlan[];
}

function textOf(paint: Paint, { dryRun, created, changed, removed, unchanged, failed, plans }: Summary): string {
  const lines = plans.flatMap(({ displayName, userId, changes }) => [
    `${paint.bold(plain(displayName))} ${paint.dim(userId)}`,
    ...changes.map(({ kind, because }) => `  ${kind}: ${plain(because)}`),
  ]);
  const verb = dryRun ? 'would be ' : '';
  lines.push(`${created} ${verb}created, ${changed} ${verb}changed, ${removed} ${verb}removed, ${unchanged} unchanged, ${failed} failed`);
  if (dryRun) lines.push(paint.dim('Nothing was written.'));
  return lines.join('\n');
}
