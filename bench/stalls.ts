/**
 * `npm run bench:stalls`: how long does one request keep all others waiting? Sends the catalogue of hostile requests, the
 * dearest requests that are allowed and the largest writes to a server in a process of its own, one at a time, and has that
 * process measure how late its event loop is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseLocation } from '../src/db/location.js';
import { openDatabase } from '../src/db/open.js';
import { GROUP_URN } from '../src/domain/scim.js';
import { BULK_REQUESTS } from '../test/support/hostile/bulk.js';
import { PATCH_REQUESTS } from '../test/support/hostile/patch.js';
import { QUERY_REQUESTS } from '../test/support/hostile/query.js';
import { RESOURCE_REQUESTS } from '../test/support/hostile/resources.js';
import { SEARCH_REQUESTS } from '../test/support/hostile/search.js';
import { TRANSPORT_REQUESTS } from '../test/support/hostile/transport.js';
import { idOf, ScimClient } from '../test/support/scim-client.js';
import { heavyRequests } from './cases/heavy.js';
import { largeWrites } from './cases/large-writes.js';
import { fill } from './support/directory.js';
import { EVENT_LOOP_PROBE, loopDelay } from './support/event-loop.js';
import { type GroupSpec, groupName } from './support/seed.js';
import { type Range, type Shot, shoot, shootAndSettle } from './support/shots.js';

const USERS = 20_000;
const LARGE: GroupSpec = { size: 10_000, mapped: true };
/** An answer of the catalogue; and the longest that one of the dearest requests may keep the others waiting. */
const ANSWER_MS = 250;
const LOOP_P99_MS = 100;
/** Of writes that change thousands of rows: their answer may take a while, but nobody else may wait for it. */
const STALL_P999_MS = 50;
const SHOWN = 12;

const CATALOGUE = [...TRANSPORT_REQUESTS, ...RESOURCE_REQUESTS, ...PATCH_REQUESTS, ...QUERY_REQUESTS, ...SEARCH_REQUESTS, ...BULK_REQUESTS];

const folder = mkdtempSync(join(tmpdir(), 'latchkey-stalls-'));
try {
  const { config, seeded, server } = await fill(folder, 'stalls', USERS, [LARGE], EVENT_LOOP_PROBE);
  const client = new ScimClient(server.url, seeded.token);
  const places = { user: await client.addUser('ann'), group: await client.addGroup('Cleaners') };
  const range: Range = { child: server.child, client, places };
  await client.get('/Users');
  const catalogue = await shoot(range, CATALOGUE);
  const heavy = await shoot(range, heavyRequests(seeded.groups.get(groupName(LARGE)) ?? ''));
  const { p99, max } = await loopDelay(server.child, 'whole');
  const target = idOf(await client.post('/Groups', { schemas: [GROUP_URN], displayName: 'large writes' }), 201);
  const db = openDatabase(databaseLocation(config.databaseUrl, config.dataDir), () => undefined);
  const isQuiet = async () => (await db.read.query('select 1 from users where dirty = 1 limit 1', [])).length === 0;
  const writes = await shootAndSettle(range, largeWrites(seeded.userIds, target, LARGE.size), isQuiet);
  await db.close();
  await server.stop();

  print(`the catalogue: ${catalogue.length} requests`, slowest(catalogue));
  print(`the dearest: ${heavy.length} requests`, slowest(heavy));
  print('writes of thousands of rows', writes);
  const late = [...catalogue.filter(({ ms }) => ms >= ANSWER_MS), ...heavy.filter(({ loop }) => loop.max >= ANSWER_MS)];
  const stalls = writes.filter(({ loop }) => loop.p999 > STALL_P999_MS);
  console.log(`\nevent loop, over all but the writes: p99 ${p99.toFixed(1)} ms of ${LOOP_P99_MS}, longest ${max.toFixed(1)} ms`);
  console.log(
    `requests that take or stall ${ANSWER_MS} ms or more: ${late.length}; writes that stall the others for more than ${STALL_P999_MS} ms: ${stalls.length}`,
  );
  if (p99 >= LOOP_P99_MS || late.length > 0 || stalls.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function slowest(shots: readonly Shot[]): Shot[] {
  return [...shots].sort((a, b) => b.ms - a.ms).slice(0, SHOWN);
}

function print(title: string, shots: readonly Shot[]): void {
  console.log(`\n${title}\n    answer  longest stall   p99.9`);
  for (const { label, ms, loop } of shots) {
    const [answer, longest, p999] = [ms, loop.max, loop.p999].map((value) => `${value.toFixed(1)} ms`);
    console.log(`${answer?.padStart(10)}${longest?.padStart(15)}${p999?.padStart(10)}   ${label}`);
  }
}
