import { expect } from 'chai';
import { NexudusSandbox } from '../../sandbox/nexudus/sandbox.js';
import { epochMs, shift } from '../../src/domain/time.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { T0 } from '../support/running-server.js';

const HOUR_MS = 3_600_000;
const PIN = '482913';

describe('the first opening of a day checks in at Nexudus', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let sandbox: NexudusSandbox;
    let integrationId: string;
    let gate: string;
    let controller: TestController;

    beforeEach(async () => {
      world = current();
      sandbox = new NexudusSandbox();
      sandbox.server.clock.freeze(epochMs(T0));
      await sandbox.start();
      const tariff = sandbox.space.addTariff('Hot desk').Id;
      sandbox.space.addContract(sandbox.space.addCoworker('Ada Park', { AccessPincode: PIN }).Id, tariff);
      const siteId = await world.site('Europe/Madrid');
      gate = await world.doorAt(siteId);
      controller = await world.controller(gate);
      integrationId = await world.make('/integrations', {
        ...{ kind: 'nexudus', name: 'Loft', config: { apiBaseUrl: sandbox.apiBaseUrl }, secrets: sandbox.signIn.account },
        settings: { checkInOnOpen: true },
      });
      const sync = await world.admin<{ state: string }>('POST', `/integrations/${integrationId}/sync`, { wait: true });
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
    const open = () => world.verify(controller, gate, PIN);

    it('once, however often the door opens, and once more on the next local day', async () => {
      expect(await open()).to.include({ granted: true });
      expect(await open()).to.include({ granted: true });
      expect(await made()).to.deep.equal([T0]);

      // T0 is two in the afternoon in Madrid: ten hours later a new day begins there, and not yet in UTC.
      const next = shift(T0, 10 * HOUR_MS);
      world.server.setTime(next);
      sandbox.server.clock.freeze(epochMs(next));
      expect(await open()).to.include({ granted: true });
      expect(await made()).to.deep.equal([T0, next]);
    });

    it('for an opening that is told late, at the time when it happened, and not for one that was denied', async () => {
      const { memberId = '' } =
        (await world.admin<{ data: { memberId: string }[] }>('GET', `/integrations/${integrationId}/members`)).body.data[0] ?? {};
      const at = shift(T0, -HOUR_MS);
      const credential = { type: 'pin', memberId };
      const told = [
        { id: 'denied', doorId: gate, occurredAt: shift(T0, -2 * HOUR_MS), granted: false, credential },
        { id: 'opened', doorId: gate, occurredAt: at, granted: true, credential },
      ];
      await world.door(controller, 'POST', '/events', { events: told });
      await world.door(controller, 'POST', '/events', { events: told });

      expect(await made()).to.deep.equal([at]);
    });

    it('not at all when nobody has asked for it', async () => {
      await world.admin('PATCH', `/integrations/${integrationId}`, { settings: { checkInOnOpen: false } });
      expect(await open()).to.include({ granted: true });
      expect(await made()).to.deep.equal([]);
      expect(await world.server.count('check_ins')).to.equal(0);
    });
  });
});
