import { expect } from 'chai';
import type { ChangeContext, NewEvent } from '../../src/domain/events.js';
import { changedSince, EVENTS_MAX, positionNow, versionOf } from '../../src/doors/list-version.js';
import { append } from '../../src/events/append.js';
import { appendEach } from '../../src/events/append-each.js';
import { pruneLog } from '../../src/events/retention.js';
import { forEachEngine } from '../support/engines.js';
import { settledLog } from '../support/settled-log.js';
import { at, DAY_MS, HOUR_MS, type World, worldOf } from '../support/world.js';

const TOKEN_HASH = 'a'.repeat(64);
const KEPT_DAYS = 10;

describe('the version of an offline list', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine, { inventsEvents: true });
    let world: World;
    beforeEach(async () => {
      world = current();
      await world.db.transaction((tx) => tx.execute('delete from event_pruning', []));
    });

    const tell = (object: NewEvent['object'], more: Partial<NewEvent> = {}, context: ChangeContext = at(0)) =>
      world.db.transaction((tx) => append(tx, context, { verb: 'edit', object, details: {}, ...more }));
    const member = (id: string, context?: ChangeContext, more: Partial<NewEvent> = {}) =>
      tell({ type: 'member', id, name: id }, { memberId: id, ...more }, context);
    const version = async (tokenHash = TOKEN_HASH) => {
      await settledLog(world.db.read);
      return versionOf(await positionNow(world.db.read), tokenHash);
    };
    const since = (given: string, tokenHash = TOKEN_HASH, id = 'ctl_1') => changedSince(world.db.read, given, { id, tokenHash });
    const edited = (given: string, change: (parts: unknown[]) => unknown) => {
      const parts = JSON.parse(Buffer.from(given, 'base64url').toString('utf8')) as unknown[];
      return Buffer.from(JSON.stringify(change(parts)), 'utf8').toString('base64url');
    };

    it('finds whose access changed since, each once, and nobody when nothing did', async () => {
      await member('mem_before');
      const given = await version();
      expect(await since(given)).to.deep.equal([]);
      for (const type of ['member', 'association', 'pin', 'card'] as const)
        await tell({ type, id: `${type}_1`, name: '' }, { memberId: 'mem_a' });
      await member('mem_b');

      expect([...((await since(given)) ?? [])].sort()).to.deep.equal(['mem_a', 'mem_b']);
      expect(await since(await version())).to.deep.equal([]);
    });

    it('passes over what changes no access: attempts at doors, reveals, Magic Links, other controllers', async () => {
      await member('mem_before');
      const given = await version();
      await tell({ type: 'door', id: 'door_1', name: 'Gate' }, { verb: 'use', memberId: 'mem_a' });
      await tell({ type: 'pin', id: 'pin_1', name: '' }, { verb: 'reveal', memberId: 'mem_a' });
      await tell({ type: 'magic_link', id: 'ml_1', name: '' }, { memberId: 'mem_a' });
      await tell({ type: 'controller', id: 'ctl_2', name: 'Garage' });

      expect(await since(given)).to.deep.equal([]);
    });

    for (const object of [
      { type: 'site', id: 'site_1', name: 'Hotel' },
      { type: 'door', id: 'door_1', name: 'Gate' },
      { type: 'schedule', id: 'sch_1', name: 'Office' },
      { type: 'permission', id: 'prm_1', name: '' },
      { type: 'member_group', id: 'mg_1', name: 'Guests' },
      { type: 'controller', id: 'ctl_1', name: 'Lobby' },
      { type: 'member', id: 'mem_1', name: 'of nobody who is named' },
    ] as const) {
      it(`is too old once there was an event of a ${object.type} that may concern everybody`, async () => {
        await member('mem_before');
        const given = await version();
        await tell(object);
        expect(await since(given)).to.equal(null);
      });
    }

    it('is of one token: under another it is none', async () => {
      await member('mem_1');
      expect(await since(await version('b'.repeat(64)))).to.equal(null);
      expect(await since(await version('b'.repeat(64)), 'b'.repeat(64))).to.be.an('array');
    });

    it('is one that we gave, or none', async () => {
      await member('mem_1');
      const given = await version();
      const garbage = ['', 'x', '%00', 'bnVsbA', 'W10', 'e30', `${given}x`, given.slice(1), given.slice(0, -4), 'A'.repeat(100_000)];
      for (const text of garbage) expect(await since(text), text.slice(0, 40)).to.equal(null);
      for (const wrong of [-1.5, '1', null, Number.MAX_VALUE, { at: 1 }]) {
        expect(await since(edited(given, ([binding, , ...rest]) => [binding, wrong, ...rest])), String(wrong)).to.equal(null);
      }
      expect(await since(edited(given, (parts) => parts.slice(0, 2)))).to.equal(null);
      expect(await since(edited(given, ([binding, position, , database]) => [binding, position, 'evt_nobody', database]))).to.equal(null);
    });

    it('is of one database, and of a place that its log has reached', async () => {
      await member('mem_1');
      const given = await version();
      expect(await since(edited(given, ([binding, position, anchor]) => [binding, position, anchor, 'another']))).to.equal(null);
      expect(await since(edited(given, ([binding, position, ...rest]) => [binding, Number(position) + 1_000_000, ...rest]))).to.equal(null);
    });

    it('is none in a database that was put back to before it was given, and in one that went another way since', async () => {
      await member('mem_1');
      await member('mem_2');
      const given = await version();
      await world.db.transaction((tx) => tx.execute(`delete from events where member_id = 'mem_2'`, []));
      expect(await since(given), 'put back').to.equal(null);

      await member('mem_3');
      await member('mem_4');
      expect(await since(given), 'as long as before, with other events').to.equal(null);
    });

    it('is none once the event that it ends with has been forgotten', async () => {
      await member('mem_1', at(0));
      const given = await version();
      await member('mem_2', at(9 * DAY_MS));
      expect(await since(given)).to.include('mem_2');

      await world.db.transaction((tx) => pruneLog(tx, at(11 * DAY_MS).now, KEPT_DAYS));

      expect(await since(given)).to.equal(null);
      expect(await since(await version())).to.be.an('array');
    });

    it('is none once a change after it has been forgotten, though the event that it ends with is still there', async () => {
      await member('mem_1', at(5 * DAY_MS));
      const given = await version();
      // Of a replica whose clock was behind, or from before ours was set back.
      await member('mem_2', at(HOUR_MS));
      await member('mem_3', at(6 * DAY_MS));
      await world.db.transaction((tx) => pruneLog(tx, at(11 * DAY_MS).now, KEPT_DAYS));
      expect(await world.count(`events where member_id = 'mem_2'`)).to.equal(0);
      expect(await world.count(`events where member_id = 'mem_1'`)).to.equal(1);

      expect(await since(given)).to.equal(null);
    });

    it('is none once more events have come than are looked through, whatever they are about', async () => {
      await member('mem_before');
      const given = await version();
      const openings = (count: number) =>
        world.db.transaction((tx) =>
          appendEach(tx, at(0), {
            ...{ verb: 'use', objectType: 'door', integrationId: { sql: 'null' }, details: {}, name: "'Gate'", bindings: [count] },
            ...{ key: 'cast(n as text)', id: "'door_1'" },
            from: `(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < cast(? as bigint))
              select n from numbers) as openings`,
          }),
        );
      await openings(EVENTS_MAX);
      await settledLog(world.db.read);
      expect(await since(given)).to.deep.equal([]);

      await openings(1);
      expect(await since(given)).to.equal(null);
      expect(await since(await version())).to.deep.equal([]);
    });

    if (engine.name === 'postgres') {
      it('finds what came after a database was put back, though its transactions have overtaken the version since', async () => {
        await member('mem_before');
        const given = await version();
        // As read at a much later transaction of the database before, in which nothing was written to the log meanwhile.
        const [now] = await world.query<{ tx: number }>('select pg_current_xact_id()::text::bigint as tx');
        const overtaken = edited(given, ([binding, , ...rest]) => [binding, Number(now?.tx) + 3, ...rest]);
        await member('mem_after');
        const reached = async () => (await world.query<{ tx: number }>('select pg_current_xact_id()::text::bigint as tx'))[0]?.tx ?? 0;
        while ((await reached()) < Number(now?.tx) + 5);
        await settledLog(world.db.read);

        expect(await since(overtaken)).to.include('mem_after');
      });
    }

    it('says that everybody may have changed while there is no event, and has a form all the same', async () => {
      const given = await version();
      expect(given).to.match(/^[\w-]+$/);
      expect(await since(given)).to.equal(null);
    });
  });
});
