import { expect } from 'chai';
import fc from 'fast-check';
import type { WebhookRequest } from '../../../src/adapters/adapter.js';
import type { GuestyContext } from '../../../src/adapters/guesty/context.js';
import { hints, verify } from '../../../src/adapters/guesty/webhook.js';
import { createUpstreamHttp } from '../../../src/adapters/http.js';
import { instant } from '../../../src/domain/time.js';
import { signatureOf } from '../../../sandbox/guesty/deliveries.js';
import { MemoryVault } from '../../support/adapter-context.js';
import { NOW } from './fixture.js';

const SECRET = 'whsec_Z2F0ZXdheS10ZXN0LWtleS0wMTIzNDU2Nzg5YWJjZGVm';
const ID = 'msg_2aBcDeFgHiJkLmNoPqRsTuVwXyZ';
const TIMESTAMP = '1795442400';
const BODY = '{"event":"reservation.updated.v2","meta":{"eventId":"evt_0001"},"data":{"reservationId":"66a0c0ffee00000000000001"}}';
const GOOD = 'v1,H0YzACPdai8rGa8fBYlyUttzkSOiezX3JuyZ6p1Bq7A=';
const UTF8_BODY =
  '{"event":"reservation.updated.v2","meta":{"eventId":"evt_0002"},"data":{"reservationId":"66a0c0ffee00000000000001","guest":"José"}}';
const UTF8_GOOD = 'v1,4ws+f0p7Vvx0fBJGuij+X0x0a7eiDcNQ/OkSRk4TXmw=';
const HEADERS = { 'svix-id': ID, 'svix-timestamp': TIMESTAMP, 'svix-signature': GOOD };

describe('guesty: the signature of a webhook', () => {
  let vault: MemoryVault;
  let now: number;
  beforeEach(async () => {
    vault = new MemoryVault();
    now = NOW;
    await keep({ secret: SECRET, previous: null });
  });

  const keep = (kept: object) => vault.put('webhook', JSON.stringify({ url: 'https://gw.example.test/x', ...kept }));
  const context = (): GuestyContext => {
    const silence = () => undefined;
    const timer = { now: () => now, sleep: async () => undefined };
    return {
      config: {},
      secrets: { clientId: 'a', clientSecret: 'b' },
      settings: {},
      vault,
      http: createUpstreamHttp({ limits: { windows: [], concurrent: 1 }, allowPrivateUrls: false, timer, random: () => 0 }),
      logger: { debug: silence, info: silence, warn: silence, error: silence },
      now: () => instant(now),
    };
  };
  const verdict = (headers: WebhookRequest['headers'] = HEADERS, body: string | Buffer = BODY) =>
    verify({ headers, path: '', query: {}, body: Buffer.from(body) }, context());
  const refusal = async (headers: Partial<Record<keyof typeof HEADERS, string | undefined>>, body: string | Buffer = BODY) => {
    const found = await verdict({ ...HEADERS, ...headers }, body);
    if (found.kind !== 'refused') throw new Error('it was taken');
    return found.reason;
  };

  it('of the first vector is genuine, and names the message', async () => {
    expect(Buffer.byteLength(BODY)).to.equal(116);
    expect(await verdict()).to.deep.equal({ kind: 'genuine', messageId: ID });
  });

  it('of the second vector, over UTF-8, is genuine', async () => {
    expect(await verdict({ ...HEADERS, 'svix-signature': UTF8_GOOD }, UTF8_BODY)).to.deep.include({ kind: 'genuine' });
  });

  it('may be the second of a list', async () => {
    expect(await verdict({ ...HEADERS, 'svix-signature': `v1,AAAA ${GOOD}` })).to.deep.include({ kind: 'genuine' });
  });

  it('is taken under the header names of Standard Webhooks', async () => {
    expect(await verdict({ 'webhook-id': ID, 'webhook-timestamp': TIMESTAMP, 'webhook-signature': GOOD })).to.deep.include({
      kind: 'genuine',
    });
  });

  it('is not looked for in x-guesty-signature', async () => {
    expect(await verdict({ 'svix-id': ID, 'svix-timestamp': TIMESTAMP, 'x-guesty-signature': GOOD })).to.deep.include({ kind: 'refused' });
  });

  for (const [what, signature] of [
    ['with a key that was not decoded', 'v1,MUf+cMKzck3mONrMleqpkVv0lxWhwJAKB6mvboVWLdI='],
    ['with the whole secret as its key', 'v1,t5X6WMPW3h8gDgVkM0B+KKUgedBlM/WpxZRDX2rDJ70='],
    ['over the body alone', 'v1,QOr/sOA7gbKsB9N8gMGwiq9lznU+ZoF1X4F5lCnYHkE='],
    ['of another body', 'v1,ns58YctnY7klUwNMgTWU2Xi3VA6WSm505feJR52kXPc='],
    ['F5: that is empty', 'v1,'],
    ['F5: that is no Base64', `v1,${'!'.repeat(43)}=`],
    ['F5: that is too short', 'v1,AAAA'],
    ['F5: that is too long', `${GOOD}AAAA`],
    ['of another version', GOOD.replace('v1', 'v2')],
    ['without a version', GOOD.slice(3)],
    ['F4: in a list of a thousand', `${'v1,AAAA '.repeat(1_000)}${GOOD}`],
    ['F4: in a list of eleven', `${'v1,AAAA '.repeat(10)}${GOOD}`],
  ] as const) {
    it(`${what} is refused`, async () => {
      expect(await refusal({ 'svix-signature': signature })).to.match(/signature/);
    });
  }

  it('F2: of the same JSON, written otherwise, is refused', async () => {
    expect(await refusal({}, JSON.stringify(JSON.parse(BODY), null, 1))).to.equal('the signature does not fit');
  });

  for (const name of ['svix-id', 'svix-timestamp', 'svix-signature'] as const) {
    it(`F1: without ${name} is refused`, async () => {
      expect(await refusal({ [name]: undefined })).to.match(/missing/);
    });
  }

  for (const timestamp of [
    'abc',
    '1e9',
    `${TIMESTAMP}abc`,
    `-${TIMESTAMP}`,
    `${TIMESTAMP}.0`,
    `${TIMESTAMP}000`,
    ` ${TIMESTAMP}`,
    `0${TIMESTAMP}`,
    '',
  ]) {
    it(`F6: with the timestamp “${timestamp}” is refused, however well it is signed`, async () => {
      expect(await refusal({ 'svix-timestamp': timestamp, 'svix-signature': signatureOf(SECRET, ID, timestamp, BODY) })).to.match(
        /timestamp/,
      );
    });
  }

  for (const id of ['', 'a'.repeat(10_000), 'msg.1', 'msg 1', 'msg\n1']) {
    it(`F7: with the id ${JSON.stringify(id.slice(0, 10))} of ${id.length} characters is refused, however well it is signed`, async () => {
      expect(await refusal({ 'svix-id': id, 'svix-signature': signatureOf(SECRET, id, TIMESTAMP, BODY) })).to.match(/message id/);
    });
  }

  for (const [seconds, kind] of [
    [-300, 'genuine'],
    [300, 'genuine'],
    [-301, 'refused'],
    [301, 'refused'],
  ] as const) {
    it(`sent ${-seconds} seconds ago is ${kind}`, async () => {
      now = NOW - seconds * 1_000;
      expect((await verdict()).kind).to.equal(kind);
    });
  }

  it('F3: with the secret before the present one is genuine for a while, then refused', async () => {
    const present = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    await keep({ secret: present, previous: { secret: SECRET, until: instant(NOW + 1) } });
    expect((await verdict()).kind).to.equal('genuine');
    expect((await verdict({ ...HEADERS, 'svix-signature': signatureOf(present, ID, TIMESTAMP, BODY) })).kind).to.equal('genuine');
    now = NOW + 1;
    expect((await verdict()).kind).to.equal('refused');
  });

  it('is refused while no secret is known', async () => {
    await vault.put('webhook', null);
    expect(await refusal({})).to.equal('there is no subscription whose secret is known');
  });

  it('gives reasons that hold nothing of what was sent', async () => {
    for (const headers of [{ 'svix-id': 'p*te' }, { 'svix-timestamp': 'p*te' }, { 'svix-signature': 'p*te' }]) {
      expect(await refusal(headers)).to.not.contain('p*te');
    }
  });

  it('of any changed byte is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(115), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const body = Buffer.from(BODY);
        body[at] = (body[at] ?? 0) ^ change;
        expect((await verdict(HEADERS, body)).kind).to.equal('refused');
      }),
    );
  });
});

describe('guesty: what a webhook makes worth reading', () => {
  const of = (body: unknown) => hints({ body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });
  const RESERVATION = [{ kind: 'entity', sourceKey: 'r1' }];
  const CHANGES = [{ kind: 'changes' }];

  for (const [what, body, expected] of [
    ['a v2 event', { event: 'reservation.updated.v2', data: { reservationId: 'r1', status: 'confirmed' } }, RESERVATION],
    ['a v2 event with nothing but ids', { event: 'reservation.created.v2', data: { reservationId: 'r1' } }, RESERVATION],
    ['a v2 event with _id', { event: 'reservation.created.v2', data: { _id: 'r1' } }, RESERVATION],
    ['a v2 event with id', { event: 'reservation.created.v2', data: { id: 'r1' } }, RESERVATION],
    [
      'a v2 event with a reservation inside',
      { event: 'reservation.created.v2', data: { reservation: { _id: 'r1' }, id: 'x' } },
      RESERVATION,
    ],
    ['a legacy event', { event: 'reservation.new', reservation: { _id: 'r1' } }, RESERVATION],
    ['a legacy update', { event: 'reservation.updated', reservation: { _id: 'r1' }, reservationBefore: { _id: 'r1' } }, RESERVATION],
    ['a short list', { event: 'reservation_update_shortlist', reservationId: 'r1' }, RESERVATION],
    ['the first of several ids', { event: 'reservation.updated', reservation: { _id: 'r1' }, data: { reservationId: 'r2' } }, RESERVATION],
    ['an event without a name', { data: { reservationId: 'r1' } }, RESERVATION],
    ['an event whose name is no text', { event: 7, reservationId: 'r1' }, RESERVATION],
    ['a reservation event without an id', { event: 'reservation.updated.v2', data: {} }, CHANGES],
    ['an id that is none', { event: 'reservation.updated.v2', data: { reservationId: '../../x' } }, CHANGES],
    ['an id of another type', { event: 'reservation.updated.v2', data: { reservationId: { $ne: 1 } } }, CHANGES],
    ['a listing', { event: 'listing.removed', listing: { _id: 'l1' } }, CHANGES],
    ['a guest who has another name', { event: 'guest.updated', guest: { _id: 'g1' } }, CHANGES],
    ['what is no JSON', '{"event":', CHANGES],
    ['nothing', '', CHANGES],
    ['no object', '"reservation.updated.v2"', CHANGES],
    ['null', 'null', CHANGES],
    ['a list', [], CHANGES],
    ['the calendar', { event: 'calendar.updated.v2', data: { id: 'x' } }, []],
    ['a message of a guest', { event: 'reservation.messageReceived', reservation: { _id: 'r1' } }, []],
    ['a payment', { event: 'payments.failed', reservationId: 'r1' }, []],
    ['an event that nobody knows', { event: 'cleaner.sneezed', data: { id: 'x' } }, []],
  ] as const) {
    it(`${what}: ${expected.length === 0 ? 'nothing' : expected === CHANGES ? 'what changed' : 'that reservation'}`, () => {
      expect(of(body)).to.deep.equal(expected);
    });
  }

  it('is never a failure, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => hints({ body: Buffer.from(body) }).length <= 1));
    fc.assert(fc.property(fc.uint8Array(), (body) => hints({ body: Buffer.from(body) }).length <= 1));
  });

  it('is not taken from what objects have by themselves', () => {
    expect(of('{"event":"reservation.updated.v2","__proto__":{"reservationId":"r9"}}')).to.deep.equal(CHANGES);
  });
});
