import { expect } from 'chai';
import { UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { shift } from '../../src/domain/time.js';
import { approveHeldPlan, dismissHeldPlan } from '../../src/sync/held-plans.js';
import { heldRemovals, listHeldPlans } from '../../src/sync/held-plan-store.js';
import { hint } from '../../src/integrations/pull-hint-store.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';
import { PullWorld } from '../support/pull-world.js';
import { DAY_MS, T0 } from '../support/world.js';

/** More than so many are not asked for one by one. */
const CONFIRM_MAX = 200;

forEachEngine((engine) => {
  describe('absence from a complete read', () => {
    const opened = openedTwice(engine);
    let world: PullWorld;
    beforeEach(async () => {
      world = await PullWorld.open(opened().db);
    });

    it('takes access only from who is gone when asked for by id', async () => {
      await world.guests(20);
      world.source.remove('g1');
      const moved = world.source.user('g2', { name: 'Still here' });
      world.source.remove('g2');
      // Out of the list, and still there when asked for.
      world.source.beforeOne = (key) => {
        if (key === 'g2') world.source.users.set('g2', moved);
      };

      const run = await world.run();

      expect([run.state, run.removed, run.held]).to.deep.equal(['succeeded', 1, 0]);
      expect(world.source.asked.sort()).to.deep.equal(['g1', 'g2']);
      expect(await world.access('g1')).to.equal(null);
      expect((await world.access('g2'))?.name).to.equal('Still here');
    });

    it('takes nothing when that question fails', async () => {
      await world.guests(20);
      world.source.remove('g1');
      world.source.beforeOne = () => {
        throw new UpstreamUnavailable('down');
      };
      const run = await world.run();
      expect([run.state, run.removed]).to.deep.equal(['failed', 0]);
      expect(await world.access('g1')).not.to.equal(null);
    });

    it('needs a second complete read where the source cannot be asked', async () => {
      world.source.hasOne = false;
      await world.guests(20);
      world.source.remove('g1');

      await world.run();
      expect(await world.access('g1'), 'missed once').not.to.equal(null);
      const second = await world.run();

      expect(await world.access('g1'), 'missed twice').to.equal(null);
      expect(second.removed).to.equal(1);
    });

    it('of more than can be asked for needs a second complete read before anything is done, which is then held', async () => {
      world.source.pageSize = 500;
      await world.guests(CONFIRM_MAX + 5);
      for (let n = 1; n <= CONFIRM_MAX + 1; n += 1) world.source.remove(`g${n}`);

      const first = await world.run();
      expect([first.state, first.removed, first.held, world.source.asked.length]).to.deep.equal(['succeeded', 0, 0, 0]);
      const second = await world.run();
      expect([second.state, second.removed, second.held, world.source.asked.length]).to.deep.equal(['held', 0, CONFIRM_MAX + 1, 0]);
      expect(await world.core.count('users')).to.equal(CONFIRM_MAX + 5);

      world.source.user('g1');
      const asked = await world.run();
      expect([asked.held, world.source.asked.length], 'few enough to be asked for').to.deep.equal([CONFIRM_MAX, CONFIRM_MAX]);
    }).timeout(60_000);

    it('takes nothing from who is shown by a hint between the question and the removal', async () => {
      await world.guests(20);
      const back = world.source.users.get('g1');
      world.source.remove('g1');
      world.source.remove('g2');
      world.source.beforeOne = async (key) => {
        if (key !== 'g2' || back === undefined) return;
        world.source.beforeOne = () => undefined;
        world.core.advance(1_000);
        world.source.users.set('g1', back);
        await world.core.inTx((tx) => hint(tx, world.id, ['g1'], world.core.now));
        await world.hints.drain();
      };

      const run = await world.run();

      expect(world.source.asked).to.deep.equal(['g1', 'g1', 'g2']);
      expect(run.removed).to.equal(1);
      expect(await world.access('g1')).not.to.equal(null);
      expect(await world.access('g2')).to.equal(null);
    });

    it('of everything, Groups too, takes nothing away, however often it is read, also where nobody has access', async () => {
      world.source.group('1');
      for (const id of ['g1', 'g2', 'g3']) world.source.user(id);
      await world.run();
      world.source.users.clear();
      world.source.groups.clear();
      for (let n = 0; n < 3; n += 1) await world.run();
      expect([await world.core.count('groups'), await world.core.count('users')]).to.deep.equal([1, 3]);
    });

    it('forgets a miss when the User is there again', async () => {
      world.source.hasOne = false;
      await world.guests(20);
      const one = world.source.users.get('g1');
      world.source.remove('g1');
      await world.run();
      if (one !== undefined) world.source.users.set('g1', one);
      await world.run();
      world.source.remove('g1');
      await world.run();
      expect(await world.access('g1')).not.to.equal(null);
    });

    it('of three in ten is held: they keep their access, everything else goes on, and an alert says so', async () => {
      await world.guests(30);
      for (let n = 1; n <= 9; n += 1) world.source.remove(`g${n}`);
      world.source.user('new');
      world.source.user('g30', { skipReason: 'canceled' });

      const run = await world.run();

      expect([run.state, run.held, run.removed, run.created]).to.deep.equal(['held', 9, 0, 1]);
      expect(await world.access('g1')).not.to.equal(null);
      expect(await world.access('new')).not.to.equal(null);
      expect(await world.access('g30'), 'said in so many words').to.equal(null);
      const [plan] = await listHeldPlans(world.core.db.read, world.id);
      expect([plan?.state, plan?.removals]).to.deep.equal(['open', 9]);
      expect((await heldRemovals(world.core.db.read, plan?.id ?? '')).length).to.equal(9);
      expect(await world.core.count("alerts where type = 'removals_held' and closed_at is null")).to.equal(1);

      await world.run();
      expect(
        (await listHeldPlans(world.core.db.read, world.id)).map(({ state }) => state),
        'the same again is the same plan',
      ).to.deep.equal(['open']);
    });

    it('of everybody at once is held, however few they are, and nothing is forgotten', async () => {
      await world.guests(3);
      world.source.users.clear();

      const [first, second] = [await world.run(), await world.run()];

      expect([first.state, first.held, second.state]).to.deep.equal(['held', 3, 'held']);
      expect(await world.access('g2')).not.to.equal(null);
      expect(await world.core.count('users')).to.equal(3);
    });

    it('is over when they are back: the plan goes, the alert closes', async () => {
      await world.guests(3);
      const all = [...world.source.users];
      world.source.users.clear();
      await world.run();
      for (const [id, user] of all) world.source.users.set(id, user);

      const run = await world.run();

      expect(run.state).to.equal('succeeded');
      expect((await listHeldPlans(world.core.db.read, world.id)).map(({ state }) => state)).to.deep.equal(['superseded']);
      expect(await world.core.count('alerts where closed_at is null')).to.equal(0);
    });

    it('approved takes their access, once', async () => {
      await world.guests(20);
      for (let n = 1; n <= 9; n += 1) world.source.remove(`g${n}`);
      await world.run();
      const [plan] = await listHeldPlans(world.core.db.read, world.id);

      const approved = await approveHeldPlan(world.parts, world.context, world.id, plan?.id ?? '');
      const again = await approveHeldPlan(world.parts, world.context, world.id, plan?.id ?? '').catch((error: unknown) => error);

      expect(approved.state).to.equal('approved');
      expect(again).to.have.property('name', 'Conflict');
      expect(await world.access('g1')).to.equal(null);
      expect(await world.access('g20')).not.to.equal(null);
      expect(await world.core.count('users')).to.equal(11);
      expect(await world.core.count('alerts where closed_at is null')).to.equal(0);
      expect((await world.run()).state).to.equal('succeeded');
    });

    it('cannot be approved any more once one of them has changed or has been seen again', async () => {
      await world.guests(20);
      const one = world.source.users.get('g1');
      for (let n = 1; n <= 9; n += 1) world.source.remove(`g${n}`);
      await world.run();
      const [plan] = await listHeldPlans(world.core.db.read, world.id);
      if (one !== undefined) world.source.users.set('g1', one);
      await world.core.db.transaction((tx) => tx.execute("update users set missing_since = null where external_id = 'g1'", []));

      const refused = await approveHeldPlan(world.parts, world.context, world.id, plan?.id ?? '').catch((error: unknown) => error);

      expect(refused).to.have.property('name', 'Conflict');
      expect(await world.core.count('users'), 'nobody was removed').to.equal(20);
      expect(await world.access('g2')).not.to.equal(null);
    });

    it('cannot be approved any more once the settings have changed', async () => {
      await world.guests(3);
      world.source.users.clear();
      await world.run();
      const [plan] = await listHeldPlans(world.core.db.read, world.id);
      await world.core.set({ arrivalBufferMinutes: 30 });
      const refused = await approveHeldPlan(world.parts, world.context, world.id, plan?.id ?? '').catch((error: unknown) => error);
      expect(refused).to.have.property('name', 'Conflict');
    });

    it('dismissed keeps everybody in, and the same is not asked again', async () => {
      await world.guests(20);
      for (let n = 1; n <= 9; n += 1) world.source.remove(`g${n}`);
      await world.run();
      const [plan] = await listHeldPlans(world.core.db.read, world.id);

      await dismissHeldPlan(world.parts, world.context, world.id, plan?.id ?? '');
      const run = await world.run();

      expect(run.state).to.equal('succeeded');
      expect(await world.access('g1')).not.to.equal(null);
      expect((await listHeldPlans(world.core.db.read, world.id)).map(({ state }) => state)).to.deep.equal(['dismissed']);
      world.source.remove('g10');
      expect((await world.run()).state, 'one more is another plan').to.equal('held');
    });

    it('of a past stay means nothing: it stays in sight for a month, then it goes from the directory', async () => {
      await world.guests(6);
      world.source.user('g1', { window: { startsAt: null, endsAt: shift(T0, DAY_MS) } });
      await world.run();
      world.core.advance(2 * DAY_MS);
      await world.core.timekeeper.tick();
      world.source.remove('g1');

      const soon = await world.run();
      expect([soon.removed, soon.held, world.source.asked.length]).to.deep.equal([0, 0, 0]);
      expect(await world.core.count("users where external_id = 'g1'")).to.equal(1);

      world.core.advance(31 * DAY_MS);
      expect((await world.run()).removed).to.equal(1);
      expect(await world.core.count("users where external_id = 'g1'")).to.equal(0);
    });

    describe('where Groups say who is in them', () => {
      beforeEach(async () => {
        const ids = Array.from({ length: 20 }, (_, n) => `p${n + 1}`);
        for (const id of ids) world.source.user(id, { groups: null });
        world.source.group('staff', ids);
        await world.run();
        await world.map('staff', 'Offices');
      });

      it('who is not listed any more is out with this run, and who is new is in', async () => {
        world.source.user('p21', { groups: null });
        world.source.group(
          'staff',
          Array.from({ length: 20 }, (_, n) => `p${n + 2}`),
        );

        const run = await world.run();

        expect(run.state).to.equal('succeeded');
        expect(await world.access('p1')).to.equal(null);
        expect((await world.access('p21'))?.associations).to.deep.equal(['Offices']);
      });

      it('a list that is suddenly short is held', async () => {
        world.source.group('staff', ['p1']);
        const run = await world.run();
        expect([run.state, run.held]).to.deep.equal(['held', 19]);
        expect(await world.access('p20')).not.to.equal(null);

        const [plan] = await listHeldPlans(world.core.db.read, world.id);
        await approveHeldPlan(world.parts, world.context, world.id, plan?.id ?? '');
        expect(await world.access('p20')).to.equal(null);
        expect(await world.access('p1')).not.to.equal(null);
      });

      it('a Group that is gone takes a second complete read, and the guard', async () => {
        world.source.groups.clear();
        expect((await world.run()).state).to.equal('succeeded');
        expect(await world.access('p1')).not.to.equal(null);
        const run = await world.run();
        expect([run.state, run.held]).to.deep.equal(['held', 20]);
      });
    });
  });
});
