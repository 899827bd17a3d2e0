import { expect } from 'chai';
import fc from 'fast-check';
import { instantOf, type LocalTime, minutesOf } from '../../src/adapters/local-time.js';
import { UpstreamContract } from '../../src/adapters/upstream-errors.js';
import { instant } from '../../src/domain/time.js';
import { runs } from '../support/runs.js';
import { type ClockChange, changesOfAllZones, wallMsOf } from '../support/zones.js';

const MINUTE_MS = 60_000;

const at = (text: string): LocalTime => {
  const [date = '', time = ''] = text.split(' ');
  return { date, minutes: minutesOf(time) ?? Number.NaN };
};

/** A wall clock in milliseconds, as if it were UTC. */
const localOf = (wallMs: number): LocalTime => {
  const text = instant(wallMs);
  return { date: text.slice(0, 10), minutes: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)) };
};

const short = (text: string): string => text.replace(':00.000Z', 'Z');

describe('a local time as an instant', () => {
  describe('twice on the clock: a start takes the earlier, an end the later one', () => {
    for (const [zone, local, start, end] of [
      ['Europe/Lisbon', '2026-10-25 01:30', '2026-10-25T00:30Z', '2026-10-25T01:30Z'],
      ['Europe/Madrid', '2027-10-31 02:00', '2027-10-31T00:00Z', '2027-10-31T01:00Z'],
      ['Europe/Madrid', '2027-10-31 02:59', '2027-10-31T00:59Z', '2027-10-31T01:59Z'],
      ['America/New_York', '2026-11-01 01:30', '2026-11-01T05:30Z', '2026-11-01T06:30Z'],
      ['Australia/Sydney', '2027-04-04 02:30', '2027-04-03T15:30Z', '2027-04-03T16:30Z'],
      ['America/Santiago', '2027-04-03 23:30', '2027-04-04T02:30Z', '2027-04-04T03:30Z'],
      // Half an hour only.
      ['Australia/Lord_Howe', '2027-04-04 01:45', '2027-04-03T14:45Z', '2027-04-03T15:15Z'],
    ] as const) {
      it(`${zone} ${local}`, () => {
        expect([short(instantOf(at(local), zone, 'start')), short(instantOf(at(local), zone, 'end'))]).to.deep.equal([start, end]);
      });
    }
  });

  describe('not on the clock: start and end take the first instant after the gap', () => {
    for (const [zone, local, first] of [
      ['Europe/Lisbon', '2026-03-29 01:30', '2026-03-29T01:00Z'],
      ['Europe/Madrid', '2027-03-28 02:00', '2027-03-28T01:00Z'],
      ['Europe/Madrid', '2027-03-28 02:30', '2027-03-28T01:00Z'],
      ['Europe/Madrid', '2027-03-28 02:59', '2027-03-28T01:00Z'],
      ['America/New_York', '2027-03-14 02:30', '2027-03-14T07:00Z'],
      ['Australia/Sydney', '2026-10-04 02:30', '2026-10-03T16:00Z'],
      ['America/Santiago', '2026-09-06 00:30', '2026-09-06T04:00Z'],
      ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-03T15:30Z'],
      // A whole day that Samoa left out when it went over the date line.
      ['Pacific/Apia', '2011-12-30 00:00', '2011-12-30T10:00Z'],
      ['Pacific/Apia', '2011-12-30 12:00', '2011-12-30T10:00Z'],
      ['Pacific/Apia', '2011-12-30 23:59', '2011-12-30T10:00Z'],
    ] as const) {
      it(`${zone} ${local}`, () => {
        expect([short(instantOf(at(local), zone, 'start')), short(instantOf(at(local), zone, 'end'))]).to.deep.equal([first, first]);
      });
    }
  });

  describe('once on the clock: the same for both', () => {
    for (const [zone, local, only] of [
      ['Europe/Lisbon', '2026-12-01 17:30', '2026-12-01T17:30Z'],
      ['Europe/Lisbon', '2026-10-25 00:59', '2026-10-24T23:59Z'],
      ['Europe/Lisbon', '2026-10-25 02:00', '2026-10-25T02:00Z'],
      ['Europe/Madrid', '2027-03-28 01:59', '2027-03-28T00:59Z'],
      ['Europe/Madrid', '2027-03-28 03:00', '2027-03-28T01:00Z'],
      ['Pacific/Apia', '2011-12-29 23:59', '2011-12-30T09:59Z'],
      ['Pacific/Apia', '2011-12-31 00:00', '2011-12-30T10:00Z'],
      ['Asia/Kathmandu', '2026-06-01 00:00', '2026-05-31T18:15Z'],
      ['Pacific/Kiritimati', '2026-06-01 00:00', '2026-05-31T10:00Z'],
      ['Pacific/Pago_Pago', '2026-06-01 23:59', '2026-06-02T10:59Z'],
      ['UTC', '2028-02-29 23:59', '2028-02-29T23:59Z'],
    ] as const) {
      it(`${zone} ${local}`, () => {
        expect([short(instantOf(at(local), zone, 'start')), short(instantOf(at(local), zone, 'end'))]).to.deep.equal([only, only]);
      });
    }
  });

  describe('what no adapter could read', () => {
    for (const zone of ['', ' ', 'Europe/Atlantis', 'Lisbon, Portugal', '__proto__', 'x'.repeat(10_000), 'Europe/Lisbon\u0000']) {
      it(`the zone ${JSON.stringify(zone.slice(0, 30))} is a breach of contract`, () => {
        expect(() => instantOf(at('2026-12-01 15:00'), zone, 'start')).to.throw(
          UpstreamContract,
          /^The time zone “.{0,60}” is not known\.$/su,
        );
      });
    }

    for (const date of [
      '',
      '2026-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-1-1',
      '01/12/2026',
      '2026-12-01T00:00',
      '2026-12-32',
      'x'.repeat(10_000),
    ]) {
      it(`the date ${JSON.stringify(date.slice(0, 30))} is a breach of contract`, () => {
        expect(() => instantOf({ date, minutes: 0 }, 'Europe/Lisbon', 'end')).to.throw(UpstreamContract, /^“.{0,40}” is not a date\.$/su);
      });
    }

    // Instants have four digits for the year: one more and texts do not compare as times do.
    it('an evening that falls into the year 10000 of UTC is a breach of contract', () => {
      const last = { date: '9999-12-31', minutes: 18 * 60 + 59 };
      expect(instantOf(last, 'America/New_York', 'end')).to.equal('9999-12-31T23:59:00.000Z');
      expect(() => instantOf({ ...last, minutes: 19 * 60 }, 'America/New_York', 'end')).to.throw(UpstreamContract, /is not a date/);
    });
  });

  describe('in every zone whose clock changes from 2026 to 2028', () => {
    let changes: readonly ClockChange[] = [];
    before(function () {
      this.timeout(20_000);
      changes = changesOfAllZones(Date.UTC(2026, 0, 1), Date.UTC(2029, 0, 1));
    });

    it('there are such zones on every side of the world, with gaps and folds', () => {
      expect(new Set(changes.map(({ zone }) => zone)).size).to.be.greaterThan(80);
      expect(new Set(changes.map(({ before, after }) => Math.sign(after - before)))).to.deep.equal(new Set([1, -1]));
    });

    it('what is left out leads to the first instant after the gap, what comes twice to the outer ones', () => {
      for (const change of changes) for (const wall of wallsAround(change)) expectRule(change, wall);
    }).timeout(20_000);

    it('an end never lies before a start of the same time, and an unambiguous time comes back from its instant', () => {
      const change = fc.integer({ min: 0, max: changes.length - 1 });
      const away = fc.integer({ min: -3 * 1_440, max: 3 * 1_440 });
      fc.assert(
        fc.property(change, away, (index, minutesAway) => {
          const { zone, at: changed, before, after } = changes[index] ?? never();
          const wall = changed + before + minutesAway * MINUTE_MS;
          const start = Date.parse(instantOf(localOf(wall), zone, 'start'));
          const end = Date.parse(instantOf(localOf(wall), zone, 'end'));
          expect(start).to.be.at.most(end);
          const isOnClock = [before, after].some((offset) => wallMsOf(wall - offset, zone) === wall);
          if (isOnClock) expect([wallMsOf(start, zone), wallMsOf(end, zone)]).to.deep.equal([wall, wall]);
          else expect([start, end]).to.deep.equal([changed, changed]);
        }),
        { numRuns: runs(1_500, 50_000) },
      );
    }).timeout(60_000);
  });
});

/** The minutes at both edges of a gap or fold, on both sides of each, and in its middle. */
function wallsAround({ at: changed, before, after }: ClockChange): number[] {
  const [low, high] = [changed + Math.min(before, after), changed + Math.max(before, after)];
  const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
  return [low - MINUTE_MS, low, middle, high - MINUTE_MS, high];
}

function expectRule({ zone, at: changed, before, after }: ClockChange, wall: number): void {
  const [start, end] = (['start', 'end'] as const).map((edge) => Date.parse(instantOf(localOf(wall), zone, edge)));
  const isBefore = wall - before < changed;
  const isAfter = wall - after >= changed;
  const expected =
    !isBefore && !isAfter ? [changed, changed] : [isBefore ? wall - before : wall - after, isAfter ? wall - after : wall - before];
  expect([start, end], `${zone} ${instant(wall)}`).to.deep.equal(expected);
}

function never(): never {
  throw new Error('there is none');
}

describe('minutesOf', () => {
  for (const [text, minutes] of [
    ['00:00', 0],
    ['0:05', 5],
    ['9:30', 570],
    ['15:00', 900],
    ['15:00:59', 900],
    [' 23:59 ', 1_439],
    ['24:00', null],
    ['15:60', null],
    ['15:00:60', null],
    ['15', null],
    ['3 pm', null],
    ['15:00 PM', null],
    ['-1:00', null],
    ['', null],
    [`${' '.repeat(50_000)}x`, null],
  ] as const) {
    it(`${JSON.stringify(text.slice(0, 20))} is ${minutes}`, () => {
      expect(minutesOf(text)).to.equal(minutes);
    });
  }
});
