import { expect } from 'chai';
import { shift } from '../../../src/domain/time.js';
import { doorWorldOf, type DoorWorld, type TestController, type UseView } from '../../support/door-world.js';
import { forEachEngine } from '../../support/engines.js';
import { T0 } from '../../support/running-server.js';

const MINUTE_MS = 60_000;

interface Page {
  readonly data: readonly UseView[];
  readonly nextCursor: string | null;
}

describe('what a controller tells late', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let gate: string;
    let controller: TestController;
    let pin: string;
    beforeEach(async () => {
      world = current();
      const siteId = await world.site();
      gate = await world.doorAt(siteId);
      controller = await world.controller(gate);
      ({ pin } = await world.guest(await world.group([{ siteId }])));
    });

    const at = (minutes: number) => shift(T0, minutes * MINUTE_MS);
    const told = (...minutes: number[]) =>
      world.door(controller, 'POST', '/events', {
        events: minutes.map((one) => ({ id: `m${one}`, doorId: gate, occurredAt: at(one), granted: true, credential: { type: 'pin' } })),
      });
    const listed = async (query: string) => {
      const minutes: number[] = [];
      for (let after = ''; ; ) {
        const path = `/events?objectType=door&objectId=${gate}&verb=use&limit=2&${query}${after}`;
        const { status, body } = await world.admin<Page>('GET', path);
        expect(status, path).to.equal(200);
        minutes.push(...body.data.map(({ occurredAt }) => (Date.parse(occurredAt) - Date.parse(T0)) / MINUTE_MS));
        if (body.nextCursor === null) return minutes;
        after = `&cursor=${encodeURIComponent(body.nextCursor)}`;
      }
    };

    it('is in the log in the order in which it happened, between what was written at the time, page by page', async () => {
      world.server.setTime(at(10));
      await world.verify(controller, gate, pin);
      world.server.setTime(at(40));
      await world.verify(controller, gate, pin);
      world.server.setTime(at(60));
      await told(30, 5, 50);
      await told(20);

      expect(await listed('order=occurredAt')).to.deep.equal([50, 40, 30, 20, 10, 5]);
      const since = `order=occurredAt&occurredSince=${encodeURIComponent(at(10))}&occurredUntil=${encodeURIComponent(at(50))}`;
      expect(await listed(since), 'half-open').to.deep.equal([40, 30, 20, 10]);
      const written = await listed('order=createdAt');
      expect(written.slice(-2), 'the order of writing').to.deep.equal([40, 10]);
      expect([...written].sort((a, b) => a - b)).to.deep.equal([5, 10, 20, 30, 40, 50]);
    });
  });
});
