import { expect } from 'chai';
import { shift } from '../../src/domain/time.js';
import { enqueue } from '../../src/outbox/enqueue.js';
import type { DeliveryResult } from '../../src/outbox/message.js';
import { forEachEngine } from '../support/engines.js';
import { failure } from '../support/fresh-database.js';
import { held, Post, TestTime, until } from '../support/outbox.js';
import { T0, type World, worldOf } from '../support/world.js';
import { ReferenceViolation } from '../../src/errors.js';

const MINUTE_MS = 60_000;

describe('outbox: what is left, and in which order it goes', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let time: TestTime;
    let post: Post;
    beforeEach(() => {
      world = current();
      time = new TestTime();
      post = new Post(world.db, time);
    });

    it('hands over what was left, and forgets it once it was delivered', async () => {
      const integrationId = await world.integration();
      const [id] = await post.leave({ destination: 'chat', payload: { text: 'ü \u0000 "', list: [1, null] }, integrationId });
      expect(await post.worker.drain()).to.equal(1);
      expect(post.sent).to.deep.equal([
        { id, destination: 'chat', kind: 'note', payload: { text: 'ü \u0000 "', list: [1, null] }, attempts: 1, integrationId },
      ]);
      expect(id).to.match(/^obx_/);
      expect(await world.count('outbox')).to.equal(0);
      expect(await post.worker.drain()).to.equal(0);
    });

    it('sends nothing of a transaction that was rolled back', async () => {
      const error = new Error('no');
      const failed = world.db.transaction(async (tx) => {
        await enqueue(tx, { destination: 'a', kind: 'note', payload: {}, now: T0 });
        throw error;
      });
      expect(await failure(failed)).to.equal(error);
      expect(await post.worker.drain()).to.equal(0);
    });

    it('sends to one destination in the order of leaving, one at a time, and to others meanwhile', async () => {
      const left = await post.leave(...[...'abcabcab'].map((destination) => ({ destination })));
      await post.worker.drain();
      for (const name of 'abc') {
        const ids = post.sent.filter(({ destination }) => destination === name).map(({ id }) => id);
        expect(ids).to.deep.equal(left.filter((_, n) => 'abcabcab'[n] === name));
      }
      expect(new Set(post.sent.slice(0, 3).map(({ destination }) => destination))).to.deep.equal(new Set('abc'));
      expect(post.overlapping).to.deep.equal([]);
    });

    it('never sends to more destinations at a time than it may, and lets none wait for ever', async () => {
      post = new Post(world.db, time, 3);
      let [now, most] = [0, 0];
      post.answer = async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return { kind: 'delivered' };
      };
      const names = Array.from({ length: 10 }, (_, n) => `d${n}`);
      await post.leave(...Array.from({ length: 5 }, () => names.map((destination) => ({ destination }))).flat());
      await post.worker.drain();
      expect(most).to.equal(3);
      expect(post.sent).to.have.length(50);
      const firstRound = post.sent.slice(0, 20).map(({ destination }) => destination);
      expect(new Set(firstRound).size, firstRound.join()).to.equal(10);
    });

    it('holds up those behind one that is to be tried again, and nobody else', async () => {
      const [first, second, other] = await post.leave({}, {}, { destination: 'b' });
      post.answer = ({ id, attempts }) => (id === first && attempts === 1 ? { kind: 'retry', reason: 'busy' } : { kind: 'delivered' });
      await post.worker.drain();
      expect(post.ids).to.have.members([first, other]);
      time.jump(MINUTE_MS);
      await post.worker.drain();
      expect(post.ids.slice(2)).to.deep.equal([first, second]);
    });

    it('lets one that is for later hold up nobody, and one that went before it end first', async () => {
      const [later] = await post.leave({ dueAt: shift(T0, 10_000) });
      const [now] = await post.leave({});
      const answer = held<DeliveryResult>();
      post.answer = ({ id }) => (id === now ? answer.promise : { kind: 'delivered' });
      const drained = post.worker.drain();
      await until(() => post.sent.length > 0);
      time.jump(10_000);
      const another = new Post(world.db, time);
      expect(await another.worker.drain(), 'nothing while one is on its way').to.equal(0);
      answer.give({ kind: 'delivered' });
      await drained;
      expect([...post.ids, ...another.ids]).to.deep.equal([now, later]);
    });

    it('keeps a message that waits instead of a second one with the same key, until it is tried', async () => {
      const key = { dedupeKey: 'door 1' };
      const [first, again, elsewhere, unlike] = await post.leave(key, key, { ...key, destination: 'b' }, { dedupeKey: 'door 2' });
      expect(again).to.equal(first);
      expect(new Set([first, elsewhere, unlike]).size).to.equal(3);
      post.answer = () => ({ kind: 'retry', reason: 'busy' });
      await post.worker.drain();
      const [second, third] = [await post.leave(key), await post.leave(key)];
      expect(second, 'what was tried may have said what was so before').not.to.deep.equal([first]);
      expect(third).to.deep.equal(second);
      time.jump(MINUTE_MS);
      post.answer = () => ({ kind: 'delivered' });
      await post.worker.drain();
      expect(post.ids.slice(2).sort()).to.deep.equal([first, elsewhere, unlike, ...second].sort());
    });

    it('keeps the payload of the one that waits, and the earlier of the two times', async () => {
      await post.leave({ dedupeKey: 'k', payload: { n: 1 }, dueAt: shift(T0, MINUTE_MS) });
      await post.leave({ dedupeKey: 'k', payload: { n: 2 } });
      await post.leave({ dedupeKey: 'k', payload: { n: 3 }, dueAt: shift(T0, 2 * MINUTE_MS) });
      await post.worker.drain();
      expect(post.sent.map(({ payload }) => payload)).to.deep.equal([{ n: 1 }]);
    });

    it('goes with its integration, and cannot be left for one that is gone', async () => {
      const integrationId = await world.integration();
      await post.leave({ integrationId });
      await world.db.transaction((tx) => tx.execute('delete from integrations', []));
      expect(await world.count('outbox')).to.equal(0);
      expect(await failure(post.leave({ integrationId }))).to.be.instanceOf(ReferenceViolation);
      expect(await failure(post.leave({ destination: '' }))).to.be.instanceOf(RangeError);
    });

    if (engine.name !== 'postgres') return;

    it('does not send a message that is kept before the change it now stands for too has committed', async () => {
      const [first] = await post.leave({ dedupeKey: 'k' }, {});
      const mayCommit = held<void>();
      const isKept = held<void>();
      const change = world.db.transaction(async (tx) => {
        await enqueue(tx, { destination: 'a', kind: 'note', payload: {}, dedupeKey: 'k', now: T0 });
        isKept.give();
        await mayCommit.promise;
      });
      await isKept.promise;
      expect(await post.worker.drain()).to.equal(0);
      mayCommit.give();
      await change;
      await post.worker.drain();
      expect(post.ids[0]).to.equal(first);
      expect(post.sent).to.have.length(2);
    });

    it('sends a message of a slow transaction as soon as it has committed, and not while another is on its way', async () => {
      const mayCommit = held<void>();
      const isLeft = held<string>();
      const slow = world.db.transaction(async (tx) => {
        isLeft.give((await enqueue(tx, { destination: 'a', kind: 'note', payload: {}, now: T0 })).id);
        await mayCommit.promise;
      });
      const early = await isLeft.promise;
      const [late] = await post.leave({});
      const answer = held<DeliveryResult>();
      post.answer = ({ id }) => (id === late ? answer.promise : { kind: 'delivered' });
      const drained = post.worker.drain();
      await until(() => post.sent.length > 0);
      mayCommit.give();
      await slow;
      expect(await new Post(world.db, time).worker.drain()).to.equal(0);
      answer.give({ kind: 'delivered' });
      await drained;
      expect(post.ids).to.deep.equal([late, early]);
    });
  });
});
