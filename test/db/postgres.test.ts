import { expect } from 'chai';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { openPostgres } from '../../src/db/postgres.js';
import { translatePostgresError } from '../../src/db/postgres-errors.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import { failure, meeting } from '../support/fresh-database.js';
import { freshDatabase, postgres } from '../support/postgres.js';

describe('postgres', () => {
  let url: string;
  let drop: () => Promise<void>;
  let db: Database;
  let admin: Database;
  const idle: Error[] = [];
  const value = async () => (await db.read.query<{ n: number }>('select n from counters order by id', [])).map(({ n }) => n);
  const add = (id: string) => ['update counters set n = n + 1 where id = ?', [id]] as const;

  before(async function () {
    this.timeout(120_000);
    if ((await postgres()) === null) return this.skip();
    const fresh = await freshDatabase();
    if (fresh === null) throw new Error('no PostgreSQL');
    ({ url, drop } = fresh);
    await migrate({ engine: 'postgres', at: url });
    admin = openPostgres(url, () => undefined);
    await admin.transaction(async (tx) => {
      await tx.execute('create table counters (id text primary key, n integer not null)', []);
      await tx.execute(`alter database ${new URL(url).pathname.slice(1)} set deadlock_timeout = '50ms'`, []);
    });
  });
  after(async () => {
    await admin?.close();
    await drop?.();
  });
  beforeEach(async () => {
    db = openPostgres(url, (error) => idle.push(error), 2_000);
    await admin.transaction(async (tx) => {
      await tx.execute('delete from counters', []);
      await tx.execute("insert into counters values ('a', 0), ('b', 0)", []);
    });
  });
  afterEach(() => db.close());

  const pidOf = async (reader: Pick<Database['read'], 'query'>) =>
    (await reader.query<{ pid: number }>('select pg_backend_pid() as pid', []))[0]?.pid ?? 0;
  const terminate = async (pid: number) => {
    await admin.read.query('select pg_terminate_backend(?)', [pid]);
    for (;;) {
      const [row] = await admin.read.query<{ n: number }>('select count(*) as n from pg_stat_activity where pid = ?', [pid]);
      if (row?.n === 0) return;
    }
  };

  describe('runs again what lost against another transaction', () => {
    it('in a deadlock', async () => {
      const met = meeting(2);
      let attempts = 0;
      const both = (first: string, second: string) => {
        let tries = 0;
        return db.transaction(async (tx) => {
          tries += 1;
          attempts += 1;
          await tx.execute(...add(first));
          if (tries === 1) await met();
          await tx.execute(...add(second));
        });
      };

      await Promise.all([both('a', 'b'), both('b', 'a')]);

      expect(attempts).to.equal(3);
      expect(await value()).to.deep.equal([2, 2]);
    });

    it('by a serialization failure', async () => {
      let attempts = 0;
      await db.transaction(async (tx) => {
        attempts += 1;
        await tx.execute('set transaction isolation level repeatable read', []);
        await tx.query('select n from counters', []);
        if (attempts === 1) await admin.transaction((other) => other.execute(...add('a')));
        await tx.execute(...add('a'));
      });

      expect(attempts).to.equal(2);
      expect(await value()).to.deep.equal([2, 0]);
    });

    it('and leaves for after the commit what the last attempt said alone', async () => {
      let attempts = 0;
      const after: number[] = [];
      await db.transaction(async (tx) => {
        attempts += 1;
        const attempt = attempts;
        tx.afterCommit(() => after.push(attempt));
        if (attempts < 3) await tx.execute("do $$ begin raise sqlstate '40001'; end $$", []);
      });

      expect(after).to.deep.equal([3]);
    });

    it('but not for ever', async () => {
      let attempts = 0;
      const error = await failure(
        db.transaction(async (tx) => {
          attempts += 1;
          await tx.execute("do $$ begin raise sqlstate '40P01'; end $$", []);
        }),
      );

      expect(error).to.be.instanceOf(DatabaseUnavailable);
      expect(attempts).to.equal(5);
    });

    it('and nothing else', async () => {
      let attempts = 0;
      await failure(
        db.transaction(async (tx) => {
          attempts += 1;
          await tx.execute("insert into counters values ('a', 1)", []);
        }),
      );

      expect(attempts).to.equal(1);
    });
  });

  it('never says "done" of a transaction that the server rolled back because its work swallowed an error', async () => {
    const error = await failure(
      db.transaction(async (tx) => {
        await tx.execute(...add('a'));
        await tx.execute("insert into counters values ('a', 1)", []).catch(() => 0);
      }),
    );

    expect(error).to.be.instanceOf(Error).and.not.instanceOf(DatabaseUnavailable);
    expect(await value()).to.deep.equal([0, 0]);
  });

  describe('when the server ends a connection', () => {
    it('between two statements of a transaction: unavailable, and the process lives', async () => {
      const error = await failure(
        db.transaction(async (tx) => {
          await tx.execute(...add('a'));
          await terminate(await pidOf(tx));
          await tx.execute(...add('b'));
        }),
      );

      expect(error).to.be.instanceOf(DatabaseUnavailable);
      expect(await value()).to.deep.equal([0, 0]);
    });

    it('before the commit: unavailable, never done', async () => {
      const error = await failure(
        db.transaction(async (tx) => {
          await tx.execute(...add('a'));
          await terminate(await pidOf(tx));
        }),
      );

      expect(error).to.be.instanceOf(DatabaseUnavailable);
      expect(await value()).to.deep.equal([0, 0]);
    });

    it('in the middle of a statement: unavailable', async () => {
      let pid = 0;
      const running = db.transaction(async (tx) => {
        pid = await pidOf(tx);
        await tx.query('select pg_sleep(30)', []);
      });
      const failed = failure(running);
      while (pid === 0) await new Promise((next) => setImmediate(next));
      await terminate(pid);

      expect(await failed).to.be.instanceOf(DatabaseUnavailable);
    });

    it('that nobody uses: it is told, and the next one works', async () => {
      idle.length = 0;
      const pid = await pidOf(db.read);
      await terminate(pid);
      while (idle.length === 0) await new Promise((next) => setImmediate(next));

      expect(await value()).to.deep.equal([0, 0]);
      await db.transaction((tx) => tx.execute(...add('a')));
      expect(await value()).to.deep.equal([1, 0]);
    });
  });

  it('ends a statement that takes too long', async () => {
    const slow = openPostgres(url, () => undefined, 100);
    try {
      expect(await failure(slow.read.query('select pg_sleep(30)', []))).to.be.instanceOf(DatabaseUnavailable);
      expect(await failure(slow.transaction((tx) => tx.query('select pg_sleep(30)', [])))).to.be.instanceOf(DatabaseUnavailable);
      expect(await slow.read.query('select 1 as one', [])).to.deep.equal([{ one: 1 }]);
    } finally {
      await slow.close();
    }
  });

  it('ends a transaction that does nothing for too long, so that it blocks nobody for good', async () => {
    const slow = openPostgres(url, () => undefined, 100);
    try {
      const error = await failure(
        slow.transaction(async (tx) => {
          await tx.execute(...add('a'));
          await admin.transaction((other) => other.execute(...add('a')));
          await tx.execute(...add('b'));
        }),
      );
      expect(error).to.be.instanceOf(DatabaseUnavailable);
      expect(await value()).to.deep.equal([1, 0]);
    } finally {
      await slow.close();
    }
  });

  it('is unavailable within seconds when every connection is busy, and then works again', async () => {
    // Those that hold the connections are idle for longer than the others here may be.
    const patient = openPostgres(url, (error) => idle.push(error));
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const met = meeting(11);
    const busy = Array.from({ length: 10 }, () =>
      patient.transaction(async (tx) => {
        await tx.query('select 1', []);
        await Promise.race([met(), held]);
        await held;
      }),
    );
    expect(await failure(patient.transaction(async () => undefined))).to.be.instanceOf(DatabaseUnavailable);

    letGo();
    await Promise.all(busy);
    expect(await value()).to.deep.equal([0, 0]);
    await patient.close();
  }).timeout(10_000);

  it('orders text by code point, as SQLite does', async () => {
    const rows = await db.read.query<{ value: string }>(
      `select value from (values ('b' collate "C"), ('B'), ('a'), ('é'), ('z'), ('Z'), ('_')) as v(value) order by value`,
      [],
    );

    expect(rows.map(({ value: text }) => text)).to.deep.equal(['B', 'Z', '_', 'a', 'b', 'z', 'é']);
  });

  describe('its errors', () => {
    const withCode = (code: string) => Object.assign(new Error('x'), { code });

    for (const code of [
      '08006',
      '28P01',
      '3D000',
      '53100',
      '53300',
      '57014',
      '57P01',
      '57P03',
      '58030',
      'ECONNREFUSED',
      'EPIPE',
      'ETIMEDOUT',
    ]) {
      it(`${code}: unavailable, with the cause kept for the log`, () => {
        const error = withCode(code);
        expect(translatePostgresError(error)).to.be.instanceOf(DatabaseUnavailable).and.have.property('cause', error);
      });
    }
    for (const code of ['42601', '42P01', '22001', '23502', '25P02', 'EACCES']) {
      it(`${code}: a bug stays what it is`, () => {
        const error = withCode(code);
        expect(translatePostgresError(error)).to.equal(error);
      });
    }
    it('a value that is no error stays what it is', () => {
      expect(translatePostgresError('text')).to.equal('text');
    });
  });
});
