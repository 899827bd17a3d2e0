import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { phpForm } from '../../sandbox/cloudbeds/form.js';
import { sampleHotel } from '../../sandbox/cloudbeds/sample.js';
import { CloudbedsSandbox } from '../../sandbox/cloudbeds/sandbox.js';

const NOW = Date.parse('2026-11-25T15:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

describe('the simulated Cloudbeds', () => {
  let sandbox: CloudbedsSandbox;
  beforeEach(async () => {
    sandbox = await new CloudbedsSandbox().start();
    sandbox.server.clock.freeze(NOW);
    sandbox.world.addRoom('101');
    sandbox.world.addRoom('102');
  });
  afterEach(() => sandbox.stop());

  const headers = (): Record<string, string> => ({ 'x-api-key': sandbox.grants.apiKey });
  const get = async (path: string, sent = headers()) => {
    const answer = await fetch(`${sandbox.apiBaseUrl}${path}`, { headers: sent });
    return { status: answer.status, body: JSON.parse(await answer.text()) as Record<string, unknown> };
  };
  const rows = async (path: string) => (await get(path)).body['data'] as Record<string, unknown>[];
  const send = async (method: string, url: string, body: string, sent = headers()) => {
    const answer = await fetch(url, { method, headers: sent, body });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const book = (room: string | null = '501233-1') =>
    sandbox.world.addReservation([{ room, checkIn: '2026-12-01', checkOut: '2026-12-04' }]);
  const token = (form: Record<string, string>) =>
    send(
      'POST',
      `${sandbox.apiBaseUrl}/access_token`,
      new URLSearchParams({ client_id: sandbox.grants.clientId, client_secret: sandbox.grants.clientSecret, ...form }).toString(),
    );

  describe('who may come in', () => {
    it('C1 the key, also as a bearer, also of version 1.2; nothing else', async () => {
      expect((await get('/getHotels')).body['success']).to.equal(true);
      expect((await get('/getHotels', { authorization: `Bearer ${sandbox.grants.apiKey}` })).body['success']).to.equal(true);
      expect((await fetch(`${sandbox.server.url}/api/v1.2/getHotels`, { headers: headers() })).status).to.equal(200);
      expect((await get('/getHotels', {})).status).to.equal(401);
      expect((await get('/getHotels', { authorization: 'Bearer x' })).status).to.equal(401);
    });

    it('C1 a key lives as long as nobody leaves it alone for thirty days', async () => {
      for (let month = 0; month < 3; month += 1) {
        expect((await get('/getHotels')).status).to.equal(200);
        sandbox.server.clock.advance(29 * DAY_MS);
      }
      await get('/getHotels');
      sandbox.server.clock.advance(31 * DAY_MS);
      expect((await get('/getHotels')).status).to.equal(401);
    });

    it('C1 gives an API key for a code, too', async () => {
      const code = sandbox.grants.issueCode('https://x.test');
      const answer = await token({ grant_type: 'urn:ietf:params:oauth:grant-type:api-key', code, redirect_uri: 'https://x.test' });
      expect(answer.body['access_token']).to.equal(sandbox.grants.apiKey);
    });

    it('C1 a refresh token that comes twice ends the connection, if that is switched on', async () => {
      const first = sandbox.grants.exchange(sandbox.grants.issueCode('https://x.test'), 'https://x.test');
      sandbox.switches.reuseEndsGrant = true;
      const second = await token({ grant_type: 'refresh_token', refresh_token: first?.refresh_token ?? '' });
      expect(second.status).to.equal(200);
      expect((await token({ grant_type: 'refresh_token', refresh_token: first?.refresh_token ?? '' })).status).to.equal(401);
      expect((await token({ grant_type: 'refresh_token', refresh_token: String(second.body['refresh_token']) })).status).to.equal(401);
      expect((await get('/getHotels', { authorization: `Bearer ${String(second.body['access_token'])}` })).status).to.equal(401);
    });

    it('C2 has no client_credentials, and says no in the shape of OAuth', async () => {
      expect(await token({ grant_type: 'authorization_code', code: 'x', redirect_uri: 'y' })).to.deep.equal({
        status: 401,
        body: { error: 'server_error', error_description: 'The authorization code is invalid or has expired.' },
      });
      expect((await token({ grant_type: 'client_credentials' })).status).to.equal(401);
    });

    it('C2 says no under 200, under 4xx, and in the words of the door-lock service', async () => {
      sandbox.switches.approverGone = true;
      expect(await get('/getHotels')).to.deep.equal({
        status: 200,
        body: { success: false, message: 'User who approved this connection is not active anymore' },
      });
      sandbox.switches.approverGone = false;
      expect(await get('/getNothing')).to.deep.equal({ status: 404, body: { success: false, message: 'Unknown endpoint' } });
      const denied = await fetch(`${sandbox.server.url}/doorlock/v1/settings/240117`);
      expect(((await denied.json()) as Record<string, unknown>)['code']).to.equal('ACCESS_DENIED');
    });
  });

  describe('lists', () => {
    it('C6 twenty rooms are a page unless somebody says otherwise, and totals count properties', async () => {
      for (let index = 0; index < 30; index += 1) sandbox.world.addRoom(`3${index}`, { isVirtual: index === 0, roomBlocked: index === 1 });
      const { body } = await get('/getRooms?propertyIDs=240117');
      const [property] = body['data'] as { rooms: { isVirtual: boolean; roomBlocked: boolean }[] }[];
      expect([property?.rooms.length, body['count'], body['total']]).to.deep.equal([20, 1, 1]);
      expect(property?.rooms.filter(({ isVirtual, roomBlocked }) => isVirtual || roomBlocked).length).to.equal(2);
    });

    it('C7 shows rooms, guests and custom fields only when asked', async () => {
      book();
      const names = ['rooms', 'guestList', 'customFields'];
      const shown = async (query: string) => {
        const [row] = await rows(`/getReservations?${query}`);
        return names.filter((name) => name in (row ?? {}));
      };
      expect(await shown('')).to.deep.equal([]);
      expect(await shown('includeAllRooms=true')).to.deep.equal(['rooms']);
      expect(await shown('includeGuestsDetails=true&includeCustomFields=true')).to.deep.equal(['guestList', 'customFields']);
    });

    it('C5 has numbers as texts, empty dates, and [] for no guests', async () => {
      book().bare = true;
      const [row] = await rows('/getReservations?includeAllRooms=true&includeGuestsDetails=true');
      expect([row?.['adults'], row?.['guestList']]).to.deep.equal(['1', []]);
      expect(JSON.stringify(row?.['rooms'])).to.include('"roomCheckIn":"","roomCheckOut":""');
    });

    it('C9 shows deleted reservations in one list alone, and there only when asked', async () => {
      sandbox.world.remove(book().reservationID);
      expect((await rows('/getReservations?includeDeleted=true')).length).to.equal(0);
      expect((await rows('/getReservationsWithRateDetails')).length).to.equal(0);
      expect((await rows('/getReservationsWithRateDetails?includeDeleted=true'))[0]).to.include({ isDeleted: true });
    });

    it('C10 sortByRecent has the last change first', async () => {
      const [first, second] = [book(), book()];
      sandbox.server.clock.advance(1_000);
      sandbox.world.setStatus(first.reservationID, 'checked_in');
      const order = async (query: string) => (await rows(`/getReservations?${query}`)).map((row) => row['reservationID']);
      expect(await order('')).to.deep.equal([first.reservationID, second.reservationID]);
      expect(await order('sortByRecent=true')).to.deep.equal([first.reservationID, second.reservationID]);
      sandbox.server.clock.advance(1_000);
      sandbox.world.setStatus(second.reservationID, 'checked_in');
      expect(await order('sortByRecent=true')).to.deep.equal([second.reservationID, first.reservationID]);
    });

    it('C16 tells times in the zone of the property, over the change of the clocks', () => {
      expect(sandbox.world.local(Date.parse('2027-04-04T02:58:00Z'))).to.equal('2027-04-03 23:58:00');
      expect(sandbox.world.local(Date.parse('2027-04-04T03:05:00Z'))).to.equal('2027-04-03 23:05:00');
    });
  });

  describe('writes', () => {
    const put = (form: string) => send('PUT', `${sandbox.apiBaseUrl}/putReservation`, form);
    const field = (id: string, name: string, value: string) =>
      `reservationID=${id}&customFields%5B0%5D%5BcustomFieldName%5D=${name}&customFields[0][customFieldValue]=${value}`;

    it('C14 reads forms as PHP does, and nothing reaches the prototype', () => {
      expect(phpForm('a=1&b[0][c]=2&b[0][d]=3&b[1][c]=4')).to.deep.equal({ a: '1', b: { 0: { c: '2', d: '3' }, 1: { c: '4' } } });
      expect(phpForm('__proto__[x]=1&a[constructor]=2')).to.deep.equal({ a: {} });
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
    });

    it('C14 takes a custom field by its shortcode, refuses its name and what looks like a card', async () => {
      const id = book().reservationID;
      expect((await put(field(id, 'door_code', '482913'))).body['success']).to.equal(true);
      expect((await put(field(id, 'Door code', '482913'))).body['success']).to.equal(false);
      expect((await put(field(id, 'door_code', '4111111111111111'))).body['message']).to.equal('Payment data is not allowed here');
      expect((await put(field(id, 'door_code', '4111111111111112'))).body['success']).to.equal(true);
      await send('POST', `${sandbox.apiBaseUrl}/postCustomField`, 'name=Gate&shortcode=gate&applyTo=reservation');
      expect((await put(field(id, 'gate', '1'))).body['success']).to.equal(true);
    });

    it('C15 keys need an offset in their dates and the property in a header', async () => {
      const base = `${sandbox.server.url}/doorlock/v1`;
      await send('PUT', `${base}/settings/240117`, '{"keyTypes":[]}', headers());
      const key = { propertyId: '240117', reservationId: '1', subReservationId: '1-1', keyType: 'access_code', status: 'processing' };
      const times = { startDateTime: '2026-12-01T15:00:00-03:00', endDateTime: '2026-12-04T11:00:00-03:00' };
      expect(
        (await send('POST', `${base}/keys`, JSON.stringify({ ...key, ...times, endDateTime: '2026-12-04T11:00:00' }))).body['code'],
      ).to.equal('INVALID_REQUEST');
      const made = await send('POST', `${base}/keys`, JSON.stringify({ ...key, ...times }));
      expect([made.status, made.body['keyId']]).to.deep.equal([201, '1']);
      const patch = (body: object, more: Record<string, string> = {}) =>
        send('PATCH', `${base}/keys/1`, JSON.stringify(body), { ...headers(), ...more });
      const property = { 'x-property-id': '240117' };
      expect((await patch({ status: 'completed' })).status).to.equal(400);
      expect((await patch({ status: 'lost' }, property)).status).to.equal(400);
      expect((await patch({ status: 'completed', keyCode: '482913' }, property)).body).to.include({
        status: 'completed',
        keyCode: '482913',
      });
      expect((await send('DELETE', `${base}/keys/1`, '')).status).to.equal(204);
      expect((await patch({ status: 'completed' }, property)).body['code']).to.equal('RESOURCE_NOT_FOUND');
      await send('DELETE', `${base}/settings/240117`, '');
      expect((await fetch(`${base}/settings/240117`, { headers: headers() })).status).to.equal(404);
    });
  });

  describe('webhooks', () => {
    let receiver: Server;
    let bodies: Record<string, unknown>[];
    let answer: (times: number) => number | null;
    beforeEach(async () => {
      bodies = [];
      answer = () => 200;
      receiver = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        bodies.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
        const status = answer(bodies.length);
        if (status !== null) response.writeHead(status).end();
      }).listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const address = receiver.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      for (const action of ['created', 'dates_changed', 'accommodation_changed', 'accommodation_type_changed']) {
        sandbox.hooks.subscribe('reservation', action, `http://127.0.0.1:${address.port}/`);
      }
      sandbox.hooks.subscribe('guest', 'assigned', `http://127.0.0.1:${address.port}/`);
      sandbox.hooks.subscribe('integration', 'appstate_changed', `http://127.0.0.1:${address.port}/`);
    });
    afterEach(() => {
      receiver.closeAllConnections();
      receiver.close();
    });

    it('C12 spell their ids differently, and one click sends three', async () => {
      const suite = sandbox.world.addRoom('301', { roomTypeID: '9' });
      const id = book().reservationID;
      sandbox.world.assign(`${id}-1`, suite.roomID);
      await sandbox.hooks.flush();
      expect(bodies.map(({ event }) => event)).to.deep.equal([
        'reservation/created',
        'reservation/accommodation_type_changed',
        'reservation/accommodation_changed',
        'guest/assigned',
      ]);
      expect(bodies[0]).to.include({ propertyID_str: '240117', reservationID: id });
      expect(bodies[2]).to.include({ propertyId_str: '240117', reservationId: id });
      expect(new Set(bodies.map(({ timestamp }) => timestamp)).size).to.equal(4);
    });

    it('C12 are tried five times more, a minute apart, and then dropped', async () => {
      answer = () => 500;
      book();
      for (let minute = 0; minute < 8; minute += 1) {
        await sandbox.hooks.flush();
        await sandbox.hooks.flush();
        sandbox.server.clock.advance(60_000);
      }
      expect(bodies.length).to.equal(6);
    });

    it('C12 that are answered too late count as failed', async () => {
      expect(sandbox.hooks.deadlineMs).to.equal(2_000);
      sandbox.hooks.deadlineMs = 50;
      answer = (times) => (times === 1 ? null : 204);
      book();
      await sandbox.hooks.flush();
      expect(sandbox.hooks.deliveries[0]).to.include({ status: 0, done: false });
      sandbox.server.clock.advance(60_000);
      await sandbox.hooks.flush();
      expect(sandbox.hooks.deliveries[0]).to.include({ status: 204, done: true });
    });

    it('C13 end with the app, which says so at last', async () => {
      sandbox.hooks.disconnect('sandbox-client');
      book();
      await sandbox.hooks.flush();
      expect(bodies.map(({ event, newState }) => [event, newState])).to.deep.equal([['integration/appstate_changed', 'disabled']]);
    });
  });

  it('C11 refuses what is too fast', async () => {
    sandbox.switches.rate = { perSecond: 1, retryAfter: true };
    await get('/getHotels');
    const second = await fetch(`${sandbox.apiBaseUrl}/getHotels`, { headers: headers() });
    expect([second.status, second.headers.get('retry-after')]).to.deep.equal([429, '1']);
    sandbox.switches.rate = { perSecond: 1, retryAfter: false };
    expect((await fetch(`${sandbox.apiBaseUrl}/getHotels`, { headers: headers() })).headers.get('retry-after')).to.equal(null);
  });

  it('seeds the same property every time', async () => {
    const world = async () => {
      const other = await new CloudbedsSandbox().start();
      other.server.clock.freeze(NOW);
      const text = JSON.stringify([...other.seed(50).world.reservations.values()].map(({ stays, status }) => [stays, status]));
      await other.stop();
      return text;
    };
    const [first, second] = [await world(), await world()];
    expect(second).to.equal(first);
    expect(new Set(first.match(/canceled|not_confirmed|checked_in|confirmed/g))).to.have.property('size', 4);
  });

  it('has a small hotel to show, and is led by a control page', async () => {
    sampleHotel(sandbox);
    expect([...sandbox.world.reservations.values()].map(({ status, stays }) => [status, stays.length])).to.deep.equal([
      ['checked_in', 1],
      ['confirmed', 1],
      ['confirmed', 2],
      ['confirmed', 1],
      ['checked_out', 1],
      ['canceled', 1],
    ]);
    const control = (action: string, body: object) => send('POST', `${sandbox.server.url}/_control/${action}`, JSON.stringify(body), {});
    const { result } = (await control('add-reservation', { firstName: 'Kaya', roomID: '501233-1' })).body;
    const id = String(result);
    expect(sandbox.world.reservation(id).stays[0]?.guest.firstName).to.equal('Kaya');
    await control('cancel', { reservationID: id });
    expect(sandbox.world.reservation(id).status).to.equal('canceled');
    const times = { startDateTime: '2026-12-01T15:00:00-03:00', endDateTime: '2026-12-04T11:00:00-03:00' };
    await control('request-key', { subReservationID: `${id}-1`, ...times });
    expect([...sandbox.locks.keys.values()].map(({ status }) => status)).to.deep.equal(['processing']);
    expect((await control('cancel', { reservationID: 'none' })).body).to.deep.equal({ error: 'no reservation none' });
    expect((await control('fly', {})).status).to.equal(404);
    await control('outage', {});
    expect((await fetch(`${sandbox.apiBaseUrl}/getHotels`, { headers: headers() })).status).to.equal(503);
    await control('recover', {});
    expect((await get('/getHotels')).status).to.equal(200);
  });
});
