import { expect } from 'chai';
import { drain } from '../../../src/http/admin/drain.js';
import { ClockWatch } from '../../../src/reconcile/clock-watch.js';
import { ReconcileWorker } from '../../../src/reconcile/worker.js';
import { type AdminWorld, adminWorldOf } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

describe('waiting for reconciliation', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let integration: string;
    const mark = () => world.db.transaction((tx) => tx.execute('update users set dirty = 1', []));
    /** A worker whose drain does what the test says. */
    const withDrain = (work: () => Promise<number>) => {
      const worker = new ReconcileWorker({ ...world.parts, clockWatch: new ClockWatch(world.parts) });
      worker.drain = work;
      return { ...world.parts, worker };
    };

    beforeEach(async () => {
      world = current();
      integration = await world.integration();
      for (const name of ['ana', 'bo']) await world.user(integration, name);
      await mark();
    });

    it('ends when nobody waits any more', async () => {
      expect(await drain(world.parts, integration)).to.equal(0);
      await mark();
      expect(await drain(world.parts, null)).to.equal(0);
    });

    it('asks nothing of the worker when nobody waits', async () => {
      await drain(world.parts, integration);
      const parts = withDrain(() => Promise.reject(new Error('asked')));
      expect(await drain(parts, integration)).to.equal(0);
    });

    it('asks again when a drain that was about to end missed them', async () => {
      let asked = 0;
      const parts = withDrain(async () => {
        asked += 1;
        return asked === 1 ? 0 : world.parts.worker.drain();
      });
      expect(await drain(parts, integration)).to.equal(0);
      expect(asked).to.equal(2);
    });

    it('gives up on Users that cannot be reconciled, and says how many they are', async () => {
      const parts = withDrain(async () => 0);
      expect(await drain(parts, integration)).to.equal(2);
    });

    it('gives up after its time, and says how many still wait', async () => {
      const parts = withDrain(() => new Promise(() => undefined));
      expect(await drain(parts, integration, 1)).to.equal(2);
    });

    it('survives a worker that fails: the change is stored, so the answer must not say otherwise', async () => {
      const parts = withDrain(() => Promise.reject(new Error('no database')));
      expect(await drain(parts, integration)).to.equal(2);
      expect(world.errors.splice(0)).to.have.length(1);
    });
  });
});
