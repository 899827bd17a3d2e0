import { expect } from 'chai';
import { nexudusAdapter } from '../../../src/adapters/nexudus/adapter.js';
import { CursorExpired, UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import type { NexudusSandbox } from '../../../sandbox/nexudus/sandbox.js';
import type { Coworker } from '../../../sandbox/nexudus/records.js';
import { contextOf, errorOf, readFull, readOne, readSince, startNexudus } from './world.js';

const DAY_MS = 24 * 60 * 60_000;

describe('nexudus: what is read', () => {
  let sandbox: NexudusSandbox;
  let ada: Coworker;
  beforeEach(async () => {
    sandbox = await startNexudus();
    ada = sandbox.space.addCoworker('Ada Park', { AccessPincode: '482913', AccessCardId: '04A1B2C3' });
  });
  afterEach(() => sandbox.stop());

  /** After days, when minutes of filters and waits make no difference. */
  const later = (days = 1) => sandbox.server.clock.advance(days * DAY_MS);
  const lists = () => sandbox.server.seen.filter(({ path }) => path.includes('?')).length;

  it('tells the subdomain, the address and the locations of the account', async () => {
    sandbox.space.addBusiness('Mill House', 'mill');
    const account = await nexudusAdapter.account(contextOf(sandbox));
    expect(account.name).to.equal('Harbour Works');
    expect(account.details).to.deep.equal([
      { label: 'Subdomain', value: 'harbour' },
      { label: 'Subdomain', value: 'mill' },
      { label: 'E-mail', value: 'admin@example.test' },
      { label: 'Business', value: 'Harbour Works' },
      { label: 'Business', value: 'Mill House' },
    ]);
  });

  it('an account without a location is refused', async () => {
    sandbox.lists.empty = ['Business'];
    expect(await errorOf(nexudusAdapter.account(contextOf(sandbox)))).to.be.instanceOf(UpstreamRefused);
  });

  it('brings tariffs, passes, desks and resources as Groups with their kinds', async () => {
    const tariff = sandbox.space.addTariff('Hot desk');
    const pass = sandbox.space.addTimePass('Day pass');
    const desk = sandbox.space.addDesk('Desk 12');
    const room = sandbox.space.addResource('Small meeting room');
    const { groups } = await readFull(sandbox);
    expect([...groups.values()].map(({ externalId, kind, displayName }) => [externalId, kind, displayName])).to.deep.equal([
      [`tariff:${tariff.Id}`, 'tariff', 'Hot desk'],
      [`time_pass:${pass.Id}`, 'time_pass', 'Day pass'],
      [`desk:${desk.Id}`, 'desk', 'Desk 12'],
      [`resource:${room.Id}`, 'resource', 'Small meeting room'],
    ]);
  });

  it('gives a member what the single record has and lists leave out: the PIN, and the card if asked for (N5)', async () => {
    sandbox.space.addContract(ada.Id, sandbox.space.addTariff('Hot desk').Id);
    const given = { settings: { syncCards: true } };
    const user = (await readFull(sandbox, given)).users.get(String(ada.Id));
    expect([user?.pin, user?.card]).to.deep.equal(['482913', '04A1B2C3']);
    expect(await readOne(sandbox, ada.Id, given)).to.deep.equal(user);
    expect((await readFull(sandbox)).users.get(String(ada.Id))?.card).to.equal(null);
  });

  it('asks for no single record of people who open nothing', async () => {
    for (const name of ['Ben Okafor', 'Carla Peña', 'Dmitri Novák']) sandbox.space.addCoworker(name);
    const { users } = await readFull(sandbox);
    expect(users.size).to.equal(4);
    expect(sandbox.server.count('GET /api/spaces/coworkers/')).to.equal(0);
  });

  it('reads a row by itself when the list leaves out what we need (N5)', async () => {
    const desk = sandbox.space.addDesk('Desk 12');
    sandbox.space.addContract(ada.Id, sandbox.space.addTariff('Hot desk').Id, { Desks: [desk.Id] });
    const room = sandbox.space.addResource('Studio');
    sandbox.space.book(ada.Id, room.Id, '2026-11-24T09:00:00Z', '2026-11-24T10:00:00Z', { Tentative: true });
    const before = (await readFull(sandbox)).users.get(String(ada.Id));
    sandbox.lists.omitted = ['FloorPlanDeskIds', 'CancellationDate', 'Tentative', 'Active', 'Archived', 'FullName'];
    expect((await readFull(sandbox)).users.get(String(ada.Id))).to.deep.equal(before);
    expect(before?.groups).to.include(`desk:${desk.Id}`);
    expect(before?.groups).not.to.include(`resource:${room.Id}`);
  });

  it('reads the same whichever way lists are ordered (N5)', async () => {
    sandbox.seed(11);
    sandbox.lists.sizeMax = 4;
    const rising = await readFull(sandbox);
    sandbox.lists.fallingByDefault = true;
    expect([...(await readFull(sandbox)).users]).to.deep.equal([...rising.users]);
  });

  it('opens a booking by UTC, not by the local time with a false Z (N10)', async () => {
    const room = sandbox.space.addResource('Studio');
    const booking = sandbox.space.book(ada.Id, room.Id, '2026-11-24T09:00:00Z', '2026-11-24T10:30:00Z');
    expect(booking.FromTimeLocal).to.equal('2026-11-24T10:00:00.000Z');
    expect((await readOne(sandbox, ada.Id))?.periods).to.deep.equal([
      { groupExternalId: `resource:${room.Id}`, window: { startsAt: '2026-11-24T09:00:00.000Z', endsAt: '2026-11-24T10:30:00.000Z' } },
    ]);
  });

  it('a booking of nobody concerns nobody (N7)', async () => {
    const room = sandbox.space.addResource('Studio');
    sandbox.space.book(null, room.Id, '2026-11-24T09:00:00Z', '2026-11-24T10:00:00Z');
    expect((await readFull(sandbox)).users.get(String(ada.Id))?.groups).to.deep.equal([]);
  });

  it('loses no booking when one is deleted while pages are read (N8)', async () => {
    const room = sandbox.space.addResource('Studio');
    const bookings = Array.from({ length: 8 }, (_, hour) =>
      sandbox.space.book(ada.Id, room.Id, `2026-11-24T0${hour}:00:00Z`, `2026-11-24T0${hour}:30:00Z`),
    );
    sandbox.lists.sizeMax = 3;
    sandbox.onPage = (name, page) => {
      if (name !== 'Booking' || page !== 1) return;
      sandbox.onPage = null;
      sandbox.space.cancelBooking(bookings[0]?.Id ?? 0);
      sandbox.space.book(ada.Id, room.Id, '2026-11-24T08:00:00Z', '2026-11-24T08:30:00Z');
    };
    const { users } = await readFull(sandbox);
    expect(users.get(String(ada.Id))?.periods.map(({ window }) => window.startsAt?.slice(11, 13))).to.deep.equal([
      '01', '02', '03', '04', '05', '06', '07', '08',
    ]); // biome-ignore format: hours
  });

  for (const path of [
    'billing/coworkercontracts',
    'billing/coworkertimepasses',
    'spaces/bookings',
    'billing/tariffs',
    'sys/floorplandesks',
  ]) {
    it(`fails as a whole when ${path} fails`, async () => {
      sandbox.server.faults.add({ kind: 'status', on: `GET /api/${path}` });
      expect(await errorOf(readFull(sandbox))).to.be.instanceOf(UpstreamUnavailable);
    });
  }

  it('a success that says it is none is no list (N4)', async () => {
    sandbox.server.faults.add({
      kind: 'status',
      status: 200,
      on: 'GET /api/spaces/bookings',
      body: '{"WasSuccessful":false,"Message":"Not now"}',
    });
    const error = await errorOf(readFull(sandbox));
    expect(error).to.be.instanceOf(UpstreamContract);
    expect(error.message).to.equal('Nexudus answered 200 when asked for bookings: Not now');
  });

  it('gets over being too fast: 409 with an empty body is no conflict (N3)', async () => {
    sandbox.throttle.limits = [{ ms: 1_000, max: 1 }];
    expect((await readFull(sandbox)).users.size).to.equal(1);
    expect(sandbox.server.seen.some(({ status }) => status === 409)).to.equal(true);
  });

  it('keeps below all limits by itself', async () => {
    sandbox.seed(30);
    await readFull(sandbox);
    expect(sandbox.server.seen.filter(({ status }) => status === 409)).to.deep.equal([]);
  });

  it('one coworker who is gone is gone; a failure is none of that (N4)', async () => {
    const id = ada.Id;
    sandbox.server.faults.add({ kind: 'status', status: 500, on: `GET /api/spaces/coworkers/${id}` });
    expect(await errorOf(readOne(sandbox, id))).to.be.instanceOf(UpstreamUnavailable);
    sandbox.server.faults.clear();
    sandbox.space.deleteCoworker(id);
    expect(await readOne(sandbox, id)).to.equal(undefined);
  });

  describe('changes', () => {
    it('bring nothing when nothing happened, and ask for lists alone', async () => {
      sandbox.seed(9);
      const { cursor } = await readFull(sandbox);
      later();
      const before = lists();
      const result = await readSince(sandbox, cursor);
      expect([result.users.size, result.groups.size]).to.deep.equal([0, 0]);
      expect(lists() - before).to.equal(11);
      expect(sandbox.server.seen.slice(-lists() + before).every(({ path }) => path.includes('?'))).to.equal(true);
    });

    const happenings: [string, (space: NexudusSandbox['space'], id: number) => unknown][] = [
      ['the coworker', (space, id) => space.changeCoworker(id, { AccessPincode: '739105' })],
      ['a contract', (space, id) => space.addContract(id, space.addTariff('Office').Id)],
      ['a pass', (space, id) => space.givePass(id, space.addTimePass('Day pass').Id)],
      ['a booking', (space, id) => space.book(id, space.addResource('Studio').Id, '2026-11-26T09:00:00Z', '2026-11-26T10:00:00Z')],
      ['being archived', (space, id) => space.archive(id)],
    ];
    for (const [what, happen] of happenings) {
      it(`bring the coworker as read by itself: ${what}`, async () => {
        sandbox.seed(5);
        const { cursor } = await readFull(sandbox);
        later();
        happen(sandbox.space, ada.Id);
        const { users, groups, cursor: next } = await readSince(sandbox, cursor);
        expect([...users.keys()]).to.deep.equal([String(ada.Id)]);
        expect(users.get(String(ada.Id))).to.deep.equal(await readOne(sandbox, ada.Id));
        for (const group of users.get(String(ada.Id))?.groups ?? []) expect(groups.has(group)).to.equal(true);
        expect((await readSince(sandbox, next)).users.size).to.equal(0);
      });
    }

    it('bring whoever had a booking that was cancelled, although it is in no list of bookings (N7)', async () => {
      const room = sandbox.space.addResource('Studio');
      const booking = sandbox.space.book(ada.Id, room.Id, '2026-11-26T09:00:00Z', '2026-11-26T10:00:00Z');
      const { users, cursor } = await readFull(sandbox);
      expect(users.get(String(ada.Id))?.groups).to.deep.equal([`resource:${room.Id}`]);
      later();
      sandbox.space.cancelBooking(booking.Id);
      expect((await readSince(sandbox, cursor)).users.get(String(ada.Id))?.groups).to.deep.equal([]);
    });

    it('notice a cancellation within the same minute', async () => {
      const room = sandbox.space.addResource('Studio');
      const booking = sandbox.space.book(ada.Id, room.Id, '2026-11-26T09:00:00Z', '2026-11-26T10:00:00Z');
      const { cursor } = await readFull(sandbox);
      sandbox.space.cancelBooking(booking.Id);
      expect((await readSince(sandbox, cursor)).users.get(String(ada.Id))?.groups).to.deep.equal([]);
    });

    it('follow a booking through its life: tentative, approved, moved (N7)', async () => {
      const room = sandbox.space.addResource('Studio');
      const booking = sandbox.space.book(ada.Id, room.Id, '2026-11-26T09:00:00Z', '2026-11-26T10:00:00Z', { Tentative: true });
      const first = await readFull(sandbox);
      expect(first.users.get(String(ada.Id))?.skipReason).to.equal('tentative');
      later();
      sandbox.space.approveBooking(booking.Id);
      const second = await readSince(sandbox, first.cursor);
      expect(second.users.get(String(ada.Id))?.periods[0]?.window.startsAt).to.equal('2026-11-26T09:00:00.000Z');
      later();
      sandbox.space.moveBooking(booking.Id, '2026-11-27T09:00:00Z', '2026-11-27T10:00:00Z');
      const third = await readSince(sandbox, second.cursor);
      expect(third.users.get(String(ada.Id))?.periods[0]?.window.startsAt).to.equal('2026-11-27T09:00:00.000Z');
    });

    it('bring an upgrade with the new tariff, and who takes a desk (N9)', async () => {
      const [hot, office] = [sandbox.space.addTariff('Hot desk'), sandbox.space.addTariff('Office')];
      const contract = sandbox.space.addContract(ada.Id, hot.Id);
      const { cursor } = await readFull(sandbox);
      later();
      sandbox.space.upgradeContract(contract.Id, office.Id);
      const desk = sandbox.space.addDesk('Desk 12');
      sandbox.space.moveDesks(contract.Id, [desk.Id]);
      expect((await readSince(sandbox, cursor)).users.get(String(ada.Id))?.groups).to.deep.equal([
        `desk:${desk.Id}`,
        `tariff:${office.Id}`,
      ]);
    });

    it('of many coworkers read whole lists instead of one look each', async () => {
      const { cursor } = await readFull(sandbox);
      later();
      sandbox.seed(30);
      const before = lists();
      const { users } = await readSince(sandbox, cursor);
      expect(users.size).to.equal(30);
      expect(lists() - before).to.equal(14);
      expect([...users]).to.deep.equal([...(await readFull(sandbox)).users].filter(([id]) => id !== String(ada.Id)));
    });

    it('from a cursor of another make begin anew', async () => {
      expect(await errorOf(readSince(sandbox, 'page-2'))).to.be.instanceOf(CursorExpired);
    });
  });
});
