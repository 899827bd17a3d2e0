import type { Database } from './database.js';
import type { DatabaseLocation } from './location.js';
import { openPostgres } from './postgres.js';
import { openSqlite } from './sqlite.js';

/** Opens a migrated database. `onIdleError` hears of connections lost while nobody used them. */
export function openDatabase(location: DatabaseLocation, onIdleError: (error: Error) => void): Database {
  return location.engine === 'postgres' ? openPostgres(location.at, onIdleError) : openSqlite(location.at);
}
