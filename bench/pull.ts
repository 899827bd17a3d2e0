/**
 * `npm run bench:pull`: what does it cost to read a source in which nothing has changed? Reads 100,000 reservations of a simulated
 * Guesty twice, one house of it mapped, and looks at every row and at the memory before and after the second read.
 * `npm run bench:pull -- 20000` reads fewer.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemberGroup } from '../src/access/member-group-store.js';
import { compose, type Parts } from '../src/compose.js';
import { readConfig } from '../src/config.js';
import { SYSTEM } from '../src/domain/events.js';
import { setMapping } from '../src/integrations/mapping-store.js';
import { spawnScript } from '../test/support/processes.js';
import { startingAt, unhurried } from '../test/support/unhurried.js';

/** In the middle of the night wherever the houses are: no stay begins or ends meanwhile. */
const NIGHT = Date.UTC(2026, 4, 1, 0, 30);
const RESERVATIONS = Number(process.argv[2] ?? 100_000);
const GROWTH_MAX_MIB = 64;
const MIB = 1_048_576;
const SAMPLE_MS = 300;
/** Everything that a pull could have written into, but for the record of the run itself. */
const TABLES = ['users', 'user_emails', 'groups', 'group_members', 'directory_blocks', 'members', 'associations', 'pins', 'magic_links'];
const KEPT = [...TABLES, 'events', 'outbox', 'alerts'];

interface Lets {
  readonly config: Record<string, string>;
  readonly secrets: Record<string, string>;
  readonly house: string;
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-pull-'));
const guesty = spawnScript('bench/support/lets.ts', [String(NIGHT), String(RESERVATIONS)]);
const lets = JSON.parse(await guesty.line((line) => line.startsWith('{'))) as Lets;
const env = {
  ...{ LATCHKEY_DATA_DIR: folder, LATCHKEY_ALLOW_PRIVATE_URLS: 'true', LATCHKEY_LOG_LEVEL: 'error' },
  LATCHKEY_SECRET_KEYS: `bench:${randomBytes(32).toString('base64')}`,
};
const parts = await compose(readConfig(env, null), { clock: startingAt(NIGHT), kinds: unhurried() });
try {
  const integrationId = await connect(parts, lets);
  await read(parts, integrationId, 'first read, nothing mapped');
  await map(parts, integrationId, lets.house);
  await parts.worker.drain();
  await read(parts, integrationId, 'second read, a house mapped');

  const before = await digests(parts);
  const start = memory();
  let [live, resident] = [0, 0];
  const sampling = setInterval(() => {
    const now = memory();
    live = Math.max(live, now.live - start.live);
    resident = Math.max(resident, now.resident - start.resident);
  }, SAMPLE_MS);
  await read(parts, integrationId, 'third read, nothing has changed');
  clearInterval(sampling);

  const after = await digests(parts);
  const written = KEPT.filter((table) => before.get(table) !== after.get(table));
  console.log(`\ntables of ${KEPT.length} in which a row was written: ${written.length === 0 ? 'none' : written.join(', ')}`);
  for (const [name, from, growth] of [['live', start.live, live] as const, ['resident', start.resident, resident] as const]) {
    console.log(`${name} memory: ${Math.round(from / MIB)} MiB, at most ${(growth / MIB).toFixed(1)} MiB more, of ${GROWTH_MAX_MIB}`);
  }
  if (written.length > 0 || Math.max(live, resident) > GROWTH_MAX_MIB * MIB) process.exitCode = 1;
} finally {
  await parts.close();
  guesty.child.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Without garbage: when V8 collects it says nothing of what a read keeps. */
function memory(): { readonly live: number; readonly resident: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { live: heapUsed + external, resident: rss };
}

async function connect({ connections, clock }: Parts, { config, secrets }: Lets): Promise<string> {
  const context = { actor: SYSTEM, now: clock.now() };
  const settings = { writeBackPin: false };
  return (await connections.create(context, { kind: 'guesty', name: 'Harbour Stays', config, secrets, settings })).id;
}

async function map({ db, clock }: Parts, integrationId: string, house: string): Promise<void> {
  const context = { actor: SYSTEM, now: clock.now() };
  const groups = await db.read.query<{ id: string; name: string }>(
    'select id, display_name as name from groups where integration_id = ? and display_name like ?',
    [integrationId, `%${house}%`],
  );
  for (const group of groups) {
    await db.transaction(async (tx) => setMapping(tx, context, integrationId, group, [await createMemberGroup(tx, context, group.name)]));
  }
}

/** A complete read, with what the run says of itself. */
async function read({ sync }: Parts, integrationId: string, name: string): Promise<void> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const { done } = await sync.engine.start(integrationId, { trigger: 'manual', full: true });
  const { state, created, changed, removed, unchanged, skipped, error } = await done;
  const { user, system } = process.cpuUsage(cpu);
  if (state !== 'succeeded') throw new Error(`the run ${state}: ${error}`);
  const counts = `created ${created}, changed ${changed}, removed ${removed}, unchanged ${unchanged}, skipped ${skipped}`;
  const perUser = Math.round((user + system) / RESERVATIONS);
  console.log(`${name}: ${counts}; ${((performance.now() - began) / 1000).toFixed(1)} s, ${perUser} µs of CPU per reservation`);
}

/** One hash of all rows of each table: whatever is written anywhere shows. */
async function digests({ db }: Parts): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const table of KEPT) {
    const hash = createHash('sha256');
    for (let from = 0; ; from += 5_000) {
      const rows = await db.read.query(`select * from ${table} order by rowid limit 5000 offset ?`, [from]);
      for (const row of rows) hash.update(JSON.stringify(row));
      if (rows.length < 5_000) break;
    }
    found.set(table, hash.digest('hex'));
  }
  return found;
}
