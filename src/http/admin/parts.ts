import type { Config } from '../../config.js';
import type { Connections } from '../../connect/connections.js';
import type { OAuthConnections } from '../../connect/oauth-connections.js';
import type { Subscriptions } from '../../connect/subscriptions.js';
import type { Clock } from '../../db/clock.js';
import type { Database } from '../../db/database.js';
import type { Logger } from '../../domain/logger.js';
import type { CredentialStores } from '../../reconcile/facts.js';
import type { RequestLog } from '../../integrations/request-log.js';
import type { ReconcileWorker } from '../../reconcile/worker.js';
import type { EngineParts } from '../../sync/engine-parts.js';
import type { SyncEngine } from '../../sync/engine.js';
import type { Kinds } from '../../sync/kinds.js';
import type { RequestLimits } from '../../transport/request-limits.js';

/** What the admin API is built from. */
export interface AdminParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: CredentialStores;
  readonly worker: ReconcileWorker;
  readonly limits: RequestLimits;
  readonly requestLog: RequestLog;
  readonly kinds: Kinds;
  readonly connections: Connections;
  readonly oauth: OAuthConnections;
  readonly subscriptions: Subscriptions;
  readonly sync: { readonly parts: EngineParts; readonly engine: SyncEngine };
  /** Links come from what is configured, never from a header. */
  readonly config: Pick<Config, 'publicUrl'>;
}
