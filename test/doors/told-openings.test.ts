import { expect } from 'chai';
import { updateAssociation } from '../../src/access/association-store.js';
import { PastAccess } from '../../src/access/past-access.js';
import type { Reader } from '../../src/db/database.js';
import { USER_URN } from '../../src/domain/scim.js';
import { shift } from '../../src/domain/time.js';
import { upload } from '../../src/doors/upload.js';
import { counting } from '../support/counting.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, T0 } from '../support/running-server.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Told {
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: readonly { readonly id: string; readonly detail: string }[];
}

describe('openings that a controller tells of', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let [siteId, gate, cellar]: string[] = [];
    let lobby: TestController;
    let count = 0;

    beforeEach(async () => {
      world = current();
      siteId = await world.site();
      gate = await world.doorAt(siteId, 'Gate');
      cellar = await world.doorAt(siteId, 'Cellar');
      lobby = await world.controller(gate, cellar);
    });
    const at = (ms: number) => shift(T0, ms);
    const nextId = () => {
      count += 1;
      return `told-${count}`;
    };
    const opening = (memberId: string | undefined, { doorId = gate, ms = 0, type = 'pin', id = nextId() } = {}) => ({
      ...{ id, doorId, occurredAt: at(ms), granted: true, credential: { type, ...(memberId === undefined ? {} : { memberId }) } },
    });
    const tell = async (...events: readonly object[]) => (await world.door<Told>(lobby, 'POST', '/events', { events })).body;
    const doubts = async (doorId = gate ?? '') => (await world.uses(doorId)).map(({ result, details }) => [result, details['doubt']]);

    describe('by a member', () => {
      let [visitor, group, mapped, userId]: string[] = [];
      let source: Connection;

      // A source that wants to be told, without its system: what is looked at is what would be sent there.
      beforeEach(async () => {
        const { server } = world;
        source = await server.connect();
        [userId = ''] = await source.seed([{ schemas: [USER_URN], userName: `ada-${source.id}` }]);
        mapped = await source.mapAllUsers();
        await ofKind('nexudus');
        await server.parts.db.transaction((tx) => tx.execute('delete from check_ins', []));
        const [member] = await server.query<{ id: string }>('select id from members where user_id = ?', userId);
        visitor = member?.id ?? '';
        group = await world.group([{ doorId: gate }]);
      });
      const ofKind = (kind: string) =>
        world.server.parts.db.transaction((tx) =>
          tx.execute('update integrations set kind = ?, settings = ? where id = ?', [
            ...[kind, JSON.stringify({ ...(kind === 'nexudus' ? { checkInOnOpen: true } : {}) }), source.id],
          ]),
        );
      const join = (window: { startsAt?: string; endsAt?: string } = {}, memberGroupId = group) =>
        world.make(`/members/${visitor}/associations`, { memberGroupId, ...window });
      const checkIns = () => world.server.count('check_ins');

      it('whom no permission leads there is kept with a doubt, and checks nobody in', async () => {
        for (const type of ['pin', 'card', 'magic_link', 'app']) expect(await tell(opening(visitor, { type }))).to.include({ accepted: 1 });

        expect(await doubts()).to.deep.equal(Array(4).fill(['ok', 'no_permission']));
        expect(await checkIns()).to.equal(0);
      });

      it('who is led to another door, by another method, or at another time, is kept with what speaks against it', async () => {
        const hours = Array.from({ length: 7 }, () => [{ from: '01:00', to: '02:00' }]);
        const scheduleId = await world.make('/schedules', { name: 'Night', days: hours });
        await join({ startsAt: at(-HOUR_MS), endsAt: at(HOUR_MS) });
        await join({}, await world.group([{ doorId: cellar, methods: ['card'], scheduleId }]));

        await tell(opening(visitor, { ms: -HOUR_MS - 1 }));
        world.server.setTime(at(2 * HOUR_MS));
        await tell(opening(visitor, { ms: HOUR_MS }));
        await tell(opening(visitor, { doorId: cellar, type: 'pin' }), opening(visitor, { doorId: cellar, type: 'card' }));

        expect(await doubts()).to.deep.equal([
          ['ok', 'after_window'],
          ['ok', 'before_window'],
        ]);
        expect((await doubts(cellar)).map(([, doubt]) => doubt).sort()).to.deep.equal(['method_not_allowed', 'outside_schedule']);
        expect(await checkIns()).to.equal(0);

        await tell(opening(visitor, { ms: -HOUR_MS }));
        expect((await doubts())[0]).to.deep.equal(['ok', undefined]);
        expect(await checkIns()).to.equal(1);
      });

      it('whose association was taken since it opened checks in all the same, and not for a time after that', async () => {
        const association = await join();
        world.server.setTime(at(HOUR_MS));
        await world.admin('DELETE', `/members/${visitor}/associations/${association}`);
        world.server.setTime(at(3 * HOUR_MS));

        await tell(opening(visitor, { ms: 2 * HOUR_MS }));
        expect(await doubts()).to.deep.equal([['ok', 'no_permission']]);
        expect(await checkIns()).to.equal(0);
        await tell(opening(visitor, { ms: HOUR_MS - 1 }));
        expect((await doubts())[0]).to.deep.equal(['ok', undefined]);
        expect(await checkIns()).to.equal(1);
      });

      it('whose permission, or whose whole group, was taken since it opened checks in all the same', async () => {
        await join();
        world.server.setTime(at(HOUR_MS));
        await world.admin('PATCH', `/member-groups/${group}`, { permissions: [] });
        await tell(opening(visitor));
        expect(await checkIns(), 'the permission').to.equal(1);

        await world.server.parts.db.transaction((tx) => tx.execute('delete from check_ins', []));
        await world.admin('DELETE', `/member-groups/${group}`);
        await tell(opening(visitor));
        expect(await checkIns(), 'the group').to.equal(1);
        await tell(opening(visitor, { ms: HOUR_MS }));
        expect(await doubts()).to.deep.equal([
          ['ok', 'no_permission'],
          ['ok', undefined],
          ['ok', undefined],
        ]);
      });

      it('whom its source has let go since it opened checks in all the same', async () => {
        await world.admin('PATCH', `/member-groups/${mapped}`, { permissions: [{ siteId }] });
        world.server.setTime(at(HOUR_MS));
        await ofKind('scim');
        expect((await source.patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: false })).status).to.equal(200);
        await ofKind('nexudus');
        world.server.setTime(at(2 * HOUR_MS));

        await tell(opening(visitor, { ms: HOUR_MS }));
        expect(await doubts()).to.deep.equal([['ok', 'member_ended']]);
        expect(await checkIns()).to.equal(0);
        await tell(opening(visitor, { ms: HOUR_MS - 1 }));
        expect((await doubts())[0]).to.deep.equal(['ok', undefined]);
        expect(await checkIns()).to.equal(1);
      });

      it('whose whole source was deleted since it opened has no doubt, and has one after that', async () => {
        await join();
        world.server.setTime(at(HOUR_MS));
        await ofKind('scim');
        expect((await world.admin('DELETE', `/integrations/${source.id}?members=revoke`)).status).to.equal(204);
        world.server.setTime(at(3 * HOUR_MS));

        await tell(opening(visitor, { ms: HOUR_MS - 1 }), opening(visitor, { ms: 2 * HOUR_MS }));
        expect(await doubts()).to.deep.equal([
          ['ok', 'member_ended'],
          ['ok', undefined],
        ]);
      });

      it('and others, told by two controllers at once in another order, wait for nobody in a circle', async () => {
        const { server } = world;
        await world.admin('PATCH', `/member-groups/${mapped}`, { permissions: [{ siteId }] });
        await source.seed(Array.from({ length: 60 }, (_, n) => ({ schemas: [USER_URN], userName: `guest-${n}-${source.id}` })));
        const members = await server.query<{ id: string }>('select id from members where integration_id = ? order by id', source.id);
        expect(members.length).to.be.at.least(60);
        await server.parts.db.transaction((tx) => tx.execute('delete from check_ins', []));
        const { db, count } = counting(server.parts.db);
        const tellAll = async (controller: TestController, ids: readonly string[]) => {
          const told = ids.map((memberId, ms) => ({
            ...opening(memberId),
            occurredAt: at(ms),
            credential: { type: 'pin' as const, memberId },
          }));
          const events = told.map((one) => ({ ...one, doorId: gate ?? '' }));
          return db.transaction((tx) => upload(tx, server.context, controller, events));
        };
        const ids = members.map(({ id }) => id);
        await Promise.all([tellAll(lobby, ids), tellAll(await world.controller(gate ?? ''), ids.toReversed())]);

        expect(count).to.deep.equal({ asked: 2, attempts: 2 });
        expect(await checkIns()).to.equal(ids.length);
      });

      it('whose booking was moved since it opened checks in all the same', async () => {
        const id = await join({ startsAt: at(0), endsAt: at(HOUR_MS) });
        const moves = [
          { startsAt: at(0), endsAt: at(2 * HOUR_MS) },
          { startsAt: at(24 * HOUR_MS), endsAt: at(25 * HOUR_MS) },
        ];
        for (const [hours, window] of moves.entries()) {
          world.server.setTime(at((hours + 1) * HOUR_MS));
          const { server } = world;
          const wanted = { id, window, managedBy: 'manual', because: 'validity changed' };
          await server.parts.db.transaction((tx) => updateAssociation(tx, server.context, wanted));
        }

        world.server.setTime(at(3 * HOUR_MS));
        await tell(opening(visitor, { ms: -1 }), opening(visitor, { ms: 2 * HOUR_MS }));
        expect(await doubts()).to.deep.equal([
          ['ok', 'before_window'],
          ['ok', 'before_window'],
        ]);
        expect(await checkIns()).to.equal(0);
        await tell(opening(visitor, { ms: HOUR_MS - 1 }));
        expect(await checkIns()).to.equal(1);
      });
    });

    it('by a member whose own window was moved since have no doubt in either, and have in neither', async () => {
      const window = { startsAt: at(0), endsAt: at(HOUR_MS) };
      const { id } = await world.guest(await world.group([{ siteId }]), window);
      world.server.setTime(at(2 * HOUR_MS));
      await world.admin('PATCH', `/members/${id}`, { startsAt: at(3 * HOUR_MS), endsAt: null });
      world.server.setTime(at(4 * HOUR_MS));

      await tell(...[-1, 0, HOUR_MS, 3 * HOUR_MS].map((ms) => opening(id, { ms })));
      expect((await doubts()).map(([, doubt]) => doubt)).to.deep.equal([undefined, 'before_window', undefined, 'before_window']);
    });

    it('of one member at one door, told by the hundred, are judged by what is read once', async () => {
      const { id: memberId } = await world.guest(null);
      const { read } = world.server.parts.db;
      let reads = 0;
      const counted: Reader = {
        engine: read.engine,
        all: (...asked) => {
          reads += 1;
          return read.all(...asked);
        },
        first: (...asked) => read.first(...asked),
        query: (...asked) => read.query(...asked),
      };
      const past = new PastAccess(counted, at(0));
      const judge = (ms: number) => past.doubtAbout({ doorId: gate ?? '', memberId, method: 'pin', at: at(ms) });

      expect(await judge(0)).to.equal('no_permission');
      const once = reads;
      for (let ms = 1; ms <= 100; ms += 1) expect(await judge(ms)).to.equal('no_permission');
      expect([once > 0, reads]).to.deep.equal([true, once]);
    });

    it('by nobody who is named have no doubt: there is nothing to hold against them', async () => {
      await tell(opening(undefined), { ...opening(undefined), granted: false });
      await tell({ ...opening((await world.guest(null)).id), granted: false });

      expect((await doubts()).map(([, doubt]) => doubt)).to.deep.equal([undefined, undefined, undefined]);
    });

    it('at a door that was never its own are refused as often as they are told, and take nothing from another of the same id', async () => {
      const foreign = opening(undefined, { id: 'twice', doorId: await world.doorAt(siteId ?? '', 'Pool') });
      const detail = 'This door is not one of this controller.';

      expect(await tell(foreign, foreign)).to.deep.equal({
        ...{ accepted: 0, duplicates: 0 },
        refused: [
          { id: 'twice', detail },
          { id: 'twice', detail },
        ],
      });
      const own = opening(undefined, { id: 'twice' });
      expect(await tell(own, foreign, own)).to.deep.equal({ accepted: 1, duplicates: 1, refused: [{ id: 'twice', detail }] });
      expect(await world.uses(gate ?? '')).to.have.length(1);
    });

    describe('at a door that it has lost', () => {
      const lose = () => world.admin('PATCH', `/controllers/${lobby.id}`, { doorIds: [cellar] });
      const list = (since = '') => world.door<{ version: string }>(lobby, 'GET', `/access-list${since}`);

      it('are kept until it comes back with a list without the door', async () => {
        world.server.setTime(at(HOUR_MS));
        await lose();
        await world.controller(gate ?? '');
        world.server.setTime(at(3 * HOUR_MS));

        expect(await tell(opening(undefined, { ms: 0 }), opening(undefined, { ms: 2 * HOUR_MS }))).to.include({ accepted: 2 });
        const { body } = await list();
        world.server.setTime(at(4 * HOUR_MS));
        // That list may have been lost on its way.
        expect(await tell(opening(undefined, { ms: 4 * HOUR_MS - 1 }))).to.include({ accepted: 1 });
        expect((await list(`?since=${body.version}`)).status).to.equal(200);
        world.server.setTime(at(5 * HOUR_MS));
        expect(await tell(opening(undefined, { ms: 3 * HOUR_MS - 1 }))).to.include({ accepted: 1 });
        const late = await tell(opening(undefined, { ms: 4 * HOUR_MS + 5 * MINUTE_MS + 1 }));
        expect([late.accepted, late.refused.length]).to.deep.equal([0, 1]);
        const uses = await world.uses(gate ?? '');
        expect(uses.map(({ details, siteId: site }) => [details['formerDoor'], site])).to.deep.equal(Array(4).fill([true, siteId]));
      });

      it('are kept once, whoever has the door by then', async () => {
        await lose();
        const one = opening(undefined);
        expect(await tell(one, one)).to.include({ accepted: 1, duplicates: 1 });
        expect(await tell(one)).to.include({ accepted: 0, duplicates: 1 });
      });

      it('are kept when the door itself is gone, with its name and site', async () => {
        await world.admin('DELETE', `/doors/${gate}`);
        const { id } = await world.guest(null);

        expect(await tell(opening(id))).to.include({ accepted: 1 });
        const [use] = await world.uses(gate ?? '');
        expect([use?.siteId, use?.memberId, use?.details['doubt']]).to.deep.equal([siteId, id, undefined]);
      });

      it('are its own again once it has it again', async () => {
        await lose();
        await list();
        await world.admin('PATCH', `/controllers/${lobby.id}`, { doorIds: [cellar, gate] });
        world.server.setTime(at(2 * HOUR_MS));

        expect(await tell(opening(undefined, { ms: HOUR_MS }))).to.include({ accepted: 1 });
        expect((await world.uses(gate ?? ''))[0]?.details).not.to.have.property('formerDoor');
      });

      it('are all that it may tell of it: it neither asks there, nor opens, nor is it in its list', async () => {
        const { pin } = await world.guest(await world.group([{ doorId: gate }]));
        await lose();
        const verify = { doorId: gate, credential: { type: 'pin', value: pin } };

        expect((await world.door(lobby, 'POST', '/verify', verify)).status).to.equal(404);
        expect((await list()).body).to.deep.include({ entries: [] });
      });
    });
  });
});
