import { expect } from 'chai';
import { createMember } from '../../src/access/member-store.js';
import { CardStore } from '../../src/credentials/card-store.js';
import { isMagicLinkSecret } from '../../src/credentials/magic-link-secret.js';
import { MagicLinkStore } from '../../src/credentials/magic-link-store.js';
import { type MemberRef, resumeRevokedAt, revokeLive } from '../../src/credentials/member-credentials.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import type { ChangeContext } from '../../src/domain/events.js';
import { OPEN_WINDOW } from '../../src/domain/time.js';
import { NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, NOW, type World, worldOf } from '../support/world.js';

const because = 'a test';

describe('magic link and card stores', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let links: MagicLinkStore;
    const cards = new CardStore(30);
    let ana: MemberRef;
    let bo: MemberRef;

    const memberNamed = async (name: string): Promise<MemberRef> => {
      const fields = { integrationId: null, userId: null, externalId: null, name, emails: [], window: OPEN_WINDOW };
      return { id: await world.db.transaction((tx) => createMember(tx, NOW, fields)), name, integrationId: null };
    };
    const managedBy = 'manual';

    beforeEach(async () => {
      world = current();
      links = new MagicLinkStore(world.keys, 'https://doors.example/', 30);
      ana = await memberNamed('Ana');
      bo = await memberNamed('Bo');
      await world.newEvents();
    });

    describe('a Magic Link', () => {
      const create = () => world.db.transaction((tx) => links.createLink(tx, NOW, { member: ana, managedBy, because }));
      const reveal = (member: MemberRef, id: string) => world.db.transaction((tx) => links.revealLink(tx, NOW, member.id, id));
      const revoke = (id: string, context: ChangeContext) =>
        world.db.transaction((tx) => links.revokeLink(tx, context, { member: ana, managedBy, id, because }));
      const resume = (id: string, context: ChangeContext) =>
        world.db.transaction((tx) => links.resumeLink(tx, context, { member: ana, managedBy, id, because }));

      it('carries its secret behind the #, which the row keeps as a hash and sealed', async () => {
        const { id, url } = await create();

        const [place, secret = ''] = url.split('#');
        expect(place).to.equal(`https://doors.example/m/${id}`);
        const [row] = await world.query<{ secret_hash: string }>('select * from magic_links');
        expect(isMagicLinkSecret(secret, row?.secret_hash ?? '')).to.equal(true);
        expect(JSON.stringify(row)).not.to.include(secret);
      });

      it('is revealed as it was made, with events that do not hold it', async () => {
        const { id, url } = await create();

        expect(await reveal(ana, id)).to.equal(url);
        expect(await world.newEvents()).to.deep.equal(['create magic_link', 'reveal magic_link']);
        expect(await world.log()).not.to.include(url.split('#')[1]);
      });

      it('comes back unchanged within the cool-down and not after it', async () => {
        const { id, url } = await create();

        await revoke(id, NOW);
        expect(await reveal(ana, id).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
        expect(await resume(id, at(30 * DAY_MS - 1))).to.equal(true);
        expect(await reveal(ana, id)).to.equal(url);
        await revoke(id, at(40 * DAY_MS));
        expect(await resume(id, at(70 * DAY_MS))).to.equal(false);
        expect((await links.linksOf(world.db.read, ana.id))[0]).to.include({ id, key: '', revokedAt: at(40 * DAY_MS).now });
      });

      it('is not revealed through another member', async () => {
        const { id } = await create();

        expect(await reveal(bo, id).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      });
    });

    describe('a card', () => {
      const create = (member: MemberRef, uid = '04A1B2') =>
        world.db.transaction((tx) => cards.createCard(tx, NOW, { member, managedBy, because, uid }));
      const revoke = (member: MemberRef, id: string) =>
        world.db.transaction((tx) => cards.revokeCard(tx, NOW, { member, managedBy, id, because }));
      const resume = (member: MemberRef, id: string) =>
        world.db.transaction((tx) => cards.resumeCard(tx, at(DAY_MS), { member, managedBy, id, because }));

      it('opens for one member at a time', async () => {
        const results = await Promise.all([create(ana), create(bo)]);

        expect(results.filter((result) => result === 'taken')).to.have.length(1);
        expect(await world.newEvents()).to.deep.equal(['create card']);
      });

      it('may be handed on once it is revoked, and then does not come back', async () => {
        const id = await create(ana);
        await revoke(ana, id);

        expect(await create(bo)).not.to.equal('taken');
        expect(await resume(ana, id)).to.equal(false);
        expect(await world.newEvents()).to.deep.equal(['create card', 'delete card', 'create card']);
      });

      it('comes back to its member, and then opens for nobody else', async () => {
        const id = await create(ana);
        await revoke(ana, id);

        expect(await resume(ana, id)).to.equal(true);
        expect(await create(bo)).to.equal('taken');
        expect(await cards.cardsOf(world.db.read, ana.id)).to.deep.equal([
          { id, managedBy, key: '04A1B2', revokedAt: null, coolingUntil: null, fromSource: false },
        ]);
      });
    });

    describe('all credentials of a member', () => {
      it('are revoked together, and come back together for their owner', async () => {
        const pins = new PinStore(world.keys);
        await world.db.transaction(async (tx) => {
          await pins.generatePin(tx, NOW, { member: ana, managedBy, because });
          await pins.generatePin(tx, NOW, { member: ana, managedBy: 'int_x', because });
          await links.createLink(tx, NOW, { member: ana, managedBy, because });
          await cards.createCard(tx, NOW, { member: ana, managedBy, because, uid: 'C1' });
        });
        const lost = await world.db.transaction((tx) => cards.createCard(tx, NOW, { member: ana, managedBy, because, uid: 'C2' }));
        await world.db.transaction((tx) => cards.revokeCard(tx, at(1), { member: ana, managedBy, id: lost, because }));
        await world.newEvents();

        await world.db.transaction((tx) => revokeLive(tx, at(2), { member: ana, because, coolDownDays: 30 }));
        expect((await world.newEvents()).sort()).to.deep.equal(['delete card', 'delete magic_link', 'delete pin', 'delete pin']);

        await world.db.transaction((tx) => resumeRevokedAt(tx, at(3), { member: ana, managedBy, because, revokedAt: at(2).now }));
        expect((await world.newEvents()).sort()).to.deep.equal(['edit card', 'edit magic_link', 'edit pin']);
        expect((await cards.cardsOf(world.db.read, ana.id)).find(({ id }) => id === lost)).to.include({ revokedAt: at(1).now });
      });
    });
  });
});
