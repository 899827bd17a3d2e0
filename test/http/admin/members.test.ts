import { expect } from 'chai';
import { shift } from '../../../src/domain/time.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

const HOUR_MS = 3_600_000;

describe('admin API: members', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    const make = async (body: object = { name: 'Ana' }) => String((await world.post('/members', body)).body.id);
    const show = async (id: string) => (await world.get(`/members/${id}`)).body;
    /** A member that an integration keeps. */
    const synced = async () => {
      const integration = await world.integration();
      const user = await world.user(integration, 'ana', { externalId: 'r-1' });
      await world.map(integration, 'all_users', await world.memberGroup('Staff'));
      return { integration, user, id: String((await world.get('/members')).body.data[0].id) };
    };

    beforeEach(() => {
      world = current();
    });

    it('made by hand have what was said, times as UTC instants', async () => {
      const { status, headers, body } = await world.post('/members', {
        ...{ name: 'Ana', emails: ['ana@x.org', 'a@y.org'], startsAt: '2026-05-01T16:00:00+02:00', endsAt: null },
      });
      expect(status).to.equal(201);
      expect(headers['location']).to.equal(`https://doors.example.com/api/v1/members/${body.id}`);
      expect(body).to.deep.equal({
        ...{ id: body.id, name: 'Ana', emails: ['ana@x.org', 'a@y.org'], startsAt: '2026-05-01T14:00:00.000Z', endsAt: null },
        ...{ status: 'upcoming', source: null, associations: [], pins: [], magicLinks: [], cards: [] },
      });
      world.advance(2 * HOUR_MS);
      expect((await show(body.id)).status).to.equal('active');
    });

    it('of an integration say where they come from', async () => {
      const { integration, user, id } = await synced();
      const member = await show(id);
      expect(member.source).to.deep.equal({ integrationId: integration, kind: 'scim', userId: user, externalId: 'r-1' });
      expect(member.associations[0]).to.have.all.keys('id', 'memberGroupId', 'startsAt', 'endsAt', 'managedBy');
      expect(member.pins[0]).to.deep.include({ length: 6 });
    });

    it('are listed by status, text and integration, in pages', async () => {
      const { integration } = await synced();
      const bo = await make({ name: 'Bo', endsAt: shift(START, -HOUR_MS) });
      await make({ name: 'Cy' });
      const names = async (query: string) => (await world.get(`/members${query}`)).body.data.map((one: { name: string }) => one.name);
      expect(await names('')).to.deep.equal(['Name of ana', 'Bo', 'Cy']);
      expect(await names('?status=ended')).to.deep.equal(['Bo']);
      expect(await names('?search=NAME')).to.deep.equal(['Name of ana']);
      expect(await names(`?integrationId=${integration}`)).to.deep.equal(['Name of ana']);
      await world.delete(`/members/${bo}`);
      expect(await names('')).to.deep.equal(['Name of ana', 'Cy']);
      expect(await names('?status=deleted')).to.deep.equal(['Bo']);
      const first = (await world.get('/members?limit=1')).body;
      expect(await names(`?limit=1&cursor=${first.nextCursor}`)).to.deep.equal(['Cy']);
    });

    it('change by PATCH, and null opens a window again', async () => {
      const id = await make({ name: 'Ana', endsAt: shift(START, HOUR_MS) });
      const { status, body } = await world.patch(`/members/${id}`, { name: 'Bea', endsAt: null });
      expect(status).to.equal(200);
      expect(body).to.include({ id, name: 'Bea', endsAt: null });
      const window = await world.patch(`/members/${id}`, { startsAt: shift(START, HOUR_MS), endsAt: START });
      expect([window.status, window.body.errors[0].pointer]).to.deep.equal([400, '/endsAt']);
    });

    it('can be deleted and restored', async () => {
      const id = await make();
      await world.post(`/members/${id}/pins`);
      expect((await world.delete(`/members/${id}`)).status).to.equal(204);
      expect(await show(id)).to.deep.include({ status: 'deleted', pins: [] });
      const { status, body } = await world.post(`/members/${id}/restore`);
      expect([status, body.status, body.pins.length]).to.deep.equal([200, 'active', 1]);
    });

    describe('associations', () => {
      it('come and go by hand', async () => {
        const [id, group] = [await make(), await world.memberGroup('Spa')];
        const made = await world.post(`/members/${id}/associations`, { memberGroupId: group, startsAt: START });
        expect(made.status).to.equal(201);
        expect(made.body).to.deep.equal({ id: made.body.id, memberGroupId: group, startsAt: START, endsAt: null, managedBy: 'manual' });
        expect((await show(id)).associations).to.deep.equal([made.body]);
        expect((await world.delete(`/members/${id}/associations/${made.body.id}`)).status).to.equal(204);
        expect((await show(id)).associations).to.deep.equal([]);
      });

      it('answer 400 for a member group that does not exist, and 404 for another member’s', async () => {
        const [id, other, group] = [await make(), await make({ name: 'Other' }), await world.memberGroup('Spa')];
        const unknown = await world.post(`/members/${id}/associations`, { memberGroupId: 'mg_nobody' });
        expect([unknown.status, unknown.body.errors[0].pointer]).to.deep.equal([400, '/memberGroupId']);
        const theirs = (await world.post(`/members/${other}/associations`, { memberGroupId: group })).body.id;
        expect((await world.delete(`/members/${id}/associations/${theirs}`)).status).to.equal(404);
        expect((await world.post('/members/mem_nobody/associations', { memberGroupId: group })).status).to.equal(404);
      });
    });

    describe('PINs', () => {
      it('are generated or chosen, and shown only by a reveal, which is an event', async () => {
        const id = await make();
        const generated = await world.post(`/members/${id}/pins`);
        expect(generated.status).to.equal(201);
        expect(generated.body.pin).to.match(/^\d{6}$/);
        expect(generated.body.length).to.equal(6);
        const chosen = (await world.post(`/members/${id}/pins`, { pin: '83920174' })).body;
        expect(chosen).to.deep.equal({ id: chosen.id, pin: '83920174', length: 8 });
        const shown = await world.get(`/members/${id}`);
        expect(shown.body.pins.map((pin: { length: number }) => pin.length)).to.have.members([6, 8]);
        expect(shown.text).not.to.contain('83920174');

        const revealed = await world.post(`/members/${id}/pins/${chosen.id}/reveal`);
        expect([revealed.status, revealed.body, revealed.headers['cache-control']]).to.deep.equal([200, { pin: '83920174' }, 'no-store']);
        expect(await world.events(1)).to.deep.equal(['reveal pin']);
        expect(JSON.stringify(await world.db.read.query('select * from events', []))).not.to.contain('83920174');
        expect((await world.delete(`/members/${id}/pins/${chosen.id}`)).status).to.equal(204);
        expect((await world.post(`/members/${id}/pins/${chosen.id}/reveal`)).status).to.equal(404);
      });

      it('of an integration that an admin takes away are replaced by the time of the answer', async () => {
        const { id } = await synced();
        const [before] = (await show(id)).pins;
        expect((await world.delete(`/members/${id}/pins/${before.id}`)).status).to.equal(204);
        const after = (await show(id)).pins;
        expect(after).to.have.length(1);
        expect(after[0].id).not.to.equal(before.id);
      });

      it('answer 400 for digits that are none, or easy to guess', async () => {
        const id = await make();
        for (const pin of ['123', '123456789012345678901', '12a4', '111111', '123456', '', 1234]) {
          const { status, body } = await world.post(`/members/${id}/pins`, { pin });
          expect([status, body.errors[0].pointer], String(pin)).to.deep.equal([400, '/pin']);
        }
      });

      describe('answers 409', () => {
        it('for digits in use, without a word of whose they are', async () => {
          const [ana, bo] = [await make({ name: 'Ana' }), await make({ name: 'Bo' })];
          await world.post(`/members/${ana}/pins`, { pin: '839201' });
          const { status, text } = await world.post(`/members/${bo}/pins`, { pin: '839201' });
          expect(status).to.equal(409);
          for (const secret of ['Ana', ana, '839201']) expect(text).not.to.contain(secret);
        });
      });
    });

    describe('Magic Links', () => {
      it('are links below the public address, shown again only by a reveal', async () => {
        const id = await make();
        const made = await world.post(`/members/${id}/magic-links`);
        expect(made.status).to.equal(201);
        expect(made.body.url).to.match(new RegExp(`^https://doors\\.example\\.com/m/${made.body.id}#[\\w-]{32}$`));
        expect((await world.get(`/members/${id}`)).text).not.to.contain('#');
        const revealed = await world.post(`/members/${id}/magic-links/${made.body.id}/reveal`);
        expect(revealed.body).to.deep.equal({ url: made.body.url });
        expect(revealed.headers['cache-control']).to.equal('no-store');
        expect(await world.events(1)).to.deep.equal(['reveal magic_link']);
        expect((await world.delete(`/members/${id}/magic-links/${made.body.id}`)).status).to.equal(204);
        expect((await show(id)).magicLinks).to.deep.equal([]);
      });

      it('and PINs of another member are revealed to nobody', async () => {
        const [ana, bo] = [await make({ name: 'Ana' }), await make({ name: 'Bo' })];
        const [pin, link] = [(await world.post(`/members/${ana}/pins`)).body, (await world.post(`/members/${ana}/magic-links`)).body];
        expect((await world.post(`/members/${bo}/pins/${pin.id}/reveal`)).status).to.equal(404);
        expect((await world.post(`/members/${bo}/magic-links/${link.id}/reveal`)).status).to.equal(404);
        expect(await world.count('events where verb = ?', 'reveal')).to.equal(0);
      });
    });

    describe('cards', () => {
      it('open for one member at a time', async () => {
        const [ana, bo] = [await make({ name: 'Ana' }), await make({ name: 'Bo' })];
        const made = await world.post(`/members/${ana}/cards`, { uid: '04:A2:2F' });
        expect([made.status, made.body]).to.deep.equal([201, { id: made.body.id, uid: '04:A2:2F' }]);
        expect((await world.delete(`/members/${ana}/cards/${made.body.id}`)).status).to.equal(204);
        expect((await world.post(`/members/${bo}/cards`, { uid: '04:A2:2F' })).status).to.equal(201);
      });

      describe('answers 409', () => {
        it('for one in use', async () => {
          const [ana, bo] = [await make({ name: 'Ana' }), await make({ name: 'Bo' })];
          await world.post(`/members/${ana}/cards`, { uid: '04A2' });
          expect((await world.post(`/members/${bo}/cards`, { uid: '04A2' })).status).to.equal(409);
        });
      });
    });

    describe('answers 409', () => {
      it('for what an integration keeps: its fields, its associations, its deletion', async () => {
        const { id } = await synced();
        const [association] = (await show(id)).associations;
        expect((await world.patch(`/members/${id}`, { name: 'Other' })).status).to.equal(409);
        expect((await world.delete(`/members/${id}/associations/${association.id}`)).status).to.equal(409);
        expect((await world.delete(`/members/${id}`)).status).to.equal(409);
        expect((await show(id)).name).to.equal('Name of ana');
      });

      it('for a deleted member, until it is restored', async () => {
        const [id, group] = [await make(), await world.memberGroup('Spa')];
        await world.delete(`/members/${id}`);
        const answers = [
          await world.patch(`/members/${id}`, { name: 'x' }),
          await world.post(`/members/${id}/pins`),
          await world.post(`/members/${id}/magic-links`),
          await world.post(`/members/${id}/cards`, { uid: '04A2' }),
          await world.post(`/members/${id}/associations`, { memberGroupId: group }),
        ];
        expect(answers.map(({ status }) => status)).to.deep.equal([409, 409, 409, 409, 409]);
      });
    });

    it('answer 404 for one that does not exist, whatever is asked', async () => {
      const answers = [
        await world.get('/members/mem_nobody'),
        await world.patch('/members/mem_nobody', { name: 'x' }),
        await world.delete('/members/mem_nobody'),
        await world.post('/members/mem_nobody/restore'),
        await world.post('/members/mem_nobody/pins'),
        await world.delete('/members/mem_nobody/cards/card_1'),
      ];
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(6).fill(404));
    });
  });
});
