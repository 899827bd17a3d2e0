import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { expect } from 'chai';
import { NexudusSandbox } from '../../sandbox/nexudus/sandbox.js';

const NOW = '2026-11-23T08:00:00.000Z';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('the simulated Nexudus', () => {
  let sandbox: NexudusSandbox;
  let receiver: Server;
  let received: Received[];
  let answer: { status: number; body: string };
  let receiverUrl: string;
  beforeEach(async () => {
    sandbox = await new NexudusSandbox().start();
    sandbox.server.clock.freeze(Date.parse(NOW));
    sandbox.throttle.limits = [];
    received = [];
    answer = { status: 204, body: '' };
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer.status).end(answer.body);
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const address = receiver.address();
    receiverUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });
  afterEach(async () => {
    await sandbox.stop();
    receiver.closeAllConnections();
    receiver.close();
  });

  const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const admin = () => basic(sandbox.signIn.account.email, sandbox.signIn.account.password);
  async function call(method: string, path: string, json?: unknown, authorization = admin()) {
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const response = await fetch(`${sandbox.apiBaseUrl}/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...body,
    });
    const text = await response.text();
    return { status: response.status, reason: response.statusText, headers: response.headers, text, json: () => JSON.parse(text) };
  }
  async function token(form: Record<string, string>, headers: Record<string, string> = {}) {
    const response = await fetch(`${sandbox.apiBaseUrl}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Record<string, string | number> };
  }
  const password = { grant_type: 'password', username: 'admin@example.test', password: 'correct horse' };
  const webhook = (Action: number) =>
    call('POST', 'sys/webhooks', {
      BusinessId: sandbox.tables.all('Business')[0]?.Id,
      Name: 'gw',
      Action,
      URL: `${receiverUrl}/${Action}`,
    });

  describe('N1: tokens', () => {
    it('takes a form and no JSON', async () => {
      expect((await token(password)).body).to.deep.equal({
        access_token: 'nx-access-1',
        token_type: 'bearer',
        expires_in: 604_799,
        refresh_token: 'nx-refresh-1',
      });
      const json = await call('POST', 'token', password);
      expect([json.status, json.json()]).to.deep.equal([400, { error: 'unsupported_grant_type' }]);
    });

    it('says when the password is wrong', async () => {
      const { status, body } = await token({ ...password, password: 'x' });
      expect([status, body]).to.deep.equal([400, { error: 'invalid_grant', error_description: 'The user name or password is incorrect.' }]);
    });

    it('a refresh voids the refresh tokens before it, of the same client id only, and no access token', async () => {
      const first = (await token({ ...password, client_id: 'a' })).body;
      const other = (await token(password, { client_id: 'b' })).body;
      const refresh = { grant_type: 'refresh_token', refresh_token: String(first['refresh_token']), client_id: 'a' };
      expect((await token(refresh)).status).to.equal(200);
      expect((await token(refresh)).body['error']).to.equal('invalid_grant');
      expect((await token({ ...refresh, refresh_token: String(other['refresh_token']), client_id: 'b' })).status).to.equal(200);
      expect((await call('GET', 'sys/businesses', undefined, `Bearer ${first['access_token']}`)).status).to.equal(200);
    });

    it('refresh tokens end after 15 days, access tokens after 7', async () => {
      const { body } = await token(password);
      sandbox.server.clock.advance(8 * 86_400_000);
      expect((await call('GET', 'sys/businesses', undefined, `Bearer ${body['access_token']}`)).status).to.equal(401);
      sandbox.server.clock.advance(7 * 86_400_000);
      expect((await token({ grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) })).body['error']).to.equal(
        'invalid_grant',
      );
    });
  });

  it('N2: Basic, 401 without the role, and the add-on scheme by its vector', async () => {
    expect((await call('GET', 'spaces/bookings')).status).to.equal(200);
    expect((await call('GET', 'spaces/bookings', undefined, basic('admin@example.test', 'x'))).status).to.equal(401);
    sandbox.signIn.lackingRoles.add('Booking-List');
    expect((await call('GET', 'spaces/bookings')).status).to.equal(401);
    const application = basic('0a1b2c3d4e5f60718293a4b5c6d7e8f9', 'f2de34c4c927b25144fcdd4c9f871714');
    expect((await call('GET', 'sys/businesses', undefined, application)).status).to.equal(200);
    expect(sandbox.signIn.installQuery('2026-11-23T10:00:00').h).to.equal('3fd3759aaafb55ba322f8714ddf35b9a');
  });

  it('N3: too fast is 409 with its reason, a second to wait and no body; 429 on demand; writes have limits of their own', async () => {
    sandbox.throttle.limits = [
      { ms: 60_000, max: 2 },
      { ms: 3_600_000, max: 1, methods: ['POST'] },
    ];
    await call('GET', 'sys/businesses');
    await call('GET', 'sys/businesses');
    const { status, reason, headers, text } = await call('GET', 'sys/businesses');
    expect([status, reason, headers.get('retry-after'), text]).to.deep.equal([
      409,
      'You must wait before accessing this url again.',
      '1',
      '',
    ]);
    sandbox.throttle.status = 429;
    expect((await call('GET', 'sys/businesses')).status).to.equal(429);
    sandbox.server.clock.advance(60_000);
    await call('POST', 'spaces/bookings', {});
    expect((await call('POST', 'spaces/bookings', {})).status).to.equal(429);
    expect((await call('GET', 'sys/businesses')).status).to.equal(200);
  });

  it('N4: a refusal with 200, a 400 with its errors, a 404 that is a bare text', async () => {
    const { Id } = sandbox.space.addCoworker('Ada Park');
    const refused = await call('POST', 'spaces/checkins', { BusinessId: 1, CoworkerId: Id, FromTime: NOW });
    expect([refused.status, refused.json().WasSuccessful]).to.deep.equal([200, false]);
    const invalid = await call('POST', 'spaces/bookings', { ToTime: NOW });
    expect([invalid.status, invalid.json()]).to.deep.equal([
      400,
      {
        Status: 400,
        Message: 'FromTime: is required',
        Value: null,
        WasSuccessful: false,
        Errors: [{ AttemptedValue: null, Message: 'is required', PropertyName: 'FromTime' }],
      },
    ]);
    const missing = await call('GET', 'spaces/coworkers/1');
    expect([missing.status, missing.text]).to.deep.equal([404, '"Not found"']);
  });

  describe('N5: lists', () => {
    let ids: number[];
    beforeEach(() => {
      ids = ['Ada', 'Ben', 'Cem'].map((name) => sandbox.space.addCoworker(name, { AccessPincode: '4829' }).Id);
    });
    const listed = async (query: string) => (await call('GET', `spaces/coworkers?${query}`)).json();
    const idsOf = (rows: readonly { Id: number }[]) => rows.map(({ Id }) => Id);

    it('come in an envelope, in pages', async () => {
      const { Records, ...envelope } = await listed('page=2&size=2&orderBy=Id');
      expect(idsOf(Records)).to.deep.equal([ids[2]]);
      expect(envelope).to.deep.equal({
        CurrentPage: 2,
        CurrentPageSize: 2,
        CurrentOrderField: 'Id',
        CurrentSortDirection: 1,
        FirstItem: 3,
        LastItem: 3,
        TotalItems: 3,
        TotalPages: 2,
        HasNextPage: false,
        HasPreviousPage: true,
      });
    });

    it('have partial rows, which the record itself is not', async () => {
      const [row] = (await listed('')).Records;
      for (const field of ['AccessPincode', 'KeyFobNumber', 'MobilePhone', 'CoworkerType', 'Notes', 'Teams', 'Businesses']) {
        expect(row).not.to.have.property(field);
      }
      expect((await call('GET', `spaces/coworkers/${ids[0]}`)).json()).to.include({ AccessPincode: '4829', CoworkerType: 1 });
    });

    it('of a batch are a bare array of partial rows, and an envelope the older way', async () => {
      const batch = await listed(`id=[${ids[0]},${ids[2]}]`);
      expect(idsOf(batch)).to.deep.equal([ids[0], ids[2]]);
      expect(batch[0]).not.to.have.property('AccessPincode');
      expect(idsOf((await listed(`Coworker_Id=[${ids[1]}]`)).Records)).to.deep.equal([ids[1]]);
    });

    for (const [meaning, up, down] of [
      ['one-up', '1', '-1'],
      ['one-down', '0', '1'],
      ['words', 'ascending', 'descending'],
    ] as const) {
      it(`know the direction ${meaning}`, async () => {
        sandbox.lists.dir = meaning;
        expect(idsOf((await listed(`dir=${up}`)).Records)).to.deep.equal(ids);
        expect(idsOf((await listed(`dir=${down}`)).Records)).to.deep.equal([...ids].reverse());
      });
    }

    it('are filtered by equality, by relation, and by ranges in minutes', async () => {
      expect(idsOf((await listed('Coworker_FullName=Ben')).Records)).to.deep.equal([ids[1]]);
      sandbox.server.clock.advance(90_000);
      sandbox.space.changeCoworker(ids[2] ?? 0, {});
      expect(idsOf((await listed('from_Coworker_UpdatedOn=2026-11-23T08:01')).Records)).to.deep.equal([ids[2]]);
      expect(idsOf((await listed('to_Coworker_UpdatedOn=2026-11-23T08:01')).Records)).to.deep.equal([ids[0], ids[1]]);
      // Seconds are not looked at.
      expect(idsOf((await listed('from_Coworker_UpdatedOn=2026-11-23T08:01:59')).Records)).to.deep.equal([ids[2]]);
      sandbox.space.book(ids[0] ?? 0, null, NOW, NOW);
      expect((await call('GET', `spaces/bookings?Booking_Coworker=${ids[0]}`)).json().TotalItems).to.equal(1);
      expect((await call('GET', `spaces/bookings?Booking_Coworker=${ids[1]}`)).json().TotalItems).to.equal(0);
    });
  });

  it('N6: a PUT goes to the collection and blanks what it leaves out', async () => {
    const { Id } = sandbox.space.addCoworker('Ada Park', { AccessPincode: '4829', KeyFobNumber: 'F1' });
    expect((await call('PUT', `spaces/coworkers/${Id}`, { Id })).status).to.equal(404);
    const row = (await call('GET', 'spaces/coworkers')).json().Records[0];
    expect((await call('PUT', 'spaces/coworkers', row)).json().WasSuccessful).to.equal(true);
    expect(sandbox.tables.get('Coworker', Id)).to.include({ FullName: 'Ada Park', AccessPincode: null, KeyFobNumber: null });
    expect((await call('DELETE', `spaces/coworkers/${Id}`)).status).to.equal(404);
  });

  it('N7: a deleted booking is among the cancelled ones and nowhere else; a series shares its id; a booking may be nobody’s', async () => {
    const { Id } = sandbox.space.addCoworker('Ada Park');
    const room = sandbox.space.addResource('Studio');
    const series = sandbox.space.bookSeries(Id, room.Id, '2026-11-24T09:00:00.000Z', '2026-11-24T10:00:00.000Z', 3);
    expect(new Set(series.map(({ RepeatSeriesUniqueId }) => RepeatSeriesUniqueId)).size).to.equal(1);
    expect(series.map(({ FromTime }) => FromTime.slice(0, 10))).to.deep.equal(['2026-11-24', '2026-12-01', '2026-12-08']);
    const first = series[0]?.Id;
    await call('DELETE', `spaces/bookings/${first}`);
    expect((await call('GET', `spaces/bookings/${first}`)).status).to.equal(404);
    const cancelled = (await call('GET', 'spaces/cancelledbookings')).json().Records;
    expect(cancelled.map((one: { Id: number; CancellationReason: number }) => [one.Id, one.CancellationReason])).to.deep.equal([
      [first, 1],
    ]);
    expect(sandbox.space.book(null, room.Id, NOW, NOW).CoworkerId).to.equal(null);
  });

  it('N9: contracts end, pause, change and go; passes are used up; N10: local times carry a false Z', () => {
    const { Id } = sandbox.space.addCoworker('Ada Park');
    const [hot, office] = [sandbox.space.addTariff('Hot desk'), sandbox.space.addTariff('Office')];
    const contract = sandbox.space.addContract(Id, hot.Id);
    expect(sandbox.space.cancelContract(contract.Id, '2026-12-31T00:00:00Z')).to.include({ Active: true, Cancelled: false });
    expect(sandbox.space.pauseContract(contract.Id, '2026-11-01T00:00:00Z', null).InPausedPeriod).to.equal(true);
    expect(sandbox.space.resumeContract(contract.Id).InPausedPeriod).to.equal(false);
    expect(sandbox.space.upgradeContract(contract.Id, office.Id).TariffName).to.equal('Office');
    expect(sandbox.space.cancelContract(contract.Id, NOW)).to.include({ Active: false, Cancelled: true });
    sandbox.space.deleteContract(contract.Id);
    expect(sandbox.tables.all('CoworkerContract')).to.deep.equal([]);
    const pass = sandbox.space.givePass(Id, sandbox.space.addTimePass('Day pass').Id, { RemainingUses: 2 });
    expect(sandbox.space.usePass(pass.Id)).to.include({ Used: false, RemainingUses: 1 });
    expect(sandbox.space.usePass(pass.Id)).to.include({ Used: true, RemainingUses: 0 });
    expect(sandbox.space.book(Id, null, NOW, NOW).FromTimeLocal).to.equal('2026-11-23T09:00:00.000Z');
  });

  describe('webhooks', () => {
    beforeEach(() => void sandbox.space.addBusiness('Harbour Works'));

    it('N11: one action per address, the record in an array, unsigned without a secret', async () => {
      await webhook(3);
      const ada = sandbox.space.addCoworker('Ada Park');
      sandbox.space.changeCoworker(ada.Id, {});
      await sandbox.space.settled();
      expect(received.map(({ path }) => path)).to.deep.equal(['/3']);
      expect(JSON.parse(received[0]?.body ?? '')).to.deep.equal([ada]);
      expect(received[0]?.headers).not.to.have.property('x-nexudus-hook-signature');
    });

    it('N11: copies, replays and the last one first, on demand', async () => {
      await webhook(3);
      sandbox.space.hooks.switches.copies = 2;
      sandbox.space.addCoworker('Ada Park');
      await sandbox.space.settled();
      sandbox.space.hooks.switches.copies = 1;
      sandbox.space.hooks.replay(0);
      await sandbox.space.settled();
      expect(new Set(received.map(({ body }) => body)).size).to.equal(1);
      expect(received).to.have.length(3);
      sandbox.space.hooks.hold();
      for (const name of ['Ben', 'Cem']) sandbox.space.addCoworker(name);
      expect(received).to.have.length(3);
      sandbox.space.hooks.release();
      await sandbox.space.settled();
      expect(sandbox.space.hooks.deliveries.slice(-2).map(({ body }) => JSON.parse(body)[0].FullName)).to.deep.equal(['Cem', 'Ben']);
    });

    it('N12: no second try; switched off after failures in a row, with the error kept', async () => {
      await webhook(3);
      sandbox.space.hooks.switches.disableAfter = 2;
      answer.status = 500;
      for (const name of ['Ada', 'Ben', 'Cem']) {
        sandbox.space.addCoworker(name);
        await sandbox.space.settled();
      }
      expect(received).to.have.length(2);
      const [stored] = sandbox.tables.all('Webhook');
      expect(stored).to.include({ Active: false, ErrorCount: 2, LastError: 'The server answered 500.' });
      expect(stored?.LastTrigger).to.match(/^2026-11-23T08:/);
    });

    it('6.2: access control a quarter of an hour before a booking and after it, by time alone', async () => {
      const ada = sandbox.space.addCoworker('Ada Park');
      sandbox.space.book(ada.Id, null, '2026-11-23T09:00:00Z', '2026-11-23T10:00:00Z');
      await webhook(61);
      sandbox.space.tick();
      for (const [minutes, messages] of [
        [44, 0],
        [1, 1],
        [60, 1],
        [30, 2],
      ] as const) {
        sandbox.server.clock.advance(minutes * 60_000);
        sandbox.space.tick();
        await sandbox.space.settled();
        expect(received).to.have.length(messages);
      }
    });
  });

  it('N13: Custom ACS asks for the groups and sends the whole state with its end', async () => {
    const room = sandbox.space.addResource('Studio', undefined, 'grp-1');
    const ada = sandbox.space.addCoworker('Ada Park', { AccessPincode: '482913' });
    sandbox.space.acs.settings = {
      groupsUrl: `${receiverUrl}/groups`,
      groupsToken: 'g',
      webhookUrl: `${receiverUrl}/acs`,
      webhookToken: 'w',
    };
    answer = { status: 200, body: '[{"id":"grp-1","name":"Studio"}]' };
    await sandbox.space.acs.fetchGroups();
    expect(sandbox.space.acs.groups).to.deep.equal([{ id: 'grp-1', name: 'Studio' }]);
    expect(received[0]?.headers).to.include({ authorization: 'Bearer g' });
    expect(received[0]?.headers).to.include.keys('x-nexudus-business-uniqueid', 'x-nexudus-user-uniqueid');

    const booking = sandbox.space.book(ada.Id, room.Id, '2026-11-23T08:10:00Z', '2026-11-23T10:00:00Z');
    await sandbox.space.settled();
    const sent = JSON.parse(received[1]?.body ?? '');
    expect(received[1]?.headers.authorization).to.equal('Bearer w');
    expect(sent.coworker).to.include({ id: ada.Id, fullName: 'Ada Park', accessPincode: '482913' });
    expect(sent.groups).to.deep.equal(['grp-1']);
    expect(sent.schedule).to.deep.equal([{ group: 'grp-1', expires_on: '2026-11-23T10:15:00.000Z' }]);

    sandbox.space.cancelBooking(booking.Id);
    await sandbox.space.settled();
    expect(JSON.parse(received[2]?.body ?? '').groups).to.deep.equal([]);
  });

  it('N14: times have seven digits, ids lie above 2^30', () => {
    const ada = sandbox.space.addCoworker('Ada Park');
    expect(ada.UpdatedOn).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    expect(ada.Id).to.be.greaterThan(2 ** 30);
  });

  it('plays the same world every time', async () => {
    const digest = (one: NexudusSandbox) =>
      createHash('sha256')
        .update(JSON.stringify(one.tables.all('Coworker')))
        .digest('hex');
    const other = await new NexudusSandbox().start();
    other.server.clock.freeze(Date.parse(NOW));
    expect(digest(other.seed(20))).to.equal(digest(sandbox.seed(20)));
    await other.stop();
  });

  it('is driven by its control page too', async () => {
    sandbox.sampleSpace();
    const post = (action: string, body: unknown) =>
      fetch(`${sandbox.server.url}/_control/${action}`, { method: 'POST', body: JSON.stringify(body) }).then(async (response) => ({
        status: response.status,
        body: (await response.json()) as { result: { Id: number; Active: boolean } | null },
      }));
    const made = await post('add-coworker', { name: 'Grace Costa' });
    const id = made.body.result?.Id ?? 0;
    expect((await post('suspend', { coworkerId: id })).body.result?.Active).to.equal(false);
    expect(sandbox.tables.get('Coworker', id).Active).to.equal(false);
    expect((await post('suspend', {})).status).to.equal(400);
    expect((await post('fly', {})).status).to.equal(404);
    await post('outage', {});
    expect((await call('GET', 'sys/businesses')).status).to.equal(503);
    await post('recover', {});
    expect((await call('GET', 'sys/businesses')).status).to.equal(200);
  });
});
