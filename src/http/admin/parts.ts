import type { ManualCredentials } from '../../access/manual-credentials.js';
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
  readonly credentials: ManualCredentials;
  readonly worker: ReconcileWorker;
  /** Configured, never taken from a header; without a slash at its end. */
  readonly publicUrl: string;
  /** Days for which the digits of a revoked PIN stay with their member. */
  readonly coolDownDays: number;
}
