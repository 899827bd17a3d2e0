import { expect } from 'chai';
import { pruneLog } from '../../src/events/retention.js';
import { shift } from '../../src/domain/time.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { T0 } from '../support/running-server.js';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 400;

interface ListAnswer {
  readonly version: string;
  readonly full: boolean;
  readonly entries: readonly { readonly memberId: string }[];
  readonly removed: readonly string[];
}

describe('an access list after the log was pruned', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let controller: TestController;
    let group: string;

    beforeEach(async () => {
      world = current();
      await world.server.parts.db.transaction((tx) => tx.execute('delete from event_pruning', []));
      const gate = await world.doorAt(await world.site());
      controller = await world.controller(gate);
      group = await world.group([{ doorId: gate }]);
    });
    const list = async (since?: string) =>
      (await world.door<ListAnswer>(controller, 'GET', `/access-list${since === undefined ? '' : `?since=${since}`}`)).body;
    const prune = () => world.server.parts.db.transaction((tx) => pruneLog(tx, world.server.now, KEPT_DAYS));

    it('is full when a change since the version is in the log no more, though what the version rests on is', async () => {
      const gone = await world.guest(group);
      const stays = await world.guest(group);
      const { version } = await list();

      // A machine without a battery for its clock wakes in another century; what it writes then is old as soon as it is right again.
      world.server.setTime('1970-01-01T00:01:00.000Z');
      await world.admin('DELETE', `/members/${gone.id}`);
      world.server.setTime(shift(T0, DAY_MS));
      expect(await prune()).to.be.greaterThan(0);

      const { full, entries } = await list(version);
      expect(full).to.equal(true);
      expect(entries.map(({ memberId }) => memberId)).to.deep.equal([stays.id]);
    });

    it('holds what has changed when only older events were forgotten', async () => {
      const gone = await world.guest(group);
      world.server.setTime(shift(T0, 300 * DAY_MS));
      const stays = await world.guest(group);
      const { version } = await list();
      await world.admin('DELETE', `/members/${gone.id}`);
      world.server.setTime(shift(T0, (KEPT_DAYS + 1) * DAY_MS));
      expect(await prune()).to.be.greaterThan(0);

      const { full, entries, removed } = await list(version);
      expect({ full, entries, removed }).to.deep.equal({ full: false, entries: [], removed: [gone.id] });
      expect((await list()).entries.map(({ memberId }) => memberId)).to.deep.equal([stays.id]);
    });
  });
});
