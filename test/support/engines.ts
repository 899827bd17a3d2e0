import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase, postgres } from './postgres.js';

export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  /** The `DATABASE_URL` of a new, empty database; each call gives another one, and all vanish after the suite. */
  readonly url: () => Promise<string>;
}

/**
 * Declares the same tests once per database engine, in a `describe` named after it. Without PostgreSQL its half is skipped
 * (with `CI` set: fails). Close what you open in `after` or `afterEach`: databases are dropped after those have run.
 */
export function forEachEngine(declare: (engine: Engine) => void): void {
  describe('sqlite', () => {
    const folders: string[] = [];
    const url = async (): Promise<string> => {
      const folder = mkdtempSync(join(tmpdir(), 'latchkey-sqlite-'));
      folders.push(folder);
      return join(folder, 'latchkey.sqlite');
    };
    declare({ name: 'sqlite', url });
    after(() => {
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    });
  });

  describe('postgres', () => {
    const drops: (() => Promise<void>)[] = [];
    const url = async (): Promise<string> => {
      const database = await freshDatabase();
      if (database === null) throw new Error('no PostgreSQL');
      drops.push(database.drop);
      return database.url;
    };
    before(async function () {
      this.timeout(120_000);
      if ((await postgres()) === null) this.skip();
    });
    declare({ name: 'postgres', url });
    after(async () => {
      for (const drop of drops.splice(0)) await drop();
    });
  });
}
