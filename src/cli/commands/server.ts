import type { Command } from 'commander';
import { databaseLocation } from '../../db/location.js';
import { migrate } from '../../db/migrate.js';
import type { Io } from '../io.js';
import { answering, type Outcome } from '../result.js';

export function addServer(program: Command, io: Io, outcome: Outcome): void {
  program
    .command('serve')
    .description('run the server until it is told to stop')
    .action(async () => {
      // Express and all routes are read for this command alone.
      const { serve } = await import('../../main.js');
      await serve(io.readConfig());
    });

  program
    .command('migrate')
    .description('bring the database to the schema of this version')
    .action(
      answering(io, outcome, async () => {
        const { databaseUrl, dataDir } = io.readConfig();
        const migrations = await migrate(databaseLocation(databaseUrl, dataDir));
        return {
          json: { migrations },
          text: () => (migrations.length === 0 ? 'The database is up to date.' : migrations.map((name) => `applied ${name}`).join('\n')),
        };
      }),
    );
}
