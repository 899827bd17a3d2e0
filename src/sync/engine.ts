import { UpstreamError } from '../adapters/upstream-errors.js';
import { acquireLease, keepLease, type Lease, LeaseLost, releaseLease } from '../db/leases.js';
import type { Tx } from '../db/database.js';
import { Conflict } from '../errors.js';
import { getIntegration } from '../integrations/integration-store.js';
import { dryRun } from './dry-run.js';
import type { EngineParts } from './engine-parts.js';
import { recordFailure, recordSuccess, Stopped } from './ending.js';
import { failureOf } from './failure.js';
import { IntegrationChanged, LEASE_MS, leaseName } from './fence.js';
import { durablePull, modeOf, type Progress, pullSource, type RunResult } from './run.js';
import { endRun, getRun, newRun, type Run, type RunTrigger, runView, startRun, type StoredRun } from './run-store.js';
import type { Source } from './source.js';
import { ensureSyncState, syncState } from './state-store.js';
import { CannotBeOpened, clearUnopened, openingFailure, recordUnopened } from './unopened.js';

export interface RunRequest {
  readonly trigger: RunTrigger;
  /** Everything, not only what has changed. */
  readonly full?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** A run that has begun. `done` never rejects: how it ended is in the run. */
export interface StartedRun {
  readonly run: Run;
  readonly done: Promise<Run>;
}

/**
 * Pulls one integration at a time, in one process at a time: two runs of an integration never overlap, whoever starts
 * them. What a run may do is checked in each of its transactions, so one that was held up for too long, or whose
 * integration was changed meanwhile, stops without another write.
 */
export class SyncEngine {
  readonly #parts: EngineParts;
  /** What runs, or is about to. */
  readonly #active = new Set<{ readonly stop: AbortController; readonly ended: Promise<unknown> }>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Errors: `NotFound`, `Conflict` for a disabled integration, `CannotBeOpened`, `LeaseHeld` while another run holds the lock;
   * `InvalidInput` for one that is not pulled; `Stopped` when the process ends meanwhile.
   */
  start(integrationId: string, request: RunRequest): Promise<StartedRun> {
    const stop = new AbortController();
    const begun = this.#begin(integrationId, request, stop);
    const ended = begun.then(
      ({ done }) => done,
      () => undefined,
    );
    const active = { stop, ended };
    this.#active.add(active);
    ended.finally(() => this.#active.delete(active)).catch(() => undefined);
    return begun;
  }

  async #begin(
    integrationId: string,
    { trigger, full = false, onProgress = () => undefined }: RunRequest,
    stop: AbortController,
  ): Promise<StartedRun> {
    const source = await this.#opened(integrationId, stop.signal);
    const lease = await this.#acquire(integrationId, trigger);
    const { db, clock } = this.#parts;
    let run: StoredRun;
    try {
      stop.signal.throwIfAborted();
      const mode = modeOf(source, await syncState(db.read, integrationId), full, clock.now());
      run = await db.transaction(async (tx) => {
        await ensureSyncState(tx, integrationId, clock.now());
        await clearUnopened(tx, this.#parts, source.integration);
        return startRun(tx, clock.now(), { integrationId, trigger, mode });
      });
    } catch (error) {
      await releaseLease(db, lease);
      throw error;
    }
    return { run: runView(run), done: this.#carryOut(source, lease, run, stop, onProgress) };
  }

  /** What a run would do now: reads everything and writes nothing. Errors: as `start`, and those of the source. */
  async dryRun(
    integrationId: string,
    { onProgress = () => undefined }: Pick<RunRequest, 'onProgress'> = {},
  ): Promise<RunResult & { readonly run: Run }> {
    const source = await this.#open(integrationId);
    const lease = await this.#acquire(integrationId, 'cli');
    const { db, clock } = this.#parts;
    try {
      const run = newRun(clock.now(), { integrationId, trigger: 'cli', mode: 'full', dryRun: true });
      const result = await this.#alive(lease, new AbortController(), () => dryRun(this.#parts, source, onProgress));
      const state = result.held.length > 0 ? 'held' : 'succeeded';
      return { ...result, run: { ...run, ...result.counts, state, endedAt: clock.now() } };
    } finally {
      await releaseLease(db, lease);
    }
  }

  /** Ends what runs in this process, or is about to, at the next page; what is stored stays stored. */
  async stop(): Promise<void> {
    while (this.#active.size > 0) {
      const active = [...this.#active];
      for (const { stop } of active) stop.abort(new Stopped());
      await Promise.all(active.map(({ ended }) => ended));
      for (const one of active) this.#active.delete(one);
    }
  }

  /** `#open`; that it cannot be opened is written down. */
  async #opened(integrationId: string, signal: AbortSignal): Promise<Source> {
    try {
      return await this.#open(integrationId, signal);
    } catch (error) {
      if (!(error instanceof CannotBeOpened)) throw error;
      this.#parts.logger.error('an integration cannot be opened', { integrationId, error });
      await this.#parts.db.transaction((tx) => recordUnopened(tx, this.#parts, integrationId, error));
      throw error;
    }
  }

  async #open(integrationId: string, signal?: AbortSignal): Promise<Source> {
    const { db, sources } = this.#parts;
    const integration = await getIntegration(db.read, integrationId);
    if (!integration.settings.enabled) throw new Conflict('This integration is disabled.');
    const source = await sources.open(integrationId, signal).catch((error: unknown) => Promise.reject(openingFailure(error, integration)));
    if (!source.integration.settings.enabled) throw new Conflict('This integration is disabled.');
    return source;
  }

  #acquire(integrationId: string, trigger: RunTrigger): Promise<Lease> {
    const { db, clock, holder } = this.#parts;
    return acquireLease(db, clock, {
      name: leaseName(integrationId),
      holder: `a run (${trigger}) of ${holder}, since ${clock.now()}`,
      ms: LEASE_MS,
    });
  }

  async #carryOut(
    source: Source,
    lease: Lease,
    run: StoredRun,
    stop: AbortController,
    onProgress: (progress: Progress) => void,
  ): Promise<Run> {
    const { db, logger, drain } = this.#parts;
    const { id: integrationId } = source.integration;
    try {
      const result = await this.#alive(lease, stop, async () => {
        stop.signal.throwIfAborted();
        const pulled = await pullSource(
          this.#parts,
          durablePull(this.#parts, source, lease),
          source,
          await syncState(db.read, integrationId),
          {
            ...{ run, mode: run.mode, onProgress },
          },
        );
        await drain();
        return pulled;
      });
      await db.transaction((tx) => recordSuccess(tx, this.#parts, source, lease, run, result));
    } catch (error) {
      await this.#fail(source, lease, run, stop.signal.aborted ? (stop.signal.reason as unknown) : error).catch((failure: unknown) =>
        logger.error('the end of a run could not be written down', { integrationId, runId: run.id, error: failure }),
      );
    }
    await releaseLease(db, lease).catch((error: unknown) => logger.warn('a lease could not be given back', { integrationId, error }));
    return this.#ended(run);
  }

  async #fail(source: Source, lease: Lease, run: StoredRun, error: unknown): Promise<void> {
    const { db, logger, clock } = this.#parts;
    const { id: integrationId } = source.integration;
    const fields = { integrationId, runId: run.id, error };
    if (error instanceof UpstreamError) logger.warn('a run has failed at its source', fields);
    else logger.error('a run has failed', fields);
    if (error instanceof LeaseLost || error instanceof IntegrationChanged) {
      // Nobody's fault: whoever has taken over, or the next turn, does it.
      await db.transaction(async (tx: Tx) => endRun(tx, run.id, 'failed', clock.now(), failureOf(error)));
      return;
    }
    try {
      await db.transaction((tx) => recordFailure(tx, this.#parts, source, lease, run, error));
    } catch (changed) {
      if (!(changed instanceof IntegrationChanged || changed instanceof LeaseLost)) throw changed;
      await db.transaction((tx) => endRun(tx, run.id, 'failed', clock.now(), failureOf(error)));
    }
  }

  /** The run as it is stored; as it was, where even that cannot be read. */
  async #ended(run: StoredRun): Promise<Run> {
    const { db, clock } = this.#parts;
    try {
      return runView(await getRun(db.read, run.integrationId, run.id));
    } catch {
      return { ...runView(run), state: 'failed', endedAt: clock.now(), error: 'How the run ended could not be written down.' };
    }
  }

  /** Renews the lease while the work waits for its source; losing it ends the work. */
  #alive<Result>(lease: Lease, stop: AbortController, work: () => Promise<Result>): Promise<Result> {
    const { db, clock } = this.#parts;
    return keepLease(db, clock, { lease, ms: LEASE_MS, onLost: (error) => stop.abort(error) }, work);
  }
}
