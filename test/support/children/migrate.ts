import type { DatabaseLocation } from '../../../src/db/location.js';
import { migrate } from '../../../src/db/migrate.js';
import { migrationSource } from '../../../src/db/migrations/index.js';

// Arguments: engine, place, and `half` to stop for good when the first migration has run and nothing is committed.
const [engine, at, how] = process.argv.slice(2);
const location: DatabaseLocation = { engine: engine === 'postgres' ? 'postgres' : 'sqlite', at: at ?? '' };

if (how === 'half') {
  const getMigration = migrationSource.getMigration.bind(migrationSource);
  migrationSource.getMigration = async (name) => {
    const migration = await getMigration(name);
    return {
      ...migration,
      up: async (knex) => {
        await migration.up(knex);
        console.log('half');
        await new Promise<never>(() => setInterval(() => undefined, 60_000));
      },
    };
  };
}

// All of several processes that wait here go on together.
console.log('ready');
if (how === 'together') await new Promise((go) => process.stdin.once('data', go));
console.log(`ran ${JSON.stringify(await migrate(location))}`);
process.exit(0);
