import { expect } from 'chai';
import { DEFAULT_SETTINGS } from '../../../src/domain/integration.js';
import { shift } from '../../../src/domain/time.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

describe('admin API: integrations', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    beforeEach(() => {
      world = current();
    });

    it('creates one with everything its IdP needs, and shows the token this once', async () => {
      const { status, headers, body } = await world.post('/integrations', {
        ...{ kind: 'scim', name: 'Okta', config: {}, secrets: {} },
        settings: { credentials: { pin: 'none' }, arrivalBufferMinutes: 15 },
      });
      expect(status).to.equal(201);
      expect(headers['location']).to.equal(`https://doors.example.com/api/v1/integrations/${body.id}`);
      expect(headers['cache-control']).to.equal('no-store');
      expect(body).to.deep.include({
        ...{ kind: 'scim', name: 'Okta', state: 'ok', stateReason: null, account: null, config: {}, lastSync: null },
        ...{ scimBaseUrl: 'https://doors.example.com/scim/v2', lastRequestAt: null, lastUserAgent: null },
        settings: { ...DEFAULT_SETTINGS, credentials: { email: true, magicLink: true, pin: 'none' }, arrivalBufferMinutes: 15 },
      });
      expect(body.id).to.match(/^int_/);
      expect(body.token).to.match(/^lks_[0-9A-Za-z]{43}$/);

      const shown = await world.get(`/integrations/${body.id}`);
      const { token, ...rest } = body;
      expect(shown.body).to.deep.equal(rest);
      expect((await world.get('/integrations')).body).to.deep.equal({ data: [rest], hasNext: false, nextCursor: null });
      expect(JSON.stringify(await world.db.read.query('select * from events', []))).not.to.contain(token);
      expect(await world.events(2)).to.deep.equal(['create scim_token', 'create integration']);
    });

    it('are listed in pages, oldest first', async () => {
      const names = ['a', 'b', 'c'];
      for (const name of names) {
        await world.integration(name);
        world.advance(1_000);
      }
      const first = (await world.get('/integrations?limit=2')).body;
      const second = (await world.get(`/integrations?limit=2&cursor=${first.nextCursor}`)).body;
      expect([...first.data, ...second.data].map(({ name }) => name)).to.deep.equal(names);
      expect([first.hasNext, second.hasNext, second.nextCursor]).to.deep.equal([true, false, null]);
      expect((await world.get('/integrations?cursor=nonsense')).status).to.equal(400);
    });

    describe('a PATCH', () => {
      it('merges the settings and leaves alone what it does not name', async () => {
        const id = await world.integration('Old');
        const { status, body } = await world.patch(`/integrations/${id}`, { name: 'New', settings: { credentials: { magicLink: false } } });
        expect(status).to.equal(200);
        expect(body).to.include({ id, name: 'New' });
        expect(body.settings).to.deep.equal({ ...DEFAULT_SETTINGS, credentials: { email: true, magicLink: false, pin: 'generate' } });
        await world.patch(`/integrations/${id}`, { settings: { syncScope: { kind: 'upcoming', days: 7 } } });
        const all = (await world.patch(`/integrations/${id}`, { settings: { syncScope: { kind: 'all' } } })).body.settings;
        expect(all.syncScope).to.deep.equal({ kind: 'all' });
        expect(all.credentials.magicLink).to.equal(false);
      });

      it('of what members depend on has reached them by the time it is answered', async () => {
        const id = await world.integration();
        await world.user(id, 'ana');
        await world.map(id, 'all_users', await world.memberGroup('Staff'));
        const member = (await world.get('/members')).body.data[0].id;
        expect((await world.get(`/members/${member}`)).body.pins).to.have.length(1);
        await world.patch(`/integrations/${id}`, { settings: { credentials: { pin: 'none', magicLink: false } } });
        expect((await world.get(`/members/${member}`)).body).to.deep.include({ pins: [], magicLinks: [], status: 'active' });
      });

      it('that disables it shows so, and its members keep their access', async () => {
        const id = await world.integration();
        await world.user(id, 'ana');
        await world.map(id, 'all_users', await world.memberGroup('Staff'));
        expect((await world.patch(`/integrations/${id}`, { settings: { enabled: false } })).body.state).to.equal('disabled');
        expect((await world.get('/members?status=active')).body.data).to.have.length(1);
      });

      it('that changes nothing is no event', async () => {
        const id = await world.integration('Same');
        await world.get('/integrations');
        const before = await world.count('events');
        await world.patch(`/integrations/${id}`, { name: 'Same', settings: { enabled: true } });
        expect(await world.count('events')).to.equal(before);
      });
    });

    describe('answers 400', () => {
      it('for a kind that is not available, saying so at the kind', async () => {
        const { status, body } = await world.post('/integrations', { kind: 'cloudbeds', name: 'x' });
        expect(status).to.equal(400);
        expect(body.errors).to.have.length(1);
        expect(body.errors[0].pointer).to.equal('/kind');
        expect(body.errors[0].detail).to.contain('not available');
      });

      it('for settings that are none', async () => {
        const id = await world.integration();
        for (const settings of [
          { intervalMinutes: 0 },
          { syncScope: { kind: 'upcoming' } },
          { credentials: { pin: 'weak' } },
          { enabled: null },
        ]) {
          expect((await world.patch(`/integrations/${id}`, { settings })).status, JSON.stringify(settings)).to.equal(400);
        }
      });

      it('for a choice of what becomes of the members that is none', async () => {
        expect((await world.delete(`/integrations/${await world.integration()}?members=maybe`)).status).to.equal(400);
      });
    });

    describe('deleting one', () => {
      const withMember = async () => {
        const id = await world.integration();
        await world.user(id, 'ana');
        await world.map(id, 'all_users', await world.memberGroup('Staff'));
        return { id, member: (await world.get('/members')).body.data[0].id };
      };

      it('without members needs no choice', async () => {
        const id = await world.integration();
        expect((await world.delete(`/integrations/${id}`)).status).to.equal(204);
        expect((await world.get(`/integrations/${id}`)).status).to.equal(404);
      });

      it('keeps its members as manual ones when told to', async () => {
        const { id, member } = await withMember();
        expect((await world.delete(`/integrations/${id}?members=keep`)).status).to.equal(204);
        const kept = (await world.get(`/members/${member}`)).body;
        expect(kept).to.deep.include({ status: 'active', source: null });
        expect(kept.associations[0].managedBy).to.equal('manual');
      });

      it('ends their access when told to', async () => {
        const { id, member } = await withMember();
        expect((await world.delete(`/integrations/${id}?members=revoke`)).status).to.equal(204);
        expect((await world.get(`/members/${member}`)).body).to.deep.include({
          status: 'ended',
          pins: [],
          magicLinks: [],
          associations: [],
        });
      });

      describe('answers 409', () => {
        it('while it has members and nobody says what becomes of them, and changes nothing', async () => {
          const { id, member } = await withMember();
          const { status, body } = await world.delete(`/integrations/${id}`);
          expect(status).to.equal(409);
          expect(body.detail).to.contain('1 member.').and.to.contain('members=keep').and.to.contain('members=revoke');
          expect((await world.get(`/integrations/${id}`)).status).to.equal(200);
          expect((await world.get(`/members/${member}`)).body.status).to.equal('active');
        });
      });
    });

    describe('tokens', () => {
      it('can be two for a rotation, and never show their text again', async () => {
        const { id, token } = (await world.post('/integrations', { kind: 'scim', name: 'Okta' })).body;
        const expiresAt = shift(START, 86_400_000);
        const made = await world.post(`/integrations/${id}/tokens`, { readOnly: true, expiresAt: '2026-05-02T14:00:00+02:00' });
        expect(made.status).to.equal(201);
        expect(made.body).to.deep.include({ readOnly: true, expiresAt, lastUsedAt: null });
        expect(made.body.token).to.match(/^lks_/).and.not.to.equal(token);
        const { text, body } = await world.get(`/integrations/${id}/tokens`);
        expect(body.data).to.have.length(2);
        expect(body.data.map((one: object) => Object.keys(one).sort())).to.deep.equal(
          Array(2).fill(['createdAt', 'expiresAt', 'id', 'lastUsedAt', 'readOnly']),
        );
        expect(text).not.to.contain(token).and.not.to.contain(made.body.token);
        expect((await world.delete(`/integrations/${id}/tokens/${made.body.id}`)).status).to.equal(204);
        expect((await world.post(`/integrations/${id}/tokens`)).status).to.equal(201);
      });

      it('that have expired make room', async () => {
        const id = await world.integration();
        for (let n = 0; n < 2; n += 1) await world.post(`/integrations/${id}/tokens`, { expiresAt: shift(START, 1_000) });
        world.advance(1_000);
        expect((await world.post(`/integrations/${id}/tokens`, {})).status).to.equal(201);
      });

      describe('answers 409', () => {
        it('for a third', async () => {
          const id = await world.integration();
          const answers = [];
          for (let n = 0; n < 3; n += 1) answers.push((await world.post(`/integrations/${id}/tokens`)).status);
          expect(answers).to.deep.equal([201, 201, 409]);
        });
      });

      it('answer 404 for one of another integration, and 400 for an expiry that is over', async () => {
        const [mine, other] = [await world.integration('mine'), await world.integration('other')];
        const { id } = (await world.post(`/integrations/${other}/tokens`)).body;
        expect((await world.delete(`/integrations/${mine}/tokens/${id}`)).status).to.equal(404);
        expect((await world.get('/integrations/int_nobody/tokens')).status).to.equal(404);
        const late = await world.post(`/integrations/${mine}/tokens`, { expiresAt: START });
        expect([late.status, late.body.errors[0].pointer]).to.deep.equal([400, '/expiresAt']);
      });
    });
  });
});
