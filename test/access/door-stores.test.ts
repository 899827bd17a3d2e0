import { expect } from 'chai';
import {
  createController,
  deleteController,
  findController,
  getController,
  listControllers,
  patchController,
  rotateControllerToken,
} from '../../src/access/controller-store.js';
import { createDoor, deleteDoor, getDoor, listDoors, patchDoor } from '../../src/access/door-store.js';
import { createSchedule, deleteSchedule, getSchedule, listSchedules, patchSchedule } from '../../src/access/schedule-store.js';
import { createSite, deleteSite, getSite, listSites, patchSite } from '../../src/access/site-store.js';
import { setPermissions } from '../../src/access/permission-store.js';
import type { Tx } from '../../src/db/database.js';
import type { WeeklyHours } from '../../src/domain/doors.js';
import { shift } from '../../src/domain/time.js';
import { Conflict, InvalidInput, InvalidPlaces, NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, NOW, T0, type World, worldOf } from '../support/world.js';

const NEVER: WeeklyHours = [[], [], [], [], [], [], []];
const PAGE = { limit: 100, after: null };

describe('stores of sites, doors, schedules and controllers', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const failure = async (work: (tx: Tx) => Promise<unknown>) => {
      const before = await world.count('events');
      const error: unknown = await inTx(work).then(
        () => 'nothing',
        (reason: unknown) => reason,
      );
      expect(await world.count('events')).to.equal(before);
      return error;
    };
    const site = (name = 'Office', timeZone = 'Europe/Madrid') => inTx((tx) => createSite(tx, NOW, { name, timeZone }));
    const door = (siteId: string, name = 'Front') => inTx((tx) => createDoor(tx, NOW, { name, siteId }));
    const schedule = (siteId: string | null, days = NEVER, name = 'Hours') => inTx((tx) => createSchedule(tx, NOW, { name, siteId, days }));
    const allow = async (permission: { siteId?: string; doorId?: string; scheduleId?: string }, name = 'Staff') => {
      const id = await world.memberGroup(name);
      const { siteId = null, doorId = null, scheduleId = null } = permission;
      await inTx((tx) => setPermissions(tx, NOW, { id, name }, [{ siteId, doorId, scheduleId, methods: null }]));
      return id;
    };
    const lastEvent = async () => {
      const [row] = await world.query<{ verb: string; object_type: string; object_name: string; site_id: string | null; details: string }>(
        'select * from events order by seq desc limit 1',
      );
      if (row === undefined) throw new Error('no event');
      return { what: `${row.verb} ${row.object_type} ${row.object_name}`, siteId: row.site_id, details: JSON.parse(row.details) };
    };

    beforeEach(() => {
      world = current();
    });

    describe('sites', () => {
      it('are made, shown and changed, with one event per change that tells before and after', async () => {
        const id = await site('Office', 'europe/madrid');
        expect(await getSite(world.db.read, id)).to.deep.equal({
          id,
          name: 'Office',
          timeZone: 'Europe/Madrid',
          createdAt: T0,
          updatedAt: T0,
        });
        expect(await lastEvent()).to.deep.equal({ what: 'create site Office', siteId: id, details: { timeZone: 'Europe/Madrid' } });

        await inTx((tx) => patchSite(tx, at(1), id, { timeZone: 'Atlantic/Canary' }));
        const changes = { timeZone: { before: 'Europe/Madrid', after: 'Atlantic/Canary' } };
        expect(await lastEvent()).to.deep.equal({ what: 'edit site Office', siteId: id, details: { changes } });
        expect((await getSite(world.db.read, id)).updatedAt).to.equal(shift(T0, 1));

        await inTx((tx) => patchSite(tx, at(2), id, { name: 'Office', timeZone: 'Atlantic/Canary' }));
        await inTx((tx) => deleteSite(tx, at(3), id));
        expect(await world.newEvents()).to.deep.equal(['create site', 'edit site', 'delete site']);
      });

      it('have a time zone that exists', async () => {
        const id = await site();
        for (const work of [
          (tx: Tx) => createSite(tx, NOW, { name: 'x', timeZone: 'Europe/Nowhere' }),
          (tx: Tx) => patchSite(tx, NOW, id, { timeZone: 'PST' }),
        ]) {
          const error = await failure(work);
          expect(error).to.be.instanceOf(InvalidInput).and.to.include({ pointer: '/timeZone' });
        }
      });

      it('stay while doors or schedules are theirs, and take the permissions along that name them', async () => {
        const id = await site();
        const doorId = await door(id);
        expect(String(await failure((tx) => deleteSite(tx, NOW, id)))).to.contain('has 1 door.');
        await inTx((tx) => deleteDoor(tx, NOW, doorId));
        const scheduleId = await schedule(id);
        const error = await failure((tx) => deleteSite(tx, NOW, id));
        expect(error).to.be.instanceOf(Conflict);
        expect(String(error)).to.contain('1 schedule belongs');
        await inTx((tx) => deleteSchedule(tx, NOW, scheduleId));
        await allow({ siteId: id });
        await world.newEvents();
        await inTx((tx) => deleteSite(tx, NOW, id));
        expect(await world.newEvents()).to.deep.equal(['delete permission', 'delete site']);
        expect(await world.count('permissions')).to.equal(0);
      });
    });

    describe('doors', () => {
      it('move to another site, which the event of the new site tells', async () => {
        const [here, there] = [await site('Here'), await site('There')];
        const id = await door(here);
        await inTx((tx) => patchDoor(tx, at(1), id, { siteId: there }));
        expect(await getDoor(world.db.read, id)).to.deep.include({ siteId: there, name: 'Front', updatedAt: shift(T0, 1) });
        const changes = { siteId: { before: here, after: there } };
        expect(await lastEvent()).to.deep.equal({ what: 'edit door Front', siteId: there, details: { changes } });
        await world.newEvents();
        await inTx((tx) => patchDoor(tx, at(2), id, { siteId: there, name: 'Front' }));
        expect(await world.newEvents()).to.deep.equal([]);
      });

      it('do not leave the site whose schedule restricts them', async () => {
        const [here, there] = [await site('Here'), await site('There')];
        const id = await door(here);
        await allow({ doorId: id, scheduleId: await schedule(here) });
        const error = await failure((tx) => patchDoor(tx, NOW, id, { siteId: there }));
        expect(error).to.be.instanceOf(Conflict);
        expect(String(error)).to.contain('Hours');
      });

      it('go with their permissions and from their controllers, one event each', async () => {
        const siteId = await site();
        const [front, back] = [await door(siteId), await door(siteId, 'Back')];
        await allow({ doorId: front });
        const { id } = await inTx((tx) => createController(tx, NOW, { name: 'Box', doorIds: [front, back] }));
        await world.newEvents();
        await inTx((tx) => deleteDoor(tx, at(1), front));
        expect(await world.newEvents()).to.deep.equal(['delete permission', 'edit controller', 'delete door']);
        expect((await getController(world.db.read, id)).doorIds).to.deep.equal([back]);
      });

      it('are only at a site that exists', async () => {
        expect(await failure((tx) => createDoor(tx, NOW, { name: 'x', siteId: 'site_0' }))).to.include({ pointer: '/siteId' });
        const id = await door(await site());
        expect(await failure((tx) => patchDoor(tx, NOW, id, { siteId: 'site_0' }))).to.include({ pointer: '/siteId' });
        expect(await failure((tx) => patchDoor(tx, NOW, 'door_0', { name: 'x' }))).to.be.instanceOf(NotFound);
      });

      it('that are made while their site is deleted find none', async () => {
        const siteId = await site();
        const [, outcome] = await world.contend(
          (tx) => deleteSite(tx, NOW, siteId),
          (tx) => createDoor(tx, NOW, { name: 'x', siteId }).catch((error: unknown) => error),
        );
        expect(outcome).to.be.instanceOf(InvalidInput);
      });
    });

    describe('schedules', () => {
      const monday = (...ranges: readonly (readonly [string, string])[]): WeeklyHours => [
        ranges.map(([from, to]) => ({ from, to })),
        ...NEVER.slice(1),
      ];

      it('keep hours in the order of the clock, so that another order is no change', async () => {
        const id = await schedule(null, monday(['14:00', '24:00'], ['08:00', '14:00']));
        expect((await getSchedule(world.db.read, id)).days[0]).to.deep.equal([
          { from: '08:00', to: '14:00' },
          { from: '14:00', to: '24:00' },
        ]);
        await world.newEvents();
        await inTx((tx) => patchSchedule(tx, at(1), id, { days: monday(['08:00', '14:00'], ['14:00', '24:00']) }));
        expect(await world.newEvents()).to.deep.equal([]);
        await inTx((tx) => patchSchedule(tx, at(1), id, { days: NEVER }));
        expect((await lastEvent()).details.changes.days.after).to.deep.equal(NEVER);
      });

      it('have hours that end after they start and do not overlap', async () => {
        const places = async (days: WeeklyHours) => {
          const error = await failure((tx) => createSchedule(tx, NOW, { name: 'x', siteId: null, days }));
          expect(error).to.be.instanceOf(InvalidPlaces);
          return (error as InvalidPlaces).places.map(({ pointer, detail }) => `${pointer} ${detail.split(';')[0]}`);
        };
        expect(await places(monday(['08:00', '08:00'], ['22:00', '06:00']))).to.deep.equal([
          '/days/0/0/to must be later than from',
          '/days/0/1/to must be later than from',
        ]);
        expect(await places(monday(['08:00', '12:00'], ['12:00', '14:00'], ['11:59', '13:00']))).to.deep.equal([
          '/days/0/2 overlaps with 08:00–12:00',
        ]);
      });

      it('stay while they restrict a permission, and at the site whose permissions they restrict', async () => {
        const [here, there] = [await site('Here'), await site('There')];
        const id = await schedule(here);
        const group = await allow({ siteId: here, scheduleId: id }, 'Cleaners');
        const error = await failure((tx) => deleteSchedule(tx, NOW, id));
        expect(error).to.be.instanceOf(Conflict);
        expect(String(error)).to.contain('Cleaners');
        expect(await failure((tx) => patchSchedule(tx, NOW, id, { siteId: there }))).to.be.instanceOf(Conflict);
        await inTx((tx) => patchSchedule(tx, NOW, id, { siteId: null }));
        await inTx((tx) => patchSchedule(tx, NOW, id, { siteId: here }));
        await inTx((tx) => setPermissions(tx, NOW, { id: group, name: 'Cleaners' }, []));
        await inTx((tx) => patchSchedule(tx, NOW, id, { siteId: there }));
        await inTx((tx) => deleteSchedule(tx, NOW, id));
        expect(await getSchedule(world.db.read, id).catch((reason: unknown) => reason)).to.be.instanceOf(NotFound);
      });

      it('are listed for a site with those that serve every site', async () => {
        const [here, there] = [await site('Here'), await site('There')];
        for (const [siteId, name] of [
          [here, 'a'],
          [null, 'b'],
          [there, 'c'],
        ] as const)
          await schedule(siteId, NEVER, name);
        const names = async (filter: object) => (await listSchedules(world.db.read, filter, PAGE)).data.map(({ name }) => name);
        expect(await names({})).to.deep.equal(['a', 'b', 'c']);
        expect(await names({ siteId: here })).to.deep.equal(['a', 'b']);
      });
    });

    describe('controllers', () => {
      it('are known by their token, which is stored nowhere and can be replaced', async () => {
        const doorId = await door(await site());
        const { id, token } = await inTx((tx) => createController(tx, NOW, { name: 'Box', doorIds: [doorId] }));
        const text = token.expose();
        expect(text).to.match(/^lkc_[0-9A-Za-z]{43}$/);
        expect((await findController(world.db.read, text))?.id).to.equal(id);
        const next = (await inTx((tx) => rotateControllerToken(tx, at(1), id))).expose();
        expect(await findController(world.db.read, text)).to.equal(null);
        expect((await findController(world.db.read, next))?.doorIds).to.deep.equal([doorId]);
        for (const wrong of ['', 'lkc_', next.replace('lkc_', 'lka_'), `${next}x`, `lkc_${'0'.repeat(43)}`])
          expect(await findController(world.db.read, wrong), wrong).to.equal(null);
        await inTx((tx) => deleteController(tx, at(2), id));
        expect(await findController(world.db.read, next)).to.equal(null);
        const stored = JSON.stringify([await world.log(), await world.query('select * from controllers')]);
        expect(stored).not.to.contain(text).and.not.to.contain(next);
        expect(await world.newEvents()).to.deep.equal([
          ...['create site', 'create door', 'create controller', 'edit controller', 'delete controller'],
        ]);
      });

      it('show what they last said, and nothing before they said it', async () => {
        const { id } = await inTx((tx) => createController(tx, NOW, { name: 'Box', doorIds: [] }));
        const silent = { online: null, mainsPresent: null, batteryPresent: null, batteryPercent: null, statusAt: null, lastSeenAt: null };
        expect(await getController(world.db.read, id)).to.deep.equal({
          ...{ id, name: 'Box', doorIds: [], createdAt: T0, updatedAt: T0 },
          ...silent,
        });
        await inTx((tx) => tx.execute('update controllers set online = 1, mains_present = 0, battery_percent = 19, status_at = ?', [T0]));
        expect(await getController(world.db.read, id)).to.deep.include({
          ...{ online: true, mainsPresent: false, batteryPresent: null, batteryPercent: 19, statusAt: T0, lastSeenAt: null },
        });
      });

      it('change their doors and name by one event, of the site when there is one', async () => {
        const [here, there] = [await site('Here'), await site('There')];
        const [a, b, c] = [await door(here, 'a'), await door(here, 'b'), await door(there, 'c')];
        const { id } = await inTx((tx) => createController(tx, NOW, { name: 'Box', doorIds: [b, a] }));
        expect(await lastEvent()).to.deep.include({ siteId: here, details: { doorIds: [a, b].sort() } });
        await world.newEvents();
        await inTx((tx) => patchController(tx, at(1), id, { doorIds: [c, a], name: 'Boxes' }));
        const changes = { name: { before: 'Box', after: 'Boxes' }, doorIds: { before: [a, b].sort(), after: [a, c].sort() } };
        expect(await lastEvent()).to.deep.equal({ what: 'edit controller Boxes', siteId: null, details: { changes } });
        await inTx((tx) => patchController(tx, at(2), id, { doorIds: [a, c] }));
        expect(await world.newEvents()).to.deep.equal(['edit controller']);
        expect((await listControllers(world.db.read, { siteId: there }, PAGE)).data.map((one) => one.id)).to.deep.equal([id]);
        expect((await listControllers(world.db.read, { siteId: 'site_0' }, PAGE)).data).to.deep.equal([]);
      });

      it('move no door that does not exist', async () => {
        const id = await door(await site());
        const error = await failure((tx) => createController(tx, NOW, { name: 'x', doorIds: [id, 'door_0'] }));
        expect((error as InvalidPlaces).places.map(({ pointer }) => pointer)).to.deep.equal(['/doorIds/1']);
        expect(await world.count('controllers')).to.equal(0);
        expect(await failure((tx) => patchController(tx, NOW, 'ctl_0', { name: 'x' }))).to.be.instanceOf(NotFound);
        expect(await failure((tx) => rotateControllerToken(tx, NOW, 'ctl_0'))).to.be.instanceOf(NotFound);
        expect(await failure((tx) => deleteController(tx, NOW, 'ctl_0'))).to.be.instanceOf(NotFound);
      });
    });

    it('lists are read in pages, by part of the name whatever its case and script', async () => {
      const siteId = await site('Straße');
      await site('Élan Vital');
      for (let n = 0; n < 5; n += 1) await door(siteId, n % 2 === 0 ? `Tür ${n}` : `Gate ${n}`);
      const sites = async (text: string) => (await listSites(world.db.read, { text }, PAGE)).data.map(({ name }) => name);
      expect(await sites('STRASSE')).to.deep.equal(['Straße']);
      expect(await sites('élan')).to.deep.equal(['Élan Vital']);
      expect(await sites('%')).to.deep.equal([]);
      const first = await listDoors(world.db.read, { text: 'TÜR', siteId }, { limit: 2, after: null });
      const second = await listDoors(world.db.read, { text: 'TÜR', siteId }, { limit: 2, after: first.next });
      expect([first, second].map(({ data }) => data.map(({ name }) => name))).to.deep.equal([['Tür 0', 'Tür 2'], ['Tür 4']]);
      expect(second.next).to.equal(null);
      expect((await listDoors(world.db.read, { siteId: 'site_0' }, PAGE)).data).to.deep.equal([]);
    });
  });
});
