import { expect } from 'chai';
import { toUser } from '../../../src/adapters/guesty/to-scim.js';
import type { GuestyListing, GuestyReservation } from '../../../src/adapters/guesty/schema.js';

interface Night {
  readonly zone: string;
  readonly from: readonly [date: string, time: string];
  readonly until: readonly [date: string, time: string];
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Stays that begin or end while the clock is changed; the windows are those of the rules for gaps and folds. */
const NIGHTS: readonly Night[] = [
  // Autumn, twice on the clock: from the first time on, until the second.
  {
    zone: 'Europe/Lisbon',
    from: ['2026-10-25', '01:30'],
    until: ['2026-10-27', '11:00'],
    startsAt: '2026-10-25T00:30',
    endsAt: '2026-10-27T11:00',
  },
  {
    zone: 'Europe/Lisbon',
    from: ['2026-10-23', '15:00'],
    until: ['2026-10-25', '01:30'],
    startsAt: '2026-10-23T14:00',
    endsAt: '2026-10-25T01:30',
  },
  {
    zone: 'Europe/Madrid',
    from: ['2027-10-31', '02:30'],
    until: ['2027-11-02', '11:00'],
    startsAt: '2027-10-31T00:30',
    endsAt: '2027-11-02T10:00',
  },
  {
    zone: 'Europe/Madrid',
    from: ['2027-10-29', '15:00'],
    until: ['2027-10-31', '02:30'],
    startsAt: '2027-10-29T13:00',
    endsAt: '2027-10-31T01:30',
  },
  {
    zone: 'America/New_York',
    from: ['2026-11-01', '01:30'],
    until: ['2026-11-03', '11:00'],
    startsAt: '2026-11-01T05:30',
    endsAt: '2026-11-03T16:00',
  },
  {
    zone: 'America/New_York',
    from: ['2026-10-30', '15:00'],
    until: ['2026-11-01', '01:30'],
    startsAt: '2026-10-30T19:00',
    endsAt: '2026-11-01T06:30',
  },
  {
    zone: 'Australia/Sydney',
    from: ['2027-04-04', '02:30'],
    until: ['2027-04-06', '11:00'],
    startsAt: '2027-04-03T15:30',
    endsAt: '2027-04-06T01:00',
  },
  {
    zone: 'Australia/Sydney',
    from: ['2027-04-02', '15:00'],
    until: ['2027-04-04', '02:30'],
    startsAt: '2027-04-02T04:00',
    endsAt: '2027-04-03T16:30',
  },
  // Spring, not on the clock: the first instant after the gap, whichever edge it is.
  {
    zone: 'Europe/Lisbon',
    from: ['2026-03-29', '01:30'],
    until: ['2026-03-31', '11:00'],
    startsAt: '2026-03-29T01:00',
    endsAt: '2026-03-31T10:00',
  },
  {
    zone: 'Europe/Lisbon',
    from: ['2026-03-27', '15:00'],
    until: ['2026-03-29', '01:30'],
    startsAt: '2026-03-27T15:00',
    endsAt: '2026-03-29T01:00',
  },
  {
    zone: 'Europe/Madrid',
    from: ['2027-03-28', '02:30'],
    until: ['2027-03-30', '11:00'],
    startsAt: '2027-03-28T01:00',
    endsAt: '2027-03-30T09:00',
  },
  {
    zone: 'Europe/Madrid',
    from: ['2027-03-26', '15:00'],
    until: ['2027-03-28', '02:30'],
    startsAt: '2027-03-26T14:00',
    endsAt: '2027-03-28T01:00',
  },
  {
    zone: 'America/New_York',
    from: ['2027-03-14', '02:30'],
    until: ['2027-03-16', '11:00'],
    startsAt: '2027-03-14T07:00',
    endsAt: '2027-03-16T15:00',
  },
  {
    zone: 'America/New_York',
    from: ['2027-03-12', '15:00'],
    until: ['2027-03-14', '02:30'],
    startsAt: '2027-03-12T20:00',
    endsAt: '2027-03-14T07:00',
  },
  {
    zone: 'Australia/Sydney',
    from: ['2026-10-04', '02:30'],
    until: ['2026-10-06', '11:00'],
    startsAt: '2026-10-03T16:00',
    endsAt: '2026-10-06T00:00',
  },
  {
    zone: 'Australia/Sydney',
    from: ['2026-10-02', '15:00'],
    until: ['2026-10-04', '02:30'],
    startsAt: '2026-10-02T05:00',
    endsAt: '2026-10-03T16:00',
  },
  // Over the night: the clock says so many nights, the instants an hour less or more.
  {
    zone: 'Europe/Lisbon',
    from: ['2026-03-28', '15:00'],
    until: ['2026-03-29', '11:00'],
    startsAt: '2026-03-28T15:00',
    endsAt: '2026-03-29T10:00',
  },
  {
    zone: 'Australia/Sydney',
    from: ['2027-04-03', '15:00'],
    until: ['2027-04-04', '11:00'],
    startsAt: '2027-04-03T04:00',
    endsAt: '2027-04-04T01:00',
  },
];

const reservation = ({ from, until }: Night, times: Partial<GuestyReservation>): GuestyReservation => ({
  ...{ _id: '66a0c0ffee00000000000001', listingId: '64b7f0c2a1d3e40012ab0101', status: 'confirmed' },
  ...{ checkInDateLocalized: from[0], checkOutDateLocalized: until[0] },
  ...times,
});

const listing = (zone: string, times: Partial<GuestyListing> = {}): GuestyListing => ({
  ...{ _id: '64b7f0c2a1d3e40012ab0101', nickname: 'Studio', timezone: zone },
  ...times,
});

describe('guesty: a stay that begins or ends in the night in which the clock is changed', () => {
  for (const night of NIGHTS) {
    const { zone, from, until } = night;
    const window = { startsAt: `${night.startsAt}:00.000Z`, endsAt: `${night.endsAt}:00.000Z` };

    it(`${zone}: from ${from.join(' ')} until ${until.join(' ')}, as planned with the guest`, () => {
      const stay = toUser(reservation(night, { plannedArrival: from[1], plannedDeparture: until[1] }), listing(zone), null);
      expect([stay.window, stay.skipReason]).to.deep.equal([window, null]);
    });

    it(`${zone}: from ${from.join(' ')} until ${until.join(' ')}, by the hours of the listing`, () => {
      const place = listing(zone, { defaultCheckInTime: from[1], defaultCheckOutTime: until[1] });
      const stay = toUser(reservation(night, {}), place, null);
      expect([stay.window, stay.skipReason]).to.deep.equal([window, null]);
    });
  }

  it('is not shorter than an hour that comes twice: from half past one until half past one of the same night', () => {
    const night: Night = { zone: 'Europe/Lisbon', from: ['2026-10-25', '01:30'], until: ['2026-10-25', '01:30'], startsAt: '', endsAt: '' };
    const stay = toUser(reservation(night, { plannedArrival: '01:30', plannedDeparture: '01:30' }), listing('Europe/Lisbon'), null);
    expect(stay.window).to.deep.equal({ startsAt: '2026-10-25T00:30:00.000Z', endsAt: '2026-10-25T01:30:00.000Z' });
  });

  it('that lies in the gap with both its edges admits nobody', () => {
    const night: Night = { zone: 'Europe/Lisbon', from: ['2026-03-29', '01:10'], until: ['2026-03-29', '01:50'], startsAt: '', endsAt: '' };
    const stay = toUser(reservation(night, { plannedArrival: '01:10', plannedDeparture: '01:50' }), listing('Europe/Lisbon'), null);
    expect(stay.skipReason).to.equal('invalid_window');
  });
});
