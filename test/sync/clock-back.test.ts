import { expect } from 'chai';
import { acquireLease } from '../../src/db/leases.js';
import { shift } from '../../src/domain/time.js';
import { hint } from '../../src/integrations/pull-hint-store.js';
import { dueRenewalFailures, dueRenewals, setRenewal, startPulling } from '../../src/sync/due-store.js';
import { LEASE_MS, leaseName } from '../../src/sync/fence.js';
import { dueIntegrations, saveEnd } from '../../src/sync/state-store.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';
import { PullWorld } from '../support/pull-world.js';
import { DAY_MS, HOUR_MS, T0 } from '../support/world.js';

const MINUTE_MS = 60_000;

forEachEngine((engine) => {
  describe('a clock that was put back', () => {
    const opened = openedTwice(engine);
    const reader = () => opened().db.read;
    let world: PullWorld;
    beforeEach(async () => {
      world = await PullWorld.open(opened().db);
      await world.core.inTx((tx) => startPulling(tx, world.id, T0, shift(T0, 10 * MINUTE_MS)));
    });
    const due = (now: string) => dueIntegrations(reader(), now, 10);
    const renewals = (now: string) => dueRenewals(reader(), now, 10);

    it('does not keep an integration from its turn, whether it had succeeded or failed', async () => {
      for (const failures of [0, 7]) {
        await world.core.inTx((tx) => saveEnd(tx, world.id, { now: T0, dueAt: shift(T0, 10 * MINUTE_MS), failures }));
        expect(await due(shift(T0, -30_000)), 'clocks of processes differ').to.deep.equal([]);
        expect(await due(shift(T0, -5 * MINUTE_MS))).to.deep.equal([world.id]);
        expect(await due(shift(T0, -300 * DAY_MS))).to.deep.equal([world.id]);
      }
      await world.core.inTx((tx) => saveEnd(tx, world.id, { now: T0, dueAt: shift(T0, 23 * HOUR_MS), failures: 0 }));
      expect(await due(shift(T0, HOUR_MS)), 'a long interval is none').to.deep.equal([]);
    });

    it('does not keep a subscription from being renewed', async () => {
      await world.core.inTx((tx) => setRenewal(tx, world.id, T0, { renewAt: shift(T0, 24 * HOUR_MS), failures: 3 }));
      expect(await renewals(shift(T0, HOUR_MS))).to.deep.equal([]);
      expect(await dueRenewalFailures(reader(), world.id, shift(T0, HOUR_MS))).to.equal(null);
      expect(await renewals(shift(T0, -HOUR_MS))).to.deep.equal([world.id]);
      expect(await dueRenewalFailures(reader(), world.id, shift(T0, -HOUR_MS))).to.equal(3);
    });

    it('makes no complete read count as fresh that has not been yet', async () => {
      world.source.hasChanges = true;
      await world.run(false);
      expect((await world.run(false)).mode).to.equal('changes');
      world.core.advance(-HOUR_MS);
      expect((await world.run(false)).mode).to.equal('full');
      expect((await world.run(false)).mode).to.equal('changes');
    });

    it('does not keep hints from being followed', async () => {
      world.source.user('g1');
      await world.core.inTx((tx) => hint(tx, world.id, ['g1'], world.core.now));
      world.core.advance(-DAY_MS);
      await world.hints.drain();
      expect(world.source.asked).to.deep.equal(['g1']);
    });

    it('has no hint that was followed before keep whole reads from their Users', async () => {
      await world.guests(1);
      await world.core.inTx((tx) => hint(tx, world.id, ['g1'], world.core.now));
      await world.hints.drain();
      world.core.advance(-DAY_MS);
      world.source.user('g1', { skipReason: 'canceled' });
      await world.run();
      expect(await world.access('g1')).to.equal(null);
    });

    it('has no process that died hold up the next until the clock is there again', async () => {
      const { clock } = world.core;
      await acquireLease(opened().db, clock, { name: leaseName(world.id), holder: 'who died', ms: LEASE_MS });
      world.core.advance(-DAY_MS);
      expect((await world.run()).state).to.equal('succeeded');
    });
  });
});
