import { expect } from 'chai';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

const DAY = [{ from: '08:00', to: '18:00' }];
const WORKDAYS = [DAY, DAY, DAY, DAY, DAY, [], []];

interface Answer {
  readonly status: number;
  readonly body: { readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]; readonly detail?: string };
}
const pointers = ({ status, body }: Answer) => [status, ...(body.errors ?? []).map(({ pointer }) => pointer)];

describe('admin API: sites, doors, schedules and controllers', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    const idOf = async (path: string, body: object): Promise<string> => {
      const answer = await world.post(path, body);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      return answer.body.id;
    };
    const site = (name = 'Office', timeZone = 'Europe/Madrid') => idOf('/sites', { name, timeZone });
    const door = (siteId: string, name = 'Front door') => idOf('/doors', { name, siteId });
    const schedule = (more: object = {}) => idOf('/schedules', { name: 'Office hours', days: WORKDAYS, ...more });
    const names = async (path: string) => (await world.get(path)).body.data.map(({ name }: { name: string }) => name);

    beforeEach(() => {
      world = current();
    });

    it('each is made, shown, changed, listed in pages and deleted', async () => {
      const siteId = await site();
      const doorId = await door(siteId);
      const made = { createdAt: START, updatedAt: START };
      const silent = { online: null, mainsPresent: null, batteryPresent: null, batteryPercent: null, statusAt: null, lastSeenAt: null };
      const cases = [
        ['/sites', { name: 'Lab', timeZone: 'UTC' }, { name: 'Lab', timeZone: 'UTC' }],
        ['/doors', { name: 'Gate', siteId }, { name: 'Gate', siteId }],
        ['/schedules', { name: 'Hours', days: WORKDAYS }, { name: 'Hours', siteId: null, days: WORKDAYS }],
        ['/controllers', { name: 'Box', doorIds: [doorId] }, { name: 'Box', doorIds: [doorId], ...silent }],
      ] as const;
      for (const [path, body, view] of cases) {
        const answer = await world.as('operator', 'post', path, body);
        expect(answer.status, path).to.equal(201);
        const { id, token, ...rest } = answer.body;
        expect(rest).to.deep.equal({ ...view, ...made });
        expect(answer.headers['location']).to.equal(`https://doors.example.com/api/v1${path}/${id}`);
        expect(typeof token).to.equal(path === '/controllers' ? 'string' : 'undefined');
        expect((await world.as('viewer', 'get', `${path}/${id}`)).body).to.deep.equal({ id, ...view, ...made });
        expect((await world.patch(`${path}/${id}`, { name: 'Ärger' })).body).to.deep.equal({ id, ...view, ...made, name: 'Ärger' });
        expect(await names(`${path}?search=ÄRG`)).to.deep.equal(['Ärger']);
        await idOf(path, { ...body, name: 'Last' });
        const first = (await world.get(`${path}?limit=1`)).body;
        expect([first.data.length, first.hasNext]).to.deep.equal([1, true]);
        expect(await names(`${path}?cursor=${first.nextCursor}`)).to.include('Last');
        expect((await world.get(`${path}?cursor=${Buffer.from('members:1').toString('base64url')}`)).status).to.equal(400);
        expect((await world.delete(`${path}/${id}`)).status, path).to.equal(204);
        for (const gone of [await world.get(`${path}/${id}`), await world.patch(`${path}/${id}`, {}), await world.delete(`${path}/${id}`)])
          expect(gone.status).to.equal(404);
      }
    });

    it('lists are filtered by site', async () => {
      const [here, there] = [await site('Here'), await site('There')];
      const [a, b] = [await door(here, 'a'), await door(there, 'b')];
      await idOf('/controllers', { name: 'box a', doorIds: [a] });
      await idOf('/controllers', { name: 'box b', doorIds: [b] });
      await schedule({ name: 'everywhere' });
      await schedule({ name: 'only here', siteId: here });
      expect(await names(`/doors?siteId=${here}`)).to.deep.equal(['a']);
      expect(await names(`/controllers?siteId=${there}`)).to.deep.equal(['box b']);
      expect(await names(`/schedules?siteId=${there}`)).to.deep.equal(['everywhere']);
      expect(await names(`/schedules?siteId=${here}&search=HERE`)).to.deep.equal(['everywhere', 'only here']);
    });

    describe('answers 400', () => {
      it('H5 for an unknown time zone and for a site without one', async () => {
        expect(pointers(await world.post('/sites', { name: 'x' }))).to.deep.equal([400, '/timeZone']);
        for (const timeZone of ['', 'Mars/Olympus', '+01:00', 'PST', '../../etc/passwd', 'Europe/Madrid '])
          expect(pointers(await world.post('/sites', { name: 'x', timeZone })), timeZone).to.deep.equal([400, '/timeZone']);
        const id = await site();
        expect(pointers(await world.patch(`/sites/${id}`, { timeZone: 'Mars/Olympus' }))).to.deep.equal([400, '/timeZone']);
        expect(pointers(await world.patch(`/sites/${id}`, { timeZone: null }))).to.deep.equal([400, '/timeZone']);
      });

      it('for hours that are none, each by its place', async () => {
        const [, ...rest] = WORKDAYS;
        const post = async (days: unknown) => pointers(await world.post('/schedules', { name: 'x', days }));
        expect(await post(rest)).to.deep.equal([400, '/days']);
        expect(await post([...WORKDAYS, []])).to.deep.equal([400, '/days']);
        expect(await post([[{ from: '8:00', to: '18:00' }], ...rest])).to.deep.equal([400, '/days/0/0/from']);
        expect(await post([[{ from: '24:00', to: '24:00' }], ...rest])).to.deep.equal([400, '/days/0/0/from']);
        expect(await post([[{ from: '08:00', to: '24:01' }], ...rest])).to.deep.equal([400, '/days/0/0/to']);
        expect(await post([[{ from: '08:00', to: '08:00', extra: 1 }], ...rest])).to.deep.equal([400, '/days/0/0/extra']);
        expect(await post([[{ from: '18:00', to: '08:00' }], ...rest])).to.deep.equal([400, '/days/0/0/to']);
        expect(await post([[...DAY, { from: '17:59', to: '19:00' }], ...rest])).to.deep.equal([400, '/days/0/1']);
        expect(await world.count('schedules')).to.equal(0);
        await schedule({ days: [[...DAY, { from: '18:00', to: '24:00' }], ...rest] });
      });

      it('for sites, doors and schedules that do not exist', async () => {
        expect(pointers(await world.post('/doors', { name: 'x', siteId: 'site_0' }))).to.deep.equal([400, '/siteId']);
        expect(pointers(await world.post('/schedules', { name: 'x', siteId: 'site_0', days: WORKDAYS }))).to.deep.equal([400, '/siteId']);
        expect(pointers(await world.post('/controllers', { name: 'x', doorIds: ['door_0'] }))).to.deep.equal([400, '/doorIds/0']);
        const doorId = await door(await site());
        expect(pointers(await world.post('/controllers', { name: 'x', doorIds: [doorId, doorId] }))).to.deep.equal([400, '/doorIds']);
        expect(pointers(await world.post('/controllers', { name: 'x', doorIds: [], online: true }))).to.deep.equal([400, '/online']);
      });
    });

    it('answers 409 with what is in the way', async () => {
      const [here, there] = [await site('Here'), await site('There')];
      const doorId = await door(here);
      const scheduleId = await schedule({ siteId: here });
      await idOf('/member-groups', { name: 'Cleaners', permissions: [{ doorId, scheduleId }] });
      const detail = async (answer: Promise<Answer>) => {
        const { status, body } = await answer;
        expect(status).to.equal(409);
        return body.detail;
      };
      expect(await detail(world.delete(`/sites/${here}`))).to.equal('This site has 1 door. Please delete or move its doors first.');
      expect(await detail(world.delete(`/schedules/${scheduleId}`))).to.equal(
        'This schedule restricts what Cleaners may open. Please change those permissions first.',
      );
      expect(await detail(world.patch(`/schedules/${scheduleId}`, { siteId: there }))).to.contain('Cleaners may open at another site');
      expect(await detail(world.patch(`/doors/${doorId}`, { siteId: there }))).to.contain('Office hours');
    });

    it('a controller’s token is shown when it is made and when it is replaced, never again', async () => {
      const { body } = await world.post('/controllers', { name: 'Box', doorIds: [] });
      expect(body.token).to.match(/^lkc_[0-9A-Za-z]{43}$/);
      const next = await world.post(`/controllers/${body.id}/token`);
      expect(next.status).to.equal(200);
      expect(next.body.token)
        .to.match(/^lkc_[0-9A-Za-z]{43}$/)
        .and.not.to.equal(body.token);
      for (const path of ['/controllers', `/controllers/${body.id}`, '/events'])
        expect((await world.get(path)).text).not.to.contain('lkc_');
      expect((await world.post('/controllers/ctl_0/token')).status).to.equal(404);
      const unauthorized = await world.bare('get', '/members').set('Authorization', `Bearer ${next.body.token}`);
      expect(unauthorized.status).to.equal(401);
    });

    it('events tell the site, and before and after of what changed', async () => {
      const [here, there] = [await site('Here'), await site('There')];
      const doorId = await door(here);
      await world.patch(`/doors/${doorId}`, { siteId: there });
      await world.patch(`/sites/${there}`, { timeZone: 'Atlantic/Azores' });
      const [zone, moved] = (await world.get('/events?verb=edit')).body.data;
      expect(zone).to.deep.include({
        siteId: there,
        details: { changes: { timeZone: { before: 'Europe/Madrid', after: 'Atlantic/Azores' } } },
      });
      expect(moved).to.deep.include({ siteId: there, details: { changes: { siteId: { before: here, after: there } } } });
    });
  });
});
