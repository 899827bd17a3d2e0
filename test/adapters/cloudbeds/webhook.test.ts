import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import fc from 'fast-check';
import type { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import type { WebhookRequest } from '../../../src/adapters/adapter.js';
import { cloudbedsAdapter } from '../../../src/adapters/cloudbeds/adapter.js';
import { MemoryVault, readAll } from '../../support/adapter-context.js';
import { contextOf, failureOf, startedSandbox } from './support.js';

const { webhook, one } = cloudbedsAdapter;
if (webhook?.subscribe === undefined || webhook.unsubscribe === undefined || one === undefined) throw new Error('the adapter has webhooks');
const { verify, hints, subscribe, unsubscribe } = webhook;

const request = (body: unknown): WebhookRequest => ({
  headers: {},
  path: '',
  query: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const CREATED = {
  version: '1.0',
  event: 'reservation/created',
  timestamp: 1795442400.250001,
  propertyID: 240117,
  propertyID_str: '240117',
  reservationID: '7400000012345',
  startDate: '2026-12-01',
  endDate: '2026-12-04',
};
const CHANGES = [{ kind: 'changes' }];
const entity = (sourceKey: string) => [{ kind: 'entity', sourceKey }];

describe('Cloudbeds: what a webhook hints at', () => {
  for (const [payload, expected] of [
    [CREATED, entity('7400000012345')],
    [{ event: 'reservation/status_changed', reservationID: '1', status: 'in_progress' }, entity('1')],
    [{ event: 'reservation/dates_changed', reservationId: '1', subReservations: ['1-1'] }, entity('1')],
    [{ event: 'reservation/accommodation_changed', reservationId: 7400000012345, roomId: 'a' }, entity('7400000012345')],
    [{ event: 'reservation/accommodation_type_changed', subReservationId: '1-1' }, CHANGES],
    [{ event: 'reservation/accommodation_removed', RESERVATIONID: '1' }, entity('1')],
    [{ event: 'reservation/deleted', reservationId: '1' }, entity('1')],
    [{ event: 'guest/assigned', guestId: '5', reservationId: '1', roomID: 'a' }, entity('1')],
    [{ event: 'guest/details_changed', guestId: '5' }, CHANGES],
    [{ event: 'guest/details_changed', guestId: '5', reservationId: null }, CHANGES],
    [{ event: 'reservation/created', reservationID: '../x' }, CHANGES],
    [{ event: 'reservation/created', reservationID: 2 ** 60 }, CHANGES],
    [{ event: 'reservation/created', reservationID: { $ne: 1 } }, CHANGES],
    [{ event: 'doorLockKey/key_requested', keyId: '17' }, entity('key:17')],
    [{ event: 'doorLockKey/key_cancelled', KeyID: 17 }, entity('key:17')],
    [{ event: 'doorLockKey/key_requested', id: '17' }, entity('key:17')],
    [{ event: 'doorLockKey/key_requested', keyId: '17', reservationId: '1' }, entity('1')],
    [{ event: 'doorLockKey/key_requested' }, CHANGES],
    [{ event: 'integration/appstate_changed', newState: 'disabled' }, CHANGES],
    [{ event: 'reservation/never_heard_of', reservationId: '1' }, entity('1')],
    [{ event: 'something/new' }, CHANGES],
    [{ event: 'reservation/notes_changed', reservationId: '1', notes: 'late' }, []],
    [{ event: 'reservation/custom_fields_changed', reservationId: '1' }, []],
    [{ event: 'reservation/accommodation_status_changed', roomId: 'a', status: 'occupied' }, []],
    [{ event: 'integration/appsettings_changed' }, []],
    [{ event: 'housekeeping/room_condition_changed' }, []],
    [{ event: 'roomblock/created', reservationId: '1' }, []],
    [{ event: 'night_audit/completed' }, []],
    ['', CHANGES],
    ['{', CHANGES],
    ['null', CHANGES],
    ['[1]', CHANGES],
    ['{"event":7}', CHANGES],
    ['{"__proto__":{"event":"night_audit/completed"}}', CHANGES],
  ] as const) {
    it(`C12 ${typeof payload === 'string' ? payload || 'an empty body' : JSON.stringify(payload).slice(0, 90)}`, () => {
      expect(hints(request(payload))).to.deep.equal(expected);
    });
  }

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        (body) => {
          expect(hints(request(body)).length).to.be.at.most(1);
        },
      ),
    );
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });
});

describe('Cloudbeds: webhooks', () => {
  let sandbox: CloudbedsSandbox;
  let vault: MemoryVault;
  const url = 'https://latchkey.example.test/webhooks/int_1/secret-now';
  beforeEach(async () => {
    sandbox = await startedSandbox();
    vault = new MemoryVault();
  });
  afterEach(() => sandbox.stop());
  const context = () => contextOf(sandbox, { vault });
  const subscribed = () => sandbox.hooks.subscriptions.map(({ object, action }) => `${object}/${action}`).sort();

  it('C12 are about our property, in any spelling, or refused', async () => {
    const verdict = async (payload: unknown) => (await verify(request(payload), context())).kind;
    expect(await verdict(CREATED)).to.equal('genuine');
    expect(await verdict({ ...CREATED, propertyID_str: '999999', propertyID: 999999 })).to.equal('refused');
    expect(await verdict({ ...CREATED, propertyID_str: '999999' })).to.equal('refused');
    expect(await verdict({ event: 'guest/assigned', propertyId: 999999 })).to.equal('refused');
    expect(await verdict({ event: 'guest/assigned', propertyId: { a: 1 } })).to.equal('refused');
    expect(await verdict({ event: 'guest/assigned', propertyId_str: '240117' })).to.equal('genuine');
    expect(await verdict({ event: 'guest/assigned' })).to.equal('genuine');
    expect(await verdict('not even JSON')).to.equal('genuine');
  });

  it('C12 have the same id in every retry, and another one for another event, entity or moment', async () => {
    const id = async (payload: unknown) => {
      const verdict = await verify(request(payload), context());
      return verdict.kind === 'genuine' ? verdict.messageId : 'refused';
    };
    const first = await id(CREATED);
    expect(first).to.match(/^[0-9a-f]{64}$/);
    expect(await id(JSON.stringify({ ...CREATED, startDate: 'x' }, null, 2))).to.equal(first);
    expect(await id({ ...CREATED, propertyID: undefined, propertyId: 240117 })).to.equal(first);
    const others = await Promise.all(
      [{ event: 'reservation/deleted' }, { reservationID: '2' }, { timestamp: 1795442400.250002 }].map((part) =>
        id({ ...CREATED, ...part }),
      ),
    );
    expect(new Set([first, ...others]).size).to.equal(4);
    expect(await id({ ...CREATED, timestamp: undefined })).to.equal(null);
    expect(await id('{')).to.equal(null);
  });

  it('are subscribed to once for each event, keys only where there are door locks', async () => {
    expect(await subscribe(context(), { url })).to.deep.equal({ renewAt: null });
    expect(subscribed()).to.deep.equal([
      'guest/accommodation_changed',
      'guest/assigned',
      'guest/details_changed',
      'guest/removed',
      'integration/appstate_changed',
      'reservation/accommodation_changed',
      'reservation/accommodation_removed',
      'reservation/accommodation_type_changed',
      'reservation/created',
      'reservation/dates_changed',
      'reservation/deleted',
      'reservation/status_changed',
    ]);
    sandbox.locks.setUp();
    await readAll(cloudbedsAdapter.resources(context()));
    await subscribe(context(), { url });
    expect(subscribed().filter((name) => name.startsWith('doorLockKey'))).to.deep.equal([
      'doorLockKey/key_cancelled',
      'doorLockKey/key_requested',
    ]);
    expect(new Set(subscribed()).size).to.equal(subscribed().length);
  });

  for (const bare of [false, true]) {
    it(`C13 are repaired (${bare ? 'bare list, url' : 'envelope, endpoint'}): what is missing, doubled or goes to a former secret of ours`, async () => {
      sandbox.switches.bareWebhookList = bare;
      await subscribe(context(), { url });
      const whole = subscribed();
      const [first] = sandbox.hooks.subscriptions;
      sandbox.hooks.unsubscribe(first?.id ?? '');
      sandbox.hooks.subscribe('reservation', 'deleted', url);
      sandbox.hooks.subscribe('reservation', 'deleted', 'https://latchkey.example.test/webhooks/int_1/secret-old');
      sandbox.hooks.subscribe('reservation', 'notes_changed', url);
      const foreign = sandbox.hooks.subscribe('reservation', 'deleted', 'https://other.example.test/hook');
      const neighbour = sandbox.hooks.subscribe('reservation', 'deleted', 'https://latchkey.example.test/webhooks/int_2/x');
      await subscribe(context(), { url });
      expect(sandbox.hooks.subscriptions.filter(({ endpointUrl }) => endpointUrl === url).length).to.equal(whole.length);
      expect(sandbox.hooks.subscriptions).to.include.members([foreign, neighbour]);
      expect(sandbox.hooks.subscriptions.length).to.equal(whole.length + 2);
      const writes = () => sandbox.server.count('postWebhook') + sandbox.server.count('deleteWebhook');
      const before = writes();
      await subscribe(context(), { url });
      expect(writes()).to.equal(before);
    });
  }

  it('C13 come back after the app was disconnected', async () => {
    await subscribe(context(), { url });
    sandbox.hooks.disconnect('sandbox-client');
    expect(subscribed()).to.deep.equal([]);
    await subscribe(context(), { url });
    expect(subscribed()).to.include('reservation/created');
  });

  it('C13 are all taken away, ours alone', async () => {
    await subscribe(context(), { url });
    const foreign = sandbox.hooks.subscribe('reservation', 'deleted', 'https://other.example.test/hook');
    await unsubscribe(context(), { url });
    expect(sandbox.hooks.subscriptions).to.deep.equal([foreign]);
  });

  it('an event that a property does not offer is passed over; one that it must have is an error', async () => {
    sandbox.server.faults.add({
      kind: 'status',
      status: 200,
      body: '{"success":false,"message":"Unknown event"}',
      on: 'postWebhook',
      after: 5,
      times: 1,
    });
    await subscribe(context(), { url });
    expect(subscribed()).not.to.include('reservation/accommodation_removed');
    expect(subscribed()).to.include('guest/assigned');
    sandbox.hooks.subscriptions.length = 0;
    sandbox.server.faults.add({
      kind: 'status',
      status: 200,
      body: '{"success":false,"message":"Unknown event"}',
      on: 'postWebhook',
      times: 1,
    });
    expect((await failureOf(subscribe(context(), { url }))).name).to.equal('UpstreamUnavailable');
  });

  it('C12 sent for real: hints lead to what the property has, in any order, twice, and from a foreign property not at all', async () => {
    const bodies: Buffer[] = [];
    const receiver = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      bodies.push(Buffer.concat(chunks));
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const address = receiver.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    try {
      sandbox.locks.setUp();
      await subscribe(context(), { url: `http://127.0.0.1:${address.port}/webhooks/int_1/s` });
      Object.assign(sandbox.switches.hooks, { duplicate: true, reverse: true, foreign: true });
      const suite = sandbox.world.addRoom('301', { roomTypeID: '77' });
      const { reservationID: id } = sandbox.world.addReservation([
        { room: '501233-1', checkIn: sandbox.world.day(1), checkOut: sandbox.world.day(3) },
      ]);
      sandbox.world.assign(`${id}-1`, suite.roomID);
      const { keyId } = sandbox.locks.request({
        reservationId: id,
        subReservationId: `${id}-1`,
        startDateTime: '2026-11-26T15:00:00-03:00',
        endDateTime: '2026-11-28T11:00:00-03:00',
      });
      await sandbox.hooks.flush();
      const known = new Set<string>();
      const keys = new Set<string>();
      for (const body of bodies) {
        const verdict = await verify(request(body.toString('utf8')), context());
        if (verdict.kind === 'refused') continue;
        known.add(verdict.messageId ?? '');
        for (const hint of hints(request(body.toString('utf8')))) keys.add(hint.kind === 'entity' ? hint.sourceKey : 'changes');
      }
      // created, type changed, accommodation changed, guest assigned, key requested: each to us twice and once as another's.
      expect([bodies.length, known.size]).to.deep.equal([15, 5]);
      expect([...keys].sort()).to.deep.equal([id, `key:${keyId}`].sort());
      for (const key of keys) expect((await one(context(), key)).map(({ externalId }) => externalId)).to.deep.equal([`${id}-1/${keyId}`]);
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });
});
