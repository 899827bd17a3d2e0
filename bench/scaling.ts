/**
 * `npm run bench`: does the cost of a request grow with what is stored? Every figure is a ratio inside one run, so a busy
 * machine does not decide. Needs the build (`npm run build`) and Linux, whose /proc tells a process's CPU time.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.js';
import { BULK_REQUEST_URN, PATCH_OP_URN } from '../src/domain/scim.js';
import { type Case, type Figure, measure } from './support/measure.js';
import { sampleUser, type Seeded, seed } from './support/seed.js';
import { type BenchServer, startBenchServer } from './support/server.js';

const SMALL = 1_000;
const LARGE = Number(process.argv[2] ?? 100_000);
const SMALL_GROUP = 10;
const LARGE_GROUP = 10_000;
const ROUNDS = 7;
const PER_ROUND = 400;
const BULK_OPERATIONS = 1_000;
const BULK_ROUNDS = 3;

interface Goal {
  readonly name: string;
  readonly larger: Figure | undefined;
  readonly smaller: Figure | undefined;
  readonly atMost: number;
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  const small = await fill('small', SMALL, [SMALL_GROUP]);
  const large = await fill('large', LARGE, [SMALL_GROUP, LARGE_GROUP]);
  const goals = await run(small, large);
  report(goals);
  await Promise.all([small.server.stop(), large.server.stop()]);
  if (goals.some((goal) => ratio(goal) > goal.atMost)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fill(name: string, users: number, groupSizes: readonly number[]): Promise<{ seeded: Seeded; server: BenchServer }> {
  const dataDir = join(folder, name);
  console.log(`filling ${users.toLocaleString('en')} Users …`);
  const seeded = await seed(readConfig({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_LOG_LEVEL: 'error' }, null), users, groupSizes, true);
  return { seeded, server: await startBenchServer(dataDir, seeded.token) };
}

async function run(small: { seeded: Seeded; server: BenchServer }, large: { seeded: Seeded; server: BenchServer }): Promise<Goal[]> {
  const pages = await measure([page('first page', large.server, 1), page('last page', large.server, LARGE - 99)], ROUNDS, 100);
  const walk = await cursors(large.server, [1, LARGE / 200, LARGE / 100]);
  const turns = await measure(
    ['first', 'middle', 'last'].map((name, at) => turn(`${name} page by cursor`, large.server, walk[at] ?? '')),
    ROUNDS,
    100,
  );
  const lookUps = await measure(
    [lookUp(`userName eq, ${SMALL}`, small, SMALL), lookUp(`userName eq, ${LARGE}`, large, LARGE)],
    ROUNDS,
    PER_ROUND,
  );
  const reads = await measure([read(`GET by id, ${SMALL}`, small), read(`GET by id, ${LARGE}`, large)], ROUNDS, PER_ROUND);
  const members = await measure([addMember(large, SMALL_GROUP), addMember(large, LARGE_GROUP)], ROUNDS, PER_ROUND);
  const creations = await measure([create(small), createInBulk(small)], BULK_ROUNDS, BULK_OPERATIONS);
  return [
    { name: 'add a member: Group of 10,000 to Group of 10', larger: members[1], smaller: members[0], atMost: 1.3 },
    { name: `userName eq: ${LARGE} to ${SMALL} Users`, larger: lookUps[1], smaller: lookUps[0], atMost: 1.5 },
    { name: `GET by id: ${LARGE} to ${SMALL} Users`, larger: reads[1], smaller: reads[0], atMost: 1.5 },
    { name: `page of 100: last to first of ${LARGE}`, larger: pages[1], smaller: pages[0], atMost: 2 },
    { name: `page by cursor: middle to first of ${LARGE}`, larger: turns[1], smaller: turns[0], atMost: 1.5 },
    { name: `page by cursor: last to first of ${LARGE}`, larger: turns[2], smaller: turns[0], atMost: 1.5 },
    { name: `first page of ${LARGE}: by cursor to by index`, larger: turns[0], smaller: pages[0], atMost: 1.5 },
    { name: `a POST in a Bulk of ${BULK_OPERATIONS} to one alone`, larger: creations[1], smaller: creations[0], atMost: 0.25 },
  ];
}

function page(name: string, server: BenchServer, startIndex: number): Case {
  return {
    name,
    server,
    run: async () => {
      const answer = JSON.parse(await server.send('GET', `/Users?startIndex=${startIndex}&count=100`)) as {
        totalResults: number;
        itemsPerPage: number;
      };
      if (answer.totalResults !== LARGE || answer.itemsPerPage !== 100) throw new Error('the page is wrong, its cost means nothing');
    },
  };
}

interface CursorPage {
  readonly totalResults: number;
  readonly itemsPerPage: number;
  readonly nextCursor?: string;
}

async function pageAt(server: BenchServer, cursor: string): Promise<CursorPage> {
  return JSON.parse(await server.send('GET', `/Users?count=100&cursor=${cursor}`)) as CursorPage;
}

/** Walks the whole list and returns the cursors of the pages with these numbers, from 1. */
async function cursors(server: BenchServer, wanted: readonly number[]): Promise<string[]> {
  const all: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    all.push(cursor);
    cursor = (await pageAt(server, cursor)).nextCursor;
  }
  if (all.length !== LARGE / 100) throw new Error(`the walk has ${all.length} pages`);
  return wanted.map((number) => all[number - 1] ?? '');
}

function turn(name: string, server: BenchServer, cursor: string): Case {
  return {
    name,
    server,
    run: async () => {
      const { totalResults, itemsPerPage } = await pageAt(server, cursor);
      if (totalResults !== LARGE || itemsPerPage !== 100) throw new Error('the page is wrong, its cost means nothing');
    },
  };
}

function lookUp(name: string, { server }: { server: BenchServer }, users: number): Case {
  const path = (n: number) => `/Users?filter=${encodeURIComponent(`userName eq "user${(n * 7919) % users}@example.com"`)}`;
  return { name, server, run: (n) => server.send('GET', path(n)) };
}

function read(name: string, { server, seeded }: { server: BenchServer; seeded: Seeded }): Case {
  return { name, server, run: (n) => server.send('GET', `/Users/${seeded.userIds[(n * 7919) % seeded.userIds.length]}`) };
}

/** Adds somebody who is not a member yet and whose access this changes: reconciled, with PIN and link, in the request. */
function addMember({ server, seeded }: { server: BenchServer; seeded: Seeded }, size: number): Case {
  const path = `/Groups/${seeded.groups.get(size)}`;
  const operation = (value: string | undefined) => ({
    schemas: [PATCH_OP_URN],
    Operations: [{ op: 'add', path: 'members', value: [{ value }] }],
  });
  return {
    name: `add a member, Group of ${size}`,
    server,
    run: (n) => server.send('PATCH', path, operation(seeded.userIds[LARGE_GROUP + n]), 204),
  };
}

function create({ server }: { server: BenchServer }): Case {
  return { name: 'POST', server, run: (n) => server.send('POST', '/Users', sampleUser(LARGE + n), 201) };
}

/** One request for a whole round, so that its cost is counted per operation. */
function createInBulk({ server }: { server: BenchServer }): Case {
  const operations = (from: number) =>
    Array.from({ length: BULK_OPERATIONS }, (_, n) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${n}`,
      data: sampleUser(LARGE + from + n),
    }));
  const run = async (n: number): Promise<void> => {
    if (n % BULK_OPERATIONS !== 0) return;
    const text = await server.send('POST', '/Bulk', { schemas: [BULK_REQUEST_URN], Operations: operations(n) });
    const { Operations } = JSON.parse(text) as { Operations: { status: string }[] };
    if (Operations.some(({ status }) => status !== '201')) throw new Error('not all were created, the cost means nothing');
  };
  return { name: 'POST in a Bulk', server, run };
}

function ratio(goal: Goal): number {
  return (goal.larger?.median ?? Number.NaN) / (goal.smaller?.median ?? Number.NaN);
}

function report(goals: readonly Goal[]): void {
  const figure = (value: Figure | undefined) =>
    `${Math.round(value?.median ?? 0)} µs (${Math.round(value?.min ?? 0)}–${Math.round(value?.max ?? 0)})`;
  console.log('\nserver CPU per request, median of the rounds (extremes)\n');
  for (const goal of goals) {
    const verdict = ratio(goal) <= goal.atMost ? 'ok' : 'TOO HIGH';
    console.log(
      `${goal.name.padEnd(46)} ${figure(goal.smaller).padStart(20)} → ${figure(goal.larger).padStart(20)}   ${ratio(goal).toFixed(2)}x of at most ${goal.atMost}x   ${verdict}`,
    );
  }
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    'bench/results/scaling.json',
    `${JSON.stringify(
      goals.map((goal) => ({ ...goal, ratio: ratio(goal) })),
      null,
      2,
    )}\n`,
  );
}
