import { expect } from 'chai';
import fc from 'fast-check';
import { accessOf, type Holdings, NO_HOLDINGS } from '../../../src/adapters/nexudus/holdings.js';
import type { NexudusBooking } from '../../../src/domain/generated/upstream/nexudus/booking.js';
import type { NexudusContract } from '../../../src/domain/generated/upstream/nexudus/contract.js';
import type { NexudusCoworkerTimePass } from '../../../src/domain/generated/upstream/nexudus/coworker-time-pass.js';
import { contains, instant } from '../../../src/domain/time.js';

const NOW = '2026-11-23T08:00:00.000Z';

const contract = (given: Partial<NexudusContract> = {}): NexudusContract => ({
  Id: 88001,
  CoworkerId: 1500000101,
  TariffId: 5501,
  StartDate: '2026-01-10T00:00:00Z',
  Active: true,
  Cancelled: false,
  CancellationDate: null,
  InPausedPeriod: false,
  InPausedPeriodFrom: null,
  InPausedPeriodUntil: null,
  FloorPlanDeskIds: null,
  UpdatedOn: '2026-11-20T11:00:00.1234567Z',
  ...given,
});

const pass = (given: Partial<NexudusCoworkerTimePass> = {}): NexudusCoworkerTimePass => ({
  Id: 990,
  CoworkerId: 1500000101,
  TimePassId: 12,
  Used: false,
  CheckedIn: false,
  RemainingUses: 3,
  ExpireDate: '2026-12-31T23:59:00Z',
  UpdatedOn: '2026-11-20T11:00:00Z',
  ...given,
});

const booking = (given: Partial<NexudusBooking> = {}): NexudusBooking => ({
  Id: 1500002001,
  CoworkerId: 1500000101,
  ResourceId: 1500000301,
  FloorPlanDeskId: null,
  FromTime: '2026-11-24T09:00:00Z',
  ToTime: '2026-11-24T10:30:00Z',
  Tentative: false,
  UpdatedOn: '2026-11-23T08:00:00.5515198Z',
  ...given,
});

const access = (given: Partial<Holdings>) => accessOf({ ...NO_HOLDINGS, ...given }, NOW);
/** `group from…to`, dates only as far as they say something. */
const lines = (given: Partial<Holdings>) =>
  access(given).periods.map(
    ({ groupExternalId, window }) => `${groupExternalId} ${window.startsAt?.slice(0, 16) ?? ''}…${window.endsAt?.slice(0, 16) ?? ''}`,
  );

describe('nexudus: a time that is none', () => {
  it('leaves its coworker unclear, whatever else there is, and gives nothing', () => {
    for (const odd of [{ bookings: [booking({ FromTime: 'soon' })] }, { contracts: [contract({ StartDate: '0000-00-00' })] }]) {
      const result = access({ passes: [pass()], ...odd });
      expect(result).to.deep.equal({ groups: [], periods: [], skipReason: 'invalid_window', unclear: 'Nexudus sent a time that is none.' });
    }
  });
});

describe('nexudus: contracts', () => {
  const table: [string, Partial<NexudusContract>, string[]][] = [
    ['open-ended from its start', {}, ['tariff:5501 2026-01-10T00:00…']],
    ['one that begins later is told with its start', { StartDate: '2027-02-01T00:00:00Z' }, ['tariff:5501 2027-02-01T00:00…']],
    [
      'a cancellation ahead ends it then, not now (N9)',
      { CancellationDate: '2026-12-10T00:00:00Z' },
      ['tariff:5501 2026-01-10T00:00…2026-12-10T00:00'],
    ],
    [
      'cancelled, with a date ahead: good until then',
      { Cancelled: true, CancellationDate: '2026-12-10T00:00:00Z' },
      ['tariff:5501 2026-01-10T00:00…2026-12-10T00:00'],
    ],
    ['cancelled without a date gives nothing', { Cancelled: true }, []],
    ['one that is not active gives nothing', { Active: false }, []],
    ['one that ended long ago gives nothing', { CancellationDate: '2026-10-01T00:00:00Z' }, []],
    [
      'one that ended yesterday is still told, for the sake of departure buffers',
      { CancellationDate: '2026-11-22T00:00:00Z' },
      ['tariff:5501 2026-01-10T00:00…2026-11-22T00:00'],
    ],
    [
      'desks come along, however they are written',
      { Desks: [3301], FloorPlanDeskIds: '3301, 3302' },
      ['desk:3301 2026-01-10T00:00…', 'desk:3302 2026-01-10T00:00…', 'tariff:5501 2026-01-10T00:00…'],
    ],
    [
      'a pause ahead is cut out (N9)',
      { InPausedPeriodFrom: '2026-12-01T00:00:00Z', InPausedPeriodUntil: '2026-12-15T00:00:00Z' },
      ['tariff:5501 2026-01-10T00:00…2026-12-01T00:00', 'tariff:5501 2026-12-15T00:00…'],
    ],
    [
      'a pause ahead without an end: access until it begins',
      { InPausedPeriodFrom: '2026-12-01T00:00:00Z' },
      ['tariff:5501 2026-01-10T00:00…2026-12-01T00:00'],
    ],
    [
      'a pause that goes on: access again once it ends',
      { InPausedPeriod: true, InPausedPeriodFrom: '2026-11-01T00:00:00Z', InPausedPeriodUntil: '2026-12-15T00:00:00Z' },
      ['tariff:5501 2026-12-15T00:00…'],
    ],
    ['a pause without dates', { InPausedPeriod: true }, []],
    [
      'a pause whose end has passed although it goes on opens nothing',
      { InPausedPeriod: true, InPausedPeriodFrom: '2026-11-01T00:00:00Z', InPausedPeriodUntil: '2026-11-20T00:00:00Z' },
      [],
    ],
  ];
  for (const [name, given, expected] of table) {
    it(name, () => expect(lines({ contracts: [contract(given)] })).to.deep.equal(expected));
  }

  it('a pause that goes on without an end is the reason `suspended` when there is nothing else', () => {
    expect(access({ contracts: [contract({ InPausedPeriod: true })] }).skipReason).to.equal('suspended');
    expect(access({ contracts: [contract({ InPausedPeriod: true })], passes: [pass()] }).skipReason).to.equal(null);
  });

  it('one that is cancelled before it starts is an invalid window', () => {
    const result = access({ contracts: [contract({ StartDate: '2026-12-10T00:00:00Z', CancellationDate: '2026-12-01T00:00:00Z' })] });
    expect(result).to.deep.equal({ groups: [], periods: [], skipReason: 'invalid_window' });
  });
});

describe('nexudus: time passes', () => {
  const table: [string, Partial<NexudusCoworkerTimePass>, string[]][] = [
    ['unused: to its end', {}, ['time_pass:12 …2026-12-31T23:59']],
    ['uses left unsaid count as some', { RemainingUses: null }, ['time_pass:12 …2026-12-31T23:59']],
    ['used up (N9)', { Used: true, RemainingUses: 0 }, []],
    ['no uses left', { RemainingUses: 0 }, []],
    ['expired long ago (N9)', { ExpireDate: '2026-10-01T00:00:00Z' }, []],
    [
      'the last use while checked in does not lock the person out',
      { Used: true, RemainingUses: 0, CheckedIn: true },
      ['time_pass:12 …2026-12-31T23:59'],
    ],
  ];
  for (const [name, given, expected] of table) {
    it(name, () => expect(lines({ passes: [pass(given)] })).to.deep.equal(expected));
  }

  it('without an end is open: a Group without a period', () => {
    const result = access({ passes: [pass({ ExpireDate: null }), pass({ Id: 991 })] });
    expect(result).to.deep.equal({ groups: ['time_pass:12'], periods: [], skipReason: null });
  });
});

describe('nexudus: bookings', () => {
  const table: [string, Partial<NexudusBooking>, string[], string | null][] = [
    ['its own window for its resource', {}, ['resource:1500000301 2026-11-24T09:00…2026-11-24T10:30'], null],
    [
      'a desk, beside or instead of a resource',
      { ResourceId: null, FloorPlanDeskId: 3301 },
      ['desk:3301 2026-11-24T09:00…2026-11-24T10:30'],
      null,
    ],
    ['tentative gives nothing', { Tentative: true }, [], 'tentative'],
    [
      'tentative and over is not even a reason',
      { Tentative: true, FromTime: '2026-11-22T09:00:00Z', ToTime: '2026-11-22T10:00:00Z' },
      [],
      null,
    ],
    ['one that ends before it starts is an invalid window', { ToTime: '2026-11-24T08:00:00Z' }, [], 'invalid_window'],
    ['one that ends when it starts too', { ToTime: '2026-11-24T09:00:00Z' }, [], 'invalid_window'],
    [
      'one that starts in 90 days to the second is in',
      { FromTime: '2027-02-21T08:00:00Z', ToTime: '2027-02-21T09:00:00Z' },
      ['resource:1500000301 2027-02-21T08:00…2027-02-21T09:00'],
      null,
    ],
    ['one that starts later is left for later', { FromTime: '2027-02-21T08:00:01Z', ToTime: '2027-02-21T09:00:00Z' }, [], null],
    ['over for more than a week', { FromTime: '2026-11-10T08:00:00Z', ToTime: '2026-11-10T09:00:00Z' }, [], null],
  ];
  for (const [name, given, expected, reason] of table) {
    it(name, () => {
      const bookings = [booking(given)];
      expect(lines({ bookings })).to.deep.equal(expected);
      expect(access({ bookings }).skipReason).to.equal(reason);
    });
  }

  it('tentative is a reason only when it is all they have', () => {
    const bookings = [booking({ Tentative: true }), booking({ Id: 2, FromTime: '2026-11-25T09:00:00Z', ToTime: '2026-11-25T10:00:00Z' })];
    expect(access({ bookings }).skipReason).to.equal(null);
    expect(access({ bookings: [booking({ Tentative: true })], contracts: [contract()] }).skipReason).to.equal(null);
  });

  it('each occurrence of a series has its own window (N7)', () => {
    const bookings = [0, 1].map((week) =>
      booking({ Id: 10 + week, FromTime: `2026-11-${24 + week}T09:00:00Z`, ToTime: `2026-11-${24 + week}T10:00:00Z` }),
    );
    expect(lines({ bookings })).to.deep.equal([
      'resource:1500000301 2026-11-24T09:00…2026-11-24T10:00',
      'resource:1500000301 2026-11-25T09:00…2026-11-25T10:00',
    ]);
  });

  it('a tariff and a desk with one number are two Groups', () => {
    const { groups } = access({ contracts: [contract({ TariffId: 7, FloorPlanDeskIds: '7' })], passes: [pass({ TimePassId: 7 })] });
    expect(groups).to.deep.equal(['desk:7', 'tariff:7', 'time_pass:7']);
  });
});

describe('nexudus: whatever people have', () => {
  const day = fc.integer({ min: -100, max: 100 }).map((days) => instant(Date.parse(NOW) + days * 86_400_000));
  const contracts = fc.array(
    fc.record({
      Active: fc.boolean(),
      Cancelled: fc.boolean(),
      StartDate: day,
      CancellationDate: fc.option(day),
      TariffId: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 4 },
  );
  const pauses = fc.record({ InPausedPeriod: fc.boolean(), InPausedPeriodFrom: fc.option(day), InPausedPeriodUntil: fc.option(day) });
  const bookings = fc.array(fc.record({ FromTime: day, ToTime: day, Tentative: fc.boolean() }), { maxLength: 4 });

  it('has the same effect in whatever order it is listed, and windows that are valid and apart', () => {
    fc.assert(
      fc.property(contracts, pauses, bookings, (given, pause, booked) => {
        const holdings = {
          contracts: given.map((one) => contract({ ...one, ...pause })),
          passes: [],
          bookings: booked.map((one) => booking(one)),
        };
        const result = accessOf(holdings, NOW);
        const reversed = { contracts: [...holdings.contracts].reverse(), passes: [], bookings: [...holdings.bookings].reverse() };
        expect(accessOf(reversed, NOW)).to.deep.equal(result);
        for (const [index, { groupExternalId, window }] of result.periods.entries()) {
          if (window.startsAt !== null && window.endsAt !== null) expect(window.startsAt < window.endsAt).to.equal(true);
          const next = result.periods[index + 1];
          if (next?.groupExternalId === groupExternalId) expect((window.endsAt ?? '~') < (next.window.startsAt ?? '')).to.equal(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets nobody in at a moment at which the contract is paused or cancelled', () => {
    fc.assert(
      fc.property(day, day, day, (from, until, at) => {
        const paused = contract({
          StartDate: '2025-01-01T00:00:00Z',
          InPausedPeriodFrom: from,
          InPausedPeriodUntil: until,
          CancellationDate: '2027-01-20T00:00:00Z',
        });
        const isIn = accessOf({ ...NO_HOLDINGS, contracts: [paused] }, NOW).periods.some(({ window }) => contains(window, at));
        if (from < until && from <= at && at < until) expect(isIn).to.equal(false);
        if (at >= '2027-01-20T00:00:00.000Z') expect(isIn).to.equal(false);
      }),
      { numRuns: 300 },
    );
  });

  it('tentative bookings alone never open anything', () => {
    fc.assert(
      fc.property(bookings, (booked) => {
        const all = booked.map((one) => booking({ ...one, Tentative: true }));
        expect(accessOf({ ...NO_HOLDINGS, bookings: all }, NOW).groups).to.deep.equal([]);
      }),
    );
  });
});
