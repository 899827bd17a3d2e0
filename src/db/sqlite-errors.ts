import SqliteDatabase from 'better-sqlite3';
import { DatabaseUnavailable, ReferenceViolation, UniqueViolation } from '../errors.js';

const UNAVAILABLE = ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_CANTOPEN', 'SQLITE_READONLY'];

export function isBusy(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** SQLite's errors to ours; anything else is a bug and stays what it is. */
export function translateSqliteError(error: unknown): unknown {
  if (!(error instanceof SqliteDatabase.SqliteError)) return error;
  const { code } = error;
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    // "UNIQUE constraint failed: users.integration_id, users.user_name_key"
    const places = error.message.slice(error.message.lastIndexOf(': ') + 2).split(', ');
    const table = places[0]?.split('.')[0] ?? '';
    return new UniqueViolation(
      table,
      places.map((place) => place.slice(place.indexOf('.') + 1)),
      { cause: error },
    );
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new ReferenceViolation({ cause: error });
  if (UNAVAILABLE.some((prefix) => code.startsWith(prefix))) return new DatabaseUnavailable({ cause: error });
  return error;
}
