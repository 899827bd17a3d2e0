import { expect } from 'chai';
import fc from 'fast-check';
import { reservationOfRow, reservationOfSingle } from '../../../src/adapters/cloudbeds/reservation.js';
import { doorKeyOf } from '../../../src/adapters/cloudbeds/door-key.js';
import { checkKey } from '../../../src/adapters/cloudbeds/schema.js';
import { mayGrant, roomGroup, unlistedRooms, usersOf } from '../../../src/adapters/cloudbeds/to-scim.js';
import type { CloudbedsRowRoom } from '../../../src/domain/generated/upstream/cloudbeds/reservation-rows.js';
import { isValid, OPEN_WINDOW } from '../../../src/domain/time.js';
import { ada, HOURS, ID, only, room, row, users } from './records.js';

describe('Cloudbeds: a room stay as a User', () => {
  it('is in the Group of its room, from check-in to check-out in the zone of the property', () => {
    expect(only()).to.deep.equal({
      resourceType: 'User',
      externalId: `${ID}-1`,
      sourceKey: ID,
      attributes: {
        userName: `stay-${ID}-1`,
        displayName: 'Ada Park',
        name: { formatted: 'Ada Park', givenName: 'Ada', familyName: 'Park' },
        emails: [{ value: 'ada@example.test', primary: true }],
        phoneNumbers: [{ value: '+15550100', type: 'mobile' }],
        active: true,
      },
      skipReason: null,
      window: { startsAt: '2026-12-01T18:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' },
      periods: [],
      groups: ['501233-4'],
      pin: null,
      card: null,
    });
  });

  for (const [status, roomStatus, reason] of [
    ['confirmed', 'not_checked_in', null],
    ['checked_in', 'in_house', null],
    ['confirmed', '', null],
    ['not_confirmed', 'not_checked_in', 'not_confirmed'],
    ['canceled', 'cancelled', 'canceled'],
    ['canceled', 'not_checked_in', 'canceled'],
    ['cancelled', 'canceled', 'canceled'],
    ['checked_out', 'checked_out', 'expired'],
    ['checked_out', 'in_house', 'expired'],
    ['no_show', 'not_checked_in', 'no_show'],
    ['checked_in', 'checked_out', 'expired'],
    ['confirmed', 'cancelled', 'canceled'],
    ['in_progress', 'not_checked_in', 'unknown_status'],
    ['overbooked', 'in_house', 'unknown_status'],
    ['confirmed', 'teleported', 'unknown_status'],
    ['overbooked', 'cancelled', 'canceled'],
    ['constructor', 'not_checked_in', 'unknown_status'],
  ] as const) {
    it(`C9 with the status ${status} and the room ${roomStatus || '(not said)'} is ${reason ?? 'granted'}`, () => {
      expect(only({ status, rooms: [room({ roomStatus })] }).skipReason).to.equal(reason);
    });
  }

  it('C9 that was deleted is cancelled', () => {
    expect(only({ isDeleted: true }).skipReason).to.equal('canceled');
    expect(only({ isDeleted: '1' }).skipReason).to.equal('canceled');
    expect(only({ isDeleted: 0 }).skipReason).to.equal(null);
  });

  it('C8 without a room waits for one, keeping its window', () => {
    for (const roomID of [null, '', undefined]) {
      const { roomID: _, roomName: __, ...rest } = room();
      const user = only({ rooms: [roomID === undefined ? rest : { ...rest, roomID }] });
      expect(user.skipReason).to.equal('unassigned_room');
      expect(user.groups).to.deep.equal([]);
      expect(user.window.startsAt).to.equal('2026-12-01T18:00:00.000Z');
    }
  });

  it('C8 each of several has its own dates, room and guest', () => {
    const bruno = { ...ada, guestID: '88002', guestName: 'Bruno Silva', isMainGuest: false, subReservationID: `${ID}-2` };
    const [first, second] = users({
      rooms: [
        room({
          subReservationID: `${ID}-2`,
          reservationRoomID: '900502',
          roomID: '501233-5',
          roomName: '205',
          roomCheckIn: '2026-12-02',
          roomCheckOut: '2026-12-03',
        }),
        room(),
      ],
      guestList: [bruno, ada],
    });
    expect([first?.externalId, first?.groups, first?.attributes['displayName']]).to.deep.equal([`${ID}-1`, ['501233-4'], 'Ada Park']);
    expect([second?.externalId, second?.groups, second?.attributes['displayName']]).to.deep.equal([`${ID}-2`, ['501233-5'], 'Bruno Silva']);
    expect(second?.window).to.deep.equal({ startsAt: '2026-12-02T18:00:00.000Z', endsAt: '2026-12-03T14:00:00.000Z' });
    expect(second?.sourceKey).to.equal(ID);
  });

  it('C9 one cancelled room does not take the others along', () => {
    const [first, second] = users({ rooms: [room({ roomStatus: 'cancelled' }), room({ subReservationID: `${ID}-2` })] });
    expect([first?.skipReason, second?.skipReason]).to.deep.equal(['canceled', null]);
  });

  it('C5 without dates of its own has those of the reservation', () => {
    expect(only({ rooms: [room({ roomCheckIn: '', roomCheckOut: null })] }).window.endsAt).to.equal('2026-12-04T14:00:00.000Z');
  });

  for (const [start, end] of [
    ['', ''],
    ['0000-00-00', '2026-12-04'],
    ['2026-12-04', '2026-12-04'],
    ['2026-12-05', '2026-12-04'],
  ] as const) {
    it(`C5 from “${start}” to “${end}” has no valid window, which opens nothing`, () => {
      const user = only({ startDate: '', endDate: '', rooms: [room({ roomCheckIn: start, roomCheckOut: end })] });
      expect([user.skipReason, user.window, user.periods, user.groups]).to.deep.equal(['invalid_window', OPEN_WINDOW, [], ['501233-4']]);
      // Dates that contradict each other say something, missing ones do not.
      expect(user.unclear !== undefined).to.equal(start === '' || start.startsWith('0000'));
    });
  }

  it('is unclear with a date that is none, and with a door key whose times are none', () => {
    const odd = only({ startDate: '', endDate: '', rooms: [room({ roomCheckIn: '2026-02-31', roomCheckOut: '2026-13-01' })] });
    expect([odd.skipReason, odd.unclear !== undefined]).to.deep.equal(['invalid_window', true]);
    const record = { keyId: '7', keyType: 'access_code', status: 'completed', keyCode: '1', startDateTime: 'soon', endDateTime: 'later' };
    const key = doorKeyOf(checkKey(record), HOURS.zone);
    const reservation = reservationOfRow(row({}));
    const users = usersOf(reservation, HOURS, key === null ? [] : [{ ...key, stayId: reservation.stays[0]?.id ?? null }]);
    expect([users[0]?.skipReason, users[0]?.unclear !== undefined]).to.deep.equal(['invalid_window', true]);
  });

  it('says that it is cancelled, not that its dates are odd', () => {
    expect(
      only({ status: 'canceled', startDate: '', endDate: '', rooms: [room({ roomCheckIn: '', roomCheckOut: '' })] }).skipReason,
    ).to.equal('canceled');
  });

  it('C5 of an anonymized guest has no name but the id of the guest', () => {
    const blank = { ...ada, guestName: '', guestFirstName: '', guestLastName: '', guestEmail: '', guestCellPhone: '', isAnonymized: true };
    expect(only({ guestName: '', isAnonymized: true, guestList: { '88001': blank } }).attributes).to.deep.equal({
      userName: `stay-${ID}-1`,
      displayName: 'Guest 88001',
      name: { formatted: 'Guest 88001' },
      active: true,
    });
  });

  it('C5 without guests has the name of the reservation', () => {
    for (const guestList of [[], {}, null]) expect(only({ guestList }).attributes['displayName']).to.equal('Ada Park');
  });

  for (const guestEmail of ['', 'no address', 'a@b@c', '@x', 'x@', 'a b@example.test', `${'a'.repeat(255)}@example.test`]) {
    it(`leaves out “${guestEmail.slice(0, 20)}”, which the directory would refuse as an address`, () => {
      expect(only({ guestList: { '88001': { ...ada, guestEmail } } }).attributes).not.to.have.property('emails');
    });
  }

  it('C16 starts with the earlier and ends with the later of a doubled hour, and after a gap', () => {
    const at = (zone: string, roomCheckIn: string, roomCheckOut: string, minutes: number) =>
      usersOf(reservationOfRow(row({ rooms: [room({ roomCheckIn, roomCheckOut })] })), { zone, checkIn: minutes, checkOut: minutes }, [])[0]
        ?.window;
    expect(at('America/Santiago', '2027-04-03', '2027-04-05', 23 * 60 + 30)?.startsAt).to.equal('2027-04-04T02:30:00.000Z');
    expect(at('America/Santiago', '2027-04-01', '2027-04-03', 23 * 60 + 30)?.endsAt).to.equal('2027-04-04T03:30:00.000Z');
    expect(at('America/Santiago', '2026-09-06', '2026-09-08', 30)?.startsAt).to.equal('2026-09-06T04:00:00.000Z');
  });
});

describe('Cloudbeds: a guest who moves', () => {
  const moved = [
    room({ roomCheckOut: '2026-12-02' }),
    room({ reservationRoomID: '900502', roomID: '501233-5', roomName: '205', roomCheckIn: '2026-12-02' }),
  ];

  it('C8 is one User with a window for each room', () => {
    const user = only({ rooms: moved });
    expect(user.window).to.deep.equal({ startsAt: '2026-12-01T18:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' });
    expect(user.groups).to.deep.equal(['501233-4', '501233-5']);
    expect(user.periods).to.deep.equal([
      { groupExternalId: '501233-4', window: { startsAt: '2026-12-01T18:00:00.000Z', endsAt: '2026-12-02T14:00:00.000Z' } },
      { groupExternalId: '501233-5', window: { startsAt: '2026-12-02T18:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' } },
    ]);
  });

  it('C8 has the new room alone, at once, when the front desk has moved the guest out of the old one', () => {
    const user = only({
      rooms: [
        { ...moved[0], subReservationID: `${ID}-1`, roomStatus: 'checked_out' },
        { ...room(moved[1]), roomStatus: 'in_house' },
      ],
    });
    expect(user).to.deep.include({ skipReason: null, groups: ['501233-5'], periods: [] });
    expect(user.window).to.deep.equal({ startsAt: '2026-12-01T18:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' });
  });

  it('C8 keeps the first room while the second is not assigned', () => {
    const user = only({ rooms: [room({ roomCheckOut: '2026-12-02' }), room({ roomID: null, roomCheckIn: '2026-12-02' })] });
    expect(user.groups).to.deep.equal(['501233-4']);
    expect(user.periods.map(({ window }) => window.endsAt)).to.deep.equal(['2026-12-02T14:00:00.000Z']);
  });

  it('C8 into the same room again has no gap at noon', () => {
    const user = only({ rooms: [room({ roomCheckOut: '2026-12-02' }), room({ roomCheckIn: '2026-12-02' })] });
    expect(user).to.deep.include({ groups: ['501233-4'], periods: [] });
    expect(user.window).to.deep.equal({ startsAt: '2026-12-01T18:00:00.000Z', endsAt: '2026-12-04T14:00:00.000Z' });
  });
});

describe('Cloudbeds: the two shapes of a reservation', () => {
  it('C7 the single one gives the same Users, the status of a room from its guests', () => {
    const rows = [
      room({ roomStatus: 'in_house' }),
      room({ subReservationID: `${ID}-2`, reservationRoomID: '900502', roomID: null, roomName: null, roomStatus: 'cancelled' }),
    ];
    const guestRooms = rows.map(({ reservationRoomID = null, subReservationID, roomID = null, roomStatus = null }) => ({
      reservationRoomID,
      subReservationID,
      roomID,
      roomStatus,
    }));
    const guestList = { '88001': { ...ada, rooms: guestRooms.slice(0, 1), unassignedRooms: guestRooms.slice(1) } };
    const { rooms: _, ...rest } = row({ status: 'checked_in', guestList });
    const half = ({ roomCheckIn, roomCheckOut, roomStatus, ...more }: CloudbedsRowRoom) => ({
      ...more,
      startDate: roomCheckIn ?? '',
      endDate: roomCheckOut ?? '',
    });
    const single = reservationOfSingle({ ...rest, assigned: rows.slice(0, 1).map(half), unassigned: rows.slice(1).map(half) });
    expect(single).to.deep.equal(reservationOfRow({ ...rest, rooms: rows }));
    expect(usersOf(single, HOURS, []).map(({ skipReason }) => skipReason)).to.deep.equal([null, 'canceled']);
  });

  it('C5 ids may be numbers', () => {
    expect(only({ reservationID: Number(ID), rooms: [room({ roomID: 77 })] })).to.deep.include({ sourceKey: ID, groups: ['77'] });
  });
});

describe('Cloudbeds: any reservation', () => {
  const date = fc.constantFrom('', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04', '2027-04-03', '0000-00-00', null);
  const anyRoom = fc.record({
    subReservationID: fc.constantFrom(`${ID}-1`, `${ID}-2`),
    roomID: fc.constantFrom(null, '', 'a', 'b'),
    roomCheckIn: date,
    roomCheckOut: date,
    roomStatus: fc.constantFrom('not_checked_in', 'in_house', 'checked_out', 'cancelled', '', 'odd'),
  });
  const day = fc.integer({ min: 1, max: 9 }).map((number) => `2026-12-0${number}T12:00:00.000Z`);
  const anyKey = fc.record({
    id: fc.constantFrom('1', '2', '10'),
    reservationId: fc.constant(ID),
    stayId: fc.constantFrom(`${ID}-1`, null),
    status: fc.constantFrom('processing', 'completed', 'failed', 'deleted'),
    code: fc.constant(''),
    window: fc.option(fc.record({ startsAt: day, endsAt: day })),
  });
  const anyRow = fc.record({
    rooms: fc.array(anyRoom, { maxLength: 5 }),
    status: fc.constantFrom('confirmed', 'checked_in', 'canceled', 'odd'),
    startDate: date,
    endDate: date,
  });

  it('gives one User per room stay with a name of its own, valid windows, periods only for its Groups, and access only with a room', () => {
    fc.assert(
      fc.property(anyRow, fc.array(anyKey, { maxLength: 4 }), (given, keys) => {
        const reservation = reservationOfRow(row(given));
        const all = usersOf(reservation, HOURS, keys);
        expect(all.length).to.equal(new Set(given.rooms.map(({ subReservationID }) => subReservationID)).size);
        expect(new Set(all.map(({ attributes }) => attributes['userName'])).size).to.equal(all.length);
        for (const user of all) {
          expect([user.window, ...user.periods.map(({ window }) => window)].every(isValid)).to.equal(true);
          expect(user.periods.every(({ groupExternalId }) => user.groups?.includes(groupExternalId))).to.equal(true);
          if (user.skipReason === null) {
            expect(user.groups).not.to.deep.equal([]);
            expect(user.window.startsAt).to.be.a('string');
            expect(mayGrant(reservation)).to.equal(true);
          }
        }
        expect(usersOf(reservationOfRow({ ...row(given), rooms: [...given.rooms].reverse() }), HOURS, [...keys].reverse())).to.deep.equal(
          all,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('Cloudbeds: a room as a Group', () => {
  for (const [given, name] of [
    [{ roomName: '204', dormRoomName: '' }, '204'],
    [{ roomName: 'Bed 1', dormRoomName: 'Dormitory' }, 'Dormitory / Bed 1'],
    [{ roomName: '', dormRoomName: 'Dormitory' }, 'Dormitory'],
    [{ roomName: null }, 'Room 501233-4'],
  ] as const) {
    it(`is called ${name}`, () => {
      expect(roomGroup({ roomID: '501233-4', ...given })).to.deep.equal({
        resourceType: 'Group',
        externalId: '501233-4',
        displayName: name,
        kind: 'room',
        members: null,
      });
    });
  }

  it('is taken from a reservation when the list of rooms does not have it', () => {
    const reservation = reservationOfRow(row());
    expect(unlistedRooms([reservation, reservation], new Set()).map(({ displayName }) => displayName)).to.deep.equal(['204']);
    expect(unlistedRooms([reservation], new Set(['501233-4']))).to.deep.equal([]);
  });
});
