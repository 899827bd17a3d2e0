import { createHash } from 'node:crypto';
import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../errors.js';
import type { Removal } from './removal.js';

export type HeldPlanState = 'open' | 'approved' | 'dismissed' | 'superseded';

/** Removals that wait for somebody's word. */
export interface HeldPlan {
  readonly id: string;
  readonly integrationId: string;
  readonly runId: string;
  readonly state: HeldPlanState;
  /** Why it was held, in a sentence. */
  readonly reason: string;
  /** Users who would lose access. */
  readonly removals: number;
  readonly createdAt: Instant;
  readonly closedAt: Instant | null;
  readonly epoch: number;
  readonly digest: string;
}

interface Row {
  readonly id: string;
  readonly integration_id: string;
  readonly run_id: string;
  readonly state: HeldPlanState;
  readonly reason: string;
  readonly removals: number;
  readonly created_at: Instant;
  readonly closed_at: Instant | null;
  readonly epoch: number;
  readonly digest: string;
}

interface RemovalRow {
  readonly kind: Removal['kind'];
  readonly user_id: string | null;
  readonly group_id: string | null;
  readonly name: string;
  readonly version: number;
}

const PLANS_SHOWN = 100;

const insertPlan = statement<Omit<Row, 'state' | 'closed_at'>>('held.insert', (sql, p) =>
  sql('held_plans').insert({
    ...{ id: p.id, integration_id: p.integration_id, run_id: p.run_id, state: 'open', reason: p.reason, removals: p.removals },
    ...{ created_at: p.created_at, epoch: p.epoch, digest: p.digest },
  }),
);
const insertRemoval = statement<RemovalRow & { planId: string; position: number }>('held.insertRemoval', (sql, p) =>
  sql('held_removals').insert({
    ...{
      plan_id: p.planId,
      position: p.position,
      kind: p.kind,
      user_id: p.user_id,
      group_id: p.group_id,
      name: p.name,
      version: p.version,
    },
  }),
);
const plansOf = statement<{ integrationId: string; limit: number }, Row>('held.list', (sql, p) =>
  sql.raw('select * from held_plans where integration_id = ? order by seq desc limit cast(? as bigint)', [p.integrationId, p.limit]),
);
const planById = statement<{ integrationId: string; id: string }, Row>('held.get', (sql, p) =>
  sql('held_plans').where({ integration_id: p.integrationId, id: p.id }).select('*'),
);
const removalsOf = statement<{ planId: string; after: number; limit: number }, RemovalRow & { position: number }>(
  'held.removals',
  (sql, p) =>
    sql.raw(
      `select position, kind, user_id, group_id, name, version from held_removals
     where plan_id = ? and position > cast(? as bigint) order by position limit cast(? as bigint)`,
      [p.planId, p.after, p.limit],
    ),
);
const closePlan = statement<{ id: string; state: string; now: Instant }>('held.close', (sql, p) =>
  sql('held_plans').where({ id: p.id, state: 'open' }).update({ state: p.state, closed_at: p.now }),
);
const closeOpen = statement<{ integrationId: string; now: Instant }>('held.closeOpen', (sql, p) =>
  sql('held_plans').where({ integration_id: p.integrationId, state: 'open' }).update({ state: 'superseded', closed_at: p.now }),
);

/** The same removals, the same text. */
export function digestOf(removals: readonly Removal[]): string {
  const lines = removals.map((removal) => JSON.stringify(removal.kind === 'membership' ? [removal.groupId, removal.userId] : removal));
  return createHash('sha256').update(lines.sort().join('\n')).digest('base64url');
}

/** Newest first. */
export async function listHeldPlans(reader: Reader, integrationId: string): Promise<HeldPlan[]> {
  return (await reader.all(plansOf, { integrationId, limit: PLANS_SHOWN })).map(planOf);
}

/** Errors: `NotFound`. */
export async function getHeldPlan(reader: Reader, integrationId: string, id: string): Promise<HeldPlan> {
  const row = await reader.first(planById, { integrationId, id });
  if (row === undefined) throw new NotFound('There is no such plan.');
  return planOf(row);
}

export async function heldRemovals(reader: Reader, planId: string, after = 0, limit = Number.MAX_SAFE_INTEGER): Promise<Removal[]> {
  return (await reader.all(removalsOf, { planId, after, limit })).map(removalOf);
}

export async function openHeldPlan(
  tx: Tx,
  now: Instant,
  plan: Pick<HeldPlan, 'integrationId' | 'runId' | 'reason' | 'removals' | 'epoch'>,
  removals: readonly Removal[],
): Promise<string> {
  await tx.run(closeOpen, { integrationId: plan.integrationId, now });
  const id = newId('hp');
  await tx.run(insertPlan, {
    ...{ id, integration_id: plan.integrationId, run_id: plan.runId, reason: plan.reason, removals: plan.removals },
    ...{ created_at: now, epoch: plan.epoch, digest: digestOf(removals) },
  });
  for (const [index, removal] of removals.entries()) await tx.run(insertRemoval, { planId: id, position: index + 1, ...rowOf(removal) });
  return id;
}

/** Whatever was open rests on a read that is not the last one any more. Returns how many were. */
export function supersedeHeldPlans(tx: Tx, integrationId: string, now: Instant): Promise<number> {
  return tx.run(closeOpen, { integrationId, now });
}

/** false: it is not open (any more). */
export async function closeHeldPlan(tx: Tx, id: string, state: 'approved' | 'dismissed', now: Instant): Promise<boolean> {
  return (await tx.run(closePlan, { id, state, now })) === 1;
}

function planOf(row: Row): HeldPlan {
  const { id, state, reason, removals, epoch, digest } = row;
  return {
    ...{ id, integrationId: row.integration_id, runId: row.run_id, state, reason, removals },
    ...{ createdAt: row.created_at, closedAt: row.closed_at, epoch, digest },
  };
}

function rowOf(removal: Removal): RemovalRow {
  return {
    kind: removal.kind,
    user_id: removal.kind === 'group' ? null : removal.userId,
    group_id: removal.kind === 'user' ? null : removal.groupId,
    name: removal.name,
    version: removal.kind === 'membership' ? 0 : removal.version,
  };
}

function removalOf({ kind, user_id: userId, group_id: groupId, name, version }: RemovalRow): Removal {
  if (kind === 'user') return { kind, userId: userId ?? '', name, version };
  if (kind === 'group') return { kind, groupId: groupId ?? '', name, version };
  return { kind, userId: userId ?? '', groupId: groupId ?? '', name };
}
