import { expect } from 'chai';
import type { Database } from '../../src/db/database.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import type { DeliveryResult } from '../../src/outbox/message.js';
import { ATTEMPTS_KEPT } from '../../src/outbox/prune.js';
import { ATTEMPT_MS } from '../../src/outbox/attempt.js';
import { LEASE_MS, STOP_MS } from '../../src/outbox/worker.js';
import { forEachEngine } from '../support/engines.js';
import { failure } from '../support/fresh-database.js';
import { held, Post, TestTime, until } from '../support/outbox.js';
import { recording } from '../support/recording.js';
import { runs } from '../support/runs.js';
import { DAY_MS, type World, worldOf } from '../support/world.js';

/** Of one go, to many destinations. */
const MANY = runs(1_000, 5_000);
const never = new Promise<DeliveryResult>(() => undefined);

describe('outbox worker', () => {
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
    afterEach(() => post.worker.stop());

    const waiting = () => world.count('outbox');
    const allGone = () => until(async () => (await waiting()) === 0);
    /** As another process would, of which nobody here hears. */
    const leaveElsewhere = (id: string) =>
      world.insert('outbox', {
        ...{ id, destination: 'a', kind: 'note', payload: '{}', created_at: time.now, due_at: time.now, waiting_since: time.now },
        ...{ attempts: 0, state: 'pending' },
      });

    it('sends by itself as soon as the transaction has committed', async () => {
      post.worker.start();
      const ids = await post.leave({}, {}, { destination: 'b' });
      await allGone();
      expect(post.ids).to.have.members(ids);
    });

    it('finds within a second what another process left', async () => {
      post.worker.start();
      await until(() => time.timers > 0);
      await leaveElsewhere('obx_1');
      time.pass(1_000);
      await allGone();
      expect(post.ids).to.deep.equal(['obx_1']);
    });

    it('tries again on time, to the part of a second', async () => {
      post.answer = ({ attempts }) =>
        attempts === 1 ? { kind: 'retry', reason: '429', at: '2026-05-01T12:00:00.250Z' } : { kind: 'delivered' };
      post.worker.start();
      await post.leave({});
      await until(() => time.nextTimer === '2026-05-01T12:00:00.250Z');
      time.pass(249);
      time.pass(1);
      await allGone();
      expect(post.sent).to.have.length(2);
    });

    it('sends nothing before it was started, and nothing once it was stopped', async () => {
      await post.leave({});
      post.worker.wake();
      expect(post.sent).to.deep.equal([]);
      post.worker.start();
      await allGone();
      await post.worker.stop();
      await post.leave({});
      expect(time.timers).to.equal(0);
      expect(await waiting()).to.equal(1);
      post.worker.start();
      await allGone();
    });

    it('gives a handler its time and no more', async () => {
      const [id] = await post.leave({});
      post.answer = () => never;
      const drained = post.worker.drain();
      await until(() => post.sent.length === 1);
      time.pass(ATTEMPT_MS - 1);
      expect(post.signals[0]?.aborted).to.equal(false);
      time.pass(1);
      expect(post.signals[0]?.aborted).to.equal(true);
      await drained;
      const [row] = await world.query<object>('select id, last_error, lease_token, attempts from outbox');
      expect(row).to.deep.equal({ id, last_error: 'no answer within 30 s', lease_token: null, attempts: 1 });
    });

    it('lets what is on its way end before it stops', async () => {
      const answer = held<DeliveryResult>();
      post.answer = () => answer.promise;
      post.worker.start();
      await post.leave({}, {});
      await until(() => post.sent.length === 1);
      const stopped = post.worker.stop();
      answer.give({ kind: 'delivered' });
      await stopped;
      expect(await waiting()).to.equal(1);
      expect(post.sent).to.have.length(1);
      expect(time.timers).to.equal(0);
    });

    it('breaks off what does not end, and sends it again at once after the next start, with the same id', async () => {
      post.answer = () => never;
      post.worker.start();
      const [id] = await post.leave({});
      await until(() => post.sent.length === 1);
      const stopped = post.worker.stop();
      time.pass(STOP_MS);
      await stopped;
      expect(post.signals[0]?.aborted).to.equal(true);
      expect(await world.count('deliveries')).to.equal(0);
      const next = new Post(world.db, time);
      expect(await next.worker.drain()).to.equal(1);
      expect(next.sent[0]).to.include({ id, attempts: 1 });
    });

    it('settles later what it could not while the database was away, and sends nothing twice for it', async () => {
      let isAway = false;
      const db: Database = {
        ...world.db,
        transaction: (work) => (isAway ? Promise.reject(new DatabaseUnavailable()) : world.db.transaction(work)),
      };
      post = new Post(db, time);
      const ids = await post.leave({}, { destination: 'b' });
      post.answer = () => {
        isAway = true;
        return { kind: 'delivered' };
      };
      expect(await failure(post.worker.drain())).to.be.instanceOf(DatabaseUnavailable);
      expect(await waiting()).to.equal(2);
      isAway = false;
      await post.worker.drain();
      expect(post.ids).to.have.members(ids);
      expect(await waiting()).to.equal(0);
    });

    it('goes on by itself after the database was away', async () => {
      let isAway = true;
      post = new Post(
        { ...world.db, transaction: (work) => (isAway ? Promise.reject(new DatabaseUnavailable()) : world.db.transaction(work)) },
        time,
      );
      await leaveElsewhere('obx_1');
      post.worker.start();
      await until(() => post.logged.length > 0);
      isAway = false;
      await until(() => {
        time.pass(1_000);
        return post.sent.length > 0;
      });
      await allGone();
    });

    it('leaves a message to whoever took it over when it was away for too long', async () => {
      const answer = held<DeliveryResult>();
      post.answer = () => answer.promise;
      const [id] = await post.leave({});
      const drained = post.worker.drain();
      await until(() => post.sent.length === 1);
      time.jump(LEASE_MS);
      const other = new Post(world.db, time);
      other.answer = () => ({ kind: 'retry', reason: '503' });
      expect(await other.worker.drain()).to.equal(1);
      answer.give({ kind: 'dead', reason: '410' });
      await drained;
      const rows = await world.query<object>('select id, state, attempts, last_error from outbox');
      expect(rows).to.deep.equal([{ id, state: 'pending', attempts: 2, last_error: '503' }]);
      expect(await world.count('alerts')).to.equal(0);
    });

    it('one receiver that never answers, with a long line before it, costs the others nothing', async () => {
      const { db, statements } = recording(world.db);
      post = new Post(db, time);
      await post.leave(...Array.from({ length: 300 }, () => ({ destination: 'dead' })));
      const answer = held<DeliveryResult>();
      post.answer = ({ destination }) => (destination === 'dead' ? answer.promise : { kind: 'delivered' });
      const drained = post.worker.drain();
      await until(() => post.sent.length === 1);
      await post.leave(...Array.from({ length: 40 }, (_, n) => ({ destination: `live${n % 4}` })));
      post.worker.start();
      await until(() => post.sent.length > 40);
      await until(async () => (await world.count("outbox where destination <> 'dead'")) === 0);
      expect(post.sent).to.have.length(41);
      const claims = statements.filter(({ name }) => name === 'outbox.claim');
      expect(Math.max(...claims.map(({ rows }) => rows))).to.equal(4);
      const stopped = post.worker.stop();
      answer.give({ kind: 'delivered' });
      await Promise.all([stopped, drained]);
    });

    it(`sends ${MANY} messages to fifty destinations, each once and in order`, async () => {
      post = new Post(world.db, time, 32);
      const wanted = Array.from({ length: MANY }, (_, n) => ({ destination: `d${n % 50}`, payload: { n } }));
      const ids = await post.leave(...wanted);
      expect(await post.worker.drain()).to.equal(MANY);
      expect(new Set(post.ids)).to.deep.equal(new Set(ids));
      const last = new Map<string, number>();
      for (const { destination, payload } of post.sent) {
        expect(Number(payload['n'])).to.be.greaterThan(last.get(destination) ?? -1);
        last.set(destination, Number(payload['n']));
      }
      expect(post.overlapping).to.deep.equal([]);
      expect(await waiting()).to.equal(0);
    }).timeout(60_000);

    it('keeps the last attempts of each destination, and those of a month', async () => {
      post.worker.start();
      await post.leave(...Array.from({ length: ATTEMPTS_KEPT + 20 }, () => ({})), { destination: 'b' });
      await allGone();
      time.pass(60_000);
      await until(async () => (await world.count("deliveries where destination = 'a'")) === ATTEMPTS_KEPT);
      expect(await world.count("deliveries where destination = 'b'")).to.equal(1);
      time.pass(31 * DAY_MS);
      await until(async () => (await world.count('deliveries')) === 0);
    }).timeout(60_000);

    it('forgets a message a month after it was set aside', async () => {
      post.answer = () => ({ kind: 'dead', reason: '410' });
      await post.leave({});
      await post.worker.drain();
      post.worker.start();
      time.pass(29 * DAY_MS);
      await until(() => time.timers === 1);
      expect(await waiting()).to.equal(1);
      time.pass(2 * DAY_MS);
      await allGone();
    });

    if (engine.name !== 'sqlite') return;

    it('walks no table, however many messages there are', async () => {
      const { db, statements } = recording(world.db);
      post = new Post(db, time);
      post.answer = ({ attempts, destination }) =>
        attempts < 2 ? { kind: 'retry', reason: '503' } : { kind: destination === 'b' ? 'dead' : 'delivered', reason: '' };
      await post.leave({ dedupeKey: 'k' }, { destination: 'b' });
      await post.worker.drain();
      time.jump(5_000);
      await post.worker.drain();
      await until(() => statements.some(({ name }) => name === 'outbox.dead'));
      const plans: string[] = [];
      for (const { sql, bindings, name } of statements.filter(({ name }) => name !== '')) {
        for (const { detail } of await world.query<{ detail: string }>(`explain query plan ${sql}`, ...bindings))
          plans.push(`${name}: ${detail}`);
      }
      expect(plans.filter((plan) => /SCAN (outbox|deliveries|alerts|message|head|sent|later|ready)/.test(plan))).to.deep.equal([]);
      expect(plans.filter((plan) => plan.includes('SEARCH')).length).to.be.greaterThan(5);
    });
  });
});
