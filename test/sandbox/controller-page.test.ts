import { expect } from 'chai';
import { ControllerSandbox } from '../../sandbox/controller/sandbox.js';
import { doorWorldOf, type DoorWorld } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { until } from '../support/outbox.js';

describe('the control page of a virtual controller', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let sandbox: ControllerSandbox;
    let controllerId: string;
    let siteId: string;
    let pin: string;

    beforeEach(async () => {
      world = current();
      siteId = await world.site();
      const doors = new Map<string, string>();
      for (const name of ['Gate', 'Cellar']) doors.set(await world.doorAt(siteId, name), name);
      const { id, token } = await world.controller(...doors.keys());
      controllerId = id;
      const [gate] = doors.keys();
      pin = (await world.guest(await world.group([{ doorId: gate }]))).pin;
      const place = { site: 'Hotel', timeZone: 'Europe/Madrid', serverUrl: world.server.url };
      sandbox = await new ControllerSandbox({ ...place, token, doors, routineEveryMs: 100 }).start();
    });
    afterEach(() => sandbox.stop());

    const page = async () => (await fetch(`${sandbox.url}/_control`)).text();
    const press = async (action: string, fields: Record<string, string> = {}) => {
      const answer = await fetch(`${sandbox.url}/_control/${action}`, { method: 'POST', body: new URLSearchParams(fields) });
      return { status: answer.status, ...((await answer.json()) as { result?: object | null; error?: string }) };
    };

    it('takes a PIN or a card at a door by its name, and shows what became of it', async () => {
      expect(await page()).to.match(/<td>Gate<\/td><td>locked<\/td><td>never<\/td>/);
      const entered = { door: 'Gate', granted: true, reason: 'granted', by: 'server' };
      expect(await press('pin', { door: 'Gate', pin })).to.deep.equal({ status: 200, result: entered });
      expect(await press('pin', { door: 'Cellar', pin })).to.deep.include({
        result: { ...entered, door: 'Cellar', granted: false, reason: 'unknown_credential' },
      });
      expect((await press('card', { door: 'Gate', card: '04A1' })).result).to.include({ granted: false, reason: 'unknown_credential' });
      const html = await page();
      expect(html).to.match(/<td>Gate<\/td><td>open<\/td>.*<td>decided by the server<\/td><td>unknown_credential \(server\)<\/td>/);
      expect(html).to.match(/<td>Cellar<\/td><td>locked<\/td><td>never<\/td>/);
      expect(await press('pin', { door: 'Attic', pin })).to.deep.equal({
        status: 400,
        error: 'no door Attic; there are Gate, Cellar',
      });
    });

    it('has a line that can be cut and restored', async () => {
      await press('cut');
      expect((await press('pin', { door: 'Gate', pin })).result).to.include({ granted: true, by: 'list' });
      const html = await page();
      expect(html).to.contain('<td>cut: it decides by its list</td>').and.to.contain('<td>Not told yet</td><td>1</td>');
      expect((await press('sync')).result).to.equal('the line is down');
      expect((await press('restore')).result).to.deep.equal({ told: 1, members: 1 });
      expect(await page()).to.contain('<td>up: it asks the server</td>');
    });

    it('has a battery and mains, whose trouble becomes an alert', async () => {
      await press('battery', { percent: '12' });
      await press('mains', { mains: 'off' });
      const open = async (type: string) => (await world.alerts(type)).some((alert) => alert.siteId === siteId && alert.closedAt === null);
      expect([await open('hardware_low_battery'), await open('hardware_no_mains')]).to.deep.equal([true, true]);
      expect((await press('battery', { percent: 'plenty' })).error).to.equal('percent must be a number');
      await press('battery', { percent: 'none' });
      expect(await open('hardware_missing_battery')).to.equal(true);
      const html = await page();
      expect(html).to.contain('<td>Battery</td><td>none</td>').and.to.contain('<td>Mains</td><td>off</td>');
    });

    it('goes on with what it knows when its account is gone, and says so', async () => {
      await world.admin('DELETE', `/controllers/${controllerId}`);
      await until(async () => /was answered 401/.test(await page()));
      await press('cut');
      expect((await press('pin', { door: 'Gate', pin })).result).to.include({ granted: true, by: 'list' });
    });
  });
});
