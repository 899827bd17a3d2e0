import { expect } from 'chai';
import { UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { EVERY_CHANGE, hint as leaveHint } from '../../src/integrations/pull-hint-store.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';
import { PullWorld } from '../support/pull-world.js';

forEachEngine((engine) => {
  describe('a hint', () => {
    const opened = openedTwice(engine);
    let world: PullWorld;
    beforeEach(async () => {
      world = await PullWorld.open(opened().db);
      await world.guests(3);
    });

    const hint = (key: string | null) => world.core.inTx((tx) => leaveHint(tx, world.id, [key ?? EVERY_CHANGE], world.core.now));
    const follow = () => world.hints.drain();
    const pending = () => world.core.count('pull_hints where due_at is not null');

    it('leads to what the source says now: a cancelled stay loses access, a new one gains it', async () => {
      world.source.user('g1', { skipReason: 'canceled' });
      world.source.user('g4', { name: 'New' });
      await hint('g1');
      await hint('g4');

      await follow();

      expect(await world.access('g1')).to.equal(null);
      expect((await world.access('g4'))?.name).to.equal('New');
      expect(world.source.reads, 'no whole read').to.equal(1);
      expect(await pending()).to.equal(0);
    });

    it('a hundred times over, and in any order, ends where a fresh read would', async () => {
      world.source.user('g1', { skipReason: 'canceled' });
      world.source.user('g2', { name: 'Renamed' });
      for (let n = 0; n < 100; n += 1) await hint(n % 2 === 0 ? 'g1' : 'g2');
      await Promise.all([follow(), follow(), follow()]);
      await follow();

      expect(world.source.asked.sort()).to.deep.equal(['g1', 'g2']);
      const run = await world.run();
      expect([run.created, run.changed, run.removed]).to.deep.equal([0, 0, 0]);
    });

    it('before the record can be read is followed again, until it can', async () => {
      await hint('g9');
      await follow();
      expect(await pending()).to.equal(1);

      world.core.advance(1_000);
      await follow();
      world.source.user('g9');
      world.core.advance(5_000);
      await follow();

      expect(await world.access('g9')).not.to.equal(null);
      expect(await pending()).to.equal(0);
    });

    it('of what nobody will ever know is given up after a few looks', async () => {
      await hint('nobody');
      for (let n = 0; n < 10; n += 1) {
        await follow();
        world.core.advance(600_000);
      }
      expect(world.source.asked.length).to.equal(5);
      expect(await pending()).to.equal(0);
    });

    it('of a record that is gone takes access after a second look', async () => {
      world.source.remove('g1');
      await hint('g1');
      await follow();
      expect(await world.access('g1'), 'one answer is not enough for who is inside').not.to.equal(null);

      world.core.advance(1_000);
      await follow();

      expect(await world.access('g1')).to.equal(null);
      expect(await world.core.count("users where external_id = 'g1'")).to.equal(0);
    });

    it('that cannot be followed now changes nothing and is followed later', async () => {
      world.source.user('g1', { skipReason: 'canceled' });
      world.source.beforeOne = () => {
        throw new UpstreamUnavailable('down');
      };
      await hint('g1');
      await follow();
      expect(await world.access('g1')).not.to.equal(null);

      world.source.beforeOne = () => undefined;
      world.core.advance(5_000);
      await follow();
      expect(await world.access('g1')).to.equal(null);
    });

    it('of one of several stays of an entity takes the one that is gone and leaves the others', async () => {
      world.source.user('r1-a', { key: 'r1' });
      world.source.user('r1-b', { key: 'r1' });
      await world.run();
      world.source.remove('r1-b');
      await hint('r1');
      await follow();
      expect(await world.access('r1-a')).not.to.equal(null);
      expect(await world.access('r1-b')).to.equal(null);
    });

    it('followed while a whole read is under way is not undone by its older page', async () => {
      const old = world.source.users.get('g1');
      world.source.beforePage = async (page) => {
        if (page !== 0) return;
        // The page was asked for and shows the old state; meanwhile the stay is cancelled and the hint followed.
        world.core.advance(1_000);
        world.source.user('g1', { skipReason: 'canceled' });
        await hint('g1');
        await follow();
        if (old !== undefined) world.source.users.set('g1', old);
      };

      await world.run();

      expect(await world.access('g1')).to.equal(null);
    });

    it('followed while a whole read is under way is not undone by a later page that was asked for before', async () => {
      for (let n = 4; n <= 6; n += 1) world.source.user(`g${n}`);
      await world.run();
      const old = world.source.users.get('g6');
      world.source.beforePage = async (page) => {
        if (page !== 0) return;
        // An adapter that reads ahead has asked for all of its pages by now.
        world.core.advance(1_000);
        world.source.user('g6', { skipReason: 'canceled' });
        await hint('g6');
        await follow();
        if (old !== undefined) world.source.users.set('g6', old);
        world.core.advance(60_000);
      };

      const run = await world.run();

      expect(run.pages).to.be.greaterThan(2);
      expect(await world.access('g6')).to.equal(null);
    });

    it('for everything starts a run', async () => {
      world.source.user('g4');
      await hint(null);
      await follow();
      await world.engine.stop();
      await world.run();
      expect(await world.access('g4')).not.to.equal(null);
      expect(await world.core.count("sync_runs where trigger = 'webhook'")).to.equal(1);
    });

    it('for a disabled integration is dropped', async () => {
      world.source.user('g1', { skipReason: 'canceled' });
      await world.core.set({ enabled: false });
      await hint('g1');
      await follow();
      expect(await pending()).to.equal(0);
      expect(world.source.asked).to.deep.equal([]);
    });
  });
});
