import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../errors.js';
import type { RunChange } from './pull.js';

export type RunTrigger = 'schedule' | 'manual' | 'cli' | 'webhook';
export type RunMode = 'full' | 'changes';
export type RunState = 'running' | 'succeeded' | 'failed' | 'held';

/** Counts are of Users, but for pages. */
export interface RunCounts {
  readonly pages: number;
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly held: number;
}

/** One run as the API and the command line show it. */
export interface Run extends RunCounts {
  readonly id: string;
  readonly integrationId: string;
  readonly trigger: RunTrigger;
  readonly mode: RunMode;
  readonly dryRun: boolean;
  readonly state: RunState;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** In words for the admin. */
  readonly error: string | null;
}

export interface StoredRun extends Run {
  readonly seq: number;
}

interface Row extends RunCounts {
  readonly seq: number;
  readonly id: string;
  readonly integration_id: string;
  readonly trigger: RunTrigger;
  readonly mode: RunMode;
  readonly dry_run: number;
  readonly state: RunState;
  readonly started_at: Instant;
  readonly ended_at: Instant | null;
  readonly error: string | null;
}

export const NO_COUNTS: RunCounts = { pages: 0, created: 0, changed: 0, removed: 0, unchanged: 0, skipped: 0, held: 0 };

/** Runs kept for each integration. */
const RUNS_KEPT = 500;

const insertRun = statement<{ id: string; integrationId: string; trigger: string; mode: string; now: Instant }, { seq: number }>(
  'runs.insert',
  (sql, p) =>
    sql('sync_runs')
      .insert({
        ...{ id: p.id, integration_id: p.integrationId, trigger: p.trigger, mode: p.mode, dry_run: 0, state: 'running', started_at: p.now },
        ...NO_COUNTS,
      })
      .returning('seq'),
);
const updateCounts = statement<RunCounts & { id: string; mode: string }>('runs.counts', (sql, p) =>
  sql('sync_runs')
    .where('id', p.id)
    .update({
      ...{ mode: p.mode, pages: p.pages, created: p.created, changed: p.changed, removed: p.removed },
      ...{ unchanged: p.unchanged, skipped: p.skipped, held: p.held },
    }),
);
const endRow = statement<{ id: string; state: string; now: Instant; error: string | null }>('runs.end', (sql, p) =>
  sql('sync_runs').where('id', p.id).update({ state: p.state, ended_at: p.now, error: p.error }),
);
const endOrphans = statement<{ integrationId: string; now: Instant; error: string }>('runs.endOrphans', (sql, p) =>
  sql('sync_runs')
    .where({ integration_id: p.integrationId, state: 'running' })
    .update({ state: 'failed', ended_at: p.now, error: p.error }),
);
const prune = statement<{ integrationId: string; keep: number }>('runs.prune', (sql, p) =>
  sql.raw(
    `delete from sync_runs where integration_id = ? and seq <= (
       select seq from sync_runs where integration_id = ? order by seq desc limit 1 offset cast(? as bigint))`,
    [p.integrationId, p.integrationId, p.keep],
  ),
);
const byId = statement<{ integrationId: string; id: string }, Row>('runs.get', (sql, p) =>
  sql('sync_runs').where({ integration_id: p.integrationId, id: p.id }).select('*'),
);
const listed = statement<{ integrationId: string; before: number; limit: number }, Row>('runs.list', (sql, p) =>
  sql.raw('select * from sync_runs where integration_id = ? and seq < cast(? as bigint) order by seq desc limit cast(? as bigint)', [
    p.integrationId,
    p.before,
    p.limit,
  ]),
);
const insertChange = statement<RunChange & { runId: string; position: number }>('runs.insertChange', (sql, p) =>
  sql('sync_run_changes').insert({
    ...{ run_id: p.runId, position: p.position, user_id: p.userId, name: p.name, change: p.change, because: p.because },
  }),
);
const changesOfRun = statement<{ runId: string; after: number; limit: number }, RunChange & { position: number }>(
  'runs.changes',
  (sql, p) =>
    sql.raw(
      `select position, user_id as "userId", name, change, because from sync_run_changes
     where run_id = ? and position > cast(? as bigint) order by position limit cast(? as bigint)`,
      [p.runId, p.after, p.limit],
    ),
);

/** A new run; one that a process left behind when it ended is closed, and the oldest make room. */
export async function startRun(
  tx: Tx,
  now: Instant,
  { integrationId, trigger, mode }: Pick<Run, 'integrationId' | 'trigger' | 'mode'>,
): Promise<StoredRun> {
  await tx.run(endOrphans, { integrationId, now, error: 'The process ended before the run did.' });
  await tx.run(prune, { integrationId, keep: RUNS_KEPT });
  const run = newRun(now, { integrationId, trigger, mode, dryRun: false });
  const [row] = await tx.all(insertRun, { id: run.id, integrationId, trigger, mode, now });
  return { ...run, seq: row?.seq ?? 0 };
}

/** A run that nothing is stored of. */
export function newRun(now: Instant, given: Pick<Run, 'integrationId' | 'trigger' | 'mode' | 'dryRun'>): Run {
  return { id: newId('run'), ...given, state: 'running', startedAt: now, endedAt: null, error: null, ...NO_COUNTS };
}

export async function saveCounts(tx: Tx, { id, mode }: Pick<Run, 'id' | 'mode'>, counts: RunCounts): Promise<void> {
  await tx.run(updateCounts, { ...counts, id, mode });
}

export async function endRun(tx: Tx, id: string, state: Exclude<RunState, 'running'>, now: Instant, error: string | null): Promise<void> {
  await tx.run(endRow, { id, state, now, error });
}

/** @param from how many the run has already */
export async function saveChanges(tx: Tx, runId: string, from: number, changes: readonly RunChange[]): Promise<void> {
  for (const [index, change] of changes.entries()) {
    await tx.run(insertChange, { ...change, runId, position: from + index + 1 });
  }
}

/** Errors: `NotFound`. */
export async function getRun(reader: Reader, integrationId: string, id: string): Promise<StoredRun> {
  const row = await reader.first(byId, { integrationId, id });
  if (row === undefined) throw new NotFound('There is no such run.');
  return runOf(row);
}

/** Newest first. */
export async function listRuns(reader: Reader, integrationId: string, before: number, limit: number): Promise<StoredRun[]> {
  return (await reader.all(listed, { integrationId, before, limit })).map(runOf);
}

export function listRunChanges(reader: Reader, runId: string, after: number, limit: number): Promise<(RunChange & { position: number })[]> {
  return reader.all(changesOfRun, { runId, after, limit });
}

/** What a run shows, without what only the store knows. */
export function runView({ seq: _, ...run }: StoredRun): Run {
  return run;
}

function runOf(row: Row): StoredRun {
  const { seq, id, trigger, mode, state, error, pages, created, changed, removed, unchanged, skipped, held } = row;
  return {
    ...{ seq, id, integrationId: row.integration_id, trigger, mode, dryRun: row.dry_run === 1, state },
    ...{ startedAt: row.started_at, endedAt: row.ended_at, error },
    ...{ pages, created, changed, removed, unchanged, skipped, held },
  };
}
