import { expect } from 'chai';
import { Unsealable } from '../../src/credentials/sealed.js';
import { shift } from '../../src/domain/time.js';
import { EVERY_CHANGE, hint } from '../../src/integrations/pull-hint-store.js';
import { startPulling } from '../../src/sync/due-store.js';
import { Scheduler } from '../../src/sync/scheduler.js';
import { forEachEngine } from '../support/engines.js';
import { failure, openedTwice } from '../support/fresh-database.js';
import { PullWorld } from '../support/pull-world.js';
import { HOUR_MS } from '../support/world.js';

const MINUTE_MS = 60_000;
const LOST = 'A stored secret was sealed with key "old", which LATCHKEY_SECRET_KEYS does not have.';

forEachEngine((engine) => {
  describe('an integration that cannot be opened', () => {
    const opened = openedTwice(engine);
    let world: PullWorld;
    let scheduler: Scheduler;
    let openings: number;
    beforeEach(async () => {
      world = await PullWorld.open(opened().db);
      await world.guests(2);
      await world.core.inTx((tx) => startPulling(tx, world.id, world.core.now, null));
      scheduler = new Scheduler(world.parts, world.engine, world.hints, { run: async () => undefined, stop: async () => undefined });
      openings = 0;
      loseKey();
    });
    const loseKey = () => {
      world.source.beforeOpen = () => {
        openings += 1;
        throw new Unsealable(LOST);
      };
    };
    const findKey = () => {
      world.source.beforeOpen = () => undefined;
    };
    const tick = () => scheduler.runDue('schedule');
    const state = () =>
      world.core.one<{ attention_reason: string | null; due_at: string; failures: number }>(
        'select attention_reason, due_at, failures from integrations join sync_state on integration_id = id where id = ?',
        world.id,
      );

    it('is tried again later and later, says why, raises one alert, and leaves access alone', async () => {
      const [result] = await tick();
      expect(result?.error).to.equal(`It cannot be opened: ${LOST}`);
      expect(await state()).to.deep.include({ attention_reason: `It cannot be opened: ${LOST}`, failures: 1 });
      await tick();
      expect(openings).to.equal(1);
      for (let n = 0; n < 8; n += 1) {
        world.core.now = (await state()).due_at;
        await tick();
      }
      expect(openings).to.equal(9);
      expect((await state()).due_at > shift(world.core.now, 44 * MINUTE_MS)).to.equal(true);
      expect(await world.core.count("alerts where type = 'integration_failing' and closed_at is null")).to.equal(1);
      expect(await world.core.count('alerts')).to.equal(1);
      expect(await world.access('g1')).not.to.equal(null);
    });

    it('heals by itself once it can be opened', async () => {
      await tick();
      findKey();
      world.core.advance(HOUR_MS);
      const [result] = await tick();
      expect(result?.run?.state).to.equal('succeeded');
      expect(await state()).to.deep.include({ attention_reason: null, failures: 0 });
      expect(await world.core.count('alerts where closed_at is null')).to.equal(0);
    });

    it('is not said to be closed any more when it opens and its source is away', async () => {
      await tick();
      findKey();
      world.core.advance(HOUR_MS);
      world.source.beforePage = () => {
        throw new Error('broken');
      };
      await tick();
      expect((await state()).attention_reason).to.equal(null);
      expect(await world.core.count('alerts where closed_at is null')).to.equal(1);
    });

    it('tells who asks for a run why there is none', async () => {
      const refused = await failure(world.engine.start(world.id, { trigger: 'manual' }));
      expect(refused).to.have.property('publicMessage', `It cannot be opened: ${LOST}`);
      expect(refused).to.have.property('name', 'CannotBeOpened');
    });

    it('has its hints followed later and later, and given up in the end', async () => {
      const pending = () => world.core.count('pull_hints where due_at is not null');
      await world.core.inTx((tx) => hint(tx, world.id, ['g1', EVERY_CHANGE], world.core.now));
      await world.hints.drain();
      const once = openings;
      expect(once).to.equal(2);
      await world.hints.drain();
      expect(openings).to.equal(once);
      for (let n = 0; n < 10 && (await pending()) > 0; n += 1) {
        world.core.advance(10 * MINUTE_MS);
        await world.hints.drain();
      }
      expect(await pending()).to.equal(0);
      expect(openings).to.equal(10);
      expect(await world.access('g1')).not.to.equal(null);
    });

    it('has no hint that holds up another', async () => {
      findKey();
      world.source.user('g2', { skipReason: 'canceled' });
      world.source.beforeOpen = () => {
        openings += 1;
        if (openings === 1) throw new Error('broken');
      };
      await world.core.inTx((tx) => hint(tx, world.id, ['g1', 'g2'], world.core.now));
      await world.hints.drain();
      expect(await world.access('g2')).to.equal(null);
    });
  });
});
