/**
 * `npm run build && tsx bench/request-log.ts`: what the log of the last requests costs a request. Two servers, alike but
 * for the setting, asked in turn; the figure is their ratio. Needs Linux, whose /proc tells a process's CPU time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.js';
import { type Case, type Figure, measure } from './support/measure.js';
import { type Seeded, sampleUser, seed } from './support/seed.js';
import { type BenchServer, startBenchServer } from './support/server.js';

const USERS = 1_000;
const ROUNDS = 9;
const PER_ROUND = 500;
/** Of a GET by id; the dearest requests carry the same cost beside far more of their own. */
const AT_MOST = 1.1;

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  const [off, all] = [await start('off'), await start('all')];
  const reads = await measure([read(off), read(all)], ROUNDS, PER_ROUND);
  const writes = await measure([create(off), create(all)], ROUNDS, PER_ROUND);
  const ratio = report('GET by id', reads);
  report('POST of a User', writes);
  await Promise.all([off.server.stop(), all.server.stop()]);
  if (ratio > AT_MOST) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Measured {
  readonly seeded: Seeded;
  readonly server: BenchServer;
}

async function start(requestLog: 'off' | 'all'): Promise<Measured> {
  const dataDir = join(folder, requestLog);
  const config = readConfig({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_LOG_LEVEL: 'error' }, null);
  const seeded = await seed(config, USERS, [], { requestLog });
  return { seeded, server: await startBenchServer(dataDir, seeded.token) };
}

function read({ seeded, server }: Measured): Case {
  return { name: 'read', pid: server.pid, run: (n) => server.send('GET', `/Users/${seeded.userIds[n % USERS]}`) };
}

function create({ server }: Measured): Case {
  return { name: 'create', pid: server.pid, run: (n) => server.send('POST', '/Users', sampleUser(USERS + n), 201) };
}

function report(name: string, [off, all]: readonly Figure[]): number {
  const ratio = (all?.median ?? Number.NaN) / (off?.median ?? Number.NaN);
  const figure = (value: Figure | undefined) => `${Math.round(value?.median ?? 0)} µs`;
  console.log(`${name.padEnd(16)} without ${figure(off).padStart(8)}   with ${figure(all).padStart(8)}   ${ratio.toFixed(2)}x`);
  return ratio;
}
