import { expect } from 'chai';
import { associationsOf, createAssociation, deleteAssociation, updateAssociation } from '../../src/access/association-store.js';
import {
  attachToUser,
  createMember,
  endMember,
  findReturning,
  followExternalId,
  lockMemberOfUser,
  memberOfUser,
  type NewMember,
  resumeMember,
  updateMember,
} from '../../src/access/member-store.js';
import { CardStore } from '../../src/credentials/card-store.js';
import { revokeLive } from '../../src/credentials/member-credentials.js';
import type { Tx } from '../../src/db/database.js';
import type { MemberFields } from '../../src/domain/access.js';
import { OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { NotFound, UniqueViolation } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, HOUR_MS, NOW, T0, type World, worldOf } from '../support/world.js';

const STAY: Window = { startsAt: shift(T0, DAY_MS), endsAt: shift(T0, 3 * DAY_MS) };
const because = 'a test';

describe('member store', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let integrationId: string;
    let userId: string;

    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const create = (fields: Partial<NewMember> = {}) =>
      inTx((tx) =>
        createMember(tx, NOW, {
          ...{ integrationId, userId, externalId: 'r-1', name: 'Ana Díaz', emails: ['ana@x.org', 'a@y.org'], window: STAY },
          ...fields,
        }),
      );
    const member = () => memberOfUser(world.db.read, userId);
    const nextAt = async () => (await world.query<{ next_at: string | null }>('select next_at from members'))[0]?.next_at;

    beforeEach(async () => {
      world = current();
      integrationId = await world.integration();
      userId = await world.user(integrationId, 'r-1');
    });

    describe('creates', () => {
      it('a member with its addresses in order, and one event', async () => {
        const id = await create();

        expect(await member()).to.deep.equal({
          ...{ id, integrationId, userId, externalId: 'r-1', name: 'Ana Díaz', emails: ['ana@x.org', 'a@y.org'], window: STAY },
          ...{ endedAt: null, deletedAt: null, restoredAt: null },
        });
        const [event, ...more] = await world.newEventRows();
        expect(more).to.deep.equal([]);
        expect(event).to.include({
          verb: 'create',
          object_type: 'member',
          object_id: id,
          object_name: 'Ana Díaz',
          integration_id: integrationId,
        });
        expect(JSON.parse(event?.details ?? '')).to.deep.equal({ emails: ['ana@x.org', 'a@y.org'], ...STAY });
      });

      it('one member for a User and never a second', async () => {
        await create();

        expect(await create().catch((error: unknown) => error)).to.be.instanceOf(UniqueViolation);
        expect(await world.newEvents()).to.deep.equal(['create member']);
      });

      it('with the folded name to search by', async () => {
        await create({ name: 'STRASSE' });

        expect(await world.count("members where name_key = 'strasse'")).to.equal(1);
      });
    });

    it('finds nothing for a User without a member', async () => {
      expect(await member()).to.equal(null);
    });

    describe('updates', () => {
      const update = (id: string, before: MemberFields, after: MemberFields) =>
        inTx((tx) => updateMember(tx, at(HOUR_MS), id, before, after, because));
      const before: MemberFields = { name: 'Ana Díaz', emails: ['ana@x.org', 'a@y.org'], window: STAY };

      it('what differs, and tells before and after of just that', async () => {
        const id = await create();
        await world.newEvents();
        const after = { name: 'Ana D', emails: ['a@y.org'], window: { ...STAY, endsAt: null } };

        await update(id, before, after);

        expect(await member()).to.deep.include(after);
        const [event, ...more] = await world.newEventRows();
        expect(more).to.deep.equal([]);
        expect(event).to.include({ verb: 'edit', object_id: id, object_name: 'Ana D' });
        expect(JSON.parse(event?.details ?? '')).to.deep.equal({
          because,
          changes: {
            name: { before: 'Ana Díaz', after: 'Ana D' },
            emails: { before: ['ana@x.org', 'a@y.org'], after: ['a@y.org'] },
            endsAt: { before: STAY.endsAt, after: null },
          },
        });
      });

      it('nothing and tells nothing when nothing differs', async () => {
        const id = await create();
        await world.newEvents();

        await update(id, before, { ...before });

        expect(await world.newEvents()).to.deep.equal([]);
      });

      it('no member that is not there', async () => {
        expect(await update('mem_none', before, { ...before, name: 'x' }).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      });
    });

    describe('knows when housekeeping has something to do', () => {
      it('48 hours after the end of the window, moved along with it', async () => {
        const id = await create();
        expect(await nextAt()).to.equal(shift(T0, 5 * DAY_MS));

        const fields = { name: 'Ana Díaz', emails: [], window: STAY };
        await inTx((tx) => updateMember(tx, NOW, id, fields, { ...fields, window: { ...STAY, endsAt: shift(T0, 7 * DAY_MS) } }, because));
        expect(await nextAt()).to.equal(shift(T0, 9 * DAY_MS));
      });

      it('never while no end is known, or one beyond all calendars', async () => {
        await create({ window: OPEN_WINDOW });
        expect(await nextAt()).to.equal(null);

        await inTx((tx) => tx.execute('delete from members', []));
        await create({ window: { startsAt: null, endsAt: '9999-12-31T23:59:59.999Z' } });
        expect(await nextAt()).to.equal(null);
      });

      it('48 hours after an end by word, and no longer once that is taken back', async () => {
        const id = await create({ window: OPEN_WINDOW });
        await inTx((tx) => endMember(tx, at(HOUR_MS), id, because));
        expect(await nextAt()).to.equal(shift(T0, HOUR_MS + 2 * DAY_MS));

        await inTx((tx) => resumeMember(tx, at(2 * HOUR_MS), id, because));
        expect(await nextAt()).to.equal(null);
      });

      it('counts from the end of the window when the word came later', async () => {
        const id = await create();
        await inTx((tx) => endMember(tx, at(4 * DAY_MS), id, because));

        expect(await nextAt()).to.equal(shift(T0, 5 * DAY_MS));
      });
    });

    describe('ends and resumes', () => {
      it('each with one event, and nothing when there is nothing to do', async () => {
        const id = await create();
        await world.newEvents();

        for (const hour of [1, 2]) await inTx((tx) => endMember(tx, at(hour * HOUR_MS), id, because));
        expect(await member()).to.include({ endedAt: shift(T0, HOUR_MS) });
        expect(await world.newEvents()).to.deep.equal(['edit member']);

        for (const hour of [3, 4]) await inTx((tx) => resumeMember(tx, at(hour * HOUR_MS), id, because));
        expect(await member()).to.include({ endedAt: null });
        expect(await world.newEvents()).to.deep.equal(['edit member']);
      });

      it('brings back what was given by hand when the member had been deleted, and leaves the rest to the plan', async () => {
        const id = await create();
        const ref = { id, name: 'Ana Díaz', integrationId };
        const cards = new CardStore(30);
        for (const [uid, managedBy] of [
          ['A1', 'manual'],
          ['B2', integrationId],
        ] as const) {
          await inTx((tx) => cards.createCard(tx, NOW, { member: ref, managedBy, because, uid }));
        }
        await inTx(async (tx) => {
          await tx.execute('update members set deleted_at = ? where id = ?', [at(DAY_MS).now, id]);
          await revokeLive(tx, at(DAY_MS), { member: ref, because, coolDownDays: 30 });
        });
        await world.newEvents();

        await inTx((tx) => resumeMember(tx, at(2 * DAY_MS), id, because));

        const live = (await cards.cardsOf(world.db.read, id)).filter(({ revokedAt }) => revokedAt === null);
        expect(live.map(({ key }) => key)).to.deep.equal(['A1']);
        expect(await world.newEvents()).to.deep.equal(['edit member', 'edit card']);
      });
    });

    describe('gives a member back to a User that returns', () => {
      const returning = (externalId = 'r-1', ofIntegration = integrationId) => inTx((tx) => findReturning(tx, ofIntegration, externalId));
      const deleteUser = () => inTx((tx) => tx.execute('delete from users where id = ?', [userId]));

      it('once the old User is gone, by the id of the source', async () => {
        const id = await create();
        expect(await returning()).to.equal(null);

        await deleteUser();
        expect(await returning()).to.deep.include({ id, emails: ['ana@x.org', 'a@y.org'] });
        expect(await returning('r-2')).to.equal(null);
        expect(await returning('r-1', await world.integration())).to.equal(null);
      });

      it('and not a second time', async () => {
        const id = await create();
        await deleteUser();
        userId = await world.user(integrationId, 'r-1');

        await inTx((tx) => attachToUser(tx, id, userId));

        expect((await member())?.id).to.equal(id);
        expect(await returning()).to.equal(null);
      });

      it('by the newest id of the source', async () => {
        const id = await create();
        await inTx((tx) => followExternalId(tx, id, 'r-1/key'));
        await deleteUser();

        expect(await returning('r-1')).to.equal(null);
        expect((await returning('r-1/key'))?.id).to.equal(id);
      });
    });

    it('lets two changes to one member wait for each other', async () => {
      const id = await create({ window: OPEN_WINDOW });

      const [, seen] = await world.contend(
        async (tx) => {
          await lockMemberOfUser(tx, userId);
          await endMember(tx, at(1), id, because);
        },
        (tx) => lockMemberOfUser(tx, userId),
      );

      expect(seen?.endedAt).to.equal(at(1).now);
    });

    it('locks a member by reading it, so that what was read holds until the change', async () => {
      await create();

      const [first, second] = await world.contend(
        (tx) => lockMemberOfUser(tx, userId),
        (tx) => lockMemberOfUser(tx, userId),
      );

      expect(first).to.deep.equal(second);
    });

    describe('keeps associations', () => {
      const pool = () => world.memberGroup('Pool');
      const associate = (memberId: string, memberGroupId: string, managedBy = 'manual', window = OPEN_WINDOW) =>
        inTx((tx) => createAssociation(tx, NOW, { memberId, memberGroupId, window, managedBy, because }));

      it('with their window and owner, each with one event that names both sides', async () => {
        const [memberId, memberGroupId] = [await create(), await pool()];
        await world.newEvents();

        const id = await associate(memberId, memberGroupId, integrationId, STAY);

        expect(await associationsOf(world.db.read, memberId)).to.deep.equal([
          { id, memberGroupId, window: STAY, managedBy: integrationId },
        ]);
        const [event, ...more] = await world.newEventRows();
        expect(more).to.deep.equal([]);
        expect(event).to.include({
          verb: 'create',
          object_type: 'association',
          object_name: 'Ana Díaz – Pool',
          integration_id: integrationId,
        });
        expect(JSON.parse(event?.details ?? '')).to.deep.equal({ memberId, memberGroupId, because, ...STAY, managedBy: integrationId });
      });

      it('and moves a window for its owner alone', async () => {
        const memberId = await create();
        const id = await associate(memberId, await pool());
        await world.newEvents();
        const move = (managedBy: string) => inTx((tx) => updateAssociation(tx, NOW, { id, window: STAY, managedBy, because }));

        await move(integrationId);
        expect((await associationsOf(world.db.read, memberId))[0]?.window).to.deep.equal(OPEN_WINDOW);
        await move('manual');
        await move('manual');

        expect((await associationsOf(world.db.read, memberId))[0]?.window).to.deep.equal(STAY);
        expect(await world.newEvents()).to.deep.equal(['edit association']);
      });

      it('and deletes for its owner alone', async () => {
        const memberId = await create();
        const id = await associate(memberId, await pool());
        await world.newEvents();
        const remove = (managedBy: string) => inTx((tx) => deleteAssociation(tx, NOW, { id, managedBy, because }));

        expect(await remove(integrationId)).to.equal(false);
        expect(await remove('manual')).to.equal(true);
        expect(await remove('manual')).to.equal(false);

        expect(await associationsOf(world.db.read, memberId)).to.deep.equal([]);
        expect(await world.newEvents()).to.deep.equal(['delete association']);
      });

      it('refuses a member group that is not there', async () => {
        const memberId = await create();

        expect(await associate(memberId, 'mg_none').catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      });
    });
  });
});
