import { expect } from 'chai';
import { NexudusSandbox } from '../../sandbox/nexudus/sandbox.js';
import { epochMs, shift } from '../../src/domain/time.js';
import { patchIntegration } from '../../src/integrations/integration-store.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { T0 } from '../support/running-server.js';
import { unhurried } from '../support/unhurried.js';

const HOUR_MS = 3_600_000;
const PIN = '482913';

describe('the first opening of a day checks in at Nexudus', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine, unhurried());
    let world: DoorWorld;
    let sandbox: NexudusSandbox;
    let integrationId: string;
    let gate: string;
    let controller: TestController;

    beforeEach(async () => {
      world = current();
      sandbox = new NexudusSandbox();
      sandbox.throttle.limits = [];
      sandbox.server.clock.advance(epochMs(T0) - Date.now());
      await sandbox.start();
      const tariff = sandbox.space.addTariff('Hot desk').Id;
      sandbox.space.addContract(sandbox.space.addCoworker('Ada Park', { AccessPincode: PIN }).Id, tariff, {
        StartDate: shift(T0, -HOUR_MS),
      });
      const siteId = await world.site('Europe/Madrid');
      gate = await world.doorAt(siteId);
      controller = await world.controller(gate);
      integrationId = await world.make('/integrations', {
        ...{ kind: 'nexudus', name: 'Loft', config: { apiBaseUrl: sandbox.apiBaseUrl }, secrets: sandbox.signIn.account },
        settings: { checkInOnOpen: true },
      });
      const read = () => world.admin<{ state: string }>('POST', `/integrations/${integrationId}/sync`, { wait: true });
      let sync = await read();
      // The scheduler of the server may have begun by itself.
      while (sync.status === 409) sync = await read();
      expect(sync.body.state).to.equal('succeeded');
      const { body } = await world.admin<{ data: { id: string; displayName: string }[] }>(
        'GET',
        `/integrations/${integrationId}/resources`,
      );
      const resource = body.data.find(({ displayName }) => displayName.includes('Hot desk'))?.id ?? '';
      const memberGroupIds = [await world.group([{ siteId }])];
      await world.admin('PUT', `/integrations/${integrationId}/resources/${resource}/mapping`, { memberGroupIds });
    });
    afterEach(() => sandbox.stop());

    const made = async () => {
      await world.server.parts.outbox.drain();
      return sandbox.tables.all('Checkin').map(({ FromTime }) => FromTime);
    };
    /** Past the API, which would try the connection anew at the pace that Nexudus allows. */
    const wanted = (checkInOnOpen: boolean) =>
      world.server.parts.db.transaction((tx) => patchIntegration(tx, world.server.context, integrationId, { settings: { checkInOnOpen } }));
    const open = () => world.verify(controller, gate, PIN);

    it('once, however often it opens, also when that is told late, and never where nobody has asked for it', async () => {
      await wanted(false);
      expect(await open()).to.include({ granted: true });
      expect(await made()).to.deep.equal([]);
      expect(await world.server.count('check_ins')).to.equal(0);

      await wanted(true);
      const first = await open();
      expect(await open()).to.include({ granted: true });
      expect(await made()).to.deep.equal([T0]);

      // T0 is two in the afternoon in Madrid: ten hours later a new day begins there, and not yet in UTC.
      const next = shift(T0, 10 * HOUR_MS);
      world.server.setTime(shift(next, HOUR_MS));
      sandbox.server.clock.advance(11 * HOUR_MS);
      const credential = { type: 'pin', memberId: first.memberId };
      const told = [
        { id: 'denied', doorId: gate, occurredAt: shift(next, -1), granted: false, credential },
        { id: 'opened', doorId: gate, occurredAt: next, granted: true, credential },
      ];
      for (let n = 0; n < 2; n += 1) await world.door(controller, 'POST', '/events', { events: told });
      expect(await open()).to.include({ granted: true });
      expect(await made()).to.deep.equal([T0, next]);
    });
  });
});
