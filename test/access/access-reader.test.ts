import { expect } from 'chai';
import { accessFacts, doorsOfMember, membersOfDoors } from '../../src/access/access-reader.js';
import { createAssociation } from '../../src/access/association-store.js';
import { createDoor } from '../../src/access/door-store.js';
import { createMemberGroup } from '../../src/access/member-group-store.js';
import { createManualMember } from '../../src/access/members.js';
import type { NewPermission } from '../../src/access/permission-row-store.js';
import { setPermissions } from '../../src/access/permission-store.js';
import { createSchedule } from '../../src/access/schedule-store.js';
import { createSite } from '../../src/access/site-store.js';
import type { Tx } from '../../src/db/database.js';
import { MANUAL } from '../../src/domain/access.js';
import { OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { forEachEngine } from '../support/engines.js';
import { NOW, T0, type World, worldOf } from '../support/world.js';

const OFFICE_DAY = [{ from: '08:00', to: '18:00' }];
const HOURS = [OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, [], []];
const ALWAYS = { methods: null, scheduleId: null };

describe('access reader', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const site = (name: string) => inTx((tx) => createSite(tx, NOW, { name, timeZone: 'Europe/Madrid' }));
    const door = (name: string, siteId: string) => inTx((tx) => createDoor(tx, NOW, { name, siteId }));
    const member = (name: string, window: Window = OPEN_WINDOW) => inTx((tx) => createManualMember(tx, NOW, { name, emails: [], window }));
    const group = (name: string, ...permissions: readonly NewPermission[]) =>
      inTx(async (tx) => {
        const id = await createMemberGroup(tx, NOW, name);
        await setPermissions(tx, NOW, { id, name }, permissions);
        return id;
      });
    const join = (memberId: string, memberGroupId: string, window: Window = OPEN_WINDOW, ms = 0) =>
      inTx((tx) =>
        createAssociation(tx, { ...NOW, now: shift(T0, ms) }, { memberId, memberGroupId, window, managedBy: MANUAL, because: 'a test' }),
      );

    beforeEach(() => {
      world = current();
    });

    it('reads door, member, associations and the permissions that name the door or its site', async () => {
      const [office, other] = [await site('Office'), await site('Other')];
      const [front, back] = [await door('Front', office), await door('Back', office)];
      const scheduleId = await inTx((tx) => createSchedule(tx, NOW, { name: 'Office hours', siteId: office, days: HOURS }));
      const window = { startsAt: T0, endsAt: shift(T0, 1_000) };
      const ann = await member('Ann', window);
      const staff = await group(
        'Staff',
        { siteId: office, doorId: null, methods: ['pin', 'card'], scheduleId },
        { siteId: null, doorId: front, ...ALWAYS },
        { siteId: null, doorId: back, ...ALWAYS },
        { siteId: other, doorId: null, ...ALWAYS },
      );
      const pool = await group('Pool');
      await join(ann, staff, window);
      await join(ann, pool, OPEN_WINDOW, 1);
      await join(await member('Bo'), staff);

      const facts = await accessFacts(world.db.read, { doorId: front, memberId: ann });

      expect(facts).to.deep.equal({
        door: { id: front, name: 'Front', siteId: office, siteName: 'Office', timeZone: 'Europe/Madrid' },
        member: { name: 'Ann', window, endedAt: null, deletedAt: null },
        associations: [
          {
            ...{ memberGroupId: staff, memberGroupName: 'Staff', window },
            permissions: [
              { siteId: office, doorId: null, methods: ['pin', 'card'], schedule: { name: 'Office hours', days: HOURS } },
              { siteId: null, doorId: front, methods: null, schedule: null },
            ],
          },
          { memberGroupId: pool, memberGroupName: 'Pool', window: OPEN_WINDOW, permissions: [] },
        ],
      });
    });

    it('knows no door and no member that are not there, and shows a member in no group', async () => {
      const front = await door('Front', await site('Office'));
      const ann = await member('Ann');

      expect(await accessFacts(world.db.read, { doorId: 'door_none', memberId: ann })).to.equal(null);
      expect(await accessFacts(world.db.read, { doorId: front, memberId: 'mem_none' })).to.equal(null);
      expect((await accessFacts(world.db.read, { doorId: front, memberId: ann }))?.associations).to.deep.equal([]);
      expect(await doorsOfMember(world.db.read, ann)).to.deep.equal([]);
      expect(await doorsOfMember(world.db.read, 'mem_none')).to.deep.equal([]);
    });

    it('lists every door that a permission names once, with the same facts as each door alone', async () => {
      const [office, pool] = [await site('Office'), await site('Pool')];
      const doors = [await door('O1', office), await door('O2', office), await door('P1', pool), await door('P2', pool)];
      const ann = await member('Ann');
      await join(
        ann,
        await group('Staff', { siteId: office, doorId: null, ...ALWAYS }, { siteId: null, doorId: doors[1] ?? '', ...ALWAYS }),
      );
      await join(ann, await group('Swimmers', { siteId: null, doorId: doors[2] ?? '', ...ALWAYS }), OPEN_WINDOW, 1);

      const all = await doorsOfMember(world.db.read, ann);

      expect(all.map((facts) => facts.door.name)).to.deep.equal(['O1', 'O2', 'P1']);
      for (const facts of all) expect(facts).to.deep.equal(await accessFacts(world.db.read, { doorId: facts.door.id, memberId: ann }));
    });

    it('pages through the members whom a permission leads to a door', async () => {
      const office = await site('Office');
      const [front, back] = [await door('Front', office), await door('Back', office)];
      const [bySite, byDoor] = [
        await group('By site', { siteId: office, doorId: null, ...ALWAYS }),
        await group('By door', { siteId: null, doorId: front, ...ALWAYS }),
      ];
      const members: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        const id = await member(`Member ${n}`);
        members.push(id);
        if (n > 0) await join(id, n % 2 === 0 ? bySite : byDoor);
        if (n === 4) await join(id, byDoor);
      }
      const gone = await member('Gone');
      await join(gone, bySite);
      await world.db.transaction((tx) => tx.execute('update members set deleted_at = ? where id = ?', [T0, gone]));
      const sorted = (...ns: readonly number[]) => ns.map((n) => members[n]).sort();

      const pages: string[][] = [];
      for (let after: string | null = null; ; after = pages.at(-1)?.at(-1) ?? null) {
        const page: string[] = await membersOfDoors(world.db.read, [front, back], after, 2);
        if (page.length === 0) break;
        pages.push(page);
      }

      expect(pages.flat()).to.deep.equal(sorted(1, 2, 3, 4));
      expect(pages.map((page) => page.length)).to.deep.equal([2, 2]);
      expect(await membersOfDoors(world.db.read, [back], null, 10)).to.deep.equal(sorted(2, 4));
      expect(await membersOfDoors(world.db.read, [], null, 10)).to.deep.equal([]);
    });
  });
});
