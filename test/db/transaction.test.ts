import { dirname } from 'node:path';
import { expect } from 'chai';
import type { Database } from '../../src/db/database.js';
import { statement } from '../../src/db/statement.js';
import { DatabaseUnavailable, LatchkeyError, ReferenceViolation, UniqueViolation } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { failure, freshLocation, ignore, openedTwice } from '../support/fresh-database.js';
import { openDatabase } from '../../src/db/open.js';

const insert = statement<{ id: string; name: string }>('test.insertNote', (sql, p) => sql('notes').insert({ id: p.id, name: p.name }));
const byId = statement<{ id: string }, { id: string; name: string }>('test.noteById', (sql, p) =>
  sql('notes').where('id', p.id).select('id', 'name'),
);
const ofList = statement<{ ids: string }, { id: string }>('test.notesOfList', (sql, p, dialect) =>
  sql('notes').whereRaw(dialect.inList('id'), [p.ids]).orderBy('id').select('id'),
);

describe('a transaction', () => {
  forEachEngine((engine) => {
    const opened = openedTwice(engine);
    let db: Database;
    const names = async () => (await db.read.query<{ name: string }>('select name from notes order by name', [])).map(({ name }) => name);

    before(async () => {
      db = opened().db;
      await db.transaction(async (tx) => {
        await tx.execute(
          'create table notes (id varchar(20) primary key, name varchar(20) not null unique, part varchar(20), unique (name, part))',
          [],
        );
        await tx.execute('create table lines (note varchar(20) not null references notes (id))', []);
      });
    });
    beforeEach(() =>
      db.transaction(async (tx) => {
        await tx.execute('delete from lines', []);
        await tx.execute('delete from notes', []);
      }),
    );

    it('returns what its work returns, and what it wrote is there for everybody', async () => {
      const result = await db.transaction(async (tx) => {
        expect(await tx.run(insert, { id: 'a', name: 'Ann' })).to.equal(1);
        expect(await tx.first(byId, { id: 'a' })).to.deep.equal({ id: 'a', name: 'Ann' });
        return 7;
      });

      expect(result).to.equal(7);
      for (const reader of [db.read, opened().other.read]) {
        expect(await reader.first(byId, { id: 'a' })).to.deep.equal({ id: 'a', name: 'Ann' });
        expect(await reader.first(byId, { id: 'b' })).to.equal(undefined);
      }
    });

    it('is not seen by anybody before its commit', async () => {
      await db.transaction(async (tx) => {
        await tx.run(insert, { id: 'a', name: 'Ann' });

        expect(await db.read.all(byId, { id: 'a' })).to.deep.equal([]);
        expect(await opened().other.read.all(byId, { id: 'a' })).to.deep.equal([]);
      });
    });

    it('tells how many rows it changed', async () => {
      await db.transaction(async (tx) => {
        for (const id of ['a', 'b', 'c']) await tx.run(insert, { id, name: id });

        expect(await tx.execute("update notes set part = ? where id <> 'a'", ['x'])).to.equal(2);
        expect(await tx.execute('delete from notes where id = ?', ['none'])).to.equal(0);
      });
    });

    it('finds a list of any length with one text', async () => {
      await db.transaction(async (tx) => {
        for (const id of ['a', 'b', 'c']) await tx.run(insert, { id, name: id });
      });

      for (const ids of [[], ['a'], ['c', 'none', 'a'], ['"quoted"', "o'neil", '\\', 'b']]) {
        const found = await db.read.all(ofList, { ids: JSON.stringify(ids) });
        expect(found.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c'].filter((id) => ids.includes(id)));
      }
    });

    it('that throws stores nothing, and the caller gets the very error', async () => {
      const error = new Error('changed my mind');

      const thrown = await failure(
        db.transaction(async (tx) => {
          await tx.run(insert, { id: 'a', name: 'Ann' });
          throw error;
        }),
      );

      expect(thrown).to.equal(error);
      expect(await names()).to.deep.equal([]);
    });

    it('takes nothing of its neighbours with it', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) =>
          db.transaction(async (tx) => {
            await tx.run(insert, { id: `n${n}`, name: `name ${n}` });
            if (n % 4 === 1) throw new Error('no');
            if (n % 4 === 3) await tx.run(insert, { id: `n${n}`, name: 'again' });
          }),
        ),
      );

      expect(outcomes.map(({ status }) => status === 'fulfilled')).to.deep.equal(outcomes.map((_, n) => n % 2 === 0));
      expect((await names()).length).to.equal(20);
    });

    describe('leaves work for after the commit', () => {
      it('which runs once, when others can read what was written', async () => {
        const seen: Promise<unknown>[] = [];

        await db.transaction(async (tx) => {
          tx.afterCommit(() => seen.push(opened().other.read.all(byId, { id: 'a' })));
          await tx.run(insert, { id: 'a', name: 'Ann' });
          expect(seen).to.have.length(0);
        });

        expect(await Promise.all(seen)).to.deep.equal([[{ id: 'a', name: 'Ann' }]]);
      });

      it('which has run when the caller is told', async () => {
        let ran = false;
        await db.transaction(async (tx) => {
          tx.afterCommit(() => {
            ran = true;
          });
        });

        expect(ran).to.equal(true);
      });

      it('which never runs when there is none', async () => {
        let ran = false;
        await failure(
          db.transaction(async (tx) => {
            tx.afterCommit(() => {
              ran = true;
            });
            throw new Error('no');
          }),
        );
        await db.transaction(async () => undefined);

        expect(ran).to.equal(false);
      });
    });

    describe('says the same on both engines', () => {
      const twice = (first: object, second: object) =>
        failure(
          db.transaction(async (tx) => {
            for (const row of [first, second]) {
              const columns = Object.keys(row);
              await tx.execute(
                `insert into notes (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
                Object.values(row),
              );
            }
          }),
        );

      it('about a value that must be unique: table and columns', async () => {
        const error = await twice({ id: 'a', name: 'Ann' }, { id: 'b', name: 'Ann' });

        expect(error).to.be.instanceOf(UniqueViolation);
        expect(error).to.deep.include({ table: 'notes', columns: ['name'] });
        expect(await names()).to.deep.equal([]);
      });

      it('about a primary key', async () => {
        expect(await twice({ id: 'a', name: 'Ann' }, { id: 'a', name: 'Bo' })).to.deep.include({ table: 'notes', columns: ['id'] });
      });

      it('about several columns together', async () => {
        const row = { kind: 'scim', name: 'x', settings: '{}', created_at: 't', updated_at: 't' };
        const put = (id: string, table: string, values: Readonly<Record<string, string | number>>) => {
          const columns = Object.keys({ id, ...values });
          return db.transaction((tx) =>
            tx.execute(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`, [
              id,
              ...Object.values(values),
            ]),
          );
        };
        await put('int', 'integrations', row);
        const token = { integration_id: 'int', slot: 1, read_only: 0, created_at: 't' };
        await put('one', 'scim_tokens', { ...token, token_hash: 'h1' });

        expect(await failure(put('two', 'scim_tokens', { ...token, token_hash: 'h2' }))).to.deep.include({
          table: 'scim_tokens',
          columns: ['integration_id', 'slot'],
        });
      });

      it('about a row that is gone', async () => {
        const error = await failure(db.transaction((tx) => tx.execute('insert into lines (note) values (?)', ['none'])));

        expect(error).to.be.instanceOf(ReferenceViolation);
      });

      it('about a mistake of ours: nothing that looks like anything else', async () => {
        for (const work of [
          () => db.read.query('select nonsense from notes', []),
          () => db.transaction((tx) => tx.execute('insert into nowhere values (1)', [])),
          () => db.transaction((tx) => tx.execute('insert into notes (id) values (?)', ['a'])),
        ]) {
          const error = await failure(work());
          expect(error).to.be.instanceOf(Error);
          expect(error).not.to.be.instanceOf(LatchkeyError);
        }
      });
    });

    it('is refused once the database is closed', async () => {
      const closed = openDatabase(opened().location, ignore);
      await closed.transaction(async () => undefined);
      await closed.close();

      expect(await failure(closed.transaction(async () => undefined))).to.be.instanceOf(Error);
    });

    it('waits for what runs when the database is closed', async () => {
      const closing = openDatabase(opened().location, ignore);
      const running = closing.transaction((tx) => tx.run(insert, { id: 'last', name: 'Last' }));
      await closing.close();

      await running;
      expect(await names()).to.deep.equal(['Last']);
    });

    it('is unavailable, by that name, where there is no database', async () => {
      const { at } = await freshLocation(engine);
      const nowhere = { engine: engine.name, at: engine.name === 'sqlite' ? dirname(at) : at.replace(/:\d+\//, ':1/') };

      const attempt = async () => openDatabase(nowhere, ignore).transaction(async () => undefined);

      expect(await failure(attempt())).to.be.instanceOf(DatabaseUnavailable);
    });
  });
});
