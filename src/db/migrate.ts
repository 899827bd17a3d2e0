import knexPkg, { type Knex } from 'knex';
import { LatchkeyError } from '../errors.js';
import type { DatabaseLocation } from './location.js';
import { migrationSource } from './migrations/index.js';
import { translatePostgresError } from './postgres-errors.js';
import { translateSqliteError } from './sqlite-errors.js';

const { knex } = knexPkg;

/** The database was written by a newer Latchkey: this one must not touch it. */
export class DatabaseTooNew extends LatchkeyError {}

/** Any number that is always the same: it names our advisory lock. */
const LOCK = 4_815_162_342;
const TABLE = 'knex_migrations';
/** A server that does not answer at all is told to the operator while he is still looking. */
const CONNECT_TIMEOUT_MS = 5_000;
const BUSY_TIMEOUT_MS = 15_000;

/** knex for the cold path: migrations and its command line. Never used while serving. */
export function knexConfig(location: DatabaseLocation): Knex.Config {
  const migrations = { migrationSource, tableName: TABLE };
  return location.engine === 'postgres'
    ? {
        client: 'pg',
        connection: { connectionString: location.at, connectionTimeoutMillis: CONNECT_TIMEOUT_MS },
        pool: { min: 0, max: 1 },
        migrations,
      }
    : { client: 'better-sqlite3', connection: { filename: location.at }, useNullAsDefault: true, pool: { min: 1, max: 1 }, migrations };
}

/**
 * Brings the database to this program's schema; returns the names of the migrations that ran.
 *
 * Replicas may start together: everything happens inside one transaction whose first statement takes the write
 * lock, so the second waits and finds nothing to do, and one that dies half-way leaves no trace.
 * Errors: `DatabaseTooNew`, `DatabaseUnavailable`.
 */
export async function migrate(location: DatabaseLocation): Promise<string[]> {
  const connection = knex({ ...knexConfig(location), log: SILENT });
  try {
    if (location.engine === 'sqlite') {
      await connection.raw(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
      await connection.raw('pragma journal_mode = WAL');
    }
    return await connection.transaction(async (tx) => {
      await tx.raw(location.engine === 'postgres' ? `select pg_advisory_xact_lock(${LOCK})` : 'pragma user_version = 1');
      await refuseNewer(tx);
      const result: unknown = await tx.migrate.latest({ migrationSource, tableName: TABLE, disableTransactions: true });
      return namesOf(result);
    });
  } catch (error) {
    throw location.engine === 'postgres' ? translatePostgresError(error) : translateSqliteError(error);
  } finally {
    await connection.destroy();
  }
}

async function refuseNewer(tx: Knex.Transaction): Promise<void> {
  if (!(await tx.schema.hasTable(TABLE))) return;
  const known = new Set(await migrationSource.getMigrations([]));
  const applied: { name: string }[] = await tx(TABLE).select('name').orderBy('id');
  const unknown = applied.find(({ name }) => !known.has(name));
  if (unknown === undefined) return;
  throw new DatabaseTooNew(
    `This database was written by a newer Latchkey (it has the migration ${unknown.name}). Please run that version or a newer one.`,
  );
}

/** knex answers `[batch, names]`. */
function namesOf(result: unknown): string[] {
  const names: unknown = Array.isArray(result) ? result[1] : [];
  return Array.isArray(names) ? names.map(String) : [];
}

const quiet = (): void => undefined;
/** knex prints to the console by itself; what matters reaches the caller as an error. */
const SILENT: Knex.Logger = { warn: quiet, error: quiet, debug: quiet, deprecate: quiet };
