import { expect } from 'chai';
import { type AdminWorld, adminWorldOf } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

const DAY = [{ from: '08:00', to: '18:00' }];
const MONDAYS = [DAY, [], [], [], [], [], []];
/** 14:00 in Madrid. */
const MONDAY = '2026-05-04T12:00:00Z';
const SUNDAY = '2026-05-03T10:12:00+02:00';

describe('admin API: permissions and access checks', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let siteId: string;
    let doorId: string;
    let memberId: string;
    const idOf = async (path: string, body: object): Promise<string> => {
      const answer = await world.post(path, body);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      return answer.body.id;
    };
    const give = async (name: string, ...permissions: readonly object[]) => {
      const memberGroupId = await idOf('/member-groups', { name, permissions });
      await idOf(`/members/${memberId}/associations`, { memberGroupId });
      return memberGroupId;
    };
    const check = async (more: object = {}) => {
      const { status, body } = await world.as('viewer', 'post', '/access-checks', { doorId, memberId, method: 'pin', ...more });
      expect(status, JSON.stringify(body)).to.equal(200);
      return body as { granted: boolean; reason: string; because: string[] };
    };

    beforeEach(async () => {
      world = current();
      siteId = await idOf('/sites', { name: 'Office', timeZone: 'Europe/Madrid' });
      doorId = await idOf('/doors', { name: 'Front door', siteId });
      memberId = await idOf('/members', { name: 'Ann Example' });
    });

    it('explain in sentences why somebody may enter, and why not', async () => {
      const scheduleId = await idOf('/schedules', { name: 'Mondays', days: MONDAYS });
      await give('Offices', { doorId, methods: ['pin'], scheduleId });
      expect(await check({ at: MONDAY })).to.deep.equal({
        ...{ granted: true, reason: 'granted' },
        because: ['Ann Example is in Offices, which may open Front door by PIN by the schedule Mondays.'],
      });
      expect(await check({ at: SUNDAY })).to.deep.equal({
        ...{ granted: false, reason: 'outside_schedule' },
        because: [
          'Ann Example is in Offices, which may open Front door by PIN on Monday 08:00–18:00 (Europe/Madrid, schedule Mondays); it is Sunday 2026-05-03 10:12 there.',
        ],
      });
      expect((await check({ at: MONDAY, method: 'card' })).reason).to.equal('method_not_allowed');
      await world.delete(`/members/${memberId}`);
      expect((await check({ at: MONDAY })).reason).to.equal('member_deleted');
    });

    it('are about now when no time is given', async () => {
      await give('Offices', { siteId });
      await world.patch(`/members/${memberId}`, { endsAt: '2026-05-01T12:00:01Z' });
      expect((await check()).reason).to.equal('granted');
      world.advance(1_000);
      expect((await check()).reason).to.equal('after_window');
    });

    it('follow a site’s new time zone and a door’s new site at once', async () => {
      const scheduleId = await idOf('/schedules', { name: 'Mondays', days: MONDAYS });
      await give('Offices', { siteId, scheduleId });
      expect((await check({ at: MONDAY })).granted).to.equal(true);
      await world.patch(`/sites/${siteId}`, { timeZone: 'Pacific/Auckland' });
      expect((await check({ at: MONDAY })).reason).to.equal('outside_schedule');
      await world.patch(`/sites/${siteId}`, { timeZone: 'Atlantic/Azores' });
      expect((await check({ at: MONDAY })).granted).to.equal(true);
      await world.patch(`/doors/${doorId}`, { siteId: await idOf('/sites', { name: 'Depot', timeZone: 'UTC' }) });
      expect((await check({ at: MONDAY })).reason).to.equal('no_permission');
    });

    it('change nothing and answer 400 for what they cannot look at', async () => {
      // Makes the token that asks, which is an event.
      await check();
      const events = await world.count('events');
      const refused = async (more: object) => {
        const { status, body } = await world.as('viewer', 'post', '/access-checks', { doorId, memberId, method: 'pin', ...more });
        return [status, body.errors?.[0].pointer];
      };
      expect(await refused({ doorId: 'door_0' })).to.deep.equal([400, '/doorId']);
      expect(await refused({ memberId: 'mem_0' })).to.deep.equal([400, '/memberId']);
      expect(await refused({ method: 'key' })).to.deep.equal([400, '/method']);
      expect(await refused({ at: '2026-05-04' })).to.deep.equal([400, '/at']);
      expect(await refused({ at: '9999-12-31T23:59:59-05:00' })).to.deep.equal([400, '/at']);
      expect((await check({ at: '0001-01-01T00:00:00Z' })).granted).to.equal(false);
      expect(await world.count('events')).to.equal(events);
    });

    describe('permissions of a member group', () => {
      it('are shown as a body has them, and what was read can be sent back without effect', async () => {
        const scheduleId = await idOf('/schedules', { name: 'Mondays', siteId, days: MONDAYS });
        const permissions = [{ siteId, scheduleId }, { doorId, methods: ['card'] }, { doorId }];
        const { body } = await world.post('/member-groups', { name: 'Offices', permissions });
        const shown = (list: readonly { id: string }[]) => list.map(({ id, ...rest }) => rest);
        expect(shown(body.permissions)).to.deep.equal(permissions);
        expect((await world.get(`/member-groups/${body.id}`)).body).to.deep.equal(body);
        expect((await world.get('/member-groups')).body.data).to.deep.equal([body]);
        const events = await world.count('events');
        expect((await world.patch(`/member-groups/${body.id}`, { permissions: body.permissions })).body).to.deep.equal(body);
        expect(await world.count('events')).to.equal(events);
        expect((await world.patch(`/member-groups/${body.id}`, { name: 'Desks' })).body.permissions).to.deep.equal(body.permissions);
        expect((await world.patch(`/member-groups/${body.id}`, { permissions: [] })).body.permissions).to.deep.equal([]);
        expect((await world.patch('/member-groups/mg_0', { permissions: [] })).status).to.equal(404);
      });

      it('answer 400 by their place, and nothing of the body is kept', async () => {
        const other = await idOf('/sites', { name: 'Other', timeZone: 'UTC' });
        const scheduleId = await idOf('/schedules', { name: 'Hours', siteId: other, days: MONDAYS });
        const id = await idOf('/member-groups', { name: 'Offices' });
        const refused = async (...permissions: readonly object[]) => {
          const { status, body } = await world.patch(`/member-groups/${id}`, { name: 'Changed', permissions });
          return [status, ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)];
        };
        expect(await refused({ siteId }, { siteId, doorId }, {})).to.deep.equal([400, '/permissions/1', '/permissions/2']);
        expect(await refused({ doorId, methods: [] })).to.deep.equal([400, '/permissions/0/methods']);
        expect(await refused({ doorId, methods: ['pin', 'key'] })).to.deep.equal([400, '/permissions/0/methods/1']);
        expect(await refused({ doorId, schedule: 'x' })).to.deep.equal([400, '/permissions/0/schedule']);
        expect(await refused({ doorId }, { doorId, scheduleId }, { siteId: 'site_0', scheduleId: 'sch_0' })).to.deep.equal([
          ...[400, '/permissions/1/scheduleId', '/permissions/2/siteId', '/permissions/2/scheduleId'],
        ]);
        expect((await world.get(`/member-groups/${id}`)).body).to.deep.include({ name: 'Offices', permissions: [] });
      });
    });
  });
});
