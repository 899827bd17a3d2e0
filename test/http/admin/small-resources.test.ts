import { expect } from 'chai';
import { shift } from '../../../src/domain/time.js';
import { SYSTEM } from '../../../src/domain/events.js';
import { append } from '../../../src/events/append.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

describe('admin API: member groups, events and API tokens', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    beforeEach(() => {
      world = current();
    });

    describe('member groups', () => {
      it('are made, renamed, listed in pages and deleted', async () => {
        const made = await world.post('/member-groups', { name: 'Staff', permissions: [] });
        expect(made.status).to.equal(201);
        expect(made.body).to.deep.equal({ id: made.body.id, name: 'Staff', permissions: [], createdAt: START, updatedAt: START });
        const path = `/member-groups/${made.body.id}`;
        expect(made.headers['location']).to.equal(`https://doors.example.com/api/v1${path}`);
        expect((await world.patch(path, { name: 'Crew' })).body.name).to.equal('Crew');
        await world.memberGroup('Guests');
        const first = (await world.get('/member-groups?limit=1')).body;
        expect(first.data[0].name).to.equal('Crew');
        expect((await world.get(`/member-groups?cursor=${first.nextCursor}`)).body.data[0].name).to.equal('Guests');
        expect((await world.delete(path)).status).to.equal(204);
        for (const answer of [await world.get(path), await world.patch(path, { name: 'x' }), await world.delete(path)]) {
          expect(answer.status).to.equal(404);
        }
      });

      it('that were the last of a member end its access by the time the deletion is answered', async () => {
        const integration = await world.integration();
        await world.user(integration, 'ana');
        const staff = await world.memberGroup('Staff');
        await world.map(integration, 'all_users', staff);
        await world.delete(`/member-groups/${staff}`);
        expect((await world.get('/members')).body.data[0].status).to.equal('ended');
        const [row] = (await world.get(`/integrations/${integration}/members`)).body.data;
        expect(row.skipReason).to.equal('no_mapped_resource');
      });

      it('answer 400 for a permission at a site or door that does not exist, each by its pointer', async () => {
        const permissions = [{ siteId: 'site_1' }, { doorId: 'door_1', methods: ['pin'] }];
        const { status, body } = await world.post('/member-groups', { name: 'x', permissions });
        expect(status).to.equal(400);
        expect(body.errors.map((error: { pointer: string }) => error.pointer)).to.deep.equal([
          '/permissions/0/siteId',
          '/permissions/1/doorId',
        ]);
        expect(await world.count('member_groups')).to.equal(0);
      });
    });

    describe('events', () => {
      it('come newest first, with who did it', async () => {
        const { id, token } = (await world.post('/api-tokens', { name: 'robot', role: 'operator' })).body;
        await world.bare('post', '/member-groups').set('Authorization', `Bearer ${token}`).send({ name: 'Staff' });
        const [event] = (await world.get('/events?limit=1')).body.data;
        expect(event).to.deep.include({
          verb: 'create',
          subject: { type: 'api_token', id, name: 'robot' },
          createdAt: START,
          result: 'ok',
        });
        expect(event.object).to.deep.include({ type: 'member_group', name: 'Staff' });
      });

      it('are filtered by what, verb, integration, subject and time, and paged without gaps', async () => {
        const integration = await world.integration('A');
        await world.integration('B');
        world.advance(1_000);
        const later = shift(START, 1_000);
        for (const name of ['a', 'b', 'c']) await world.memberGroup(name);
        const count = async (query: string) => (await world.get(`/events?limit=100&${query}`)).body.data.length;
        expect(await count(`integrationId=${integration}`)).to.equal(1);
        expect(await count('objectType=member_group&verb=create')).to.equal(3);
        expect(await count('objectType=member_group&verb=delete')).to.equal(0);
        expect(await count(`objectId=${integration}`)).to.equal(1);
        expect(await count('subjectId=system&objectType=integration')).to.equal(2);
        expect(await count(`since=${later}&objectType=integration`)).to.equal(0);
        expect(await count(`until=${later}&objectType=integration`)).to.equal(2);

        const whole = (await world.get('/events?limit=100')).body.data;
        const seen = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const { body }: { body: { data: { id: string }[]; nextCursor: string | null } } = await world.get(
            `/events?limit=2&cursor=${cursor}`,
          );
          seen.push(...body.data);
          cursor = body.nextCursor;
        }
        expect(seen).to.deep.equal(whole);
      });

      it('are a member’s history, and openings by site and result in the order in which they happened', async () => {
        const member = String((await world.post('/members', { name: 'Ana' })).body.id);
        await world.post(`/members/${member}/pins`, {});
        await world.post('/members', { name: 'Bo' });
        await world.db.transaction(async (tx) => {
          for (const [minutes, result] of [
            [-5, 'ok'],
            [-60, 'denied'],
            [-30, 'ok'],
          ] as const) {
            await append(
              tx,
              { actor: SYSTEM, now: START },
              {
                ...{ verb: 'use', object: { type: 'door', id: 'door_1', name: 'Gate' }, siteId: 'site_1', memberId: member, result },
                ...{ details: { method: 'pin', reason: 'granted' }, occurredAt: shift(START, minutes * 60_000) },
              },
            );
          }
        });
        const told = async (query: string) =>
          (await world.get(`/events?${query}`)).body.data.map(
            ({ verb, object, occurredAt }: { verb: string; object: { type: string }; occurredAt: string }) =>
              verb === 'use' ? occurredAt : `${verb} ${object.type}`,
          );
        const [late, first, between] = [-5, -60, -30].map((minutes) => shift(START, minutes * 60_000));
        expect(await told(`memberId=${member}`)).to.deep.equal([between, first, late, 'create pin', 'create member']);
        expect(await told('siteId=site_1&order=occurredAt')).to.deep.equal([late, between, first]);
        expect(await told('result=denied')).to.deep.equal([first]);
        expect(await told(`order=occurredAt&occurredSince=${first}&occurredUntil=${late}`)).to.deep.equal([between, first]);
        const page = (await world.get('/events?siteId=site_1&order=occurredAt&limit=2')).body;
        expect(await told(`siteId=site_1&order=occurredAt&cursor=${page.nextCursor}`)).to.deep.equal([first]);
      });

      it('answer 400 for a word or a time that is none, and for the cursor of another order', async () => {
        for (const name of ['a', 'b', 'c']) await world.memberGroup(name);
        const { nextCursor } = (await world.get(`/events?limit=1&since=${START}`)).body;
        expect((await world.get(`/events?since=${START}&cursor=${nextCursor}`)).status).to.equal(200);
        const wrong = ['order=seq', 'result=maybe', 'occurredSince=today', `cursor=${nextCursor}`, `order=occurredAt&cursor=${nextCursor}`];
        for (const query of wrong) expect((await world.get(`/events?${query}`)).status, query).to.equal(400);
      });
    });

    describe('API tokens', () => {
      it('are shown once, listed without their text, and revoked', async () => {
        const made = await world.post('/api-tokens', { name: 'ci', role: 'viewer', expiresAt: shift(START, 60_000) });
        expect(made.status).to.equal(201);
        expect(made.body).to.deep.include({ name: 'ci', role: 'viewer', expiresAt: shift(START, 60_000) });
        expect(made.body.token).to.match(/^lka_[0-9A-Za-z]{43}$/);
        const { text, body } = await world.get('/api-tokens');
        expect(text).not.to.contain(made.body.token).and.not.to.contain('lka_');
        expect(body.data.map((one: { name: string }) => one.name)).to.have.members(['a admin', 'ci']);
        expect((await world.delete(`/api-tokens/${made.body.id}`)).status).to.equal(204);
        expect((await world.delete(`/api-tokens/${made.body.id}`)).status).to.equal(404);
      });

      it('answer 400 for an expiry that is over and for a role that is none', async () => {
        expect((await world.post('/api-tokens', { name: 'x', role: 'viewer', expiresAt: START })).status).to.equal(400);
        expect((await world.post('/api-tokens', { name: 'x', role: 'root' })).status).to.equal(400);
      });
    });
  });
});
