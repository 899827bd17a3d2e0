import { expect } from 'chai';
import { housekeep } from '../../src/access/housekeeping.js';
import { createMember } from '../../src/access/member-store.js';
import { memberView } from '../../src/access/member-view.js';
import { restoreMember } from '../../src/access/members.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import type { Tx } from '../../src/db/database.js';
import { OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, NOW, T0, type World, worldOf } from '../support/world.js';

const because = 'a test';
/** Ends at T0, so it is soft-deleted two days later and purged ninety days after that. */
const OVER: Window = { startsAt: null, endsAt: T0 };

describe('housekeeping', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let pins: PinStore;

    const keep = (ms: number, limit = 100) => world.db.transaction((tx) => housekeep(tx, at(ms).now, limit, 30));
    const create = (window = OVER, name = 'Ana') =>
      world.db.transaction((tx) =>
        createMember(tx, at(-DAY_MS), { integrationId: null, userId: null, externalId: null, name, emails: [], window }),
      );
    const pinOf = (id: string) =>
      world.db.transaction((tx) =>
        pins.generatePin(tx, NOW, { member: { id, name: 'Ana', integrationId: null }, managedBy: 'manual', because }),
      );
    const status = async (id: string, ms: number) => (await memberView(world.db.read, id, at(ms).now))?.status;
    const nothing = { deleted: 0, purged: 0, freedPins: 0 };

    beforeEach(() => {
      world = current();
      pins = new PinStore(world.keys);
    });

    it('soft-deletes a member 48 hours after its end and not a millisecond earlier', async () => {
      const id = await create();
      await world.newEvents();

      expect(await keep(2 * DAY_MS - 1)).to.deep.equal(nothing);
      expect(await status(id, 2 * DAY_MS - 1)).to.equal('ended');
      expect(await keep(2 * DAY_MS)).to.deep.equal({ ...nothing, deleted: 1 });
      expect(await status(id, 2 * DAY_MS)).to.equal('deleted');
      expect(await world.newEvents()).to.deep.equal(['delete member']);
    });

    it('does nothing the second time', async () => {
      await create();
      await keep(2 * DAY_MS);
      await world.newEvents();

      expect(await keep(2 * DAY_MS)).to.deep.equal(nothing);
      expect(await world.newEvents()).to.deep.equal([]);
    });

    it('leaves members without an end alone', async () => {
      const id = await create(OPEN_WINDOW);

      expect(await keep(1_000 * DAY_MS)).to.deep.equal(nothing);
      expect(await status(id, 1_000 * DAY_MS)).to.equal('active');
    });

    it('revokes what a member opens with, and gives the digits back when they have cooled down', async () => {
      const id = await create();
      const { id: pinId, pin } = await pinOf(id);
      await world.newEvents();

      await keep(2 * DAY_MS);
      expect(await world.newEvents()).to.deep.equal(['delete member', 'delete pin']);
      expect(await keep(32 * DAY_MS - 1)).to.deep.equal(nothing);
      expect(await keep(32 * DAY_MS)).to.deep.equal({ ...nothing, freedPins: 1 });

      expect(await world.newEvents()).to.deep.equal(['edit pin']);
      expect((await pins.pinsOf(world.db.read, id))[0]).to.include({ id: pinId, key: '' });
      expect(await world.log()).not.to.include(pin);
      expect(await keep(32 * DAY_MS)).to.deep.equal(nothing);
    });

    it('purges it 90 days after that, with all its rows', async () => {
      const id = await create();
      await pinOf(id);
      await keep(2 * DAY_MS);
      await keep(60 * DAY_MS);
      await world.newEvents();

      expect(await keep(92 * DAY_MS - 1)).to.deep.equal(nothing);
      expect(await keep(92 * DAY_MS)).to.deep.equal({ ...nothing, purged: 1 });

      expect(await world.newEvents()).to.deep.equal(['delete member']);
      expect(await world.count('members')).to.equal(0);
      expect(await world.count('pins')).to.equal(0);
    });

    it('does not purge it while its digits cool down', async () => {
      const id = await create();
      await pinOf(id);
      await world.db.transaction((tx) => housekeep(tx, at(2 * DAY_MS).now, 10, 120));

      expect(await keep(92 * DAY_MS)).to.deep.equal(nothing);
      expect(await keep(122 * DAY_MS - 1)).to.deep.equal(nothing);
      expect((await keep(122 * DAY_MS)).purged).to.equal(1);
    });

    it('gives a restored member another 48 hours', async () => {
      const id = await create();
      await keep(2 * DAY_MS);

      await world.db.transaction((tx) => restoreMember(tx, at(10 * DAY_MS), id));

      expect(await keep(12 * DAY_MS - 1)).to.deep.equal(nothing);
      expect(await status(id, 12 * DAY_MS - 1)).to.equal('ended');
      expect((await keep(12 * DAY_MS)).deleted).to.equal(1);
    });

    it('works through many in bounded batches, those that wait longest first', async () => {
      await create(OVER, 'late');
      await create({ startsAt: null, endsAt: shift(T0, -1) }, 'early');
      await create(OVER, 'late too');
      await world.newEvents();

      expect((await keep(2 * DAY_MS, 1)).deleted).to.equal(1);
      expect((await world.newEventRows()).map(({ object_name }) => object_name)).to.deep.equal(['early']);
      expect((await keep(2 * DAY_MS, 1)).deleted).to.equal(1);
      expect((await keep(2 * DAY_MS, 10)).deleted).to.equal(1);
    });

    it('does each thing once when two replicas work at the same time, and neither waits for the other', async () => {
      for (let n = 0; n < 5; n += 1) await create();
      await world.newEvents();
      const work = (tx: Tx) => housekeep(tx, at(2 * DAY_MS).now, 100, 30);

      let behind: ReturnType<typeof work> | undefined;
      const first = await world.db.transaction(async (tx) => {
        const done = await work(tx);
        behind ??= world.db.transaction(work);
        if (engine.name === 'postgres') await behind;
        return done;
      });
      const second = await behind;

      expect([first, second]).to.deep.equal([{ ...nothing, deleted: 5 }, nothing]);
      expect(await world.newEvents()).to.deep.equal(Array<string>(5).fill('delete member'));
    });
  });
});
