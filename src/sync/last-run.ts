import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Instant } from '../domain/time.js';

/** The latest pull of an integration, those aside that only tried. */
export interface LastRun {
  readonly id: string;
  readonly state: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
}

interface Row {
  readonly integration_id: string;
  readonly id: string;
  readonly state: string;
  readonly started_at: Instant;
  readonly ended_at: Instant | null;
}

const COLUMNS = ['integration_id', 'id', 'state', 'started_at', 'ended_at'];

const lastOfOne = statement<{ integrationId: string }, Row>('sync_runs.last', (sql, p) =>
  sql('sync_runs').where({ integration_id: p.integrationId, dry_run: 0 }).orderBy('seq', 'desc').limit(1).select(COLUMNS),
);

const lastOfAll = statement<object, Row>('sync_runs.last-of-all', (sql) =>
  sql.raw(
    `select r.integration_id, r.id, r.state, r.started_at, r.ended_at from integrations i
     join sync_runs r on r.seq = (select max(seq) from sync_runs where integration_id = i.id and dry_run = 0)`,
  ),
);

/** null: it has never been pulled. */
export async function lastRun(reader: Reader, integrationId: string): Promise<LastRun | null> {
  const row = await reader.first(lastOfOne, { integrationId });
  return row === undefined ? null : runOf(row);
}

/** Of every integration that has been pulled. */
export async function lastRuns(reader: Reader): Promise<ReadonlyMap<string, LastRun>> {
  return new Map((await reader.all(lastOfAll, {})).map((row) => [row.integration_id, runOf(row)]));
}

function runOf({ id, state, started_at, ended_at }: Row): LastRun {
  return { id, state, startedAt: started_at, endedAt: ended_at };
}
