import type { Database } from './database.js';
import type { DatabaseLocation } from './location.js';
import { openPostgres, PostgresPing } from './postgres.js';
import { openSqlite } from './sqlite.js';
import { statement } from './statement.js';

/** Work in the background shares out one database among a handful of workers. */
const BACKGROUND_CONNECTIONS = 5;

const ping = statement<object, { one: number }>('ops.ping', (sql) => sql.raw('select 1 as one'));

/**
 * One database as a server uses it. On PostgreSQL requests and background work have connections of their own: a burst of
 * requests does not keep ended guests inside, and a long run keeps nobody from a door. On SQLite both are the same.
 */
export interface Databases {
  /** For whoever waits for an answer. */
  readonly requests: Database;
  /** For what time, sources and the outbox do. */
  readonly background: Database;
  /** Does it answer, however busy it is? Errors: `DatabaseUnavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a migrated database. `onIdleError` hears of connections lost while nobody used them. */
export function openDatabase(location: DatabaseLocation, onIdleError: (error: Error) => void): Database {
  return location.engine === 'postgres' ? openPostgres(location.at, onIdleError) : openSqlite(location.at);
}

/** `openDatabase` for a server. */
export function openDatabases(location: DatabaseLocation, onIdleError: (error: Error) => void): Databases {
  const requests = openDatabase(location, onIdleError);
  if (location.engine === 'sqlite') {
    return { requests, background: requests, ping: async () => void (await requests.read.first(ping, {})), close: () => requests.close() };
  }
  const background = openPostgres(location.at, onIdleError, undefined, BACKGROUND_CONNECTIONS);
  const pings = new PostgresPing(location.at, onIdleError);
  return {
    requests,
    background,
    ping: () => pings.ping(),
    close: async () => void (await Promise.all([requests.close(), background.close(), pings.close()])),
  };
}
