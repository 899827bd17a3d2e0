import { expect } from 'chai';
import { guestyAdapter } from '../../../src/adapters/guesty/adapter.js';
import { UpstreamContract, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { GuestySandbox } from '../../../sandbox/guesty/server.js';
import { contextFor, failureOf, startSandbox, type TestContext } from './fixture.js';
import { Receiver } from './receiver.js';

const EVENTS = ['reservation.created.v2', 'reservation.updated.v2'];

describe('guesty: the subscription', () => {
  let sandbox: GuestySandbox;
  let receiver: Receiver;
  let context: TestContext;
  beforeEach(async () => {
    sandbox = await startSandbox();
    receiver = await new Receiver().start();
    context = contextFor(sandbox);
  });
  afterEach(() => Promise.all([sandbox.stop(), receiver.stop()]));

  const subscribe = (url = receiver.url) => {
    if (guestyAdapter.webhook?.subscribe === undefined) throw new Error('no webhooks');
    return guestyAdapter.webhook.subscribe(context, { url });
  };
  const subscriptions = () => [...sandbox.webhooks.subscriptions.values()];
  const book = () => {
    const { _id: listingId } = sandbox.world.addListing({ nickname: 'Loft' });
    return sandbox.world.create({ listingId, checkInDateLocalized: '2026-12-01', checkOutDateLocalized: '2026-12-04' });
  };
  const kinds = async () => {
    await sandbox.webhooks.deliveries.flush();
    return Promise.all(receiver.received.map(async (one) => (await guestyAdapter.webhook?.verify(one, context))?.kind));
  };
  const hinted = () => receiver.received.flatMap((one) => guestyAdapter.webhook?.hints(one) ?? []);

  it('G14: is made for v2 events, and its secret is asked for until it is there', async () => {
    expect(await subscribe()).to.deep.equal({ renewAt: null });
    expect(subscriptions().map(({ url, events }) => ({ url, events }))).to.deep.equal([{ url: receiver.url, events: EVENTS }]);
    expect(sandbox.server.count('GET /v1/webhooks-v2/secret')).to.be.greaterThan(1);
    expect(context.slept.every((ms) => ms <= 10_000)).to.equal(true);
  });

  it('G14: is looked at again in a minute when the secret does not come', async () => {
    sandbox.switches.secretDelayMs = 50_000;
    expect(await subscribe()).to.deep.equal({ renewAt: '2026-11-23T14:01:07.000Z' });
    sandbox.server.clock.advance(60_000);
    expect(await subscribe()).to.deep.equal({ renewAt: null });
    expect(subscriptions()).to.have.length(1);
  });

  it('is not made twice', async () => {
    await subscribe();
    await subscribe();
    expect(subscriptions()).to.have.length(1);
    expect(sandbox.server.count('POST /v1/webhooks')).to.equal(1);
  });

  it('is found when it was made and the answer to that was lost', async () => {
    const { http } = context;
    sandbox.server.faults.add({ kind: 'reset', on: 'POST /v1/webhooks' });
    const losing: TestContext = {
      ...context,
      http: {
        request: (one) => {
          if (one.method === 'POST' && one.url.endsWith('/webhooks')) sandbox.webhooks.subscribe(receiver.url, EVENTS);
          return http.request(one);
        },
      },
    };
    expect(await guestyAdapter.webhook?.subscribe?.(losing, { url: receiver.url })).to.deep.equal({ renewAt: null });
    expect(subscriptions()).to.have.length(1);
  });

  it('is not taken for made when the request never came', async () => {
    sandbox.server.faults.add({ kind: 'reset', on: 'POST /v1/webhooks', times: 1 });
    expect(await failureOf(subscribe())).to.be.instanceOf(UpstreamUnavailable);
    expect(sandbox.server.count('GET /v1/webhooks')).to.equal(2);
  });

  it('leaves those of others alone, removes doubles of its own, and adds events that are missing', async () => {
    sandbox.webhooks.subscribe('https://other.example.test/hook', ['listing.new']);
    sandbox.webhooks.subscribe(receiver.url, ['reservation.created.v2']);
    sandbox.webhooks.subscribe(receiver.url, EVENTS);
    sandbox.server.clock.advance(10_000);
    await subscribe();
    expect(subscriptions().map(({ url, events }) => [url, events])).to.deep.equal([
      ['https://other.example.test/hook', ['listing.new']],
      [receiver.url, EVENTS],
    ]);
  });

  it('moves to another address of ours, and the old one goes', async () => {
    await subscribe('https://old.example.test/webhooks/int_1/s3cret');
    await subscribe();
    expect(subscriptions().map(({ url }) => url)).to.deep.equal([receiver.url]);
    book();
    expect(await kinds()).to.deep.equal(['genuine']);
  });

  it('G14: made anew has another secret, which is fetched; the old one counts for a day yet', async () => {
    await subscribe();
    const [before] = subscriptions();
    sandbox.webhooks.subscriptions.clear();
    await subscribe();
    expect(subscriptions()[0]?.secret).to.not.equal(before?.secret);
    book();
    if (before !== undefined) sandbox.webhooks.deliveries.enqueue(before, { event: 'reservation.updated.v2' });
    expect(await kinds()).to.deep.equal(['genuine', 'genuine']);
    sandbox.server.clock.advance(24 * 60 * 60_000);
    receiver.received.length = 0;
    if (before !== undefined) sandbox.webhooks.deliveries.enqueue(before, { event: 'reservation.updated.v2' });
    expect(await kinds()).to.deep.equal(['refused']);
  });

  it('is taken away with its secret', async () => {
    await subscribe();
    expect(await context.vault.get('webhook')).to.contain('whsec_');
    await guestyAdapter.webhook?.unsubscribe?.(context, { url: receiver.url });
    expect(subscriptions()).to.deep.equal([]);
    expect(await context.vault.get('webhook')).to.equal(null);
  });

  for (const body of ['{}', '{"key":"whsec_"}', '{"key":"whsec_QUJD"}', '{"key":7}', '[]']) {
    it(`takes no secret that is none: ${body}`, async () => {
      sandbox.server.faults.add({ kind: 'html', body, on: '/v1/webhooks-v2/secret' });
      expect(await failureOf(subscribe())).to.be.instanceOf(UpstreamContract);
    });
  }

  const SECRET = 'whsec_Z2F0ZXdheS10ZXN0LWtleS0wMTIzNDU2Nzg5YWJjZGVm';
  for (const body of [{ key: SECRET }, { secret: SECRET }, { signingSecret: SECRET }, SECRET]) {
    it(`takes a secret of the form ${JSON.stringify(body).replace(SECRET, '…')}`, async () => {
      sandbox.server.faults.add({ kind: 'html', body: JSON.stringify(body), on: '/v1/webhooks-v2/secret' });
      expect(await subscribe()).to.deep.equal({ renewAt: null });
    });
  }

  describe('delivers', () => {
    beforeEach(async () => {
      await subscribe();
    });

    for (const payload of ['full', 'ids', 'legacy'] as const) {
      it(`G15: payloads of the form “${payload}”, genuine, each a hint at its reservation`, async () => {
        sandbox.switches.payload = payload;
        const { _id } = book();
        sandbox.world.cancel(_id);
        expect(await kinds()).to.deep.equal(['genuine', 'genuine']);
        expect(hinted()).to.deep.equal([
          { kind: 'entity', sourceKey: _id },
          { kind: 'entity', sourceKey: _id },
        ]);
      });
    }

    it('G15: the same id with both of two deliveries, and with each one that is tried again', async () => {
      sandbox.switches.deliverTwice = true;
      receiver.status = 503;
      book();
      await kinds();
      receiver.status = 204;
      sandbox.server.clock.advance(5_000);
      await kinds();
      expect(receiver.received).to.have.length(4);
      expect(new Set(receiver.received.map(({ headers }) => headers['svix-id'])).size).to.equal(1);
    });

    it('G15: in any order, which matters to nobody: each is read anew', async () => {
      sandbox.webhooks.deliveries.held = true;
      const { _id } = book();
      sandbox.world.cancel(_id);
      await sandbox.webhooks.deliveries.release({ reversed: true });
      expect(receiver.received.map(({ body }) => (JSON.parse(body.toString()) as { readonly event: string }).event)).to.deep.equal([
        'reservation.updated.v2',
        'reservation.created.v2',
      ]);
      const read = async () => (await guestyAdapter.one?.(context, _id))?.[0]?.skipReason;
      expect([await read(), await read()]).to.deep.equal(['canceled', 'canceled']);
    });

    for (const [what, change] of [
      ['a stale timestamp', { staleTimestamp: true }],
      ['a wrong key', { wrongKey: true }],
    ] as const) {
      it(`G15: with ${what} is refused`, async () => {
        Object.assign(sandbox.switches, change);
        book();
        expect(await kinds()).to.deep.equal(['refused']);
      });
    }
  });
});
