import { expect } from 'chai';
import { createAssociation } from '../../src/access/association-store.js';
import { ManualCredentials } from '../../src/access/manual-credentials.js';
import { listMembers } from '../../src/access/member-list.js';
import { createMember, endMember } from '../../src/access/member-store.js';
import { memberView } from '../../src/access/member-view.js';
import {
  addAssociation,
  createManualMember,
  deleteMember,
  type MemberPatch,
  patchMember,
  removeAssociation,
  restoreMember,
} from '../../src/access/members.js';
import { CardStore } from '../../src/credentials/card-store.js';
import { MagicLinkStore } from '../../src/credentials/magic-link-store.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import type { Tx } from '../../src/db/database.js';
import type { MemberStatus } from '../../src/domain/access.js';
import { OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { Conflict, InvalidInput, NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, HOUR_MS, NOW, T0, type World, worldOf } from '../support/world.js';

const STAY: Window = { startsAt: shift(T0, DAY_MS), endsAt: shift(T0, 3 * DAY_MS) };
const because = 'a test';
const COOL_DOWN = 30;

describe('members by hand', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let pins: PinStore;
    let hand: ManualCredentials;

    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const failure = (work: (tx: Tx) => Promise<unknown>) => inTx(work).catch((error: unknown) => error);
    const manual = (name = 'Ana', window = OPEN_WINDOW) =>
      inTx((tx) => createManualMember(tx, NOW, { name, emails: ['ana@x.org'], window }));
    const synced = async (name = 'Bo') => {
      const integrationId = await world.integration();
      const userId = await world.user(integrationId, 'r-9');
      const fields = { integrationId, userId, externalId: 'r-9', name, emails: [], window: OPEN_WINDOW };
      return { id: await inTx((tx) => createMember(tx, NOW, fields)), integrationId, userId, name };
    };
    const view = async (id: string, context = NOW) => {
      const found = await memberView(world.db.read, id, context.now);
      if (found === null) throw new Error('no member');
      return found;
    };

    beforeEach(() => {
      world = current();
      pins = new PinStore(world.keys);
      hand = new ManualCredentials({
        pins,
        links: new MagicLinkStore(world.keys, 'https://doors.example', COOL_DOWN),
        cards: new CardStore(COOL_DOWN),
        coolDownDays: COOL_DOWN,
      });
    });

    it('are made with one event and shown without a source', async () => {
      const id = await manual('Ana', STAY);

      expect(await view(id)).to.deep.equal({
        ...{ id, name: 'Ana', emails: ['ana@x.org'], ...STAY, status: 'upcoming', source: null },
        ...{ associations: [], pins: [], magicLinks: [], cards: [] },
      });
      expect(await world.newEvents()).to.deep.equal(['create member']);
    });

    it('are not shown when there are none', async () => {
      expect(await memberView(world.db.read, 'mem_none', NOW.now)).to.equal(null);
    });

    it('show their source when they have one', async () => {
      const { id, integrationId, userId } = await synced();

      expect((await view(id)).source).to.deep.equal({ integrationId, kind: 'scim', userId, externalId: 'r-9' });
    });

    describe('are changed', () => {
      const patch = (id: string, fields: MemberPatch) => (tx: Tx) => patchMember(tx, at(1), id, fields);

      it('only in what is said', async () => {
        const id = await manual('Ana', STAY);
        await world.newEvents();

        await inTx(patch(id, { endsAt: null }));

        expect(await view(id)).to.include({ name: 'Ana', startsAt: STAY.startsAt, endsAt: null });
        expect(await world.newEvents()).to.deep.equal(['edit member']);
      });

      it('unless the window would end before it starts', async () => {
        const id = await manual('Ana', STAY);

        expect(await failure(patch(id, { endsAt: STAY.startsAt }))).to.be.instanceOf(InvalidInput);
        expect(
          await failure((tx) => createManualMember(tx, NOW, { name: 'x', emails: [], window: { startsAt: T0, endsAt: T0 } })),
        ).to.be.instanceOf(InvalidInput);
      });

      it('unless a source keeps them', async () => {
        const { id } = await synced();

        expect(await failure(patch(id, { name: 'Other' }))).to.be.instanceOf(Conflict);
      });

      it('unless there is no such member', async () => {
        expect(await failure(patch('mem_none', {}))).to.be.instanceOf(NotFound);
      });
    });

    describe('are given member groups', () => {
      it('and lose them, with one event each, whoever keeps the member', async () => {
        const { id } = await synced();
        const memberGroupId = await world.memberGroup('Pool');
        await world.newEvents();

        const association = await inTx((tx) => addAssociation(tx, NOW, id, { memberGroupId, window: STAY }));
        expect((await view(id)).associations).to.deep.equal([{ id: association, memberGroupId, ...STAY, managedBy: 'manual' }]);
        await inTx((tx) => removeAssociation(tx, NOW, id, association));

        expect((await view(id)).associations).to.deep.equal([]);
        expect(await world.newEvents()).to.deep.equal(['create association', 'delete association']);
      });

      it('but never lose one that an integration keeps, nor one of somebody else', async () => {
        const { id, integrationId } = await synced();
        const memberGroupId = await world.memberGroup('Pool');
        const kept = { memberId: id, memberGroupId, window: OPEN_WINDOW, managedBy: integrationId, because };
        const association = await inTx((tx) => createAssociation(tx, NOW, kept));
        const other = await manual();

        expect(await failure((tx) => removeAssociation(tx, NOW, id, association))).to.be.instanceOf(Conflict);
        expect(await failure((tx) => removeAssociation(tx, NOW, other, association))).to.be.instanceOf(NotFound);
        expect((await view(id)).associations).to.have.length(1);
      });
    });

    describe('are given credentials', () => {
      it('of every kind, shown as ids and lengths alone', async () => {
        const { id } = await synced();
        await world.newEvents();

        const pin = await inTx((tx) => hand.addPin(tx, NOW, id, '48392'));
        const made = await inTx((tx) => hand.addPin(tx, NOW, id));
        const link = await inTx((tx) => hand.addLink(tx, NOW, id));
        const card = await inTx((tx) => hand.addCard(tx, NOW, id, '04A1B2'));

        expect(pin).to.deep.include({ pin: '48392', length: 5 });
        const shown = await view(id);
        expect(shown.pins).to.have.deep.members([
          { id: pin.id, length: 5, managedBy: 'manual' },
          { id: made.id, length: 6, managedBy: 'manual' },
        ]);
        expect(shown.magicLinks).to.deep.equal([{ id: link.id, managedBy: 'manual' }]);
        expect(shown.cards).to.deep.equal([{ id: card, managedBy: 'manual' }]);
        expect(await world.newEvents()).to.deep.equal(['create pin', 'create pin', 'create magic_link', 'create card']);
        for (const secret of ['48392', made.pin, link.url.split('#')[1]]) {
          expect(JSON.stringify(shown)).not.to.include(secret);
          expect(await world.log()).not.to.include(secret);
        }
      });

      for (const pin of ['123', '12a45', '١٢٣٤', '123456789012345678901', '0000', '1234', '4321', '']) {
        it(`but not the PIN ${JSON.stringify(pin)}`, async () => {
          const id = await manual();

          expect(await failure((tx) => hand.addPin(tx, NOW, id, pin))).to.be.instanceOf(InvalidInput);
        });
      }

      it('but not a PIN or card that is held, and nothing says by whom', async () => {
        const [id, other] = [await manual(), await manual('Bo')];
        await inTx((tx) => hand.addPin(tx, NOW, other, '48392'));
        await inTx((tx) => hand.addCard(tx, NOW, other, 'C1'));

        const refused = [await failure((tx) => hand.addPin(tx, NOW, id, '48392')), await failure((tx) => hand.addCard(tx, NOW, id, 'C1'))];

        for (const error of refused) {
          expect(error).to.be.instanceOf(Conflict);
          expect(String(error)).not.to.match(/Bo|48392|mem_/);
        }
      });

      it('and lose one that an integration gave for good: it becomes the admin’s, and the User is reconciled', async () => {
        const { id, integrationId, userId, name } = await synced();
        const member = { id, name, integrationId };
        const pin = await inTx((tx) => pins.generatePin(tx, NOW, { member, managedBy: integrationId, because }));
        await world.newEvents();

        await inTx((tx) => hand.remove(tx, NOW, 'pin', id, pin.id));

        expect(await pins.pinsOf(world.db.read, id)).to.deep.include({
          ...{ id: pin.id, managedBy: 'manual', key: pins.pinHash(pin.pin) },
          ...{ revokedAt: T0, coolingUntil: shift(T0, COOL_DOWN * DAY_MS), fromSource: false },
        });
        expect(await world.count('users where id = ? and dirty = 1', userId)).to.equal(1);
        expect(await world.newEvents()).to.deep.equal(['delete pin']);
        expect(await failure((tx) => hand.remove(tx, NOW, 'pin', id, pin.id))).to.be.instanceOf(NotFound);
      });
    });

    describe('are deleted and restored', () => {
      it('with their associations kept and their credentials back as they were', async () => {
        const id = await manual();
        const memberGroupId = await world.memberGroup('Pool');
        await inTx((tx) => addAssociation(tx, NOW, id, { memberGroupId, window: OPEN_WINDOW }));
        const pin = await inTx((tx) => hand.addPin(tx, NOW, id));
        const given = await inTx((tx) => hand.addLink(tx, NOW, id));
        await inTx((tx) => hand.remove(tx, NOW, 'magic_link', id, given.id));
        const before = await view(id);
        await world.newEvents();

        await inTx((tx) => deleteMember(tx, at(1), id, COOL_DOWN));
        expect(await view(id)).to.deep.equal({ ...before, status: 'deleted', pins: [] });
        expect(await world.newEvents()).to.deep.equal(['delete member', 'delete pin']);

        await inTx((tx) => restoreMember(tx, at(DAY_MS), id));
        expect(await view(id)).to.deep.equal(before);
        expect(await world.newEvents()).to.deep.equal(['edit member', 'edit pin']);
        expect(await inTx((tx) => pins.revealPin(tx, NOW, id, pin.id))).to.equal(pin.pin);
      });

      it('once: a second time changes nothing', async () => {
        const id = await manual();
        await inTx((tx) => deleteMember(tx, NOW, id, COOL_DOWN));
        await world.newEvents();
        await inTx((tx) => deleteMember(tx, NOW, id, COOL_DOWN));
        expect(await world.newEvents()).to.deep.equal([]);

        await inTx((tx) => restoreMember(tx, NOW, id));
        await world.newEvents();
        await inTx((tx) => restoreMember(tx, NOW, id));
        expect(await world.newEvents()).to.deep.equal([]);
      });

      it('without a PIN whose cool-down is over', async () => {
        const id = await manual();
        await inTx((tx) => hand.addPin(tx, NOW, id));
        await inTx((tx) => deleteMember(tx, NOW, id, COOL_DOWN));

        await inTx((tx) => restoreMember(tx, at(COOL_DOWN * DAY_MS), id));

        expect(await view(id)).to.deep.include({ status: 'active', pins: [] });
      });

      it('but not while a User stands behind them', async () => {
        const { id, userId } = await synced();

        const refused = await failure((tx) => deleteMember(tx, NOW, id, COOL_DOWN));
        expect(refused).to.be.instanceOf(Conflict);
        expect(String(refused)).to.include('deactivate the User at the source');

        await inTx((tx) => tx.execute('delete from users where id = ?', [userId]));
        await inTx((tx) => deleteMember(tx, NOW, id, COOL_DOWN));
        expect((await view(id)).status).to.equal('deleted');
      });

      it('and one that its source had ended is ended still', async () => {
        const { id, userId } = await synced();
        await inTx((tx) => endMember(tx, NOW, id, because));
        await inTx((tx) => tx.execute('delete from users where id = ?', [userId]));
        await inTx((tx) => deleteMember(tx, NOW, id, COOL_DOWN));

        await inTx((tx) => restoreMember(tx, at(HOUR_MS), id));

        expect((await view(id)).status).to.equal('ended');
      });

      it('and a deleted one takes nothing new', async () => {
        const id = await manual();
        await inTx((tx) => deleteMember(tx, NOW, id, COOL_DOWN));

        expect(await failure((tx) => hand.addPin(tx, NOW, id))).to.be.instanceOf(Conflict);
        expect(await failure((tx) => patchMember(tx, NOW, id, { name: 'x' }))).to.be.instanceOf(Conflict);
      });
    });

    describe('are listed', () => {
      const names = async (status?: MemberStatus, now = T0, text?: string) => {
        const filter = { ...(status === undefined ? {} : { status }), ...(text === undefined ? {} : { text }) };
        const { data } = await listMembers(world.db.read, filter, { limit: 100, after: null }, now);
        return data.map(({ name }) => name);
      };

      it('page by page in the order in which they were made, each once', async () => {
        for (const name of ['a', 'b', 'c', 'd', 'e']) await manual(name);

        const seen: string[] = [];
        let after: number | null = null;
        do {
          const page: Awaited<ReturnType<typeof listMembers>> = await listMembers(world.db.read, {}, { limit: 2, after }, T0);
          seen.push(...page.data.map(({ name }) => name));
          after = page.next;
        } while (after !== null);

        expect(seen).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
      });

      it('without a page behind the last one that is full', async () => {
        await manual('a');

        expect((await listMembers(world.db.read, {}, { limit: 1, after: null }, T0)).next).to.equal(null);
      });

      it('by status, with the very instants of start and end', async () => {
        await manual('stay', STAY);
        await manual('open');
        await inTx(async (tx) =>
          deleteMember(tx, NOW, await createManualMember(tx, NOW, { name: 'gone', emails: [], window: STAY }), COOL_DOWN),
        );
        const statusOf = async (now: string) =>
          (await Promise.all((['upcoming', 'active', 'ended'] as const).map((status) => names(status, now)))).map((found) => found.join());

        expect(await statusOf(shift(T0, DAY_MS - 1))).to.deep.equal(['stay', 'open', '']);
        expect(await statusOf(shift(T0, DAY_MS))).to.deep.equal(['', 'stay,open', '']);
        expect(await statusOf(shift(T0, 3 * DAY_MS - 1))).to.deep.equal(['', 'stay,open', '']);
        expect(await statusOf(shift(T0, 3 * DAY_MS))).to.deep.equal(['', 'open', 'stay']);
        expect(await names('deleted')).to.deep.equal(['gone']);
        expect(await names()).to.deep.equal(['stay', 'open']);
      });

      it('by a part of the name in whatever case, taken literally', async () => {
        for (const name of ['Jürgen Groß', '100% Bob', 'a_b', "O'Neil", 'back\\slash']) await manual(name);

        expect(await names(undefined, T0, 'GROSS')).to.deep.equal(['Jürgen Groß']);
        expect(await names(undefined, T0, '%')).to.deep.equal(['100% Bob']);
        expect(await names(undefined, T0, '_')).to.deep.equal(['a_b']);
        expect(await names(undefined, T0, "'")).to.deep.equal(["O'Neil"]);
        expect(await names(undefined, T0, '\\')).to.deep.equal(['back\\slash']);
      });

      it('with their own addresses and no secret', async () => {
        const id = await manual();
        const { pin } = await inTx((tx) => hand.addPin(tx, NOW, id));

        const { data } = await listMembers(world.db.read, {}, { limit: 10, after: null }, T0);

        expect(data).to.deep.equal([{ id, name: 'Ana', emails: ['ana@x.org'], ...OPEN_WINDOW, status: 'active', source: null }]);
        expect(JSON.stringify(data)).not.to.include(pin);
      });

      it('by integration', async () => {
        await manual();
        const { integrationId } = await synced('Bo');

        const { data } = await listMembers(world.db.read, { integrationId }, { limit: 10, after: null }, T0);

        expect(data.map(({ name }) => name)).to.deep.equal(['Bo']);
      });
    });
  });
});
