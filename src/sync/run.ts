import { CursorExpired } from '../adapters/upstream-errors.js';
import type { Lease } from '../db/leases.js';
import type { Tx } from '../db/database.js';
import { CLOCKS_DIFFER_MS, epochMs, type Instant } from '../domain/time.js';
import { settleAbsence } from './absence.js';
import { fence } from './fence.js';
import type { Pull, PullOutcome, PullParts, RunChange } from './pull.js';
import { type ReadSoFar, readPages } from './read-pages.js';
import type { Removal } from './removal.js';
import { RunChanges } from './run-changes.js';
import { type Run, type RunCounts, type RunMode, saveChanges, saveCounts } from './run-store.js';
import type { Source } from './source.js';
import { saveComplete, saveCursor, type SyncState } from './state-store.js';

/** Absence is looked for at least so often. */
const COMPLETE_EVERY_MS = 24 * 3_600_000;

export interface RunResult {
  readonly counts: RunCounts;
  readonly mode: RunMode;
  /** Of a dry run; of others they are stored, not kept. */
  readonly changes: readonly RunChange[];
  /** Removals that the guard has stopped; empty: none. */
  readonly held: readonly Removal[];
  readonly reason: string | null;
  /** A complete read: what is open from an earlier one does not count any more. */
  readonly complete: boolean;
}

export interface Progress {
  readonly counts: RunCounts;
  /** Records read, and how many there are in all if the source says so. */
  readonly read: number;
  readonly total: number | null;
}

/** A read of everything is due when it is asked for, when there never was one, and once a day. */
export function modeOf({ adapter }: Pick<Source, 'adapter'>, state: SyncState, full: boolean, now: Instant): RunMode {
  const age = state.completeAt === null ? null : epochMs(now) - epochMs(state.completeAt);
  // One that has not been yet was written down before the clock was put back: nobody knows how old it is.
  const fresh = age !== null && age >= -CLOCKS_DIFFER_MS && age < COMPLETE_EVERY_MS;
  return full || adapter.changes === undefined || state.cursor === null || !fresh ? 'full' : 'changes';
}

/** A pull whose every transaction makes sure first that it may still write. */
export function durablePull({ db, clock }: PullParts, { integration }: Source, lease: Lease): Pull {
  return {
    integration,
    reader: db.read,
    write: (work) =>
      db.transaction(async (tx: Tx) => {
        await fence(tx, clock, integration, lease);
        return work(tx);
      }),
  };
}

/**
 * Reads the source and brings the directory in line with it: page by page, then, after a complete read, absence.
 * A read that fails changes nothing but what it has shown. Errors: those of the adapter, `LeaseLost`, `IntegrationChanged`.
 *
 * @param run null: nothing is kept of it (a dry run)
 */
export async function pullSource(
  parts: PullParts,
  pull: Pull,
  source: Source,
  state: SyncState,
  {
    run,
    mode,
    onProgress,
  }: { readonly run: (Run & { readonly seq: number }) | null; readonly mode: RunMode; readonly onProgress: (progress: Progress) => void },
): Promise<RunResult> {
  const keeper = new Keeper(pull, run, onProgress);
  if (mode === 'changes' && source.adapter.changes !== undefined && state.cursor !== null) {
    try {
      const read = await readPages(parts, pull, source.adapter.changes(source.context, state.cursor), (soFar, page) =>
        keeper.page(soFar, page, mode),
      );
      return { ...keeper.result(read, mode), held: [], reason: null, complete: false };
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error;
      parts.logger.info('the cursor has expired; everything is read anew', { integrationId: source.integration.id });
    }
  }
  const read = await readPages(parts, pull, source.adapter.resources(source.context), (soFar, page) => keeper.page(soFar, page, 'full'));
  const absence = await settleAbsence(parts, pull, source, {
    ...{ runSeq: run?.seq ?? Number.MAX_SAFE_INTEGER, users: read.users, groups: read.groups, left: read.left },
    ...{ saidByGroups: read.saidByGroups, usersBefore: state.completeUsers },
  });
  // An empty read is no measure of the next one.
  await keeper.end(read, absence.changes, parts.clock.now(), read.users.size === 0 ? state.completeUsers : read.users.size);
  const result = keeper.result(read, 'full');
  const { confirmed } = absence;
  const counts = {
    ...result.counts,
    created: result.counts.created + confirmed.created,
    changed: result.counts.changed + confirmed.changed,
    unchanged: result.counts.unchanged + confirmed.unchanged,
    skipped: result.counts.skipped + confirmed.skipped,
    removed: absence.removed,
    held: absence.heldUsers,
  };
  return { ...result, counts, held: absence.held, reason: absence.reason, complete: true };
}

/** Writes down how far a run has come, where something has changed: a run that finds nothing new writes nothing. */
class Keeper {
  readonly #pull: Pull;
  readonly #run: Run | null;
  readonly #onProgress: (progress: Progress) => void;
  readonly #changes: RunChanges;
  #cursor: string | null = null;

  constructor(pull: Pull, run: Run | null, onProgress: (progress: Progress) => void) {
    this.#pull = pull;
    this.#run = run;
    this.#onProgress = onProgress;
    this.#changes = new RunChanges(run === null);
  }

  async page(read: ReadSoFar, outcome: PullOutcome, mode: RunMode): Promise<void> {
    const counts = countsOf(read);
    this.#onProgress({ counts, read: counts.created + counts.changed + counts.unchanged, total: read.total });
    const moved = read.cursor !== null && read.cursor !== this.#cursor;
    if (outcome.created + outcome.changed + outcome.changes.length === 0 && !(moved && mode === 'changes')) return;
    await this.#pull.write((tx) => this.#save(tx, counts, mode, outcome.changes, mode === 'changes' ? read.cursor : null));
    this.#changes.add(outcome.changes);
    if (mode === 'changes') this.#cursor = read.cursor;
  }

  /** The cursor of a full read is good once all of it is stored. */
  async end(read: ReadSoFar, changes: readonly RunChange[], now: Instant, users: number): Promise<void> {
    await this.#pull.write(async (tx) => {
      await this.#save(tx, countsOf(read), 'full', changes, read.cursor);
      if (this.#run !== null) await saveComplete(tx, this.#pull.integration.id, now, users);
    });
    this.#changes.add(changes);
  }

  result(read: ReadSoFar, mode: RunMode): Pick<RunResult, 'counts' | 'mode' | 'changes'> {
    return { counts: countsOf(read), mode, changes: this.#changes.all };
  }

  async #save(tx: Tx, counts: RunCounts, mode: RunMode, changes: readonly RunChange[], cursor: string | null): Promise<void> {
    if (this.#run === null) return;
    await saveCounts(tx, { id: this.#run.id, mode }, counts);
    await saveChanges(tx, this.#run.id, this.#changes.count, this.#changes.stored(changes));
    if (cursor !== null) await saveCursor(tx, this.#pull.integration.id, cursor);
  }
}

function countsOf({ pages, outcome: { created, changed, unchanged, skipped } }: ReadSoFar): RunCounts {
  return { pages, created, changed, unchanged, skipped, removed: 0, held: 0 };
}
