import { expect } from 'chai';
import { acquireLease, holdLease, type Lease, LeaseHeld, leaseHolder, LeaseLost, releaseLease } from '../../src/db/leases.js';
import type { Database } from '../../src/db/database.js';
import { type Instant, shift } from '../../src/domain/time.js';
import { forEachEngine } from '../support/engines.js';
import { failure, openedTwice } from '../support/fresh-database.js';
import { T0 } from '../support/world.js';

const MS = 60_000;

forEachEngine((engine) => {
  describe('a lease', () => {
    const opened = openedTwice(engine);
    let now: Instant = T0;
    let count = 0;
    let name = '';
    const clock = { now: () => now };
    beforeEach(() => {
      now = T0;
      count += 1;
      name = `sync int_${count}`;
    });

    const take = (holder: string, db: Database = opened().db) => acquireLease(db, clock, { name, holder, ms: MS });
    const hold = (lease: Lease, db: Database = opened().db) => db.transaction((tx) => holdLease(tx, clock, lease, MS));
    const holder = () => leaseHolder(opened().db.read, name, now);

    it('is had by one of two who ask for it, and the other is told who has it', async () => {
      await take('a run of process 1');
      const refused = await failure(take('a run of process 2', opened().other));
      expect(refused).to.be.instanceOf(LeaseHeld);
      expect((refused as LeaseHeld).publicMessage).to.equal('This is already being done by a run of process 1.');
      expect(await holder()).to.equal('a run of process 1');
    });

    it('is had by exactly one of many who ask at once in two processes, again and again', async () => {
      for (let round = 1; round <= 5; round += 1) {
        const asked = Array.from({ length: 10 }, (_, n) => take(`taker ${n}`, n % 2 === 0 ? opened().db : opened().other));
        const outcomes = await Promise.allSettled(asked);
        const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
        const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
        expect(won).to.deep.equal([{ name, fence: round }]);
        expect(lost.every((error) => error instanceof LeaseHeld)).to.equal(true);
        for (const lease of won) await releaseLease(opened().db, lease);
      }
    });

    it('of another name is another', async () => {
      await take('one');
      name = `${name} too`;
      expect((await take('two')).fence).to.equal(1);
    });

    it('ends with its time, not a moment before, and its fence counts up with every holder', async () => {
      expect((await take('one')).fence).to.equal(1);
      now = shift(T0, MS - 1);
      expect(await failure(take('two'))).to.be.instanceOf(LeaseHeld);
      now = shift(T0, MS);
      expect(await holder()).to.equal(null);
      expect((await take('two', opened().other)).fence).to.equal(2);
      now = shift(T0, 2 * MS);
      expect((await take('one')).fence).to.equal(3);
    });

    it('that is renewed in time goes on from then', async () => {
      const lease = await take('one');
      now = shift(T0, MS - 1);
      await hold(lease);
      now = shift(T0, 2 * MS - 2);
      expect(await failure(take('two'))).to.be.instanceOf(LeaseHeld);
      now = shift(T0, 2 * MS - 1);
      expect((await take('two')).fence).to.equal(2);
    });

    it('that ran out and that nobody took is still there to be renewed', async () => {
      const lease = await take('one');
      now = shift(T0, 10 * MS);
      await hold(lease);
      expect(await holder()).to.equal('one');
    });

    it('that somebody else has taken since is lost: no renewal, and nothing of its transaction stays', async () => {
      const { db, other } = opened();
      const frozen = await take('frozen');
      now = shift(T0, MS);
      const taken = await take('awake', other);

      const write = db.transaction(async (tx) => {
        await tx.execute('insert into leases (name, fence, holder, expires_at) values (?, 1, ?, ?)', [`${name} write`, 'frozen', now]);
        await holdLease(tx, clock, frozen, MS);
      });

      expect(await failure(write)).to.be.instanceOf(LeaseLost);
      expect(await leaseHolder(db.read, `${name} write`, T0)).to.equal(null);
      await hold(taken, other);
      expect(await holder()).to.equal('awake');
    });

    it('that was lost cannot be given back for the one who has it', async () => {
      const frozen = await take('frozen');
      now = shift(T0, MS);
      await take('awake');
      await releaseLease(opened().db, frozen);
      expect(await holder()).to.equal('awake');
    });

    it('that was given back is free at once, cannot be renewed, and leaves its fence behind', async () => {
      const lease = await take('one');
      await releaseLease(opened().db, lease);
      expect(await holder()).to.equal(null);
      expect(await failure(hold(lease))).to.be.instanceOf(LeaseLost);
      expect((await take('two')).fence).to.equal(2);
    });

    it('is not taken while a transaction of its holder is under way: it is renewed or lost by the time that ends', async () => {
      const { db, other } = opened();
      const lease = await take('one');
      now = shift(T0, MS);
      let taker: Promise<unknown> = Promise.resolve();
      await db.transaction(async (tx) => {
        await holdLease(tx, clock, lease, MS);
        taker = failure(take('two', other));
        await new Promise((resolve) => setImmediate(resolve));
      });
      expect(await taker).to.be.instanceOf(LeaseHeld);
      await hold(lease);
    });
  });
});
