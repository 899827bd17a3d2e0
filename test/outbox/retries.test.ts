import { expect } from 'chai';
import { DatabaseUnavailable, NotFound } from '../../src/errors.js';
import { shift } from '../../src/domain/time.js';
import { listAlerts } from '../../src/events/alert-store.js';
import { type DeliveryFilter, listDeliveries } from '../../src/outbox/list.js';
import { replay, replayDead } from '../../src/outbox/replay.js';
import { GIVE_UP_AFTER_MS } from '../../src/outbox/schedule.js';
import { forEachEngine } from '../support/engines.js';
import { failure } from '../support/fresh-database.js';
import { Post, TestTime } from '../support/outbox.js';
import { DAY_MS, HOUR_MS, T0, type World, worldOf } from '../support/world.js';

describe('outbox: what does not arrive', () => {
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

    const alerts = async () => (await listAlerts(world.db.read, {}, { limit: 10, after: null })).data;
    const listed = async (filter: DeliveryFilter = {}) => (await listDeliveries(world.db.read, time.now, filter, 100, null)).data;
    const onlyOne = async (filter: DeliveryFilter = {}) => {
      const all = await listed(filter);
      expect(all).to.have.length(1);
      return all[0];
    };
    const replayed = (id: string | undefined) => world.db.transaction((tx) => replay(tx, id ?? '', time.now));
    /** Tries until nothing waits any more; returns the attempts. */
    const toTheEnd = async () => {
      for (let steps = 0; steps < 100; steps += 1) {
        await post.worker.drain();
        const dues = (await listed({ state: 'waiting' })).map(({ dueAt }) => dueAt ?? '');
        const [next] = dues.filter((dueAt) => dueAt > time.now).sort();
        if (next === undefined) return;
        time.now = next;
      }
    };
    const refuse = () => {
      post.answer = () => ({ kind: 'dead', reason: '410 Gone' });
    };
    const deliver = () => {
      post.answer = () => ({ kind: 'delivered', note: '204' });
    };

    it('is tried ten times over three days under one id, then set aside with an alert', async () => {
      const [id] = await post.leave({ destination: 'hook' });
      post.answer = () => ({ kind: 'retry', reason: '503' });
      await toTheEnd();
      expect(post.ids).to.deep.equal(Array.from({ length: 10 }, () => id));
      expect(post.sent.map(({ attempts }) => attempts)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(time.now).to.equal(shift(T0, GIVE_UP_AFTER_MS));
      expect(await onlyOne({ state: 'dead' })).to.include({ id, attempts: 10, status: '503', dueAt: null });
      expect(await listed({ state: 'failed' })).to.have.length(10);
      expect(await alerts()).to.have.length(1);
      expect((await alerts())[0]).to.include({ type: 'delivery_failing', subjectKey: 'hook', openedAt: time.now, closedAt: null });
      expect(post.logged.map(({ message }) => message)).to.deep.equal(['a message was set aside']);
    });

    it('comes when the other side said, and not before', async () => {
      await post.leave({});
      post.answer = () => ({ kind: 'retry', reason: '429', at: shift(T0, 2 * HOUR_MS) });
      await post.worker.drain();
      time.jump(2 * HOUR_MS - 1);
      expect(await post.worker.drain()).to.equal(0);
      time.jump(1);
      expect(await post.worker.drain()).to.equal(1);
    });

    it('is not given up for being asked to wait a hundred times', async () => {
      await post.leave({});
      post.answer = () => ({ kind: 'retry', reason: '429', at: shift(time.now, 1_000) });
      for (let n = 0; n < 100; n += 1) {
        await post.worker.drain();
        time.jump(10_000);
      }
      expect(post.sent).to.have.length(100);
      expect(await alerts()).to.deep.equal([]);
    });

    it('is set aside at once when it is of no use to try again, and those behind it go on', async () => {
      const [bad, good] = await post.leave({}, {});
      post.answer = ({ id }) => (id === bad ? { kind: 'dead', reason: '400' } : { kind: 'delivered' });
      await post.worker.drain();
      expect(post.ids).to.deep.equal([bad, good]);
      expect(await onlyOne({ state: 'dead' })).to.include({ id: bad, status: '400' });
    });

    it('opens one alert per destination, which the next message that arrives closes', async () => {
      const integrationId = await world.integration();
      refuse();
      await post.leave({ integrationId }, { integrationId }, { destination: 'b' });
      await post.worker.drain();
      expect((await alerts()).map(({ subjectKey }) => subjectKey).sort()).to.deep.equal(['a', 'b']);
      deliver();
      time.jump(HOUR_MS);
      await post.leave({});
      await post.worker.drain();
      const [b, a] = [...(await alerts())].sort((one, other) => (one.subjectKey < other.subjectKey ? 1 : -1));
      expect(a).to.include({ integrationId, closedAt: time.now, openedAt: T0, message: 'Messages to a cannot be delivered: 410 Gone' });
      expect(a?.closingMessage).to.equal('Messages to a are delivered again.');
      expect(b).to.include({ closedAt: null, integrationId: null });
      refuse();
      await post.leave({});
      await post.worker.drain();
      expect(await alerts(), 'a new one for a new failure').to.have.length(3);
    });

    it('behind a receiver that is down for good is given up after one attempt each, once it has waited as long', async () => {
      await post.leave({}, {}, {});
      post.answer = () => ({ kind: 'retry', reason: 'connection refused' });
      await toTheEnd();
      expect(post.sent.map(({ attempts }) => attempts)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 1]);
      expect(await listed({ state: 'dead' })).to.have.length(3);
    });

    it('what a handler throws is tried again, and told in words that give nothing away', async () => {
      await post.leave({}, { destination: 'b' }, { destination: 'c', kind: 'unknown' });
      post.answer = ({ destination }) => {
        throw destination === 'a' ? new Error('https://user:secret@example.com') : new DatabaseUnavailable();
      };
      await post.worker.drain();
      const waiting = await listed({ state: 'waiting' });
      expect(waiting.map(({ status }) => status)).to.deep.equal([
        'nothing here sends messages of the kind unknown',
        new DatabaseUnavailable().publicMessage,
        'an unexpected error, see the log',
      ]);
      expect(post.logged).to.have.length(2);
      time.jump(5_000);
      deliver();
      expect(await post.worker.drain()).to.equal(3);
    });

    it('what the other side says is kept in part, whatever it is', async () => {
      await post.leave({});
      post.answer = () => ({ kind: 'dead', reason: `\u0000${'x'.repeat(10_000)}` });
      await post.worker.drain();
      expect((await onlyOne({ state: 'dead' }))?.status).to.equal('x'.repeat(499));
    });

    it('every attempt is to be seen, with what the other side said', async () => {
      const [id] = await post.leave({ destination: 'hook' });
      post.answer = ({ attempts }) => (attempts === 1 ? { kind: 'retry', reason: '502' } : { kind: 'delivered', note: '204' });
      await post.worker.drain();
      expect(await onlyOne({ state: 'waiting' })).to.deep.equal({
        ...{ id, attemptId: null, state: 'waiting', destination: 'hook', kind: 'note', integrationId: null },
        ...{ at: T0, dueAt: shift(T0, 5_000), attempts: 1, status: '502', durationMs: null },
      });
      time.jump(5_000);
      await post.worker.drain();
      const [second, first] = await listed();
      expect(second).to.deep.include({ id, state: 'delivered', attempts: 2, status: '204', at: shift(T0, 5_000), durationMs: 0 });
      expect(first).to.deep.include({ id, state: 'failed', attempts: 1, status: '502', at: T0, dueAt: null });
      expect(first?.attemptId).to.match(/^dlv_/);
    });

    describe('replay', () => {
      it('sends what was set aside again, with its id and all its attempts before it', async () => {
        const [id] = await post.leave({ payload: { n: 1 } });
        refuse();
        await post.worker.drain();
        time.jump(20 * DAY_MS);
        await replayed(id);
        post.answer = () => ({ kind: 'retry', reason: '503' });
        await toTheEnd();
        expect(post.ids).to.deep.equal(Array.from({ length: 11 }, () => id));
        deliver();
        await replayed(id);
        await post.worker.drain();
        expect(post.sent.at(-1)).to.deep.include({ id, payload: { n: 1 }, attempts: 1 });
        expect((await alerts()).map(({ closedAt }) => closedAt)).to.deep.equal([time.now]);
      });

      it('sends one that waits at once, with those before it', async () => {
        const [first, second, third] = await post.leave({}, {}, {});
        post.answer = () => ({ kind: 'retry', reason: '503', at: shift(T0, DAY_MS) });
        await post.worker.drain();
        deliver();
        expect(await post.worker.drain()).to.equal(0);
        await replayed(second);
        await post.worker.drain();
        expect(post.ids).to.deep.equal([first, first, second, third]);
      });

      it('brings back all that were set aside, and nothing else', async () => {
        refuse();
        await post.leave({}, { destination: 'b' });
        await post.worker.drain();
        post.answer = () => ({ kind: 'retry', reason: '503' });
        await post.leave({ destination: 'c' });
        await post.worker.drain();
        deliver();
        expect(await world.db.transaction((tx) => replayDead(tx, time.now))).to.equal(2);
        expect(await post.worker.drain()).to.equal(2);
        expect(await world.db.transaction((tx) => replayDead(tx, time.now))).to.equal(0);
      });

      it('knows nothing of what was delivered, or never was', async () => {
        const [id] = await post.leave({});
        await post.worker.drain();
        expect(await failure(replayed(id))).to.be.instanceOf(NotFound);
        expect(await failure(replayed('obx_none'))).to.be.instanceOf(NotFound);
      });
    });
  });
});
