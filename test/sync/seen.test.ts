import { expect } from 'chai';
import fc from 'fast-check';
import { Seen } from '../../src/sync/seen.js';
import { runs } from '../support/runs.js';

describe('the row numbers that a read has seen', () => {
  it('are none at first, and asking for one far away adds none', () => {
    const seen = new Seen();
    expect([seen.size, seen.has(0), seen.has(1), seen.has(2 ** 40)]).to.deep.equal([0, false, false, false]);
  });

  it('are counted once each, however often they come', () => {
    const seen = new Seen();
    for (const seq of [7, 7, 8, 7, 0, 0]) seen.add(seq);
    expect(seen.size).to.equal(3);
    expect([0, 6, 7, 8, 9].map((seq) => seen.has(seq))).to.deep.equal([true, false, true, true, false]);
  });

  it('keep what they were when one comes that is far above all others', () => {
    const seen = new Seen();
    for (const seq of [1, 8_191, 8_192, 5_000_000]) seen.add(seq);
    expect([1, 8_191, 8_192, 5_000_000].every((seq) => seen.has(seq))).to.equal(true);
    expect([2, 8_190, 8_193, 4_999_999, 5_000_001].some((seq) => seen.has(seq))).to.equal(false);
    expect(seen.size).to.equal(4);
  });

  it('are those of a set, whatever comes in whatever order', () => {
    const seq = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 200_000 }));
    fc.assert(
      fc.property(fc.array(seq, { maxLength: 60 }), fc.array(seq, { maxLength: 60 }), (added, asked) => {
        const [seen, set] = [new Seen(), new Set(added)];
        for (const one of added) seen.add(one);
        expect(seen.size).to.equal(set.size);
        for (const one of [...added, ...asked]) expect(seen.has(one)).to.equal(set.has(one));
      }),
      { numRuns: runs(300, 10_000) },
    );
  });
});
