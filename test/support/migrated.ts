import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../../src/db/migrate.js';
import { freshDatabase, postgres } from './postgres.js';
import { scratch } from './scratch.js';

/** The environment tells the processes that run tests what to copy; without it they migrate each database by themselves. */
const SQLITE = 'TEST_MIGRATED_SQLITE';
const POSTGRES = 'TEST_MIGRATED_POSTGRES';

export interface FreshDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** Migrates one database of each engine, of which every later `migratedSqlite` and `migratedPostgres` is a copy; returns what deletes them. */
export async function makeOriginals(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(scratch(), 'latchkey-migrated-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const file = join(folder, 'latchkey.sqlite');
  await migrate({ engine: 'sqlite', at: file });
  process.env[SQLITE] = file;

  const database = await freshDatabase();
  if (database !== null) {
    await migrate({ engine: 'postgres', at: database.url });
    process.env[POSTGRES] = new URL(database.url).pathname.slice(1);
  }
  return async () => {
    delete process.env[SQLITE];
    delete process.env[POSTGRES];
    remove();
    await database?.drop();
  };
}

/** Puts a database with the schema of today, and nothing in it, at this path. */
export async function migratedSqlite(at: string): Promise<void> {
  const original = process.env[SQLITE];
  if (original === undefined) await migrate({ engine: 'sqlite', at });
  else copyFileSync(original, at);
}

/** A new database with the schema of today, and nothing in it. null without PostgreSQL. */
export async function migratedPostgres(): Promise<FreshDatabase | null> {
  if ((await postgres()) === null) return null;
  const original = process.env[POSTGRES];
  const database = await freshDatabase(original);
  if (database !== null && original === undefined) await migrate({ engine: 'postgres', at: database.url });
  return database;
}
