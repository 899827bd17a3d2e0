import { expect } from 'chai';
import { type Instant, shift } from '../../src/domain/time.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { DAY_MS, HOUR_MS, T0, worldOf } from '../support/world.js';
import { ACCESS_URN } from '../../src/domain/scim.js';

const TEN_YEARS_MS = 3_652 * DAY_MS;

describe('a clock that is wrong', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    let core: Core;
    let guest: string;
    let bystander: string;

    beforeEach(async () => {
      core = await Core.create(world().db);
      const doors = await core.memberGroup('Doors');
      await core.map('all_users', doors);
      guest = await core.createUser({
        ...{ userName: 'guest', externalId: 'g' },
        [ACCESS_URN]: { validFrom: T0, validUntil: shift(T0, 3 * DAY_MS) },
      });
      bystander = await core.createUser({ userName: 'staff', externalId: 's' });
      await core.timekeeper.tick();
    });

    /** The same database under another process, whose clock says `now`. */
    const restartAt = (now: Instant): Core => {
      const restarted = new Core(core.db, core.integrationId);
      restarted.now = now;
      return restarted;
    };
    const memberOf = (userId: string) =>
      core.one<{ id: string; ended_at: string | null; deleted_at: string | null }>(
        'select id, ended_at, deleted_at from members where user_id = ?',
        userId,
      );
    const livePins = (userId: string) =>
      core.query(
        'select p.id, p.hash from pins p join members m on m.id = p.member_id where m.user_id = ? and p.revoked_at is null',
        userId,
      );

    it('H17 ten years ahead at a start ends, deletes and frees nothing', async () => {
      const pins = await livePins(guest);
      const events = await core.count('events');
      const wrong = restartAt(shift(T0, TEN_YEARS_MS));
      await wrong.timekeeper.tick();
      await wrong.timekeeper.tick();
      expect(await memberOf(guest)).to.include({ ended_at: null, deleted_at: null });
      expect(await livePins(guest)).to.deep.equal(pins);
      expect(await core.count('events')).to.equal(events);
    });

    it('and does not keep a source or an admin from being obeyed at once', async () => {
      const wrong = restartAt(shift(T0, TEN_YEARS_MS));
      await wrong.timekeeper.tick();
      await wrong.patchUser(bystander, { active: false });
      expect((await memberOf(bystander)).ended_at).to.equal(wrong.now);
      await wrong.map('all_users');
      await wrong.worker.drain();
      expect((await memberOf(guest)).ended_at).to.equal(wrong.now);
    });

    it('and is believed no more once it is set right: time goes on as if nothing had been', async () => {
      const pins = await livePins(guest);
      const wrong = restartAt(shift(T0, TEN_YEARS_MS));
      await wrong.timekeeper.tick();
      wrong.now = shift(T0, 2 * DAY_MS);
      await wrong.timekeeper.tick();
      expect(await livePins(guest)).to.deep.equal(pins);
      wrong.now = shift(T0, 3 * DAY_MS);
      await wrong.timekeeper.tick();
      expect((await memberOf(guest)).ended_at).to.equal(wrong.now);
    });

    it('an outage of some days is none: what time made due meanwhile is done at the start', async () => {
      const later = restartAt(shift(T0, 6 * DAY_MS));
      await later.timekeeper.tick();
      expect((await memberOf(guest)).ended_at).to.equal(later.now);
    });

    it('a process that runs on is not doubted, however long nothing happens', async () => {
      core.advance(30 * DAY_MS);
      await core.timekeeper.tick();
      expect((await memberOf(guest)).ended_at).to.equal(core.now);
    });

    it('what a wrong clock ended is given back once the clock goes back, with the same PIN', async () => {
      const pins = await livePins(guest);
      core.advance(4 * DAY_MS);
      await core.timekeeper.tick();
      expect(await livePins(guest)).to.deep.equal([]);
      core.now = shift(T0, HOUR_MS);
      await core.timekeeper.tick();
      expect(await livePins(guest)).to.deep.equal(pins);
      expect(await memberOf(guest)).to.include({ ended_at: null });
      core.now = shift(T0, 3 * DAY_MS);
      await core.timekeeper.tick();
      expect((await memberOf(guest)).ended_at).to.equal(core.now);
    });

    it('and so is what it ended before a restart', async () => {
      const pins = await livePins(guest);
      core.advance(4 * DAY_MS);
      await core.timekeeper.tick();
      const right = restartAt(shift(T0, HOUR_MS));
      await right.timekeeper.tick();
      expect(await livePins(guest)).to.deep.equal(pins);
    });

    it('a clock that is set back by some seconds reconciles nobody', async () => {
      core.advance(-10_000);
      await core.worker.drain();
      expect(await core.count('users where dirty = 1')).to.equal(0);
      core.advance(10_000);
      expect(await core.worker.drain()).to.equal(0);
    });
  });
});
