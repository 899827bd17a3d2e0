import { expect } from 'chai';
import type { Database, Tx } from '../../src/db/database.js';
import { applyOperation } from '../../src/directory/apply-operation.js';
import { AFFECTED_MAX } from '../../src/directory/operation.js';
import { ACCESS_URN } from '../../src/domain/scim.js';
import { type Instant, shift } from '../../src/domain/time.js';
import { settle } from '../../src/reconcile/settle.js';
import { waitingUsers } from '../../src/reconcile/worker.js';
import { memberAccess } from '../support/access-view.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { DAY_MS, HOUR_MS, T0, worldOf } from '../support/world.js';

describe('work that is left for later', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    let core: Core;
    let guests: string;
    let count = 0;
    const newUser = (access: object = {}) => {
      count += 1;
      return core.createUser({ userName: `user ${count}`, [ACCESS_URN]: access });
    };
    const guest = async (access: object = {}) => {
      const id = await newUser(access);
      await core.changeMembers(guests, { op: 'add', ids: [id] });
      return id;
    };
    const nextAt = async (id: string) => (await core.one<{ next_at: string | null }>('select next_at from users where id = ?', id)).next_at;
    const has = async (id: string) => (await core.count('associations a join members m on m.id = a.member_id where m.user_id = ?', id)) > 0;
    const dirty = () => core.count('users where dirty = 1');

    beforeEach(async () => {
      core = await Core.create(world().db);
      guests = await core.createGroup('Guests');
      await core.map(guests, await core.memberGroup('Pool'));
    });

    describe('of a large Group', () => {
      let users: string[];
      beforeEach(async () => {
        users = await core.createUsers(AFFECTED_MAX + 20);
      });

      it('a hundred Users are settled with the operation, the rest once it is durable', async () => {
        await core.changeMembers(guests, { op: 'add', ids: users });

        expect(await core.count('associations')).to.equal(AFFECTED_MAX);
        expect(await dirty()).to.equal(20);
        expect(core.wakes).to.equal(1);
        expect(await core.worker.drain()).to.equal(20);
        expect(await core.count('associations')).to.equal(AFFECTED_MAX + 20);
        expect(await dirty()).to.equal(0);
      });

      it('a hundred and no more wake nobody', async () => {
        await core.changeMembers(guests, { op: 'add', ids: users.slice(0, AFFECTED_MAX) });

        expect(core.wakes).to.equal(0);
        expect(await dirty()).to.equal(0);
      });

      it('an operation that is rolled back wakes nobody', async () => {
        const context = await core.directoryContext();
        await core
          .inTx(async (tx) => {
            const members = [{ op: 'add', ids: users }] as const;
            const applied = await applyOperation(tx, context, { kind: 'group.change', id: guests, ifMatch: null, change: null, members });
            await settle(tx, context, core.stores, applied, () => {
              core.wakes += 1;
            });
            throw new Error('no');
          })
          .catch(() => undefined);

        expect(core.wakes).to.equal(0);
        expect(await core.count('associations')).to.equal(0);
        expect(await dirty()).to.equal(0);
      });

      it('its deletion takes access from all of them', async () => {
        await core.changeMembers(guests, { op: 'add', ids: users });
        await core.worker.drain();
        await core.deleteGroup(guests);
        await core.worker.drain();

        expect(await core.count('associations')).to.equal(0);
        expect(await core.count('members where ended_at is null')).to.equal(0);
      });

      it('two workers at once share it, and each User is reconciled once', async () => {
        await core.changeMembers(guests, { op: 'add', ids: users });
        const other = new Core(world().db, core.integrationId);

        await Promise.all([core.worker.drain(), other.worker.drain()]);

        expect(await core.count('associations')).to.equal(AFFECTED_MAX + 20);
        expect(await core.count("events where object_type = 'association'")).to.equal(AFFECTED_MAX + 20);
        expect(core.errors.concat(other.errors)).to.deep.equal([]);
      });
    });

    describe('drains', () => {
      it('what comes while it drains as well', async () => {
        const [first, second] = [await guest(), await guest()];
        const mark = (id: string) => core.inTx((tx) => tx.execute('update users set dirty = 1 where id = ?', [id]));
        await mark(first);

        const draining = core.worker.drain();
        await mark(second);
        await Promise.all([draining, core.worker.drain()]);

        expect(await dirty()).to.equal(0);
      });

      it('nothing when there is nothing', async () => {
        await guest();
        expect(await core.worker.drain()).to.equal(0);
      });

      it('page by page in the order of row numbers', async () => {
        const ids: string[] = [];
        for (let n = 0; n < 5; n += 1) ids.push(await guest());
        await core.inTx((tx) => tx.execute('update users set dirty = 1', []));
        const pages: string[][] = [];
        for (let after = 0; ; ) {
          const page = await waitingUsers(core.db.read, core.now, after, 2);
          const last = page.at(-1);
          if (last === undefined) break;
          pages.push(page.map(({ id }) => id));
          after = last.seq;
        }

        expect(pages).to.deep.equal([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
      });

      it('a User once who is both marked and due', async () => {
        const id = await guest({ validUntil: shift(T0, HOUR_MS) });
        await core.inTx((tx) => tx.execute('update users set dirty = 1', []));
        core.advance(HOUR_MS);

        expect((await waitingUsers(core.db.read, core.now, 0, 10)).map((user) => user.id)).to.deep.equal([id]);
      });

      it('all but one that cannot be reconciled, which is told, left alone for a while, and still marked', async () => {
        const [broken, whole] = [await guest(), await guest()];
        await core.inTx(async (tx) => {
          await tx.execute("update users set document = '{broken' where id = ?", [broken]);
          await tx.execute('update users set dirty = 1', []);
        });

        expect(await core.worker.drain()).to.equal(1);
        expect(await core.one('select dirty from users where id = ?', whole)).to.deep.equal({ dirty: 0 });
        expect(core.errors.map(({ userId }) => userId)).to.deep.equal([broken]);
        expect(await core.worker.drain()).to.equal(0);
        expect(core.errors).to.have.length(1);
        expect(await core.one('select dirty from users where id = ?', broken)).to.deep.equal({ dirty: 1 });

        await core.inTx((tx) => tx.execute("update users set document = '{}' where id = ?", [broken]));
        expect(await new Core(world().db, core.integrationId).worker.drain()).to.equal(1);
      });

      it('nothing more once it is stopped, until it may again', async () => {
        for (let n = 0; n < 3; n += 1) await guest();
        await core.inTx((tx) => tx.execute('update users set dirty = 1', []));

        await core.worker.stop();
        expect(await core.worker.drain()).to.equal(0);
        expect(await dirty()).to.equal(3);
        core.worker.resume();
        expect(await core.worker.drain()).to.equal(3);
      });

      it('to the end of the Users in hand when it is stopped, not to the end of the directory', async () => {
        await core.createUsers(70);
        await core.inTx((tx) => tx.execute('update users set dirty = 1', []));

        const draining = core.worker.drain();
        await core.worker.stop();

        expect(await draining).to.be.lessThan(70);
        expect(await dirty()).to.equal(70 - (await draining));
      });
    });

    describe('of time', () => {
      const at = (ms: number): Instant => shift(T0, ms);
      /** Moves to just before, looks, moves to the instant, looks: what differs between the two. */
      const across = async (instant: Instant, look: () => Promise<unknown>) => {
        core.now = shift(instant, -1);
        await core.timekeeper.tick();
        const before = await look();
        core.now = instant;
        await core.timekeeper.tick();
        return [before, await look()];
      };

      it('a stay begins for the doors by itself and ends here at its very instant, with PIN and link', async () => {
        const id = await guest({ validFrom: at(HOUR_MS), validUntil: at(DAY_MS) });
        expect(await memberAccess(core, id)).to.deep.include({ startsAt: at(HOUR_MS), endsAt: at(DAY_MS), associations: ['Pool'] });
        expect(await nextAt(id)).to.equal(at(HOUR_MS));

        expect(await across(at(HOUR_MS), () => nextAt(id))).to.deep.equal([at(HOUR_MS), at(DAY_MS)]);
        expect(await across(at(DAY_MS), async () => (await memberAccess(core, id)).pins.length)).to.deep.equal([1, 0]);
        expect(await memberAccess(core, id)).to.deep.include({ ended: true, associations: [], links: [] });
        expect(await nextAt(id)).to.equal(null);
        expect(await core.one('select sync_status, skip_reason from users where id = ?', id)).to.deep.equal({
          ...{ sync_status: 'none', skip_reason: 'expired' },
        });
      });

      it('a stay that comes into scope is given exactly then', async () => {
        await core.set({ syncScope: { kind: 'upcoming', days: 7 } });
        const id = await guest({ validFrom: at(30 * DAY_MS), validUntil: at(33 * DAY_MS) });
        expect(await nextAt(id)).to.equal(at(23 * DAY_MS));

        expect(await across(at(23 * DAY_MS), () => has(id))).to.deep.equal([false, true]);
      });

      it('buffers move both ends', async () => {
        await core.set({ arrivalBufferMinutes: 60, departureBufferMinutes: 120 });
        const id = await guest({ validFrom: at(3 * HOUR_MS), validUntil: at(4 * HOUR_MS) });

        expect(await memberAccess(core, id)).to.deep.include({ startsAt: at(2 * HOUR_MS), endsAt: at(6 * HOUR_MS) });
        expect(await across(at(6 * HOUR_MS), () => has(id))).to.deep.equal([true, false]);
      });

      it('of two periods each ends for itself', async () => {
        const other = await core.createGroup('Other');
        await core.map(other, await core.memberGroup('Gate'));
        const accessPeriods = [
          { value: guests, validUntil: at(HOUR_MS) },
          { value: other, validUntil: at(2 * HOUR_MS) },
        ];
        const id = await guest({ accessPeriods });
        await core.changeMembers(other, { op: 'add', ids: [id] });
        const names = async () => (await memberAccess(core, id)).associations.map((line) => line.slice(0, 4));

        expect(await across(at(HOUR_MS), names)).to.deep.equal([['Gate', 'Pool'], ['Gate']]);
        expect(await across(at(2 * HOUR_MS), names)).to.deep.equal([['Gate'], []]);
      });

      it('a longer stay said before its end keeps everything; one said after it brings everything back', async () => {
        const id = await guest({ validUntil: at(HOUR_MS) });
        const before = await memberAccess(core, id);
        await core.patchUser(id, { [ACCESS_URN]: { validUntil: at(2 * HOUR_MS) } });
        core.now = at(HOUR_MS);
        await core.timekeeper.tick();
        expect(await memberAccess(core, id)).to.deep.include({ pins: before.pins, links: before.links, ended: false });

        core.now = at(3 * HOUR_MS);
        await core.timekeeper.tick();
        expect(await memberAccess(core, id)).to.deep.include({ pins: [], ended: true });
        await core.patchUser(id, { [ACCESS_URN]: { validUntil: at(9 * HOUR_MS) } });
        expect(await memberAccess(core, id)).to.deep.include({ pins: before.pins, links: before.links, ended: false });
      });

      it('a clock that was away for a year catches up in one look', async () => {
        const id = await guest({ validFrom: at(HOUR_MS), validUntil: at(DAY_MS) });
        core.advance(365 * DAY_MS);
        for (let look = 0; look < 3; look += 1) await core.timekeeper.tick();

        expect((await core.preview(id))?.changes).to.deep.equal([]);
        expect(await core.count('pins where revoked_at is null')).to.equal(0);
        expect(await waitingUsers(core.db.read, core.now, 0, 10)).to.deep.equal([]);
      });

      it('an ended member is put away after 48 hours and comes back with its User', async () => {
        const id = await guest();
        const before = await memberAccess(core, id);
        await core.patchUser(id, { active: false });
        core.advance(2 * DAY_MS);
        await core.timekeeper.tick();
        expect(await core.count('members where deleted_at is not null')).to.equal(1);

        await core.patchUser(id, { active: true });
        expect(await memberAccess(core, id)).to.deep.equal(before);
      });
    });

    describe('of the timekeeper', () => {
      const settled = async (done: () => Promise<boolean>) => {
        const until = performance.now() + 10_000;
        while (!(await done())) {
          if (performance.now() > until) throw new Error('it did not come to pass');
          await new Promise((next) => setTimeout(next, 2));
        }
      };
      const mark = () => core.inTx((tx) => tx.execute('update users set dirty = 1', []));
      afterEach(() => core.timekeeper.stop());

      it('started, it looks at once, and again by itself', async () => {
        await guest();
        await mark();
        core.timekeeper.start();
        await settled(async () => (await dirty()) === 0);

        await mark();
        await settled(async () => (await dirty()) === 0);
      });

      it('woken, it looks at once and does not wait for its next look', async () => {
        await guest();
        const { setTimeout: original } = globalThis;
        // Whatever is to come in a second comes in weeks.
        const slow = (work: () => void, ms = 0) => original(work, ms === 1_000 ? 2 ** 31 - 1 : ms);
        globalThis.setTimeout = Object.assign(slow, { __promisify__: original.__promisify__ });
        try {
          await mark();
          core.timekeeper.start();
          await settled(async () => (await dirty()) === 0);

          await mark();
          core.timekeeper.wake();
          await settled(async () => (await dirty()) === 0);
        } finally {
          globalThis.setTimeout = original;
        }
      });

      it('does nothing before it is started and nothing after it is stopped', async () => {
        await guest();
        await mark();
        core.timekeeper.wake();
        await new Promise((next) => setImmediate(next));
        expect(await dirty()).to.equal(1);

        core.timekeeper.start();
        await core.timekeeper.stop();
        await mark();
        core.timekeeper.wake();
        await new Promise((next) => setImmediate(next));
        expect(await dirty()).to.equal(1);
      });

      it('started twice it runs once, and started after a stop it runs again', async () => {
        await guest();
        core.timekeeper.start();
        core.timekeeper.start();
        await core.timekeeper.stop();
        await mark();
        core.timekeeper.start();
        await settled(async () => (await dirty()) === 0);
      });

      it('goes on looking after a database that was away for a moment', async () => {
        await guest();
        let away = true;
        const { db } = world();
        const flaky: Database = {
          ...{ engine: db.engine, close: () => db.close() },
          get read() {
            if (away) throw new Error('away');
            return db.read;
          },
          transaction: <Result>(work: (tx: Tx) => Promise<Result>) => db.transaction(work),
        };
        const watched = new Core(flaky, core.integrationId);
        await mark();
        watched.timekeeper.start();
        await settled(async () => watched.errors.length > 0);
        away = false;
        try {
          await settled(async () => (await dirty()) === 0);
        } finally {
          await watched.timekeeper.stop();
        }
      });
    });
  });
});
