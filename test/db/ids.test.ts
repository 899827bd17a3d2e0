import { expect } from 'chai';
import fc from 'fast-check';
import { newEventId, newId } from '../../src/db/ids.js';
import { instant } from '../../src/domain/time.js';

const OF_AN_EVENT = /^evt_[0-9a-hjkmnp-tv-z]{26}$/;

describe('ids', () => {
  it('are a prefix and 26 characters, and none is ever given twice', () => {
    const ids = Array.from({ length: 5_000 }, () => newId('mem'));

    for (const id of ids) expect(id).to.match(/^mem_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('of events come after those of earlier milliseconds, and differ within one', () => {
    const ms = fc.integer({ min: 0, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(ms, ms, (one, other) => {
        const [early, late] = one < other ? [one, other] : [other, one];
        const [first, second] = [newEventId(instant(early)), newEventId(instant(late))];

        expect(first).to.match(OF_AN_EVENT);
        expect(first).not.to.equal(second);
        // Beyond the year 3084 the characters for the time do not suffice, and the order of the index is all that is lost.
        if (early < late && late < 32 ** 9) expect(first < second).to.equal(true);
      }),
    );
  });
});
