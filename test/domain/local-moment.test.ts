import { expect } from 'chai';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { localMoment, localText, zoneName } from '../../src/domain/local-moment.js';
import { epochMs, instant } from '../../src/domain/time.js';
import { FIRST_INSTANT, LAST_INSTANT } from '../../src/domain/windows.js';
import { runs, seed } from '../support/runs.js';
import { SLOW_ZONES, slowClock } from '../support/slow-clock.js';

const HOUR_MS = 3_600_000;
const minuteOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

describe('local moment', () => {
  it('is what the clock on the wall showed, minute by minute around every change of 2026', () => {
    let checked = 0;
    for (const slow of SLOW_ZONES) {
      for (const { at } of slow.changes) {
        for (let ms = Date.parse(at) - 3 * HOUR_MS; ms < Date.parse(at) + 3 * HOUR_MS; ms += 60_000) {
          const { weekday, text } = slowClock(ms, slow);
          expect(localMoment(instant(ms), slow.zone), `${slow.zone} ${instant(ms)}`).to.deep.equal({ weekday, minute: minuteOf(text) });
          checked += 1;
        }
      }
    }
    expect(checked).to.equal(5 * 2 * 360);
  });

  it('is the same at every instant of 2026, to the millisecond', () => {
    const inYear = fc.integer({ min: Date.UTC(2026, 0, 1, 12), max: Date.UTC(2026, 11, 31, 12) });
    fc.assert(
      fc.property(inYear, fc.constantFrom(...SLOW_ZONES), (ms, slow) => {
        const { weekday, text } = slowClock(ms, slow);
        expect(localMoment(instant(ms), slow.zone)).to.deep.equal({ weekday, minute: minuteOf(text) });
      }),
      { numRuns: runs(300, 20_000), ...seed(81) },
    );
  });

  it('is what another library says, in every zone and every year from 1 to 9999', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const anyTime = fc.integer({ min: epochMs(FIRST_INSTANT), max: epochMs(LAST_INSTANT) });
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...zones), (ms, zone) => {
        const there = DateTime.fromMillis(ms, { zone });
        expect(localMoment(instant(ms), zone)).to.deep.equal({ weekday: there.weekday - 1, minute: there.hour * 60 + there.minute });
      }),
      { numRuns: runs(300, 20_000), ...seed(82) },
    );
  });

  it('knows the weekday at both ends of the calendar', () => {
    expect(localMoment(FIRST_INSTANT, 'UTC')).to.deep.equal({ weekday: 0, minute: 0 });
    expect(localMoment(LAST_INSTANT, 'UTC')).to.deep.equal({ weekday: 4, minute: 1439 });
    expect(localMoment(LAST_INSTANT, 'Pacific/Kiritimati')).to.deep.equal({ weekday: 5, minute: 839 });
    expect(localMoment(FIRST_INSTANT, 'America/New_York').weekday).to.equal(6);
  });

  it('is written for people with its date', () => {
    expect(localText('2026-05-04T13:00:00.000Z', 'Europe/Madrid')).to.equal('Monday 2026-05-04 15:00');
    expect(localText('1500-06-01T00:00:00.000Z', 'UTC')).to.equal('Friday 1500-06-01 00:00');
    expect(localText('0021-06-01T00:00:00.000Z', 'UTC')).to.equal('Tuesday 0021-06-01 00:00');
  });

  it('takes a zone by its IANA name, whatever its case, and nothing else for one', () => {
    expect(zoneName('Europe/Madrid')).to.equal('Europe/Madrid');
    expect(zoneName('europe/madrid')).to.equal('Europe/Madrid');
    expect(zoneName('utc')).to.equal('UTC');
    expect(zoneName('Asia/Kolkata')).to.equal('Asia/Kolkata');
    expect(zoneName('Etc/GMT+5')).to.equal('Etc/GMT+5');
    for (const none of [
      '',
      ' ',
      '/',
      'Europe',
      'Europe/',
      'Europe/Nowhere',
      ' Europe/Madrid',
      '+01:00',
      'Z',
      'PST',
      'ACT',
      'local',
      '../etc/passwd',
    ])
      expect(zoneName(none), none).to.equal(null);
  });
});
