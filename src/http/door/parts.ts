import type { CardStore } from '../../credentials/card-store.js';
import type { PinStore } from '../../credentials/pin-store.js';
import type { Clock } from '../../db/clock.js';
import type { Database } from '../../db/database.js';
import type { Logger } from '../../domain/logger.js';
import type { CommandStreams } from '../../doors/command-streams.js';
import type { Verifier } from '../../doors/verify.js';
import type { RequestLimits } from '../../transport/request-limits.js';

/** What the door API is built from. */
export interface DoorParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: { readonly pins: PinStore; readonly cards: CardStore };
  readonly limits: RequestLimits;
  readonly streams: CommandStreams;
  readonly verifier: Verifier;
}
