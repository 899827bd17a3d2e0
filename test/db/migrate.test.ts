import { expect } from 'chai';
import knexPkg from 'knex';
import type { Database } from '../../src/db/database.js';
import type { DatabaseLocation } from '../../src/db/location.js';
import { DatabaseTooNew, knexConfig, migrate } from '../../src/db/migrate.js';
import { migrationSource } from '../../src/db/migrations/index.js';
import { openDatabase } from '../../src/db/open.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { failure, freshLocation, ignore } from '../support/fresh-database.js';
import { type Spawned, spawnScript } from '../support/processes.js';

const CHILD = 'test/support/children/migrate.ts';

describe('migrations', () => {
  forEachEngine((engine) => {
    let location: DatabaseLocation;
    let all: string[];
    const opened: Database[] = [];
    const spawned: Spawned[] = [];
    const migrateElsewhere = (how: string) => {
      const child = spawnScript(CHILD, [location.engine, location.at, how]);
      spawned.push(child);
      return child;
    };
    const open = () => {
      const db = openDatabase(location, ignore);
      opened.push(db);
      return db;
    };
    const applied = async () =>
      (await open().read.query<{ name: string }>('select name from knex_migrations order by id', [])).map(({ name }) => name);

    beforeEach(async () => {
      location = await freshLocation(engine);
      all = await migrationSource.getMigrations([]);
    });
    afterEach(async () => {
      for (const { child, ended } of spawned.splice(0)) {
        child.kill('SIGKILL');
        await ended;
      }
      for (const db of opened.splice(0)) await db.close();
    });

    it('bring an empty database to the schema once, and say which ran', async () => {
      expect(await migrate(location)).to.deep.equal(all);
      expect(await migrate(location)).to.deep.equal([]);
      expect(await open().read.query('select * from users', [])).to.deep.equal([]);
    });

    it('have names without a file extension, so that a build opens what the sources made', async () => {
      await migrate(location);

      expect(await applied()).to.deep.equal(all);
      for (const name of all) expect(name).to.match(/^\d{4}_[a-z_]+$/);
    });

    it('run once when four processes start together on an empty database', async () => {
      const children = [1, 2, 3, 4].map(() => migrateElsewhere('together'));
      await Promise.all(children.map((child) => child.line((line) => line === 'ready')));
      for (const { child } of children) child.stdin?.write('go\n');

      const ran = await Promise.all(children.map((child) => child.line((line) => line.startsWith('ran'))));

      expect(ran.filter((line) => line === `ran ${JSON.stringify(all)}`)).to.have.length(1);
      expect(ran.filter((line) => line === 'ran []')).to.have.length(3);
      expect(await Promise.all(children.map(({ ended }) => ended))).to.deep.equal([0, 0, 0, 0]);
      expect(await applied()).to.deep.equal(all);
    }).timeout(60_000);

    it('leave no trace of one that is killed half-way: the one who waited for it does it all', async () => {
      const first = migrateElsewhere('half');
      await first.line((line) => line === 'half');
      const second = migrateElsewhere('now');
      await second.line((line) => line === 'ready');
      first.child.kill('SIGKILL');

      expect(await second.line((line) => line.startsWith('ran'))).to.equal(`ran ${JSON.stringify(all)}`);
      expect(await open().read.query('select * from users', [])).to.deep.equal([]);
    }).timeout(60_000);

    it('refuse a database that a newer program wrote, and leave it alone', async () => {
      await migrate(location);
      const names = [...all, '9999_from_the_future'];
      await open().transaction((tx) =>
        tx.execute("insert into knex_migrations (name, batch, migration_time) values ('9999_from_the_future', 2, '2030-01-01')", []),
      );

      const error = await failure(migrate(location));

      expect(error).to.be.instanceOf(DatabaseTooNew);
      expect((error as DatabaseTooNew).publicMessage)
        .to.include('9999_from_the_future')
        .and.not.include(location.at);
      expect(await applied()).to.deep.equal(names);
    });

    it('go up, down and up again to the same schema', async () => {
      const knex = knexPkg.knex(knexConfig(location));
      try {
        const before = await schemaOf(open());
        await knex.migrate.latest();
        const up = await schemaOf(open());
        await knex.migrate.rollback(undefined, true);
        expect(await schemaOf(open())).to.deep.equal(before);
        await knex.migrate.latest();

        expect(await schemaOf(open())).to.deep.equal(up);
        expect(up).to.have.length.greaterThan(100);
      } finally {
        await knex.destroy();
      }
    });

    it('are unavailable, by that name, where there is no database', async () => {
      const nowhere = { ...location, at: engine.name === 'sqlite' ? process.cwd() : location.at.replace(/:\d+\//, ':1/') };

      expect(await failure(migrate(nowhere))).to.be.instanceOf(DatabaseUnavailable);
    });
  });
});

/** Every column, index and constraint but those of knex's own tables, as lines. */
async function schemaOf(db: Database): Promise<string[]> {
  const sql =
    db.engine === 'sqlite'
      ? `select m.name || ' ' || coalesce(m.sql, '') as line from sqlite_master m where m.tbl_name not like 'knex%' and m.tbl_name not like 'sqlite%'
         union all select m.name || '.' || c.name || ' ' || c.type || c."notnull" || c.pk from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'knex%' and m.name not like 'sqlite%'`
      : `select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(collation_name, '') || coalesce(column_default, '') as line
         from information_schema.columns where table_schema = 'public' and table_name not like 'knex%'
         union all select indexdef from pg_indexes where schemaname = 'public' and tablename not like 'knex%'
         union all select conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'public'::regnamespace and conrelid::regclass::text not like 'knex%'`;
  return (await db.read.query<{ line: string }>(sql, [])).map(({ line }) => line).sort();
}
