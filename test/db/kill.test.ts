import { expect } from 'chai';
import type { DatabaseLocation } from '../../src/db/location.js';
import { migrate } from '../../src/db/migrate.js';
import { openDatabase } from '../../src/db/open.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { freshLocation, ignore } from '../support/fresh-database.js';
import { type Spawned, spawnScript } from '../support/processes.js';
import { runs } from '../support/runs.js';

/** Rounds of two killed writers each. */
const ROUNDS = Number(process.env['LATCHKEY_TEST_KILLS'] ?? runs(6, 400)) / 2;
const WRITERS = 2;

describe('a process killed while it writes', () => {
  forEachEngine((engine) => {
    const rounds = engine.name === 'sqlite' ? ROUNDS : Math.ceil(ROUNDS / 10);

    it(`loses nothing that it said was stored, and leaves nothing half-done (${rounds * WRITERS} kills)`, async () => {
      const location = await freshLocation(engine);
      await migrate(location);
      const db = openDatabase(location, ignore);
      const core = await Core.create(db);
      await core.map('all_users', await core.memberGroup('Front door'));
      const stored: string[] = [];
      try {
        for (let round = 0; round < rounds; round += 1) {
          const writers = Array.from({ length: WRITERS }, (_, n) => startWriter(location, core, `r${round}w${n}`));
          await Promise.all(writers.map((writer) => writer.line((line) => line.startsWith('stored'))));
          // Between one commit and many, at a moment that nobody chose.
          await new Promise((later) => setTimeout(later, Math.random() * 150));
          for (const { child } of writers) child.kill('SIGKILL');
          await Promise.all(writers.map(({ ended }) => ended));
          for (const { lines } of writers) stored.push(...lines.map((line) => line.replace('stored ', '')));
          await expectWhole(core, stored);
        }
        await core.createUser({ userName: 'the one after' });
      } finally {
        await db.close();
      }
    }).timeout(60_000 + rounds * 10_000);
  });

  function startWriter(location: DatabaseLocation, core: Core, name: string): Spawned {
    return spawnScript('test/support/children/kill-writer.ts', [location.engine, location.at, core.integrationId, name]);
  }

  async function expectWhole(core: Core, stored: readonly string[]): Promise<void> {
    const there = new Set((await core.query<{ id: string }>('select id from users')).map(({ id }) => id));
    expect(stored.filter((id) => !there.has(id))).to.deep.equal([]);
    expect(stored.length).to.be.greaterThan(0);

    const users = there.size;
    const torn = `users u where 5 <> (select count(*) from user_emails e where e.user_id = u.id)
      or 1 <> (select count(*) from events e where e.object_id = u.id)
      or 1 <> (select count(*) from members m join associations a on a.member_id = m.id join pins p on p.member_id = m.id
               join magic_links l on l.member_id = m.id where m.user_id = u.id)`;
    expect(await core.count(torn)).to.equal(0);
    expect(await core.count('members')).to.equal(users);
    expect((await core.one<{ n: number }>('select cast(sum(total) as bigint) as n from directory_blocks')).n).to.equal(users);
    if (core.db.engine === 'sqlite') expect(await core.query('pragma integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
  }
});
