/**
 * `npm run demo`: a running server, and a company whose identity provider pushes its people into it. The admin's part
 * goes through the REST API, the identity provider's through SCIM; nothing is put into the database by the back door
 * but the member groups of `seeds/`.
 */
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import knexPkg from 'knex';
import { paintFor } from '../src/cli/text.js';
import { type Config, readConfig } from '../src/config.js';
import { databaseLocation } from '../src/db/location.js';
import { knexConfig } from '../src/db/migrate.js';
import { COMMAND_LINE } from '../src/domain/events.js';
import { createApiToken } from '../src/integrations/api-token-store.js';
import { whyNotStarted } from '../src/main/why-not-started.js';
import { type RunningServer, startServer } from '../src/server.js';
import { IdentityProvider } from '../sandbox/identity-provider.js';
import { Api } from './api.js';
import { GROUPS, peopleAt } from './company.js';
import { summaryText } from './summary.js';

/** Data of the demo alone; a real installation is never touched. */
const DATA_DIR = resolve('data/demo');

try {
  const server = await start();
  const apiToken = await adminToken(server);
  const api = new Api(server.url, apiToken);
  const integration = await api.send<{ id: string; token: string }>('POST', '/integrations', {
    kind: 'scim',
    name: 'Harbour Ltd (demo IdP)',
  });
  const idp = new IdentityProvider(`${server.url}/scim/v2`, integration.token);
  for (const [name, memberGroupIds] of Object.entries(GROUPS)) {
    const groupId = await idp.pushGroup(name);
    await api.send('PUT', `/integrations/${integration.id}/resources/${groupId}/mapping`, { memberGroupIds });
  }
  for (const person of peopleAt(Date.now())) await idp.pushPerson(person);
  const summary = { api, integrationId: integration.id, exchanges: idp.exchanges, url: server.url, apiToken, scimToken: integration.token };
  console.log(await summaryText(summary, paintFor(process.stdout.isTTY === true)));
  stopOnSignal(server);
} catch (error) {
  console.error(whyNotStarted(error));
  process.exit(1);
}

/** A fresh database each time, on the configured port or, if that is taken, on any free one. */
async function start(): Promise<RunningServer> {
  rmSync(DATA_DIR, { recursive: true, force: true });
  mkdirSync(DATA_DIR, { recursive: true });
  const environment = { LATCHKEY_LOG_LEVEL: 'warn', ...process.env, LATCHKEY_DATA_DIR: DATA_DIR, DATABASE_URL: '' };
  const configured = readConfig(environment);
  try {
    return await seeded(configured, await startServer(configured));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    console.log(`Port ${configured.port} is taken, so the demo takes another one.`);
    const other = readConfig({ ...environment, PORT: String(await freePort(configured.host)) });
    return seeded(other, await startServer(other));
  }
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

async function adminToken({ parts }: RunningServer): Promise<string> {
  const made = await parts.db.transaction((tx) =>
    createApiToken(tx, { actor: COMMAND_LINE, now: parts.clock.now() }, { name: 'demo', role: 'admin', expiresAt: null }),
  );
  return made.token.expose();
}

function stopOnSignal(server: RunningServer): void {
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
