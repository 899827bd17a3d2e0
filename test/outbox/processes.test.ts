import { expect } from 'chai';
import { LEASE_MS } from '../../src/outbox/worker.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';
import { Post, TestTime } from '../support/outbox.js';
import { spawnScript } from '../support/processes.js';

describe('outbox: several processes', () => {
  forEachEngine((engine) => {
    const opened = openedTwice(engine);
    let time: TestTime;
    beforeEach(() => {
      time = new TestTime();
    });
    afterEach(() => opened().db.transaction((tx) => tx.execute('delete from outbox', [])));

    it('send each message once, in order, and never two to one destination at a time', async () => {
      const { db, other } = opened();
      const onTheirWay = new Set<string>();
      const posts = [new Post(db, time, 4, onTheirWay), new Post(other, time, 4, onTheirWay)] as const;
      const all: { destination: string; n: number }[] = [];
      for (const post of posts) {
        post.answer = async ({ destination, payload }) => {
          all.push({ destination, n: Number(payload['n']) });
          await new Promise((resolve) => setImmediate(resolve));
          return { kind: 'delivered' };
        };
      }
      const left = await posts[0].leave(...Array.from({ length: 400 }, (_, n) => ({ destination: `d${n % 10}`, payload: { n } })));

      while ((await db.read.query('select id from outbox limit 1', [])).length > 0)
        await Promise.all(posts.map(({ worker }) => worker.drain()));

      expect([...posts[0].ids, ...posts[1].ids].sort()).to.deep.equal([...left].sort());
      expect(posts.map(({ sent }) => sent.length).every((count) => count > 0)).to.equal(true);
      for (let d = 0; d < 10; d += 1) {
        const order = all.filter(({ destination }) => destination === `d${d}`).map(({ n }) => n);
        expect(order).to.deep.equal([...order].sort((a, b) => a - b));
      }
      expect(posts.flatMap(({ overlapping }) => overlapping)).to.deep.equal([]);
    }).timeout(60_000);

    it('send what a killed one had in hand once its lease is over, with the same id', async () => {
      const { db, location } = opened();
      const post = new Post(db, time);
      const [first, second, elsewhere] = await post.leave({}, {}, { destination: 'b' });
      const child = spawnScript('test/support/children/outbox-sender.ts', [location.engine, location.at]);
      await Promise.all([first, elsewhere].map((id) => child.line((line) => line === `sent ${id}`)));
      child.child.kill('SIGKILL');
      await child.ended;

      time.jump(LEASE_MS - 1);
      expect(await post.worker.drain(), 'it may still live').to.equal(0);
      time.jump(1);
      await post.worker.drain();

      expect(post.ids).to.have.members([first, second, elsewhere]);
      expect(post.ids.indexOf(first ?? '')).to.be.lessThan(post.ids.indexOf(second ?? ''));
      expect(post.sent.find(({ id }) => id === first)?.attempts).to.equal(2);
    }).timeout(60_000);
  });
});
