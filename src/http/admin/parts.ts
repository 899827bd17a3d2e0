import type { Config } from '../../config.js';
import type { Clock } from '../../db/clock.js';
import type { Database } from '../../db/database.js';
import type { Logger } from '../../domain/logger.js';
import type { CredentialStores } from '../../reconcile/facts.js';
import type { ReconcileWorker } from '../../reconcile/worker.js';

/** What the admin API is built from. */
export interface AdminParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: CredentialStores;
  readonly worker: ReconcileWorker;
  /** Links come from what is configured, never from a header. */
  readonly config: Pick<Config, 'publicUrl'>;
}
