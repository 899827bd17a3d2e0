import { expect } from 'chai';
import { ManualCredentials } from '../../src/access/manual-credentials.js';
import { PIN_COOLDOWN_DAYS } from '../../src/credentials/pin-rules.js';
import { ACCESS_URN } from '../../src/domain/scim.js';
import { Core } from '../support/core.js';
import { counting } from '../support/counting.js';
import { forEachEngine } from '../support/engines.js';
import { DAY_MS, worldOf } from '../support/world.js';

describe('credentials that two want', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    let core: Core;
    beforeEach(async () => {
      core = await Core.create(world().db);
      await core.map('all_users', await core.memberGroup('Doors'));
    });

    const livePins = (userId: string) =>
      core.query<{ id: string; hash: string }>(
        'select p.id, p.hash from pins p join members m on m.id = p.member_id where m.user_id = ? and p.revoked_at is null',
        userId,
      );
    const warningsOf = async (userId: string) =>
      JSON.parse((await core.one<{ warnings: string }>('select warnings from users where id = ?', userId)).warnings) as string[];
    const withPin = (userName: string, pin: string) =>
      core.createUser({ userName, externalId: userName, emails: [{ value: `${userName}@example.com` }], [ACCESS_URN]: { pin } });

    it('the digits that a source chose in vain are given to its User by time alone, once nobody has them any more', async () => {
      const ann = await withPin('ann', '48392');
      const bob = await withPin('bob', '48392');
      expect(await livePins(bob)).to.deep.equal([]);
      expect(await warningsOf(bob)).to.deep.equal(['pin_conflict']);

      await core.deleteUser(ann);
      core.advance(PIN_COOLDOWN_DAYS * DAY_MS - 1);
      await core.timekeeper.tick();
      expect(await livePins(bob)).to.deep.equal([]);

      core.advance(1);
      await core.timekeeper.tick();
      await core.timekeeper.tick();
      const [pin] = await livePins(bob);
      expect(pin?.hash).to.equal(core.stores.pins.pinHash('48392'));
      expect(await warningsOf(bob)).to.deep.equal([]);
    });

    it('an admin who takes a PIN away beside a reconciliation waits for it, and neither has to try again', async function () {
      if (engine.name === 'sqlite') this.skip();
      const { db, count } = counting(core.db);
      const ann = await core.createUser({ userName: 'ann', externalId: 'ann' });
      const member = await core.one<{ id: string }>('select id from members where user_id = ?', ann);
      const [pin] = await livePins(ann);
      const hand = new ManualCredentials({ ...core.stores, coolDownDays: PIN_COOLDOWN_DAYS });
      const waiting = async () =>
        (await core.count("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")) > 0;

      let removal: Promise<void> | undefined;
      await db.transaction(async (tx) => {
        await tx.execute('select id from users where id = ? for no key update', [ann]);
        removal ??= db.transaction((other) => hand.remove(other, core.context, 'pin', member.id, pin?.id ?? ''));
        while (!(await waiting())) await new Promise((next) => setImmediate(next));
        await tx.execute('select id from members where id = ? for update', [member.id]);
      });
      await removal;
      expect(count).to.deep.equal({ asked: 2, attempts: 2 });

      await core.worker.drain();
      const left = await livePins(ann);
      expect(left.map(({ id }) => id)).not.to.include(pin?.id);
      expect(left).to.have.length(1);
    });
  });
});
