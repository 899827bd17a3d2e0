import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Database, Reader } from '../../src/db/database.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import { failure } from '../support/fresh-database.js';
import { type Spawned, spawnCode } from '../support/processes.js';

/** Takes the write lock, says so, and lets go when it is told to. */
const HOLD_LOCK = `
  import Database from 'better-sqlite3';
  const db = new Database(process.argv[1]);
  db.exec('BEGIN IMMEDIATE');
  db.exec("insert into notes (name) values ('theirs')");
  console.log('locked');
  process.stdin.once('data', () => { db.exec('COMMIT'); console.log('free'); process.exit(0); });
`;

describe('sqlite', () => {
  let folder: string;
  let file: string;
  let db: Database;
  let holder: Spawned | undefined;
  const write = (name: string) => db.transaction((tx) => tx.execute('insert into notes (name) values (?)', [name]));
  const names = async () => (await db.read.query<{ name: string }>('select name from notes order by rowid', [])).map(({ name }) => name);
  const pragma = async (name: string) => Object.values((await db.read.query<Record<string, unknown>>(`pragma ${name}`, []))[0] ?? {})[0];

  const open = async (lockWaitMs?: number) => {
    db = openSqlite(file, lockWaitMs);
    await db.transaction((tx) => tx.execute('create table if not exists notes (name text)', []));
  };
  const lockElsewhere = async () => {
    holder = spawnCode(HOLD_LOCK, [file]);
    await holder.line((line) => line === 'locked');
  };
  const letGo = () => holder?.child.stdin?.write('\n');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-db-'));
    file = join(folder, 'test.db');
  });
  afterEach(async () => {
    holder?.child.kill('SIGKILL');
    await holder?.ended;
    holder = undefined;
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('syncs every commit, keeps a write-ahead log and checks references', async () => {
    await open();

    await db.transaction(async (tx) => {
      expect(await tx.query('pragma synchronous', [])).to.deep.equal([{ synchronous: 2 }]);
      expect(await tx.query('pragma foreign_keys', [])).to.deep.equal([{ foreign_keys: 1 }]);
    });
    expect(await pragma('journal_mode')).to.equal('wal');
  });

  it('keeps 32 MiB of pages in memory for reads and as many for writes', async () => {
    await open();

    expect(await pragma('cache_size')).to.equal(-32_768);
    await db.transaction(async (tx) => expect(await tx.query('pragma cache_size', [])).to.deep.equal([{ cache_size: -32_768 }]));
  });

  it('carries a large change over from its log into the database after the commit, not within it', async () => {
    await open();
    const log = async (reader: Reader) => (await reader.query<{ log: number; checkpointed: number }>('pragma wal_checkpoint(NOOP)', []))[0];
    await db.transaction(async (tx) => {
      expect(await tx.query('pragma wal_autocheckpoint', [])).to.deep.equal([{ wal_autocheckpoint: 20_000 }]);
      await tx.execute('insert into notes (name) values (hex(zeroblob(3000000)))', []);
    });
    const before = await log(db.read);
    await write('after');
    const after = await log(db.read);

    expect(before?.log).to.be.greaterThan(1_400);
    expect(before?.checkpointed).to.equal(0);
    // The log starts anew once all of it has been carried over.
    expect(after?.log).to.be.below(10);
  });

  it('reads while a transaction writes, without waiting for it', async () => {
    await open();
    await write('before');
    let finish: () => void = () => undefined;
    const writing = db.transaction(async (tx) => {
      await tx.execute('insert into notes (name) values (?)', ['open']);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const later = write('waits');
    await new Promise((next) => setImmediate(next));
    await new Promise((next) => setImmediate(next));

    expect(await names()).to.deep.equal(['before']);
    finish();
    await Promise.all([writing, later]);
    expect(await names()).to.deep.equal(['before', 'open', 'waits']);
  });

  it('cannot write through its reader', async () => {
    await open();

    expect(await failure(db.read.query('insert into notes (name) values (1)', []))).to.be.instanceOf(Error);
    expect(await names()).to.deep.equal([]);
  });

  it('waits for another process that holds the write lock, and the event loop does not', async () => {
    await open();
    await lockElsewhere();
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
      if (ticks === 20) letGo();
    }, 10);

    await write('ours');
    clearInterval(ticking);

    expect(ticks).to.be.at.least(20);
    expect(await names()).to.deep.equal(['theirs', 'ours']);
  });

  it('reads what is committed while another process holds the write lock', async () => {
    await open();
    await write('before');
    await lockElsewhere();

    expect(await names()).to.deep.equal(['before']);
  });

  it('is unavailable when the other process does not let go in time, and then works again', async () => {
    await open(150);
    await lockElsewhere();
    const works = ['one', 'two', 'three'].map(write);
    for (const work of works) expect(await failure(work)).to.be.instanceOf(DatabaseUnavailable);

    letGo();
    await holder?.ended;
    await write('ours');

    expect(await names()).to.deep.equal(['theirs', 'ours']);
  });

  it('prepares a text again once many others have pushed it out', async () => {
    await open();
    for (let n = 0; n < 1_200; n += 1) {
      expect(await db.read.query(`select ${n} as n, ? as text`, [`value ${n}`])).to.deep.equal([{ n, text: `value ${n}` }]);
    }

    expect(await db.read.query('select 0 as n, ? as text', ['again'])).to.deep.equal([{ n: 0, text: 'again' }]);
  });
});
