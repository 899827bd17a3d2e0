import { expect } from 'chai';
import fc from 'fast-check';
import { epochMs, shift } from '../../src/domain/time.js';
import { pullNow, startPulling, stopPulling } from '../../src/sync/due-store.js';
import { dueIntegrations, ensureSyncState, retryAt, saveComplete, saveCursor, saveEnd, syncState } from '../../src/sync/state-store.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';
import { PullWorld } from '../support/pull-world.js';
import { HOUR_MS, T0 } from '../support/world.js';

const MINUTE_MS = 60_000;

forEachEngine((engine) => {
  describe('where the pulling of an integration stands', () => {
    const opened = openedTwice(engine);
    let world: PullWorld;
    beforeEach(async () => {
      world = await PullWorld.open(opened().db);
      await world.core.inTx((tx) => stopPulling(tx, world.id));
      await world.core.inTx((tx) => tx.execute('delete from sync_state', []));
    });
    const state = () => syncState(opened().db.read, world.id);
    const due = (now: string, limit = 10) => dueIntegrations(opened().db.read, now, limit);

    it('is at the very beginning where nothing is stored', async () => {
      expect(await state()).to.deep.equal({ cursor: null, completeAt: null, completeUsers: 0, dueAt: null, failures: 0 });
    });

    it('is due at once when it is first seen, and stays what it is when it is seen again', async () => {
      await world.core.inTx((tx) => ensureSyncState(tx, world.id, T0));
      expect((await state()).dueAt).to.equal(T0);
      await world.core.inTx(async (tx) => {
        await saveCursor(tx, world.id, 'cursor 1');
        await saveComplete(tx, world.id, T0, 7);
        await saveEnd(tx, world.id, { now: T0, dueAt: shift(T0, HOUR_MS), failures: 2 });
        await ensureSyncState(tx, world.id, shift(T0, 1));
      });
      expect(await state()).to.deep.equal({
        ...{ cursor: 'cursor 1', completeAt: T0, completeUsers: 7, dueAt: shift(T0, HOUR_MS), failures: 2 },
      });
    });

    it('is due from its time on, not before, and not while it is not pulled', async () => {
      await world.core.inTx((tx) => startPulling(tx, world.id, T0, null));
      expect([await due(shift(T0, -1)), await due(T0), await due(shift(T0, HOUR_MS))]).to.deep.equal([[], [world.id], [world.id]]);
      expect(await due(T0, 0)).to.deep.equal([]);
      await world.core.inTx((tx) => stopPulling(tx, world.id));
      await world.core.inTx((tx) => pullNow(tx, world.id, T0));
      expect(await due(shift(T0, HOUR_MS))).to.deep.equal([]);
    });

    it('forgets its failures, not its cursor, when it is pulled anew', async () => {
      await world.core.inTx(async (tx) => {
        await startPulling(tx, world.id, T0, null);
        await saveCursor(tx, world.id, 'cursor 1');
        await saveEnd(tx, world.id, { now: T0, dueAt: shift(T0, HOUR_MS), failures: 9 });
        await startPulling(tx, world.id, T0, null);
      });
      expect(await state()).to.include({ cursor: 'cursor 1', dueAt: T0, failures: 0 });
    });
  });
});

describe('when a failed pull is tried again', () => {
  const wait = (failures: number, interval = 10, random = 1) => epochMs(retryAt(T0, failures, interval, () => random)) - epochMs(T0);

  it('is twice as late each time, and never later than an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50, 10_000].map((failures) => wait(failures) / MINUTE_MS)).to.deep.equal([
      ...[1, 2, 4, 8, 16, 32, 60, 60, 60, 60],
    ]);
  });

  it('is never at the same moment for all that failed together', () => {
    expect([0, 0.5, 1].map((random) => wait(3, 10, random))).to.deep.equal([180_000, 210_000, 240_000]);
  });

  it('lies in the future and within the hour, whatever the figures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_440 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (failures, interval, random) => {
          expect(wait(failures, interval, random)).to.be.within(1, HOUR_MS);
        },
      ),
    );
  });
});
