import { expect } from 'chai';
import type { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import { cloudbedsAdapter } from '../../../src/adapters/cloudbeds/adapter.js';
import type { CloudbedsSettings } from '../../../src/domain/generated/adapters/cloudbeds/settings.js';
import { MemoryVault, readAll } from '../../support/adapter-context.js';
import { contextOf, failureOf, startedSandbox } from './support.js';

const { resources, changes, one } = cloudbedsAdapter;
if (changes === undefined || one === undefined) throw new Error('the adapter reads changes and single reservations');

describe('Cloudbeds: reading a property', () => {
  let sandbox: CloudbedsSandbox;
  let vault: MemoryVault;
  beforeEach(async () => {
    sandbox = await startedSandbox();
    vault = new MemoryVault();
  });
  afterEach(() => sandbox.stop());

  const context = (settings: CloudbedsSettings = {}) => contextOf(sandbox, { vault, settings });
  const full = (settings?: CloudbedsSettings) => readAll(resources(context(settings)));
  const since = (cursor: string | null) => readAll(changes(context(), cursor ?? ''));
  const book = (roomID: string | null = '501233-1', from = 1, to = 4) =>
    sandbox.world.addReservation([{ room: roomID, checkIn: sandbox.world.day(from), checkOut: sandbox.world.day(to) }]);
  const minutes = (count: number) => sandbox.server.clock.advance(count * 60_000);

  it('shows the account', async () => {
    sandbox.locks.setUp();
    expect(await cloudbedsAdapter.account(context())).to.deep.equal({
      id: '240117',
      name: 'Hotel Vela',
      details: [
        { label: 'E-mail', value: 'desk@vela.example.test' },
        { label: 'Property', value: 'Hotel Vela (240117)' },
        { label: 'Time zone', value: 'America/Santiago' },
        { label: 'Check-in and check-out', value: '15:00 and 11:00' },
        { label: 'Door keys', value: 'read and written' },
      ],
    });
  });

  it('refuses a property that the connection does not reach', async () => {
    const error = await failureOf(cloudbedsAdapter.account(contextOf(sandbox, { config: { propertyId: '1' } })));
    expect([error.name, error.message]).to.deep.equal(['UpstreamRefused', 'This connection does not reach property 1.']);
  });

  it('C5 understands HH:MM, and takes 15:00 and 11:00 for a house that has not said its hours', async () => {
    book();
    const usual = await full();
    sandbox.switches.shortTimes = true;
    expect([...(await full()).users]).to.deep.equal([...usual.users]);
    sandbox.world.checkIn = '';
    sandbox.world.checkOut = '';
    expect([...(await full()).users]).to.deep.equal([...usual.users]);
  });

  it('works the windows out anew when the zone or the hours of the property change', async () => {
    book();
    await full();
    sandbox.world.zone = 'Europe/Lisbon';
    sandbox.world.checkIn = '14:00';
    const [user] = (await full()).users.values();
    expect(user?.window).to.deep.equal({ startsAt: '2026-11-26T14:00:00.000Z', endsAt: '2026-11-29T11:00:00.000Z' });
  });

  it('C6 reads every room: pages of twenty, totals that count properties, virtual and blocked rooms', async () => {
    for (let index = 0; index < 203; index += 1)
      sandbox.world.addRoom(`3${index}`, { isVirtual: index % 7 === 0, roomBlocked: index % 5 === 0 });
    const { groups } = await full();
    expect(groups.size).to.equal(205);
    expect(groups.get('501233-1')).to.deep.include({ displayName: '101', kind: 'room', members: null });
  });

  it('makes a Group of a room that only a reservation knows', async () => {
    book('501233-2');
    sandbox.world.rooms.splice(1, 1);
    expect((await full()).groups.get('501233-2')?.displayName).to.equal('102');
  });

  it('reads stays that ended yesterday or later, whatever their status and however far ahead', async () => {
    const shown = [book('501233-1', -3, -1), book('501233-1', 300, 302), book('501233-2', 0, 1)];
    sandbox.world.cancel(shown[2]?.reservationID ?? '');
    book('501233-1', -5, -2);
    expect([...(await full()).users.values()].map(({ sourceKey }) => sourceKey)).to.deep.equal(
      shown.map(({ reservationID }) => reservationID),
    );
  });

  it('C8 follows a stay from no room to a room to another room', async () => {
    const id = book(null).reservationID;
    const user = async () => (await one(context(), id))[0];
    expect(await user()).to.deep.include({ skipReason: 'unassigned_room', groups: [] });
    sandbox.world.assign(`${id}-1`, '501233-1');
    expect(await user()).to.deep.include({ skipReason: null, groups: ['501233-1'] });
    sandbox.world.assign(`${id}-1`, '501233-2');
    expect(await user()).to.deep.include({ groups: ['501233-2'], externalId: `${id}-1` });
    sandbox.world.moveFrom(`${id}-1`, sandbox.world.day(2), '501233-1');
    expect((await user())?.periods.map(({ groupExternalId }) => groupExternalId)).to.deep.equal(['501233-2', '501233-1']);
    expect([...(await full()).users.values()]).to.deep.equal(await one(context(), id));
  });

  it('C7 lists and single reads agree on every kind of reservation', async () => {
    sandbox.locks.setUp();
    sandbox.seed(40);
    const several = sandbox.world.addReservation([
      { room: '501233-1', checkIn: sandbox.world.day(1), checkOut: sandbox.world.day(3) },
      { room: '501233-2', checkIn: sandbox.world.day(2), checkOut: sandbox.world.day(5) },
    ]);
    sandbox.world.checkInGuests(several.reservationID);
    sandbox.world.setRoomStatus(`${several.reservationID}-2`, 'checked_out');
    sandbox.world.anonymize(`${several.reservationID}-1`);
    const bare = book();
    bare.bare = true;
    const { users } = await full();
    for (const sourceKey of new Set([...users.values()].map((user) => user.sourceKey))) {
      expect(await one(context(), sourceKey)).to.deep.equal([...users.values()].filter((user) => user.sourceKey === sourceKey));
    }
    expect(users.get(`${several.reservationID}-2`)?.skipReason).to.equal('expired');
  });

  it('C9 a deleted reservation is gone when it is read by its id', async () => {
    const id = book().reservationID;
    sandbox.world.remove(id);
    expect(await one(context(), id)).to.deep.equal([]);
    expect((await full()).users.size).to.equal(0);
  });

  for (const [what, fault] of [
    ['a 404 of something else', { kind: 'status', status: 404, body: '{"success":false,"message":"Unknown endpoint"}' }],
    ['a 404 without our envelope', { kind: 'status', status: 404, body: '{"message":"Reservation not found"}' }],
    ['a page of a proxy', { kind: 'html' }],
    ['another failure', { kind: 'status', status: 200, body: '{"success":false,"message":"Please try again later"}' }],
    ['an outage', { kind: 'status', status: 503 }],
  ] as const) {
    it(`does not take ${what} for a reservation that is gone`, async () => {
      const id = book().reservationID;
      sandbox.server.faults.add({ ...fault, on: '/getReservation?' });
      expect((await failureOf(one(context(), id))).name).to.match(/^Upstream(Contract|Unavailable)$/);
    });
  }

  it('says no word about a reservation of another property', async () => {
    const id = book().reservationID;
    const answer = JSON.stringify({
      success: true,
      data: { propertyID: '9', reservationID: id, status: 'confirmed', assigned: [], unassigned: [] },
    });
    sandbox.server.faults.add({ kind: 'status', status: 200, body: answer, on: '/getReservation?' });
    expect(await one(context(), id)).to.deep.equal([]);
  });

  it('C10 finds a row that slipped to a page already read', async () => {
    sandbox.switches.pageCap = 10;
    const booked = Array.from({ length: 25 }, () => book());
    sandbox.switches.afterPage = (page) => {
      if (page !== 1) return;
      sandbox.switches.afterPage = null;
      sandbox.world.remove(booked[2]?.reservationID ?? '');
    };
    const { users } = await full();
    for (const { reservationID } of booked.slice(3)) expect(users.has(`${reservationID}-1`), reservationID).to.equal(true);
  });

  it('C10 a list that says it has more than it gives is no complete read', async () => {
    book();
    const row = { reservationID: '1', status: 'confirmed', rooms: [] };
    sandbox.server.faults.add({
      kind: 'status',
      status: 200,
      body: JSON.stringify({ success: true, data: [row], total: 2 }),
      on: '/getReservations?',
    });
    expect((await failureOf(full())).message).to.equal('Cloudbeds sent the same page of reservations again.');
    sandbox.server.faults.clear();
    sandbox.server.faults.add({ kind: 'status', status: 200, body: '{"success":true,"data":[],"total":"2"}', on: '/getReservations?' });
    expect((await failureOf(full())).message).to.equal('Cloudbeds says that there are 2 reservations and sent 0.');
  });

  it('C10 a total that is too low does not end the read', async () => {
    for (let index = 0; index < 103; index += 1) book();
    const rows = Array.from({ length: 100 }, (_, index) => ({ reservationID: String(index + 1), status: 'confirmed' }));
    sandbox.server.faults.add({
      kind: 'status',
      status: 200,
      times: 1,
      body: JSON.stringify({ success: true, data: rows, count: 100, total: 100 }),
      on: '/getReservations?',
    });
    expect((await full()).users.size).to.equal(3);
  });

  it('a reservation that we do not understand stops the read and names the place, not the value', async () => {
    const body = JSON.stringify({ success: true, data: [{ reservationID: '1', status: 7, guestName: 'Ada' }], total: 1 });
    sandbox.server.faults.add({ kind: 'status', status: 200, body, on: '/getReservations?' });
    const error = await failureOf(full());
    expect([error.name, error.message]).to.deep.equal([
      'UpstreamContract',
      'The other system sent a list of reservations that we do not understand: /0/status must be string.',
    ]);
  });

  describe('since a cursor', () => {
    it('C4 sees what was changed, and not what was changed in silence, which the full read sees', async () => {
      const silent = book();
      minutes(90);
      const loud = book();
      const { cursor } = await full();
      minutes(200);
      sandbox.world.cancel(loud.reservationID);
      sandbox.switches.silentChanges = true;
      sandbox.world.cancel(silent.reservationID);
      const { users } = await since(cursor);
      expect([...users.values()].map(({ sourceKey, skipReason }) => [sourceKey, skipReason])).to.deep.equal([
        [loud.reservationID, 'canceled'],
      ]);
      expect((await full()).users.get(`${silent.reservationID}-1`)?.skipReason).to.equal('canceled');
    });

    it('is the newest change that Cloudbeds has told of, and stays when there is nothing new', async () => {
      expect((await full()).cursor).to.equal(null);
      book();
      minutes(90);
      const last = book();
      const { cursor } = await full();
      expect(cursor).to.equal(sandbox.world.local(last.modifiedAt));
      minutes(500);
      const overlap = await since(cursor);
      expect([...overlap.users.values()].map(({ sourceKey }) => sourceKey)).to.deep.equal([last.reservationID]);
      expect(overlap.cursor).to.equal(cursor);
    });

    it('gives the cursor with the last page alone', async () => {
      book();
      const cursors: (string | null)[] = [];
      for await (const page of resources(context())) cursors.push(page.cursor);
      expect(cursors.slice(0, -1).every((cursor) => cursor === null)).to.equal(true);
      expect(cursors.at(-1)).to.be.a('string');
    });

    it('has no filter of status or dates: a stay of last year that was changed is read', async () => {
      const old = book('501233-1', -300, -298);
      book();
      const { cursor } = await full();
      minutes(10);
      sandbox.world.checkOutGuests(old.reservationID);
      expect((await since(cursor)).users.get(`${old.reservationID}-1`)?.skipReason).to.equal('expired');
    });

    it('C9 sees a deletion of which no webhook told', async () => {
      const id = book().reservationID;
      const { cursor } = await full();
      minutes(10);
      sandbox.world.remove(id);
      expect((await since(cursor)).users.get(`${id}-1`)).to.deep.include({ sourceKey: id, skipReason: 'canceled' });
    });

    it('brings the room of a reservation that is as new as its room', async () => {
      book();
      const { cursor } = await full();
      minutes(10);
      const room = sandbox.world.addRoom('901');
      book(room.roomID);
      expect((await since(cursor)).groups.get(room.roomID)?.displayName).to.equal('901');
    });

    it('C16 loses nothing when the clocks are put back: 24:00 is 23:00 again on 3 April 2027', async () => {
      const id = book('501233-1', 200, 203).reservationID;
      sandbox.server.clock.freeze(Date.parse('2027-04-04T02:58:00Z'));
      sandbox.world.touch(sandbox.world.reservation(id));
      const { cursor } = await full();
      expect(cursor).to.equal('2027-04-03 23:58:00');
      sandbox.server.clock.freeze(Date.parse('2027-04-04T03:05:00Z'));
      const late = book('501233-2', 10, 12);
      expect(sandbox.world.local(late.modifiedAt)).to.equal('2027-04-03 23:05:00');
      const again = await since(cursor);
      expect(again.users.has(`${late.reservationID}-1`)).to.equal(true);
      expect(again.cursor).to.equal(cursor);
    });

    it('asks for a full read when the cursor is none of ours', async () => {
      for (const text of ['', 'yesterday', '2026-13-40 00:00:00']) expect((await failureOf(since(text))).name).to.equal('CursorExpired');
    });
  });

  describe('with door keys', () => {
    const issue = (id: string, end = '2026-11-29T13:00:00-03:00', more: object = {}) =>
      sandbox.locks.request({
        reservationId: id,
        subReservationId: `${id}-1`,
        startDateTime: '2026-11-26T12:00:00-03:00',
        endDateTime: end,
        ...more,
      });

    it('C15 the key is the User of its stay in full reads, changes and single reads, also as a list within a list', async () => {
      sandbox.locks.setUp();
      const id = book().reservationID;
      const { keyId } = issue(id);
      for (const nested of [false, true]) {
        sandbox.switches.nestedKeys = nested;
        const { users, cursor } = await full();
        expect([...users.keys()]).to.deep.equal([`${id}-1/${keyId}`]);
        expect(users.get(`${id}-1/${keyId}`)?.window).to.deep.equal({
          startsAt: '2026-11-26T15:00:00.000Z',
          endsAt: '2026-11-29T16:00:00.000Z',
        });
        expect(await one(context(), id)).to.deep.equal([...users.values()]);
        expect([...(await since(cursor)).users.values()]).to.deep.equal([...users.values()]);
      }
    });

    it('C15 a webhook names the key alone, and the reservation is found by it', async () => {
      sandbox.locks.setUp();
      const id = book().reservationID;
      const { keyId } = issue(id);
      expect((await one(context(), `key:${keyId}`)).map(({ externalId }) => externalId)).to.deep.equal([`${id}-1/${keyId}`]);
      sandbox.locks.cancel(keyId);
      expect((await one(context(), `key:${keyId}`)).map(({ externalId }) => externalId)).to.deep.equal([`${id}-1`]);
      expect(await one(context(), 'key:77')).to.deep.equal([]);
    });

    it('cards and phones are not ours', async () => {
      sandbox.locks.setUp();
      const id = book().reservationID;
      issue(id, undefined, { keyType: 'key_card' });
      issue(id, undefined, { keyType: 'mobile_key' });
      expect((await one(context(), id)).map(({ externalId }) => externalId)).to.deep.equal([`${id}-1`]);
    });

    it('are asked for only where somebody may have access by them', async () => {
      sandbox.locks.setUp();
      sandbox.world.cancel(book().reservationID);
      book(null);
      const granting = book().reservationID;
      await full();
      expect(sandbox.server.count('/keys/')).to.equal(1);
      expect(sandbox.server.count(`reservationId=${granting}`)).to.equal(1);
    });

    it('are not asked for when the property has none, when they are off, or when we may not: settings are asked at each full read', async () => {
      const id = book().reservationID;
      issue(id);
      await full();
      sandbox.locks.setUp();
      await full({ doorKeys: 'off' });
      sandbox.switches.noKeyScope = true;
      expect([...(await full()).users.keys()]).to.deep.equal([`${id}-1`]);
      expect(sandbox.server.count('/keys/')).to.equal(0);
      sandbox.switches.noKeyScope = false;
      expect((await full()).users.size).to.equal(1);
      expect(sandbox.server.count('/keys/')).to.equal(1);
    });

    it('that cannot be read stop the read: a stay must not change its User because of an outage', async () => {
      sandbox.locks.setUp();
      book();
      sandbox.server.faults.add({ kind: 'status', status: 500, on: '/keys/' });
      expect((await failureOf(full())).name).to.equal('UpstreamUnavailable');
      sandbox.server.faults.clear();
      sandbox.server.faults.add({ kind: 'status', status: 404, body: '<html>', on: '/settings/' });
      expect((await failureOf(full())).name).to.equal('UpstreamContract');
      sandbox.server.faults.clear();
      sandbox.server.faults.add({ kind: 'status', status: 200, body: '{"keys":[]}', on: '/keys/' });
      expect((await failureOf(full())).name).to.equal('UpstreamContract');
    });

    it('without an offset are meant locally, and with nonsense leave their stay unclear and no other', async () => {
      sandbox.locks.setUp();
      const id = book().reservationID;
      const { keyId } = issue(id, '2026-11-29T13:00:00');
      expect((await full()).users.get(`${id}-1/${keyId}`)?.window.endsAt).to.equal('2026-11-29T16:00:00.000Z');
      issue(id, 'soon');
      book();
      const users = [...(await full()).users.values()];
      expect(users.map(({ sourceKey, unclear }) => [sourceKey === id, unclear !== undefined])).to.have.deep.members([
        [true, true],
        [false, false],
      ]);
    });
  });

  it('C11 keeps below five requests a second, so that nothing is refused', async () => {
    sandbox.locks.setUp();
    sandbox.switches.rate = { perSecond: 5, retryAfter: false };
    for (let index = 0; index < 12; index += 1) book();
    await full();
    expect(sandbox.server.seen.filter(({ status }) => status === 429)).to.deep.equal([]);
    expect(sandbox.server.seen.length).to.be.greaterThan(15);
  });

  for (const retryAfter of [true, false]) {
    it(`C11 waits ${retryAfter ? 'as long as it is told' : 'by itself'} when others have used up the limit`, async () => {
      book();
      sandbox.switches.rate = { perSecond: 2, retryAfter };
      expect((await full()).users.size).to.equal(1);
      expect(sandbox.server.seen.some(({ status }) => status === 429)).to.equal(true);
    });
  }
});
