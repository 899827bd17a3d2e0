import { expect } from 'chai';
import { endMember } from '../../src/access/member-store.js';
import type { VirtualController } from '../../sandbox/controller/controller.js';
import { epochMs, shift } from '../../src/domain/time.js';
import { requestOpen, waitForCommand } from '../../src/doors/commands.js';
import { systemTimers } from '../../src/db/clock.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { T0 } from '../support/running-server.js';
import { settledLog } from '../support/settled-log.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a virtual controller', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let gate: string;
    let account: TestController;
    let controller: VirtualController;
    let group: string;

    beforeEach(async () => {
      world = current();
      const siteId = await world.site();
      gate = await world.doorAt(siteId);
      account = await world.controller(gate);
      controller = world.virtual(account);
      group = await world.group([{ siteId }]);
    });
    afterEach(() => controller.stop());

    const press = (memberId: string) =>
      world.server.parts.db.transaction((tx) => requestOpen(tx, world.server.context, { doorId: gate, memberId }));
    const ended = (id: string, ms?: number) => {
      const { db, clock } = world.server.parts;
      return waitForCommand({ db, clock, timers: systemTimers }, id, ms);
    };

    it('cut off for an hour keeps deciding, and tells later what it did: each once, at the time when it happened', async () => {
      const ann = await world.guest(group);
      const bob = await world.guest(group, { endsAt: shift(T0, 30 * MINUTE_MS) });
      await controller.sync();
      expect(await controller.enter(gate, 'pin', ann.pin)).to.deep.equal({ granted: true, reason: 'granted', by: 'server' });

      controller.cut();
      for (const minutes of [10, 20, 40, 60]) {
        world.server.setTime(shift(T0, minutes * MINUTE_MS));
        expect(await controller.enter(gate, 'pin', ann.pin)).to.include({ granted: true, by: 'list' });
        const reason = minutes < 30 ? 'granted' : 'after_window';
        expect(await controller.enter(gate, 'pin', bob.pin)).to.include({ reason, by: 'list' });
      }
      const kept = [...controller.kept];
      controller.kept.reverse();
      await controller.restore();
      const again = await world.door<{ accepted: number; duplicates: number }>(account, 'POST', '/events', { events: kept });

      expect(again.body).to.include({ accepted: 0, duplicates: 8 });
      const uses = await world.uses(gate);
      expect(uses).to.have.length(9);
      const offline = uses.slice(0, 8).reverse();
      expect(offline.map(({ occurredAt }) => (epochMs(occurredAt) - epochMs(T0)) / MINUTE_MS)).to.deep.equal([
        10, 10, 20, 20, 40, 40, 60, 60,
      ]);
      expect(offline.filter(({ memberId, result }) => memberId === bob.id && result === 'ok')).to.have.length(2);
      expect(offline.filter(({ memberId, result }) => memberId === ann.id && result === 'ok')).to.have.length(4);
    });

    it('learns of each change by its next look, and nothing twice', async () => {
      const ann = await world.guest(group);
      const bob = await world.guest(group);
      await settledLog(world.server.parts.db.read);
      expect(await controller.sync(), 'the whole list').to.equal(true);
      expect(controller.list.size).to.equal(2);

      await world.admin('DELETE', `/members/${ann.id}`);
      const cleo = await world.guest(group);
      await settledLog(world.server.parts.db.read);
      expect(await controller.sync(), 'only what changed').to.equal(false);
      const decide = (pin: string) => controller.list.decide(gate, 'pin', pin, epochMs(T0)).granted;
      expect([ann, bob, cleo].map(({ pin }) => decide(pin))).to.deep.equal([false, true, true]);

      const since = encodeURIComponent(controller.list.version ?? '');
      const { body } = await world.door<object>(account, 'GET', `/access-list?since=${since}`);
      expect(body).to.deep.include({ full: false, entries: [], removed: [] });

      await world.admin('PATCH', `/member-groups/${group}`, { permissions: [] });
      expect(await controller.sync(), 'rules changed').to.equal(true);
      expect(controller.list.size).to.equal(0);
    });

    it('gets the whole list for a version that is of another token, or that nobody gave', async () => {
      await world.guest(group);
      await controller.sync();
      const version = controller.list.version ?? '';
      const other = await world.controller(gate);
      for (const [who, since] of [
        [other, version],
        [account, 'nonsense'],
        [account, `${version}x`],
      ] as const) {
        const { body } = await world.door<{ full: boolean; entries: object[] }>(
          who,
          'GET',
          `/access-list?since=${encodeURIComponent(since)}`,
        );
        expect(body.full).to.equal(true);
        expect(body.entries).to.have.length(1);
      }
    });

    it('misses no change whose transaction began before the list was read and ended after', async function () {
      if (engine.name === 'sqlite') this.skip();
      const ann = await world.guest(group);
      const { db } = world.server.parts;
      await settledLog(db.read);
      let commit: () => void = () => undefined;
      let written: () => void = () => undefined;
      const isWritten = new Promise<void>((resolve) => (written = resolve));
      const late = db.transaction(async (tx) => {
        await endMember(tx, world.server.context, ann.id, 'a test');
        written();
        await new Promise<void>((resolve) => (commit = resolve));
      });
      await isWritten;
      await world.guest(group);
      await controller.sync();
      expect(controller.list.decide(gate, 'pin', ann.pin, epochMs(T0)).granted, 'not committed yet').to.equal(true);
      commit();
      await late;

      expect(await controller.sync()).to.equal(false);
      expect(controller.list.decide(gate, 'pin', ann.pin, epochMs(T0)).granted).to.equal(false);
    });

    it('holds no PIN in its list, and decides by schedule and zone as the server does, for a year', async () => {
      const weekday = [{ from: '08:00', to: '18:00' }];
      const days = [weekday, weekday, weekday, weekday, [{ from: '22:00', to: '24:00' }], [{ from: '00:00', to: '02:30' }], []];
      const scheduleId = await world.make('/schedules', { name: 'Office', days });
      const office = await world.group([{ doorId: gate, methods: ['pin'], scheduleId }]);
      const ann = await world.guest(office, { startsAt: shift(T0, DAY_MS), endsAt: shift(T0, 300 * DAY_MS) });
      const { body } = await world.door<object>(account, 'GET', '/access-list');
      expect(JSON.stringify(body)).not.to.contain(ann.pin);
      await controller.sync();

      for (let hours = 0; hours < 365 * 24; hours += 37) {
        const at = shift(T0, hours * HOUR_MS + (hours % 60) * MINUTE_MS);
        const check = { doorId: gate, memberId: ann.id, method: 'pin', at };
        if (hours % (37 * 8) !== 0) continue;
        const server = await world.admin<{ granted: boolean; reason: string }>('POST', '/access-checks', check);
        const alone = controller.list.decide(gate, 'pin', ann.pin, epochMs(at));
        expect(alone, at).to.deep.include({ granted: server.body.granted, reason: server.body.reason });
      }
    });

    it('opens on command, once, and says so', async () => {
      const ann = await world.guest(group);
      controller.start();
      await until(() => controller.connections === 1);

      expect(await ended(await press(ann.id))).to.deep.equal({ state: 'done', detail: null });
      expect(controller.doors.get(gate)?.openings.map(({ by }) => by)).to.deep.equal(['command']);

      controller.jammed = true;
      expect(await ended(await press(ann.id))).to.deep.equal({ state: 'failed', detail: 'the motor is stuck' });
    });

    it('gets what waits when it comes back, and nothing that has expired', async () => {
      const ann = await world.guest(group);
      const expired = await press(ann.id);
      world.server.setTime(shift(T0, 10_000));
      const waiting = await press(ann.id);
      expect(await ended(expired)).to.deep.equal({ state: 'expired', detail: null });

      controller.start();

      expect(await ended(waiting)).to.deep.equal({ state: 'done', detail: null });
      expect(controller.doors.get(gate)?.openings).to.have.length(1);
      const late = await world.door<object>(account, 'POST', `/commands/${expired}/ack`, { result: 'opened' });
      expect(late.status).to.equal(409);
      const again = await world.door<object>(account, 'POST', `/commands/${waiting}/ack`, { result: 'opened' });
      expect(again).to.deep.include({ status: 200, body: { id: waiting, state: 'done' } });
      expect(
        (await world.door<object>(await world.controller(), 'POST', `/commands/${waiting}/ack`, { result: 'opened' })).status,
      ).to.equal(404);
    });

    it('loses its stream with its token', async () => {
      controller.start();
      await until(() => controller.connections === 1);
      const stream = await fetch(`${world.server.url}/door/v1/commands`, { headers: { authorization: `Bearer ${account.token}` } });
      expect(stream.headers.get('content-type')).to.equal('text/event-stream');
      controller.cut();

      await world.admin('DELETE', `/controllers/${account.id}`);

      expect(await stream.text(), 'ends').to.contain(': connected');
      expect((await world.door(account, 'GET', '/access-list')).status).to.equal(401);
    });

    it('says how it is, and alerts open once and close with a message', async () => {
      const open = async () => {
        const types = ['hardware_down', 'hardware_no_mains', 'hardware_missing_battery', 'hardware_low_battery'];
        const alerts = await Promise.all(types.map((type) => world.alerts(type)));
        return alerts.flat().flatMap(({ type, closedAt }) => (closedAt === null ? [type] : []));
      };
      controller.power = { mainsPresent: false, batteryPresent: true, batteryPercent: 19 };
      await controller.report();
      await controller.report();
      expect(await open()).to.deep.equal(['hardware_no_mains', 'hardware_low_battery']);
      controller.power = { mainsPresent: true, batteryPresent: false, batteryPercent: 24 };
      await controller.report();
      expect(await open()).to.deep.equal(['hardware_missing_battery', 'hardware_low_battery']);
      controller.power = { mainsPresent: true, batteryPresent: true, batteryPercent: 25 };
      await controller.report();
      expect(await open()).to.deep.equal([]);

      await world.pass(5 * MINUTE_MS + 1);
      expect(await open()).to.deep.equal(['hardware_down']);
      await controller.report();
      expect(await open()).to.deep.equal([]);
      expect((await world.alerts('hardware_down'))[0]?.message).to.contain('5 minutes');
    });

    it('is believed about what happened, not about a time that is still to come', async () => {
      const ahead = shift(T0, HOUR_MS);
      const event = { id: 'a', doorId: gate, occurredAt: ahead, granted: true, credential: { type: 'card', memberId: 'mem_gone' } };
      const answer = await world.door<object>(account, 'POST', '/events', { events: [event, { ...event, id: 'b', doorId: 'door_other' }] });

      expect(answer.body).to.deep.equal({
        accepted: 1,
        duplicates: 0,
        refused: [{ id: 'b', detail: 'This door is not one of this controller.' }],
      });
      const [use] = await world.uses(gate);
      expect(use).to.include({ occurredAt: T0, result: 'ok', memberId: null });
      expect(use?.details).to.include({ clockAhead: true, reportedAt: ahead, reportedMemberId: 'mem_gone' });
    });
  });
});
