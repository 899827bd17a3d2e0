import { expect } from 'chai';
import { SYSTEM } from '../../../src/domain/events.js';
import { closeAlert, openAlert } from '../../../src/events/alert-store.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';
import { Post, TestTime } from '../../support/outbox.js';

describe('admin API: deliveries', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let post: Post;
    beforeEach(() => {
      world = current();
      const time = new TestTime();
      time.now = START;
      post = new Post(world.db, time);
      post.answer = ({ destination }) =>
        destination === 'dead'
          ? { kind: 'dead', reason: '410' }
          : destination === 'busy'
            ? { kind: 'retry', reason: '503' }
            : { kind: 'delivered' };
    });

    const listed = async (query = '') => (await world.as('viewer', 'get', `/deliveries${query}`)).body;
    const statesOf = (body: { data: { state: string; destination: string }[] }) =>
      body.data.map(({ state, destination }) => `${state} ${destination}`);

    it('are the messages that wait or were set aside, then the attempts, each newest first, and never what they say', async () => {
      const secret = { payload: { text: 'for their eyes alone' } };
      await post.leave({ destination: 'dead', ...secret }, { destination: 'busy', ...secret }, { destination: 'good', ...secret });
      await post.worker.drain();
      await post.leave({ destination: 'new', ...secret });
      const body = await listed();
      expect(statesOf(body).slice(0, 3)).to.deep.equal(['waiting new', 'waiting busy', 'dead dead']);
      expect(statesOf(body).slice(3)).to.have.members(['failed dead', 'failed busy', 'delivered good']);
      expect(body).to.include({ hasNext: false, nextCursor: null });
      expect(JSON.stringify(body)).not.to.contain('their eyes');
      expect(Object.keys(body.data[0])).to.deep.equal([
        ...['id', 'attemptId', 'state', 'destination', 'kind', 'integrationId', 'at', 'dueAt', 'attempts', 'status', 'durationMs'],
      ]);
    });

    it('are filtered by state, message, destination and integration', async () => {
      const integrationId = await world.integration();
      const [dead] = await post.leave({ destination: 'dead' }, { destination: 'good', integrationId });
      await post.worker.drain();
      expect(statesOf(await listed('?state=dead'))).to.deep.equal(['dead dead']);
      expect(statesOf(await listed('?state=failed'))).to.deep.equal(['failed dead']);
      expect(statesOf(await listed('?state=waiting'))).to.deep.equal([]);
      expect(statesOf(await listed(`?id=${dead}`))).to.deep.equal(['dead dead', 'failed dead']);
      expect(statesOf(await listed('?destination=good'))).to.deep.equal(['delivered good']);
      expect(statesOf(await listed(`?integrationId=${integrationId}`))).to.deep.equal(['delivered good']);
      expect((await world.get('/deliveries?state=lost')).status).to.equal(400);
    });

    it('are read in pages of any size without gaps or repeats, over both kinds', async () => {
      await post.leave(...Array.from({ length: 4 }, (_, n) => ({ destination: `good${n}` })));
      await post.worker.drain();
      await post.leave(...Array.from({ length: 4 }, (_, n) => ({ destination: `new${n}` })));
      const whole = statesOf(await listed());
      for (const limit of [1, 2, 3, 4, 5, 7, 8]) {
        const seen: string[] = [];
        for (let cursor = ''; ; ) {
          const body = await listed(`?limit=${limit}${cursor}`);
          expect(body.data.length).to.be.within(1, limit);
          seen.push(...statesOf(body));
          if (!body.hasNext) break;
          cursor = `&cursor=${body.nextCursor}`;
        }
        expect(seen, `pages of ${limit}`).to.deep.equal(whole);
      }
      for (const wrong of ['deliveries:x', 'deliveries:messages', 'deliveries:other:1', 'events:1']) {
        const cursor = Buffer.from(wrong, 'utf8').toString('base64url');
        expect((await world.get(`/deliveries?cursor=${cursor}`)).status, wrong).to.equal(400);
      }
    });

    it('are replayed by an operator, under the same id', async () => {
      const [id] = await post.leave({ destination: 'dead' });
      await post.worker.drain();
      expect((await world.as('viewer', 'post', `/deliveries/${id}/replay`)).status).to.equal(403);
      const answer = await world.as('operator', 'post', `/deliveries/${id}/replay`);
      expect(answer.status).to.equal(200);
      expect(answer.body).to.include({ id, state: 'waiting', attempts: 0, dueAt: START });
      post.answer = () => ({ kind: 'delivered' });
      await post.worker.drain();
      expect(post.ids).to.deep.equal([id, id]);
      expect((await world.as('operator', 'post', `/deliveries/${id}/replay`)).status, 'it has been delivered').to.equal(404);
    });
  });
});

describe('admin API: alerts', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);

    it('are listed newest first, open or not, by type, integration and site', async () => {
      const world = current();
      const context = { actor: SYSTEM, now: START };
      const integrationId = await world.integration();
      await world.db.transaction(async (tx) => {
        await openAlert(tx, context, { type: 'hardware_down', subjectKey: 'ctl_1', siteId: 'site_1', message: 'Silent.' });
        await closeAlert(tx, context, { type: 'hardware_down', subjectKey: 'ctl_1', message: 'Back.' });
        await openAlert(tx, context, { type: 'integration_failing', subjectKey: integrationId, integrationId, message: 'It fails.' });
      });
      const { body } = await world.as('viewer', 'get', '/alerts');
      const [failing, down] = body.data;
      expect(failing).to.deep.include({
        type: 'integration_failing',
        integrationId,
        siteId: null,
        openedAt: START,
        closedAt: null,
        message: 'It fails.',
      });
      expect(down).to.deep.include({
        type: 'hardware_down',
        siteId: 'site_1',
        closedAt: START,
        message: 'Silent.',
        closingMessage: 'Back.',
      });
      expect(body).to.include({ hasNext: false, nextCursor: null });

      const only = async (query: string) => (await world.get(`/alerts?${query}`)).body.data.map(({ id }: { id: string }) => id);
      expect(await only('open=true')).to.deep.equal([failing.id]);
      expect(await only('open=false')).to.deep.equal([down.id]);
      expect(await only('type=hardware_down')).to.deep.equal([down.id]);
      expect(await only(`integrationId=${integrationId}`)).to.deep.equal([failing.id]);
      expect(await only('siteId=site_1')).to.deep.equal([down.id]);
      expect(await only('siteId=site_1&open=true')).to.deep.equal([]);
      const first = (await world.get('/alerts?limit=1')).body;
      expect(first.hasNext).to.equal(true);
      expect(await only(`limit=1&cursor=${first.nextCursor}`)).to.deep.equal([down.id]);
      for (const wrong of ['open=maybe', 'type=fire', 'cursor=x'])
        expect((await world.get(`/alerts?${wrong}`)).status, wrong).to.equal(400);
    });
  });
});
