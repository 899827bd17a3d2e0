import { expect } from 'chai';
import { type ChangeContext, SYSTEM } from '../../src/domain/events.js';
import { shift } from '../../src/domain/time.js';
import { closeAlert, listAlerts, openAlert } from '../../src/events/alert-store.js';
import { append } from '../../src/events/append.js';
import { listEvents } from '../../src/events/list.js';
import { oldestKept, PRUNED_AT_ONCE, pruneLog } from '../../src/events/retention.js';
import { ClockWatch } from '../../src/reconcile/clock-watch.js';
import { Timekeeper } from '../../src/reconcile/timekeeper.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, T0, type World, worldOf } from '../support/world.js';

describe('retention of events', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;

    beforeEach(async () => {
      world = current();
      await world.db.transaction((tx) => tx.execute('delete from event_pruning', []));
    });

    const told = (name: string, context: ChangeContext) =>
      world.db.transaction((tx) =>
        append(tx, context, { verb: 'delete', object: { type: 'site', id: `site_${name}`, name }, siteId: name, details: {} }),
      );
    const names = async () => (await listEvents(world.db.read, {}, { limit: 100, after: null })).data.map(({ object }) => object.name);
    const prune = (days: number, afterDays: number) => world.db.transaction((tx) => pruneLog(tx, at(afterDays * DAY_MS).now, days));
    const positions = async () => {
      const column = engine.name === 'postgres' ? 'tx' : 'seq';
      return new Map(
        (await world.query<{ object_name: string; position: number }>(`select object_name, ${column} as position from events`)).map(
          (row) => [row.object_name, row.position],
        ),
      );
    };

    it('forgets what is older than the days, to the very instant, and nothing else', async () => {
      for (const day of [0, 1, 2]) await told(`day ${day}`, at(day * DAY_MS));

      expect(await prune(10, 10)).to.equal(0);
      expect(await prune(10, 11)).to.equal(1);
      expect(await names()).to.deep.equal(['day 2', 'day 1']);
      expect(await prune(10, 100)).to.equal(2);
      expect(await names()).to.deep.equal([]);
    });

    it('goes by when an event was written, not by when it happened', async () => {
      await world.db.transaction((tx) =>
        append(tx, at(DAY_MS), {
          verb: 'delete',
          object: { type: 'site', id: 'late', name: 'late' },
          details: {},
          occurredAt: shift(T0, -DAY_MS),
        }),
      );

      expect(await prune(10, 10)).to.equal(0);
      expect(await names()).to.deep.equal(['late']);
    });

    it('forgets nothing ever when that is what is set', async () => {
      await told('old', at(0));

      expect(await prune(0, 36_500)).to.equal(0);
      expect(await names()).to.deep.equal(['old']);
    });

    it('says from where on the log is whole, also when it is empty and when a clock was wrong', async () => {
      expect(await oldestKept(world.db.read)).to.equal(0);
      await told('of the future', at(900 * DAY_MS));
      await told('old', at(0));
      await told('new', at(20 * DAY_MS));
      const before = await positions();

      await prune(10, 15);
      expect(await names()).to.deep.equal(['new', 'of the future']);
      expect(await oldestKept(world.db.read)).to.equal((before.get('old') ?? 0) + 1);
      await prune(10, 2_000);
      expect(await names()).to.deep.equal([]);
      expect(await oldestKept(world.db.read)).to.equal((before.get('new') ?? 0) + 1);
    });

    it('forgets alerts that closed before, and none that is open', async () => {
      const alert = (subjectKey: string) => ({ type: 'hardware_down' as const, subjectKey, message: 'It is silent.' });
      await world.db.transaction(async (tx) => {
        for (const key of ['closed', 'open', 'late']) await openAlert(tx, at(0), alert(key));
        await closeAlert(tx, at(0), alert('closed'));
        await closeAlert(tx, at(20 * DAY_MS), alert('late'));
      });

      await prune(10, 15);

      const { data } = await listAlerts(world.db.read, {}, { limit: 10, after: null });
      expect(data.map(({ subjectKey }) => subjectKey)).to.deep.equal(['late', 'open']);
    });

    it('is the work of the timekeeper, a part at a time, and not while the clock is in doubt', async () => {
      const core = await Core.create(world.db);
      const parts = { db: core.db, clock: core.clock, logger: core.logger };
      const keeper = () =>
        new Timekeeper({
          ...{ ...parts, worker: core.worker, clockWatch: new ClockWatch(parts) },
          ...{ coolDownDays: 30, eventRetentionDays: 10 },
        });
      await world.db.transaction(async (tx) => {
        for (let n = 0; n <= PRUNED_AT_ONCE; n += 1)
          await append(
            tx,
            { actor: SYSTEM, now: T0 },
            { verb: 'delete', object: { type: 'site', id: `site_${n}`, name: 'Site' }, details: {} },
          );
      });
      const first = keeper();
      await first.tick();

      core.advance(300 * DAY_MS);
      await keeper().tick();
      expect(await world.count('events'), 'a start after a year may be a clock that is wrong').to.be.greaterThan(PRUNED_AT_ONCE);
      await first.tick();
      expect(await world.count('events')).to.equal(0);
    });
  });
});
