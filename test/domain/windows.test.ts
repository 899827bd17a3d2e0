import { expect } from 'chai';
import fc from 'fast-check';
import { contains, epochMs, isValid, OPEN_WINDOW } from '../../src/domain/time.js';
import { compareWindows, covers, FIRST_INSTANT, intersection, LAST_INSTANT, shiftWithin, union, widen } from '../../src/domain/windows.js';
import { instants, windows } from '../support/access-arbitraries.js';
import { day, days, HOUR_MS } from '../support/access-facts.js';

describe('windows', () => {
  it('merges windows that overlap or touch, and leaves a gap of one millisecond', () => {
    const gap = { startsAt: shiftWithin(day(9), 1), endsAt: null };

    expect(union([days(5, 9), days(1, 3), days(3, 4), days(6, 7), gap])).to.deep.equal([days(1, 4), days(5, 9), gap]);
  });

  it('drops windows that end before they start, and merges nothing through them', () => {
    expect(union([days(1, 2), days(9, 1), days(4, 4), days(3, 4)])).to.deep.equal([days(1, 2), days(3, 4)]);
  });

  it('swallows everything into an open window', () => {
    expect(union([days(1, 2), OPEN_WINDOW, days(3, null)])).to.deep.equal([OPEN_WINDOW]);
    expect(union([days(null, 2), days(1, null)])).to.deep.equal([OPEN_WINDOW]);
  });

  it('covers the same instants as the windows it came from, in the fewest windows', () => {
    fc.assert(
      fc.property(fc.array(windows, { maxLength: 6 }), instants, (some, at) => {
        const merged = union(some);

        expect(merged.some((one) => contains(one, at))).to.equal(some.some((one) => isValid(one) && contains(one, at)));
        for (const [index, one] of merged.slice(1).entries()) expect((merged[index]?.endsAt ?? '~') < (one.startsAt ?? '')).to.equal(true);
      }),
    );
  });

  it('intersects to what lies in both', () => {
    fc.assert(
      fc.property(windows, windows, instants, (a, b, at) => {
        const both = intersection(a, b);

        const inside = isValid(a) && isValid(b) && contains(a, at) && contains(b, at);
        expect(both !== null && contains(both, at)).to.equal(inside);
      }),
    );
  });

  it('finds no intersection where two windows only touch', () => {
    expect(intersection(days(1, 3), days(3, 5))).to.equal(null);
    expect(intersection(days(1, 3), days(2, null))).to.deep.equal(days(2, 3));
  });

  it('covers a window by itself and by every wider one only', () => {
    expect(covers(days(1, 3), days(1, 3))).to.equal(true);
    expect(covers(days(null, 3), days(1, 3))).to.equal(true);
    expect(covers(days(1, 3), days(null, 3))).to.equal(false);
    expect(covers(days(1, 3), days(1, null))).to.equal(false);
  });

  it('sorts open starts first and open ends last', () => {
    const sorted = [days(null, 1), days(null, null), days(1, 2), days(1, null), days(2, 3)];

    expect(sorted.toReversed().sort(compareWindows)).to.deep.equal(sorted);
  });

  it('widens both sides and leaves open sides open', () => {
    expect(widen(days(2, 3), 12 * HOUR_MS, 24 * HOUR_MS)).to.deep.equal(days(1.5, 4));
    expect(widen(OPEN_WINDOW, HOUR_MS, HOUR_MS)).to.deep.equal(OPEN_WINDOW);
  });

  it('stops at the edges of the calendar instead of failing', () => {
    expect(shiftWithin('9999-12-31T23:00:00.000Z', 2 * HOUR_MS)).to.equal(LAST_INSTANT);
    expect(shiftWithin('0001-01-01T00:30:00.000Z', -HOUR_MS)).to.equal(FIRST_INSTANT);
    expect(shiftWithin(day(1), Number.MAX_VALUE)).to.equal(LAST_INSTANT);
    expect(epochMs(shiftWithin(day(1), 1)) - epochMs(day(1))).to.equal(1);
  });
});
