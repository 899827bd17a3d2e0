import { expect } from 'chai';
import { findGroup } from '../../src/directory/group-store.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { type Recorded, recording } from '../support/recording.js';
import { worldOf } from '../support/world.js';

/** What was asked and how many rows each answer had: the same for a small Group and a large one, if the size plays no part. */
const costOf = (statements: readonly Recorded[]) => statements.map(({ name, sql, rows }) => `${name || sql}: ${rows}`);

describe('the cost of a change', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);

    /** A mapped Group of so many members, who are reconciled, and one User outside. */
    async function groupOf(core: Core, size: number): Promise<{ id: string; outside: string; inside: string }> {
      const [outside, inside] = [
        await core.createUser({ userName: `outside ${size}` }),
        await core.createUser({ userName: `inside ${size}` }),
      ];
      const id = await core.createGroup(`group of ${size}`, [inside]);
      await core.map(id, await core.memberGroup('Pool'));
      await core.worker.drain();
      const fill =
        engine.name === 'sqlite'
          ? 'with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)'
          : 'with n(i) as (select generate_series(1, cast(? as integer)))';
      await core.inTx(async (tx) => {
        await tx.execute(
          `${fill} insert into users (id, integration_id, user_name, user_name_key, active, version, document, "match", created_at,
             updated_at, pin_weak, dirty, sync_status, warnings)
           select 'filled ' || i, integration_id, 'filled ' || i, 'filled ' || i, 1, 1, '{}', '{}', created_at, updated_at, 0, 0, 'none', '[]'
           from n, users where id = ${engine.name === 'sqlite' ? '?' : 'cast(? as text)'}`,
          [size, inside],
        );
        await tx.execute("insert into group_members (group_id, user_id) select cast(? as text), id from users where id like 'filled %'", [
          id,
        ]);
      });
      return { id, outside, inside };
    }

    async function costs(size: number): Promise<Record<string, string[]>> {
      const core = await Core.create(world().db);
      const { id, outside, inside } = await groupOf(core, size);
      const { db, statements } = recording(world().db);
      const watched = new Core(db, core.integrationId);
      watched.advance(1_000);
      const found: Record<string, string[]> = {};
      const measure = async (what: string, act: () => Promise<unknown>) => {
        statements.length = 0;
        await act();
        found[what] = costOf(statements);
      };
      await measure('add a member', () => watched.changeMembers(id, { op: 'add', ids: [outside] }));
      await measure('add a member again', () => watched.changeMembers(id, { op: 'add', ids: [outside] }));
      await measure('remove a member', () => watched.changeMembers(id, { op: 'remove', ids: [outside] }));
      await measure('change a member', () => watched.patchUser(inside, { displayName: 'New' }));
      await measure('read the Group without members', () => findGroup(watched.db.read, core.integrationId, id));
      await measure('delete a member', () => watched.deleteUser(inside));
      await world().db.transaction((tx) => tx.execute("delete from users where id like 'filled %'", []));
      return found;
    }

    it('in a Group of ten thousand members is that in a Group of ten', async () => {
      const small = await costs(10);
      const large = await costs(10_000);

      expect(large).to.deep.equal(small);
      expect(small['add a member']).to.have.length.greaterThan(5);
      expect(small['add a member']?.length).to.be.lessThan(45);
    }).timeout(30_000);

    it('that changes nothing is a handful of reads', async () => {
      const core = await Core.create(world().db);
      const { id, inside } = await groupOf(core, 5);
      const { db, statements } = recording(world().db);

      await new Core(db, core.integrationId).changeMembers(id, { op: 'add', ids: [inside] });

      expect(
        statements.filter(({ sql, rows }) => /^\s*(with|insert|update|delete)/i.test(sql) && rows > 0).map(({ name }) => name),
      ).to.deep.equal([]);
      expect(statements.length).to.be.lessThan(8);
    });
  });
});
