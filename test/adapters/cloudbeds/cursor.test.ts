import { expect } from 'chai';
import { later, modifiedFrom } from '../../../src/adapters/cloudbeds/cursor.js';

const NOW = '2026-11-25T15:00:00.000Z';

describe('Cloudbeds: the cursor', () => {
  for (const [known, modified, expected] of [
    [null, '2026-11-22 18:05:00', '2026-11-22 18:05:00'],
    ['2026-11-22 18:05:00', '2026-11-22 18:04:59', '2026-11-22 18:05:00'],
    ['2026-11-22 18:05:00', '2026-11-22 18:05:01', '2026-11-22 18:05:01'],
    ['2026-11-22 18:05:00', '', '2026-11-22 18:05:00'],
    [null, '', null],
    [null, 'yesterday', null],
    // Auckland is 13 hours ahead; no zone is a day ahead.
    [null, '2026-11-26 04:00:00', '2026-11-26 04:00:00'],
    [null, '2026-11-26 15:00:01', null],
    [null, '2999-01-01 00:00:00', null],
  ] as const) {
    it(`is ${expected} after ${known} and “${modified}”`, () => {
      expect(later(known, modified, NOW)).to.equal(expected);
    });
  }

  it('reaches back one hour and five minutes, over midnight and the end of the year', () => {
    expect(modifiedFrom('2026-11-22 18:05:30')).to.equal('2026-11-22 17:00:30');
    expect(modifiedFrom('2027-01-01 00:30:00')).to.equal('2026-12-31 23:25:00');
  });
});
