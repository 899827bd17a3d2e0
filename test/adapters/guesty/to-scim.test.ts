import { expect } from 'chai';
import fc from 'fast-check';
import { listingIdOf, parentIdOf, skipReasonOf, toGroup, toUser } from '../../../src/adapters/guesty/to-scim.js';
import type { GuestyListing, GuestyReservation } from '../../../src/adapters/guesty/schema.js';
import { OPEN_WINDOW } from '../../../src/domain/time.js';

const LISTING: GuestyListing = {
  _id: '64b7f0c2a1d3e40012ab0101',
  nickname: 'STUDIO 101',
  timezone: 'Europe/Lisbon',
  defaultCheckInTime: '15:00',
  defaultCheckOutTime: '11:00',
};

/** The sample of the contract: the UTC times are stale. */
const SAMPLE: GuestyReservation = {
  _id: '66a0c0ffee00000000000001',
  listingId: LISTING._id,
  status: 'confirmed',
  confirmationCode: 'HMABCDEF12',
  checkIn: '2026-12-01T15:00:00.000Z',
  checkOut: '2026-12-04T11:00:00.000Z',
  checkInDateLocalized: '2026-12-01',
  checkOutDateLocalized: '2026-12-04',
  plannedArrival: '17:30',
  plannedDeparture: '10:00',
  guest: { fullName: 'Ada Park', firstName: 'Ada', lastName: 'Park', email: 'ada@example.test' },
  listing: { timezone: 'Europe/Lisbon', defaultCheckInTime: '15:00', defaultCheckOutTime: '11:00' },
};

const user = (changes: Partial<GuestyReservation> = {}, listing: GuestyListing | null = LISTING, parent: GuestyListing | null = null) =>
  toUser({ ...SAMPLE, ...changes }, listing, parent);

describe('guesty: a reservation as a User', () => {
  it('has the id of the reservation, the name and address of the guest, and the Group of its listing', () => {
    expect(user()).to.deep.equal({
      resourceType: 'User',
      externalId: '66a0c0ffee00000000000001',
      sourceKey: '66a0c0ffee00000000000001',
      attributes: {
        userName: 'reservation-66a0c0ffee00000000000001',
        displayName: 'Ada Park',
        name: { formatted: 'Ada Park', givenName: 'Ada', familyName: 'Park' },
        emails: [{ value: 'ada@example.test', primary: true }],
        active: true,
      },
      skipReason: null,
      window: { startsAt: '2026-12-01T17:30:00.000Z', endsAt: '2026-12-04T10:00:00.000Z' },
      periods: [],
      groups: ['64b7f0c2a1d3e40012ab0101'],
      pin: null,
      card: null,
    });
  });

  for (const [status, reason] of [
    ['confirmed', null],
    ['checked_in', null],
    ['reserved', 'not_confirmed'],
    ['awaiting_payment', 'not_confirmed'],
    ['inquiry', 'not_confirmed'],
    ['checked_out', 'expired'],
    ['canceled', 'canceled'],
    ['declined', 'canceled'],
    ['expired', 'canceled'],
    ['closed', 'canceled'],
    ['', 'unknown_status'],
    ['Confirmed', 'unknown_status'],
    ['awaiting_dragons', 'unknown_status'],
    ['constructor', 'unknown_status'],
  ] as const) {
    it(`of status “${status}” ${reason === null ? 'grants' : `is skipped as ${reason}`}`, () => {
      expect(user({ status }).skipReason).to.equal(reason);
      expect(user({ status }).attributes['active']).to.equal(reason === null);
    });
  }

  it('is in no Group when Guesty has its listing no more, or has not said one', () => {
    expect(user({}, null).groups).to.deep.equal([]);
    for (const listingId of [null, '']) {
      expect(listingIdOf({ ...SAMPLE, listingId })).to.equal(null);
      expect(user({ listingId }, null).groups).to.deep.equal([]);
    }
  });

  it('takes no PIN from the key code, which is where ours is written', () => {
    const withCode: GuestyReservation & { readonly keyCode: string } = { ...SAMPLE, keyCode: '482913' };
    expect(toUser(withCode, LISTING, null).pin).to.equal(null);
  });

  for (const [what, guest, displayName] of [
    ['full name', { fullName: ' Ada\u202e  Park\u0000 ' }, 'Ada Park'],
    ['first and last name', { firstName: 'Ada', lastName: 'Park' }, 'Ada Park'],
    ['last name alone', { fullName: ' ', lastName: 'Park' }, 'Park'],
    ['confirmation code', { fullName: '\u200b' }, 'Reservation HMABCDEF12'],
    ['confirmation code when there is no guest at all', null, 'Reservation HMABCDEF12'],
  ] as const) {
    it(`is named by the ${what}`, () => {
      expect(user({ guest }).attributes['displayName']).to.equal(displayName);
    });
  }

  it('is named by its id when there is nothing else, and has no empty name', () => {
    const { attributes } = user({ guest: null, confirmationCode: null });
    expect(attributes['displayName']).to.equal('Reservation 66a0c0ffee00000000000001');
    expect(attributes).to.not.have.any.keys('name', 'emails');
  });

  for (const email of ['', 'none', 'a b@c.test', '@c.test', 'a@', 'a@b@c', `${'a'.repeat(250)}@c.test`, null]) {
    it(`has no address out of “${String(email).slice(0, 20)}”`, () => {
      expect(user({ guest: { fullName: 'Ada', email } }).attributes).to.not.have.property('emails');
    });
  }

  it('has a name that is never longer than the directory takes', () => {
    const { attributes } = user({ guest: { fullName: '🗝'.repeat(5_000) } });
    expect([...String(attributes['displayName'])]).to.have.length(200);
  });
});

describe('guesty: the window of a stay', () => {
  const NOTHING_PLANNED = { plannedArrival: null, plannedDeparture: null };
  const NO_UTC = { ...NOTHING_PLANNED, checkIn: null, checkOut: null };

  for (const [what, changes, listing, startsAt, endsAt] of [
    ['planned times before stale UTC times (G9)', {}, LISTING, '2026-12-01T17:30:00.000Z', '2026-12-04T10:00:00.000Z'],
    ['UTC times without planned ones', NOTHING_PLANNED, LISTING, '2026-12-01T15:00:00.000Z', '2026-12-04T11:00:00.000Z'],
    ['each side for itself', { plannedDeparture: null }, LISTING, '2026-12-01T17:30:00.000Z', '2026-12-04T11:00:00.000Z'],
    [
      'the usual times of the listing without either',
      { ...NO_UTC, listing: { timezone: 'America/Santiago', defaultCheckInTime: '14:00', defaultCheckOutTime: '12:00' } },
      LISTING,
      '2026-12-01T17:00:00.000Z',
      '2026-12-04T15:00:00.000Z',
    ],
    [
      'what the reservation leaves out of the listing comes from the listing',
      { ...NO_UTC, listing: null },
      { ...LISTING, timezone: 'Europe/Madrid', defaultCheckInTime: '16:30' },
      '2026-12-01T15:30:00.000Z',
      '2026-12-04T10:00:00.000Z',
    ],
    [
      '15:00 and 11:00 without anything',
      { ...NO_UTC, listing: { timezone: 'Europe/Lisbon' } },
      { _id: LISTING._id },
      '2026-12-01T15:00:00.000Z',
      '2026-12-04T11:00:00.000Z',
    ],
    [
      'UTC times when a planned one cannot be read',
      { plannedArrival: '5 pm', plannedDeparture: '24:00' },
      LISTING,
      '2026-12-01T15:00:00.000Z',
      '2026-12-04T11:00:00.000Z',
    ],
    ['UTC times when no zone is known', { listing: null }, { _id: LISTING._id }, '2026-12-01T15:00:00.000Z', '2026-12-04T11:00:00.000Z'],
    [
      'local dates rather than UTC times that are none',
      { ...NOTHING_PLANNED, checkIn: '2026-12-01 15:00', checkOut: 'soon' },
      LISTING,
      '2026-12-01T15:00:00.000Z',
      '2026-12-04T11:00:00.000Z',
    ],
    [
      'an hour that comes twice: a start takes the first (Lisbon)',
      { checkInDateLocalized: '2026-10-25', plannedArrival: '01:30' },
      LISTING,
      '2026-10-25T00:30:00.000Z',
      '2026-12-04T10:00:00.000Z',
    ],
    [
      'an hour that comes twice: an end takes the second (Lisbon)',
      { checkInDateLocalized: '2026-10-20', checkOutDateLocalized: '2026-10-25', plannedDeparture: '01:30' },
      LISTING,
      '2026-10-20T16:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'an hour that does not come: the first instant after it (Santiago)',
      { checkInDateLocalized: '2026-09-06', plannedArrival: '00:30', listing: { timezone: 'America/Santiago' } },
      LISTING,
      '2026-09-06T04:00:00.000Z',
      '2026-12-04T13:00:00.000Z',
    ],
  ] as const) {
    it(`takes ${what}`, () => {
      expect(user(changes, listing).window).to.deep.equal({ startsAt, endsAt });
      expect(user(changes, listing).skipReason).to.equal(null);
    });
  }

  it('of a sub-unit without a zone is in the zone of its parent', () => {
    const { window } = user({ listing: null }, { _id: LISTING._id }, { _id: 'p', timezone: 'Europe/Madrid' });
    expect(window).to.deep.equal({ startsAt: '2026-12-01T16:30:00.000Z', endsAt: '2026-12-04T09:00:00.000Z' });
  });

  for (const end of ['2026-12-01', '2026-11-30']) {
    it(`that ends on ${end}, before it starts, is open and skipped as invalid_window`, () => {
      const { window, skipReason } = user({ checkOutDateLocalized: end });
      expect(window).to.deep.equal(OPEN_WINDOW);
      expect(skipReason).to.equal('invalid_window');
    });
  }

  it('gives the reason of the status first when it is invalid as well', () => {
    expect(user({ status: 'canceled', checkOutDateLocalized: '2026-11-30' })).to.include({ skipReason: 'canceled' });
  });

  for (const [what, changes] of [
    ['no date and no time', { checkInDateLocalized: null, checkIn: null }],
    ['a date that is none', { checkInDateLocalized: '2026-13-01' }],
    ['a zone that is none', { listing: { timezone: 'Europe/Atlantis' } }],
  ] as const) {
    it(`is unclear for a stay that grants with ${what}, and open for one that does not`, () => {
      const unclear = user(changes);
      expect(unclear).to.deep.include({ skipReason: 'invalid_window', window: OPEN_WINDOW });
      expect(unclear.unclear).to.be.a('string').that.is.not.equal('');
      const inquiry = user({ ...changes, status: 'inquiry' });
      expect(inquiry.window).to.deep.equal(OPEN_WINDOW);
      expect(inquiry).not.to.have.property('unclear');
    });
  }

  it('never ends before it starts, whatever is sent', () => {
    const date = fc.constantFrom('2026-12-01', '2026-12-02', '2026-10-25', '2026-03-29');
    const time = fc.constantFrom(null, '', '00:00', '01:30', '23:59', 'noon');
    const utc = fc.constantFrom(null, '2026-12-01T15:00:00.000Z', '2026-10-25T00:30:00.000Z');
    fc.assert(
      fc.property(
        date,
        date,
        time,
        time,
        utc,
        utc,
        fc.constantFrom('confirmed', 'canceled', 'odd'),
        (from, to, arrival, departure, a, b, status) => {
          const { window, skipReason } = user({
            status,
            checkInDateLocalized: from,
            checkOutDateLocalized: to,
            plannedArrival: arrival,
            plannedDeparture: departure,
            checkIn: a,
            checkOut: b,
          });
          if (window.startsAt !== null && window.endsAt !== null) expect(window.startsAt < window.endsAt).to.equal(true);
          else expect(skipReason).to.not.equal(null);
        },
      ),
    );
  });
});

describe('guesty: a listing as a Group', () => {
  it('is named by nickname, else title, else id', () => {
    expect(toGroup(LISTING, null)).to.deep.equal({
      resourceType: 'Group',
      externalId: LISTING._id,
      displayName: 'STUDIO 101',
      kind: 'listing',
      members: null,
    });
    expect(toGroup({ _id: 'x', nickname: ' ', title: 'Loft' }, null).displayName).to.equal('Loft');
    expect(toGroup({ _id: 'x' }, null).displayName).to.equal('Listing x');
  });

  it('that is a sub-unit has its parent in front', () => {
    expect(toGroup(LISTING, { _id: 'p', title: 'Studios' }).displayName).to.equal('Studios / STUDIO 101');
  });

  it('fits into the name of a Group together with its parent', () => {
    const long = 'x'.repeat(1_000);
    expect(toGroup({ _id: 'a', nickname: long }, { _id: 'p', nickname: long }).displayName).to.have.length(243);
  });

  it('knows its parent by mtl.p, and is not its own', () => {
    expect(parentIdOf({ _id: 'a', mtl: { p: 'p' } })).to.equal('p');
    for (const mtl of [undefined, null, {}, { p: null }, { p: '' }, { p: 'a' }]) {
      expect(parentIdOf({ _id: 'a', ...(mtl === undefined ? {} : { mtl }) })).to.equal(null);
    }
  });
});

describe('guesty: a status', () => {
  it('that nobody knows never grants', () => {
    const known = ['confirmed', 'checked_in'];
    fc.assert(fc.property(fc.string(), (status) => known.includes(status) || skipReasonOf(status) !== null));
  });
});
