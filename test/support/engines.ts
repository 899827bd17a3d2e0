import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { migratedPostgres, migratedSqlite } from './migrated.js';
import { freshDatabase, postgres } from './postgres.js';
import { scratch } from './scratch.js';

export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  /** The `DATABASE_URL` of a new, empty database; each call gives another one, and all vanish after the suite. */
  readonly url: () => Promise<string>;
  /** The same for one that has the schema already: made by a copy, which is faster. */
  readonly migrated: () => Promise<string>;
}

/**
 * Declares the same tests once per database engine, in a `describe` named after it. Without PostgreSQL its half is skipped
 * (with `CI` set: fails). Close what you open in `after` or `afterEach`: databases are dropped after those have run.
 */
export function forEachEngine(declare: (engine: Engine) => void): void {
  describe('sqlite', () => {
    const folders: string[] = [];
    const url = async (): Promise<string> => {
      const folder = mkdtempSync(join(scratch(), 'latchkey-sqlite-'));
      folders.push(folder);
      return join(folder, 'latchkey.sqlite');
    };
    const migrated = async (): Promise<string> => {
      const at = await url();
      await migratedSqlite(at);
      return at;
    };
    declare({ name: 'sqlite', url, migrated });
    after(() => {
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    });
  });

  describe('postgres', () => {
    const drops: (() => Promise<void>)[] = [];
    const kept = async (made: ReturnType<typeof freshDatabase>): Promise<string> => {
      const database = await made;
      if (database === null) throw new Error('no PostgreSQL');
      drops.push(database.drop);
      return database.url;
    };
    const url = (): Promise<string> => kept(freshDatabase());
    const migrated = (): Promise<string> => kept(migratedPostgres());
    before(async function () {
      this.timeout(120_000);
      if ((await postgres()) === null) this.skip();
    });
    declare({ name: 'postgres', url, migrated });
    // Nobody waits for that, since PostgreSQL takes its time over it; what is left over at the end goes then.
    after(() => {
      for (const drop of drops.splice(0)) void drop().catch(() => undefined);
    });
  });
}
