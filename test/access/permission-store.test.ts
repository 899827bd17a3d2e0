import { expect } from 'chai';
import { createDoor } from '../../src/access/door-store.js';
import { deleteMemberGroup, lockedMemberGroup } from '../../src/access/member-group-store.js';
import { type NewPermission, permissionsOfMany } from '../../src/access/permission-row-store.js';
import { deletePermissionsOf, setPermissions } from '../../src/access/permission-store.js';
import { createSchedule, deleteSchedule } from '../../src/access/schedule-store.js';
import { createSite } from '../../src/access/site-store.js';
import type { Tx } from '../../src/db/database.js';
import type { AccessMethod } from '../../src/domain/doors.js';
import { Conflict, InvalidPlaces } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, NOW, type World, worldOf } from '../support/world.js';

describe('permission store', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let group: { id: string; name: string };
    let [siteId, otherSite, front, back, hours]: string[] = [];
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const set = (...permissions: readonly NewPermission[]) => inTx((tx) => setPermissions(tx, at(1), group, permissions));
    const stored = async () => (await permissionsOfMany(world.db.read, [group.id])).get(group.id) ?? [];
    const onDoor = (doorId = front, methods: AccessMethod[] | null = null, scheduleId: string | null = null): NewPermission => ({
      ...{ siteId: null, doorId: doorId ?? '', methods, scheduleId },
    });
    const onSite = (id = siteId, scheduleId: string | null = null): NewPermission => ({
      ...{ siteId: id ?? '', doorId: null, methods: null, scheduleId },
    });
    const days = [[], [], [], [], [], [], []];

    beforeEach(async () => {
      world = current();
      group = { id: await world.memberGroup('Staff'), name: 'Staff' };
      siteId = await inTx((tx) => createSite(tx, NOW, { name: 'Office', timeZone: 'UTC' }));
      otherSite = await inTx((tx) => createSite(tx, NOW, { name: 'Other', timeZone: 'UTC' }));
      front = await inTx((tx) => createDoor(tx, NOW, { name: 'Front', siteId: siteId ?? '' }));
      back = await inTx((tx) => createDoor(tx, NOW, { name: 'Back', siteId: siteId ?? '' }));
      hours = await inTx((tx) => createSchedule(tx, NOW, { name: 'Hours', siteId: siteId ?? '', days }));
      await world.newEvents();
    });

    it('stores what is wanted, one event each with what it names', async () => {
      await set(onSite(siteId, hours), onDoor(front, ['card', 'pin']));

      const [first, second] = await stored();
      expect(first).to.deep.include({ siteId, doorId: null, methods: null, scheduleId: hours });
      expect(second).to.deep.include({ siteId: null, doorId: front, methods: ['pin', 'card'], scheduleId: null });
      const rows = await world.query<{ object_name: string; site_id: string; details: string }>(
        "select * from events where object_type = 'permission' order by seq",
      );
      expect(rows.map((row) => [row.object_name, row.site_id, JSON.parse(row.details)])).to.deep.equal([
        ['Staff – Office', siteId, { memberGroupId: group.id, siteId, methods: null, scheduleId: hours }],
        ['Staff – Front', siteId, { memberGroupId: group.id, doorId: front, methods: ['pin', 'card'], scheduleId: null }],
      ]);
    });

    it('tells once of a permission that goes with its group and with its door at the same time', async () => {
      await set(onDoor(front), onDoor(back));
      await world.newEvents();

      await world.contend(
        (tx) => deletePermissionsOf(tx, at(2), { memberGroupId: group.id }, 'the group goes'),
        (tx) => deletePermissionsOf(tx, at(2), { doorId: front ?? '' }, 'the door goes'),
      );

      expect(await world.newEvents()).to.deep.equal(['delete permission', 'delete permission']);
      expect(await stored()).to.deep.equal([]);
    });

    it('leaves what stays, edits what is restricted otherwise, and tells of nothing else', async () => {
      await set(onSite(), onDoor(front), onDoor(back));
      const before = await stored();
      await world.newEvents();

      await set(onDoor(back), onSite(), onDoor(front, ['pin']), onDoor(front, ['pin']));

      const after = await stored();
      expect(after.map(({ id }) => id)).to.deep.equal(before.map(({ id }) => id));
      expect(after[1]?.methods).to.deep.equal(['pin']);
      const rows = await world.newEventRows();
      expect(rows.map(({ verb, object_name }) => `${verb} ${object_name}`)).to.deep.equal(['edit Staff – Front']);
      expect(JSON.parse(rows[0]?.details ?? '').changes).to.deep.equal({ methods: { before: null, after: ['pin'] } });
      await set(onDoor(front, ['pin']), onDoor(back), onSite());
      expect(await world.newEvents()).to.deep.equal([]);
      await set(onSite());
      expect(await world.newEvents()).to.deep.equal(['delete permission', 'delete permission']);
      expect((await stored()).map(({ id }) => id)).to.deep.equal([before[0]?.id]);
    });

    it('refuses what does not exist and schedules of another site, every place at once, and stores nothing', async () => {
      const global = await inTx((tx) => createSchedule(tx, NOW, { name: 'Everywhere', siteId: null, days }));
      const other = await inTx((tx) => createSchedule(tx, NOW, { name: 'Other', siteId: otherSite ?? '', days }));
      await world.newEvents();
      const error = await set(
        onSite(otherSite, global),
        onSite('site_0'),
        onDoor('door_0'),
        onDoor(front, null, 'sch_0'),
        onDoor(front, null, other),
        onSite(siteId, other),
      ).catch((reason: unknown) => reason);

      expect(error).to.be.instanceOf(InvalidPlaces);
      expect((error as InvalidPlaces).places).to.deep.equal([
        { pointer: '/permissions/1/siteId', detail: 'names no site that exists' },
        { pointer: '/permissions/2/doorId', detail: 'names no door that exists' },
        { pointer: '/permissions/3/scheduleId', detail: 'names no schedule that exists' },
        { pointer: '/permissions/4/scheduleId', detail: 'names a schedule of another site' },
        { pointer: '/permissions/5/scheduleId', detail: 'names a schedule of another site' },
      ]);
      expect(await stored()).to.deep.equal([]);
      expect(await world.newEvents()).to.deep.equal([]);
    });

    it('goes with its group, one event each', async () => {
      await set(onSite(), onDoor(front));
      await world.newEvents();
      await inTx((tx) => deleteMemberGroup(tx, at(2), group.id));
      expect(await world.newEvents()).to.deep.equal(['delete permission', 'delete permission', 'delete member_group']);
    });

    it('two who replace the list at once leave the list of one of them', async () => {
      const replace = (permission: NewPermission) => async (tx: Tx) =>
        setPermissions(tx, NOW, await lockedMemberGroup(tx, group.id), [permission]);
      await world.contend(replace(onDoor(front)), replace(onDoor(back)));
      expect((await stored()).map(({ doorId }) => doorId)).to.deep.equal([back]);
    });

    it('a schedule that is deleted meanwhile is refused to one of the two', async () => {
      const [, outcome] = await world.contend(
        (tx) => setPermissions(tx, NOW, group, [onDoor(front, null, hours)]),
        (tx) => deleteSchedule(tx, NOW, hours ?? '').catch((error: unknown) => error),
      );
      expect(outcome).to.be.instanceOf(Conflict);
      expect((await stored())[0]?.scheduleId).to.equal(hours);
    });
  });
});
