import type { Command } from 'commander';
import type { Parts } from '../../compose.js';
import { InvalidInput } from '../../errors.js';
import type { RunChange } from '../../sync/pull.js';
import type { Run } from '../../sync/run-store.js';
import type { DueResult } from '../../sync/scheduler.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { Progress } from '../progress.js';
import { answering, type Outcome, type Result } from '../result.js';
import { type Paint, plain, table } from '../text.js';

interface Options {
  readonly due?: boolean;
  readonly full?: boolean;
  readonly dryRun?: boolean;
}

export function addSync(program: Command, io: Io, outcome: Outcome): void {
  program
    .command('sync [integration]')
    .description('pull one integration now, or with --due every one whose time has come (for cron)')
    .option('--due', 'every integration whose interval is over; side by side with a running server')
    .option('--full', 'read everything, not only what has changed')
    .option('--dry-run', 'say what a run would do and write nothing')
    .addHelpText('after', '\nExit code: 0 all went well, 1 a run failed, 75 another run holds the lock.')
    .action(
      answering(io, outcome, (integrationId: string | undefined, options: Options) =>
        withParts(io.readConfig(), (parts) => sync(parts, io, integrationId, options), io.overrides),
      ),
    );
}

async function sync(
  parts: Parts,
  io: Io,
  integrationId: string | undefined,
  { due = false, full = false, dryRun = false }: Options,
): Promise<Result> {
  if (due === (integrationId !== undefined)) throw new InvalidInput('Name one integration, or say --due.');
  if (integrationId === undefined) {
    if (full || dryRun) throw new InvalidInput('--full and --dry-run are for one integration.');
    return dueResult(await parts.sync.scheduler.runDue('cli'));
  }
  const progress = new Progress(io, 0, 'records');
  const onProgress = ({ read, total }: { readonly read: number; readonly total: number | null }) => progress.at(read, total);
  try {
    if (dryRun) {
      const { run, changes, reason } = await parts.sync.engine.dryRun(integrationId, { onProgress });
      return { json: { ...run, changes, reason }, text: (paint) => dryText(paint, run, changes, reason) };
    }
    const { done } = await parts.sync.engine.start(integrationId, { trigger: 'cli', full, onProgress });
    const run = await done;
    return { json: run, text: (paint) => runText(paint, run), failed: run.state === 'failed' };
  } finally {
    progress.end();
  }
}

function dueResult(results: readonly DueResult[]): Result {
  const rows = results.map(({ integrationId, run, error }) => [
    integrationId,
    run?.state ?? 'not started',
    error ?? (run === null ? '' : figures(run)),
  ]);
  return {
    json: { data: results },
    text: (paint) => table(paint, ['INTEGRATION', 'STATE', 'RESULT'], rows, 'Nothing is due.'),
    // Who is busy is being pulled by somebody else: that is no failure of this call.
    failed: results.some(({ run, busy }) => run?.state === 'failed' || (run === null && !busy)),
  };
}

function runText(paint: Paint, run: Run): string {
  const lines = [`${paint.bold(run.state)}: ${figures(run)}`];
  if (run.error !== null) lines.push(plain(run.error));
  if (run.held > 0) lines.push('Removals are held until somebody approves them: see the held plans of the integration.');
  return lines.join('\n');
}

function dryText(paint: Paint, run: Run, changes: readonly RunChange[], reason: string | null): string {
  const lines = changes.map(({ name, change, because }) => `${paint.bold(plain(name))}  ${change}: ${plain(because)}`);
  lines.push(`would be: ${figures(run)}`);
  if (reason !== null) lines.push(plain(`Held: ${reason}`));
  lines.push(paint.dim('Nothing was written.'));
  return lines.join('\n');
}

function figures({ created, changed, removed, unchanged, skipped, held, pages }: Run): string {
  return `${created} created, ${changed} changed, ${removed} removed, ${unchanged} unchanged; ${skipped} skipped, ${held} held (${pages} pages)`;
}
