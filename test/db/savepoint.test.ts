import { expect } from 'chai';
import type { Database, Tx } from '../../src/db/database.js';
import { openPostgres } from '../../src/db/postgres.js';
import { DatabaseUnavailable, UniqueViolation } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { failure, ignore, meeting, openedTwice } from '../support/fresh-database.js';

forEachEngine((engine) => {
  describe('a savepoint', () => {
    const opened = openedTwice(engine);
    let db: Database;
    const put = (tx: Tx, name: string, n = 0) => tx.execute('insert into marks (name, n) values (?, ?)', [name, n]);
    const names = async () => (await db.read.query<{ name: string }>('select name from marks order by name', [])).map(({ name }) => name);
    const bump = (tx: Tx, name: string) => tx.execute('update marks set n = n + 1 where name = ?', [name]);

    before(async () => {
      db = opened().db;
      await db.transaction((tx) => tx.execute('create table marks (name varchar(20) primary key, n integer not null)', []));
    });
    beforeEach(() => db.transaction((tx) => tx.execute('delete from marks', [])));

    it('returns what its work returns, and keeps what it wrote', async () => {
      const result = await db.transaction(async (tx) => {
        await put(tx, 'before');
        const inner = await tx.savepoint(async () => put(tx, 'inside'));
        await put(tx, 'behind');
        return inner;
      });
      expect(result).to.equal(1);
      expect(await names()).to.deep.equal(['before', 'behind', 'inside']);
    });

    it('whose work throws is undone alone, and the caller gets the very error', async () => {
      const error = new Error('no');
      const caught = await db.transaction(async (tx) => {
        await put(tx, 'before');
        const thrown = await failure(
          tx.savepoint(async () => {
            await put(tx, 'inside');
            throw error;
          }),
        );
        await put(tx, 'behind');
        return thrown;
      });
      expect(caught).to.equal(error);
      expect(await names()).to.deep.equal(['before', 'behind']);
    });

    it('survives a statement that the database refuses', async () => {
      await db.transaction(async (tx) => {
        await put(tx, 'a');
        for (const statement of ["insert into marks (name, n) values ('a', 1)", 'insert into nowhere values (1)'])
          await failure(
            tx.savepoint(async () => {
              await put(tx, 'b');
              await tx.execute(statement, []);
            }),
          );
        expect(
          await failure(
            tx.savepoint(async () => {
              await put(tx, 'a');
            }),
          ),
        ).to.be.instanceOf(UniqueViolation);
        expect(await tx.query('select name from marks', [])).to.deep.equal([{ name: 'a' }]);
      });
      expect(await names()).to.deep.equal(['a']);
    });

    it('follows others in any number: each keeps or loses its own', async () => {
      const kept: string[] = [];
      await db.transaction(async (tx) => {
        for (let n = 0; n < 120; n += 1) {
          await tx
            .savepoint(async () => {
              await put(tx, `n${String(n).padStart(3, '0')}`);
              if (n % 3 === 0) throw new Error('no');
              kept.push(`n${String(n).padStart(3, '0')}`);
            })
            .catch(ignore);
        }
      });
      expect(await names()).to.deep.equal(kept);
    });

    it('goes with its transaction', async () => {
      const error = new Error('all of it');
      const thrown = await failure(
        db.transaction(async (tx) => {
          await tx.savepoint(() => put(tx, 'inside'));
          throw error;
        }),
      );
      expect(thrown).to.equal(error);
      expect(await names()).to.deep.equal([]);
    });

    it('leaves for after the commit what it kept, in order, and nothing of what was undone', async () => {
      const ran: string[] = [];
      await db.transaction(async (tx) => {
        const later = (name: string) => tx.afterCommit(() => ran.push(name));
        later('before');
        await tx.savepoint(async () => later('inside'));
        await failure(
          tx.savepoint(async () => {
            later('undone');
            throw new Error('no');
          }),
        );
        later('behind');
        expect(ran).to.deep.equal([]);
      });
      expect(ran).to.deep.equal(['before', 'inside', 'behind']);
    });

    it('does not nest, and says so before anything is lost', async () => {
      await db.transaction(async (tx) => {
        const thrown = await failure(tx.savepoint(() => tx.savepoint(() => put(tx, 'deep'))));
        expect(thrown).to.be.instanceOf(TypeError);
        await tx.savepoint(() => put(tx, 'flat'));
      });
      expect(await names()).to.deep.equal(['flat']);
    });

    if (engine.name === 'sqlite') {
      it('in a transaction that SQLite has ended by itself: the database is unavailable, nothing is stored', async () => {
        const thrown = await failure(
          db.transaction(async (tx) => {
            await put(tx, 'a');
            await tx
              .savepoint(async () => {
                await tx.execute('ROLLBACK', []);
                throw new Error('disk full');
              })
              .catch((error: unknown) => {
                expect(error).to.be.instanceOf(DatabaseUnavailable);
              });
          }),
        );
        expect(thrown).to.be.instanceOf(DatabaseUnavailable);
        expect(await names()).to.deep.equal([]);
        await db.transaction((tx) => put(tx, 'next'));
        expect(await names()).to.deep.equal(['next']);
      });
      return;
    }

    it('in a deadlock: the whole transaction runs again, though its work lives with the error', async () => {
      await db.transaction(async (tx) => {
        await put(tx, 'a');
        await put(tx, 'b');
      });
      const met = meeting(2);
      const tries = [0, 0];
      const both = (at: 0 | 1, first: string, second: string) =>
        db.transaction(async (tx) => {
          tries[at] = (tries[at] ?? 0) + 1;
          await tx.execute("set local deadlock_timeout = '50ms'", []).catch(ignore);
          await tx.savepoint(() => bump(tx, first));
          if (tries[at] === 1) await met();
          await tx.savepoint(() => bump(tx, second)).catch(ignore);
          // After a conflict that cannot be undone no savepoint begins.
          await tx.savepoint(() => bump(tx, 'none')).catch(ignore);
        });
      await Promise.all([both(0, 'a', 'b'), both(1, 'b', 'a')]);
      expect((tries[0] ?? 0) + (tries[1] ?? 0)).to.equal(3);
      expect(await db.read.query('select n from marks', [])).to.deep.equal([{ n: 2 }, { n: 2 }]);
    });

    it('on a connection that is lost: the database is unavailable, though the work lives with the error', async () => {
      const lost = openPostgres(opened().location.at, ignore);
      try {
        const thrown = await failure(
          lost.transaction(async (tx) => {
            await put(tx, 'a');
            const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid', []);
            await db.read.query('select pg_terminate_backend(?)', [row?.pid ?? 0]);
            await tx.savepoint(() => put(tx, 'b')).catch(ignore);
          }),
        );
        expect(thrown).to.be.instanceOf(DatabaseUnavailable);
        expect(await names()).to.deep.equal([]);
      } finally {
        await lost.close();
      }
    });
  });
});
