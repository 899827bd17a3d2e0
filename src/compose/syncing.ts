import { hostname } from 'node:os';
import { type Clock, systemRandom } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { SourcePinVault } from '../directory/context.js';
import type { Logger } from '../domain/logger.js';
import type { CredentialStores } from '../reconcile/facts.js';
import type { Timekeeper } from '../reconcile/timekeeper.js';
import type { ReconcileWorker } from '../reconcile/worker.js';
import { sourceModel } from '../scim/model/source-resource.js';
import type { EngineParts } from '../sync/engine-parts.js';
import { SyncEngine } from '../sync/engine.js';
import { HintWorker } from '../sync/hints.js';
import { Scheduler, type Upkeep } from '../sync/scheduler.js';
import type { Sources } from '../sync/source.js';

interface SyncingFrom {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: CredentialStores;
  readonly pins: SourcePinVault;
  readonly worker: ReconcileWorker;
  readonly timekeeper: Pick<Timekeeper, 'wake'>;
  readonly sources: Sources;
  readonly upkeep: Upkeep;
}

/** What pulls. */
export interface Syncing {
  readonly parts: EngineParts;
  readonly engine: SyncEngine;
  readonly hints: HintWorker;
  readonly scheduler: Scheduler;
}

export function syncParts({ worker, timekeeper, upkeep, ...from }: SyncingFrom): Syncing {
  const parts: EngineParts = {
    ...from,
    model: sourceModel,
    wake: () => timekeeper.wake(),
    random: systemRandom,
    holder: `process ${process.pid} on ${hostname()}`,
    drain: () => worker.drain(),
  };
  const engine = new SyncEngine(parts);
  const hints = new HintWorker(parts, engine);
  return { parts, engine, hints, scheduler: new Scheduler(parts, engine, hints, upkeep) };
}
