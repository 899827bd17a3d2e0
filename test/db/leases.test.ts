import { expect } from 'chai';
import { systemClock } from '../../src/db/clock.js';
import type { Database } from '../../src/db/database.js';
import { acquireLease, keepLease, LeaseHeld, type LeaseLost, releaseLease } from '../../src/db/leases.js';
import { forEachEngine } from '../support/engines.js';
import { failure, ignore, openedTwice } from '../support/fresh-database.js';

const clock = systemClock;

describe('a lease', () => {
  forEachEngine((engine) => {
    const opened = openedTwice(engine);
    const expiry = async (db: Database, name: string) =>
      (await db.read.query<{ expires_at: string }>('select expires_at from leases where name = ?', [name]))[0]?.expires_at ?? '';

    it('is held while the work goes on, however much longer than the lease it takes', async () => {
      const { db, other } = opened();
      const wanted = { name: 'long work', holder: 'one', ms: 200 };
      const lease = await acquireLease(db, clock, wanted);
      const first = await expiry(db, 'long work');

      const refused = await keepLease(db, clock, { lease, ms: 200, onLost: ignore }, async () => {
        while (clock.now() <= first) await new Promise((later) => setTimeout(later, 5));
        return failure(acquireLease(other, clock, { ...wanted, holder: 'two' }));
      });

      expect(refused).to.be.instanceOf(LeaseHeld).and.have.property('holder', 'one');
      await releaseLease(db, lease);
      expect((await acquireLease(other, clock, wanted)).fence).to.equal(lease.fence + 1);
    });

    it('that another has taken meanwhile is told to whoever keeps it, who does not get it back', async () => {
      const { db, other } = opened();
      const lease = await acquireLease(db, clock, { name: 'taken', holder: 'one', ms: 0 });
      await acquireLease(other, clock, { name: 'taken', holder: 'two', ms: 60_000 });
      const taken = await expiry(db, 'taken');

      const lost = await new Promise<LeaseLost>((resolve) => {
        void keepLease(db, clock, { lease, ms: 40, onLost: resolve }, () => new Promise((done) => setTimeout(done, 2_000).unref()));
      });

      expect(lost.publicMessage).to.equal('Another process has taken over.');
      expect(await expiry(db, 'taken')).to.equal(taken);
    });

    it('is not renewed any more once the work has ended, well or not', async () => {
      const { db } = opened();
      const lease = await acquireLease(db, clock, { name: 'over', holder: 'one', ms: 40 });
      const broken = keepLease(db, clock, { lease, ms: 40, onLost: ignore }, () => Promise.reject(new Error('broken')));
      expect(await failure(broken)).to.have.property('message', 'broken');
      const at = await expiry(db, 'over');
      while (clock.now() <= at) await new Promise((later) => setTimeout(later, 5));
      expect(await expiry(db, 'over')).to.equal(at);
    });
  });
});
