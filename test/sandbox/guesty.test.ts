import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { GuestySandbox } from '../../sandbox/guesty/server.js';
import { Receiver } from '../adapters/guesty/receiver.js';

const NOW = Date.parse('2026-11-23T14:00:00.000Z');
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly raw: string;
}

describe('sandbox: guesty', () => {
  let sandbox: GuestySandbox;
  let bearer: string;
  beforeEach(async () => {
    sandbox = new GuestySandbox();
    sandbox.server.clock.freeze(NOW);
    await sandbox.start();
    bearer = (json(await token()) as { readonly access_token: string }).access_token;
  });
  afterEach(() => sandbox.stop());

  const json = ({ raw }: Answer): unknown => JSON.parse(raw);
  const send = async (method: string, url: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(url, { method, ...init });
    return { status: answer.status, headers: answer.headers, raw: await answer.text() };
  };
  const token = (client: Readonly<Record<string, string>> = { client_id: 'demo-client', client_secret: 'demo-secret' }, headers = {}) =>
    send('POST', sandbox.tokenUrl, {
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'open-api', ...client }),
    });
  const api = (method: string, path: string, body?: object) =>
    send(method, sandbox.apiBaseUrl + path, {
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const results = async (path: string) =>
    (json(await api('GET', path)) as { readonly results: readonly Record<string, unknown>[] }).results;
  const listing = () => sandbox.world.addListing({ nickname: 'Loft' })._id;
  const book = (more: object = {}) =>
    sandbox.world.create({ listingId: listing(), checkInDateLocalized: '2026-12-01', checkOutDateLocalized: '2026-12-04', ...more });
  const filters = (...all: readonly object[]) => `/reservations?fields=_id&filters=${encodeURIComponent(JSON.stringify(all))}`;

  describe('G1: tokens', () => {
    it('are given for credentials in the body or as HTTP Basic, five in 24 hours', async () => {
      const basic = { authorization: `Basic ${Buffer.from('demo-client:demo-secret').toString('base64')}` };
      for (let times = 0; times < 4; times += 1) expect((await token({}, basic)).status).to.equal(200);
      const refused = await token();
      expect(refused.status).to.equal(429);
      expect(refused.headers.get('retry-after')).to.equal('86400');
      sandbox.server.clock.advance(DAY_MS);
      expect((await token()).status).to.equal(200);
    });

    it('are counted for each client', async () => {
      for (let times = 0; times < 5; times += 1) await token();
      sandbox.tokens.addClient('second', 'secret');
      expect((await token({ client_id: 'second', client_secret: 'secret' })).status).to.equal(200);
    });

    it('are not given to anybody else', async () => {
      expect((await token({ client_id: 'demo-client', client_secret: 'x' })).status).to.equal(401);
      expect((await token({ scope: 'other' })).status).to.equal(400);
    });
  });

  it('G2: has its token endpoint at the root and nothing of the API there', async () => {
    expect((await send('POST', `${sandbox.apiBaseUrl}/oauth2/token`)).status).to.equal(403);
    expect((await send('GET', `${sandbox.server.url}/listings`)).status).to.equal(404);
  });

  it('G3: answers an expired token 403 with the documented message, and 401 where it is told to', async () => {
    sandbox.server.clock.advance(DAY_MS);
    const refused = await api('GET', '/listings');
    expect([refused.status, json(refused)]).to.deep.equal([
      403,
      { message: "You don't have permission to access, please contact Guesty support." },
    ]);
    sandbox.switches.unauthorizedOn = ['/listings'];
    const other = await api('GET', '/listings');
    expect([other.status, json(other)]).to.deep.equal([401, { error: { code: 'UNAUTHORIZED', message: 'Unauthorized' } }]);
  });

  describe('G4: limits', () => {
    it('are told with every answer, refusals too, by the names and the case that are set', async () => {
      const { headers } = await api('GET', '/listings');
      expect(headers.get('x-ratelimit-limit-minute')).to.equal('120');
      expect(headers.get('x-ratelimit-remaining-second')).to.equal('14');
      expect(headers.get('x-ratelimit-remaining-hour')).to.equal('4999');
      sandbox.switches.omitRemainingHour = true;
      bearer = 'wrong';
      const refused = await api('GET', '/listings');
      expect(refused.status).to.equal(403);
      expect(refused.headers.get('x-ratelimit-limit-hour')).to.equal('5000');
      expect(refused.headers.get('x-ratelimit-remaining-hour')).to.equal(null);
    });

    it('are told in capitals by switch', async () => {
      sandbox.switches.upperCaseHeaders = true;
      const [answer] = (await once(get(`${sandbox.apiBaseUrl}/listings`), 'response')) as [IncomingMessage];
      answer.resume();
      expect(answer.rawHeaders).to.include('X-RATELIMIT-LIMIT-SECOND');
    });

    it('are of the account, whatever the token, and refill all the time', async () => {
      for (let times = 0; times < 15; times += 1) expect((await api('GET', '/listings')).status).to.equal(200);
      sandbox.tokens.addClient('second', 'secret');
      bearer = (json(await token({ client_id: 'second', client_secret: 'secret' })) as { readonly access_token: string }).access_token;
      const refused = await api('GET', '/listings');
      expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '1']);
      sandbox.server.clock.advance(1_000 / 15);
      expect((await api('GET', '/listings')).status).to.equal(200);
    });

    it('are of the minute too', async () => {
      for (let times = 0; times < 120; times += 1) {
        await api('GET', '/listings');
        sandbox.server.clock.advance(70);
      }
      let status = 200;
      for (let times = 0; times < 30 && status === 200; times += 1) {
        ({ status } = await api('GET', '/listings'));
        sandbox.server.clock.advance(70);
      }
      expect(status).to.equal(429);
    });

    it('let 15 be under way at once', async () => {
      const release = sandbox.limits.hold();
      const under = Array.from({ length: 12 }, () => api('GET', '/listings'));
      while (sandbox.server.count('/v1/listings') < 12) await new Promise((resolve) => setImmediate(resolve));
      sandbox.server.clock.advance(1_000);
      const more = Array.from({ length: 4 }, () => api('GET', '/listings'));
      const first = await Promise.race(more);
      release();
      expect(first.status).to.equal(429);
      const statuses = (await Promise.all([...under, ...more])).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).to.have.length(15);
    });
  });

  describe('G6: listings', () => {
    it('come in an envelope of at most 100, or bare', async () => {
      for (let times = 0; times < 130; times += 1) listing();
      expect(await results('/listings?limit=1000')).to.have.length(100);
      expect(await results('/listings?limit=100&skip=100')).to.have.length(30);
      expect(await results('/listings')).to.have.length(25);
      sandbox.switches.bareLists = true;
      expect(json(await api('GET', '/listings?limit=3')))
        .to.be.an('array')
        .with.length(3);
    });

    it('tell their type, their parent, and by which name you like whether they are listed', async () => {
      const parent = sandbox.world.addListing({ nickname: 'Studios' });
      const child = sandbox.world.addListing({ nickname: '101', parentId: parent._id });
      const [one, other] = await results(`/listings?sort=_id`);
      expect(one).to.deep.include({ _id: parent._id, type: 'MTL', isListed: true });
      expect(other).to.deep.include({ _id: child._id, type: 'MTL_CHILD', mtl: { p: parent._id } });
      sandbox.switches.listedName = 'listed';
      expect((await results('/listings'))[0])
        .to.include({ listed: true })
        .and.not.have.property('isListed');
    });

    it('that are not active come when they are asked for, by id too', async () => {
      const { _id } = sandbox.world.addListing({ nickname: 'Closed', active: false });
      listing();
      expect((await results('/listings')).map(({ nickname }) => nickname)).to.deep.equal(['Loft']);
      expect((await results('/listings?active=false')).map(({ nickname }) => nickname)).to.deep.equal(['Closed']);
      expect((await api('GET', `/listings/${_id}`)).status).to.equal(200);
      expect(await results(`/listings?active=false&nids=${_id}`)).to.deep.equal([]);
    });
  });

  describe('G7: reservations', () => {
    for (const [operator, given, expected] of [
      ['$eq', { field: 'status', value: 'canceled' }, [1]],
      ['$not', { field: 'status', value: 'canceled' }, [0, 2]],
      ['$contains', { field: 'status', value: 'cel' }, [1]],
      ['$notcontains', { field: 'guest.email', value: '2@' }, [0, 1]],
      ['$gt', { field: 'checkInDateLocalized', value: '2026-12-01' }, [1, 2]],
      ['$gte', { field: 'checkInDateLocalized', value: '2026-12-02' }, [1, 2]],
      ['$lt', { field: 'checkInDateLocalized', value: '2026-12-02' }, [0]],
      ['$lte', { field: 'checkInDateLocalized', value: '2026-12-02' }, [0, 1]],
      ['$in', { field: 'status', value: ['canceled', 'closed'] }, [1]],
      ['$between', { field: 'checkInDateLocalized', from: '2026-12-02', to: '2026-12-03' }, [1, 2]],
      ['$gte', { field: 'lastUpdatedAt', value: '2026-11-23T15:01:00.000+01:00' }, [1, 2]],
    ] as const) {
      it(`are filtered by ${operator} of ${given.field}`, async () => {
        const all = ['confirmed', 'canceled', 'confirmed'].map((status, index) => {
          const day = `2026-12-0${index + 1}`;
          const one = book({ status, checkInDateLocalized: day, guest: { firstName: 'A', lastName: 'B', email: `g${index}@x.test` } });
          sandbox.server.clock.advance(MINUTE_MS);
          return one._id;
        });
        const found = (await results(filters({ operator, ...given }))).map(({ _id }) => all.indexOf(String(_id)));
        expect(found).to.deep.equal(expected);
      });
    }

    it('hold every filter of several, and refuse an operator that there is not', async () => {
      book({ status: 'canceled' });
      const [one, other] = [
        { field: 'status', operator: '$eq', value: 'canceled' },
        { field: 'status', operator: '$eq', value: 'confirmed' },
      ];
      expect(await results(filters(one))).to.have.length(1);
      expect(await results(filters(one, other))).to.have.length(0);
      const refused = await api('GET', filters({ field: 'status', operator: '$where', value: '1' }));
      expect([refused.status, refused.raw]).to.deep.equal([
        400,
        '{"error":{"message":"unknown operator $where","code":"VALIDATION_FAILED","status":400,"data":["unknown operator $where"]}}',
      ]);
    });

    it('show the fields that were asked for and the persistent ones, and no status unless asked', async () => {
      book();
      const [row] = await results('/reservations?fields=guest.fullName%20listing.timezone');
      expect(row).to.have.all.keys('_id', 'integration', 'accountId', 'guestId', 'guest', 'listing');
      expect([row?.['guest'], row?.['listing']]).to.deep.equal([{ fullName: 'Ada Park' }, { timezone: 'Europe/Lisbon' }]);
      expect((await results('/reservations?fields=status'))[0]).to.include({ status: 'confirmed' });
      expect((await results('/reservations'))[0]).to.include.keys('status', 'guest', 'keyCode', 'lastUpdatedAt');
    });

    it('are sorted by id unless told otherwise, either way', async () => {
      const [first, second] = [book(), book()];
      sandbox.world.cancel(first._id);
      expect((await results('/reservations')).map(({ _id }) => _id)).to.deep.equal([first._id, second._id]);
      expect((await results('/reservations?sort=-lastUpdatedAt')).map(({ _id }) => _id)).to.deep.equal([first._id, second._id]);
      expect((await results('/reservations?sort=lastUpdatedAt&limit=1&skip=1')).map(({ _id }) => _id)).to.deep.equal([first._id]);
    });

    it('have another lastUpdatedAt after each change', () => {
      const { _id, lastUpdatedAt } = book();
      const stamps = [lastUpdatedAt, sandbox.world.cancel(_id).lastUpdatedAt, sandbox.world.setStatus(_id, 'confirmed').lastUpdatedAt];
      expect([...new Set(stamps)].sort()).to.deep.equal(stamps);
    });
  });

  it('G10: tells whether a unit is assigned', async () => {
    const parent = sandbox.world.addListing({ nickname: 'Studios', type: 'MTL' });
    const child = sandbox.world.addListing({ nickname: '101', parentId: parent._id });
    const { _id } = book({ listingId: parent._id });
    expect((await results('/reservations'))[0]).to.deep.include({ listingId: parent._id, mtl: { _id: parent._id, assigned: false } });
    sandbox.world.move(_id, child._id);
    expect((await results('/reservations'))[0]).to.deep.include({ listingId: child._id, mtl: { _id: parent._id, assigned: true } });
  });

  describe('G11, G12: v3', () => {
    it('reads ten at most, and leaves the notes of channel bookings out', async () => {
      const ids = [book({ madeBy: 'v3', keyCode: '1' }), book({ madeBy: 'channel', keyCode: '2' })].map(({ _id }) => _id);
      const query = (all: readonly string[]) => `/reservations-v3?${all.map((id) => `reservationIds[]=${id}`).join('&')}`;
      const [direct, channel] = json(await api('GET', query(ids))) as readonly Record<string, unknown>[];
      expect(direct?.['notes']).to.include({ keyCode: '1' });
      expect(channel).to.not.have.property('notes');
      expect((await api('GET', query(Array.from({ length: 11 }, () => ids[0] ?? '')))).status).to.equal(400);
    });

    it('searches by what it knows and answers 400 to anything else', async () => {
      book({ status: 'canceled' });
      const search = (query: string) => api('GET', `/reservations-v3/search?${query}`);
      expect(json(await search('filter[status]=confirmed,canceled&filter[checkIn][gte]=2026-01-01'))).to.have.nested.property(
        'results.length',
        1,
      );
      expect(json(await search('filter[status]=confirmed'))).to.deep.include({ results: [], pagination: { hasMore: false } });
      expect((await search('filter[lastUpdatedAt][gte]=2026-01-01')).status).to.equal(400);
      expect((await search('filter[checkIn][near]=2026-01-01')).status).to.equal(400);
    });

    it('answers 200 to nested notes on the legacy route and stores nothing', async () => {
      const { _id } = book();
      expect((await api('PUT', `/reservations/${_id}`, { notes: { keyCode: '1' } })).status).to.equal(200);
      expect(sandbox.world.reservations.get(_id)?.keyCode).to.equal(null);
    });

    it('notes the stay of a guest', async () => {
      const { _id } = book();
      expect(json(await api('PUT', '/reservations-v3/guest-stay', { reservationId: _id, status: 'checked_in' }))).to.deep.equal({});
      expect(sandbox.world.reservations.get(_id)?.guestStay).to.equal('checked_in');
      expect((await api('PUT', '/reservations-v3/guest-stay', { reservationId: _id, status: 'lost' })).status).to.equal(400);
    });
  });

  describe('G14: subscriptions', () => {
    const url = 'https://gw.example.test/webhooks/int_1/s3cret';

    it('of legacy events are refused by the names that replace them, unless switched off', async () => {
      const refused = await api('POST', '/webhooks', { url, events: ['reservation.new'] });
      expect(refused.status).to.equal(400);
      expect(refused.raw).to.contain('reservation.created.v2');
      sandbox.switches.refuseLegacyEvents = false;
      expect((await api('POST', '/webhooks', { url, events: ['reservation.new'] })).status).to.equal(201);
    });

    it('share the secret of their address, and cannot change it', async () => {
      const [one, other] = [sandbox.webhooks.subscribe(url, []), sandbox.webhooks.subscribe(url, [])];
      expect(one.secret).to.equal(other.secret);
      expect(sandbox.webhooks.subscribe(`${url}2`, []).secret).to.not.equal(one.secret);
      expect((await api('PUT', `/webhooks/${one._id}`, { url: `${url}3`, events: [] })).status).to.equal(400);
      expect((await api('DELETE', `/webhooks/${one._id}`)).status).to.equal(204);
      expect((await api('GET', `/webhooks/${one._id}`)).status).to.equal(404);
    });

    it('do not give their secret at once', async () => {
      sandbox.webhooks.subscribe(url, []);
      const secret = () => api('GET', `/webhooks-v2/secret?url=${encodeURIComponent(url)}`);
      expect((await secret()).status).to.equal(404);
      sandbox.server.clock.advance(3_000);
      expect(json(await secret()))
        .to.have.property('key')
        .that.matches(/^whsec_/);
    });
  });

  describe('G15: deliveries', () => {
    let receiver: Receiver;
    beforeEach(async () => {
      receiver = await new Receiver().start();
      receiver.status = 302;
    });
    afterEach(() => receiver.stop());

    it('are tried eight times by the schedule of Svix; a redirect is a failure', async () => {
      sandbox.webhooks.subscribe(receiver.url, ['reservation.created.v2']);
      book();
      const { deliveries } = sandbox.webhooks;
      await deliveries.flush();
      for (let minutes = 0; minutes < 2 * 24 * 60; minutes += 1) {
        sandbox.server.clock.advance(MINUTE_MS);
        if (deliveries.waiting > 0) await deliveries.flush();
      }
      const waits = deliveries.attempts.map(({ at }, index) => Math.round((at - (deliveries.attempts[index - 1]?.at ?? at)) / MINUTE_MS));
      expect(waits).to.deep.equal([0, 1, 5, 30, 120, 300, 600, 600]);
      expect(receiver.received).to.have.length(8);
      expect(deliveries.waiting).to.equal(0);
    });

    it('end after five days of nothing but failures, and not after one that was taken in between', async () => {
      const subscription = sandbox.webhooks.subscribe(receiver.url, ['reservation.created.v2']);
      const day = async () => {
        book();
        await sandbox.webhooks.deliveries.flush();
        sandbox.server.clock.advance(DAY_MS);
      };
      for (let days = 0; days < 4; days += 1) await day();
      receiver.status = 204;
      await day();
      receiver.status = 500;
      for (let days = 0; days < 5; days += 1) await day();
      expect(subscription.disabled).to.equal(false);
      await day();
      expect(subscription.disabled).to.equal(true);
      const before = receiver.received.length;
      await day();
      expect(receiver.received).to.have.length(before);
    });
  });

  it('is the same world each time', () => {
    const other = new GuestySandbox();
    other.server.clock.freeze(NOW);
    for (const one of [sandbox, other]) {
      one.sample();
      one.seed(50);
    }
    expect([...other.world.reservations]).to.deep.equal([...sandbox.world.reservations]);
    expect([...other.world.listings]).to.deep.equal([...sandbox.world.listings]);
  });

  it('is controlled over HTTP by the names of its actions', async () => {
    const control = (action: string, body: object) =>
      send('POST', `${sandbox.server.url}/_control/${action}`, { body: JSON.stringify(body) });
    const made = await control('create', {
      reservation: { listingId: listing(), checkInDateLocalized: '2026-12-01', checkOutDateLocalized: '2026-12-02' },
    });
    const { _id: id } = (json(made) as { readonly result: { readonly _id: string } }).result;
    await control('cancel', { id });
    expect(sandbox.world.reservations.get(id)?.status).to.equal('canceled');
    await control('advance', { ms: 1_000 });
    expect(sandbox.server.clock.now()).to.equal(NOW + 1_000);
    await control('switches', { switches: { bareLists: true } });
    expect(sandbox.switches.bareLists).to.equal(true);
    expect((await control('cancel', { id: 'nobody' })).status).to.equal(400);
    const unknown = await control('explode', {});
    expect([unknown.status, json(unknown)]).to.deep.include(404);
    expect(unknown.raw).to.contain('move-dates');
  });
});
