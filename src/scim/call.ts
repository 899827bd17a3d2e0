import type { Clock, Stopwatch } from '../db/clock.js';
import type { Database, Tx } from '../db/database.js';
import type { SourcePinVault } from '../directory/context.js';
import type { Applied } from '../directory/operation.js';
import type { ChangeContext } from '../domain/events.js';
import type { Integration } from '../domain/integration.js';
import type { Logger } from '../domain/logger.js';
import type { RequestRecord } from '../integrations/request-log.js';
import type { RequestLimits } from '../transport/request-limits.js';
import type { CursorSealer } from './cursor.js';
import type { ScimQuery } from './transport/query.js';

/** Who calls: a token leads to one integration, and a token sees its own directory only. */
export interface ScimConnection {
  readonly tokenId: string;
  readonly readOnly: boolean;
  readonly integration: Integration;
}

/** What the SCIM server is built from. */
export interface ScimParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Configured, never taken from a header: `https://doors.example.com/scim/v2`. */
  readonly baseUrl: string;
  readonly pins: SourcePinVault;
  readonly cursors: CursorSealer;
  /** Finds who a bearer token belongs to; null for unknown, revoked, expired and malformed ones alike. */
  findConnection(token: string): Promise<ScimConnection | null>;
  /** Asked again in the transaction of a write: what has become of the token and its integration since the request came in? */
  confirmConnection(tx: Tx, connection: ScimConnection): Promise<'live' | 'gone' | 'disabled'>;
  /** Notes that the IdP was here; never delays or fails the request. */
  noteRequest(connection: ScimConnection, userAgent: string | null): void;
  /** How often a token may ask, and an address with wrong ones. */
  readonly limits: RequestLimits;
  readonly stopwatch: Stopwatch;
  /** Keeps a request for the admin to look at; never delays or fails it. */
  keepRequest(record: RequestRecord): void;
  /** Brings access in line with what an operation changed, in the operation's transaction. */
  settle(tx: Tx, context: ChangeContext & { readonly integration: Integration }, applied: Applied): Promise<void>;
}

/** One protocol request, whatever it came in: a request of its own or an operation of a Bulk request. */
export interface ScimCall {
  readonly connection: ScimConnection;
  readonly query: ScimQuery;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** null: a request of its own, with a transaction of its own and an answer that shows the resource. */
  readonly bulk: BulkTurn | null;
}

/** What an operation shares with the others of its Bulk request. Its answer is the version alone. */
export interface BulkTurn {
  readonly tx: Tx;
  /** The id of what a POST creates: other operations may refer to it already. */
  readonly newId: string;
  readonly settle: ScimParts['settle'];
}
