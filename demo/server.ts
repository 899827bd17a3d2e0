import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import knexPkg from 'knex';
import { type Config, readConfig } from '../src/config.js';
import { databaseLocation } from '../src/db/location.js';
import { knexConfig } from '../src/db/migrate.js';
import { COMMAND_LINE } from '../src/domain/events.js';
import { createApiToken } from '../src/integrations/api-token-store.js';
import { type RunningServer, startServer } from '../src/server.js';

/** A server on the configured port or, if that is taken, on any free one. Its systems are on this machine, which is allowed here. */
export async function startDemoServer(dataFolder: string, say: (line: string) => void): Promise<RunningServer> {
  const environment = {
    LATCHKEY_LOG_LEVEL: 'error',
    ...process.env,
    LATCHKEY_DATA_DIR: dataFolder,
    DATABASE_URL: '',
    LATCHKEY_ALLOW_PRIVATE_URLS: 'true',
  };
  const configured = readConfig(environment);
  try {
    return await seeded(configured, await startServer(configured));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    say(`Port ${configured.port} is taken, so the demo takes another one.`);
    const other = readConfig({ ...environment, PORT: String(await freePort(configured.host)) });
    return seeded(other, await startServer(other));
  }
}

/** What `latchkey api-token create` does. */
export async function adminToken({ parts }: RunningServer): Promise<string> {
  const made = await parts.db.transaction((tx) =>
    createApiToken(tx, { actor: COMMAND_LINE, now: parts.clock.now() }, { name: 'demo', role: 'admin', expiresAt: null }),
  );
  return made.token.expose();
}

/** Known before the start: links and locations begin with it. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function seeded(config: Config, server: RunningServer): Promise<RunningServer> {
  const knex = knexPkg.knex(knexConfig(databaseLocation(config.databaseUrl, config.dataDir)));
  try {
    await knex.seed.run({ directory: resolve('seeds'), loadExtensions: ['.ts'] });
  } finally {
    await knex.destroy();
  }
  return server;
}
