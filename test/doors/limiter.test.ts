import { expect } from 'chai';
import fc from 'fast-check';
import { type Instant, shift } from '../../src/domain/time.js';
import { ATTEMPTS_LOOKED_AT, heldUntil } from '../../src/doors/limiter.js';
import { T0 } from '../support/running-server.js';
import { runs, seed } from '../support/runs.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const newestFirst = (agoMs: readonly number[]): Instant[] => [...agoMs].sort((a, b) => a - b).map((ms) => shift(T0, -ms));
const times = (count: number, agoMs: number): number[] => Array.from({ length: count }, () => agoMs);

/** Counts anew at one moment: are there five within the last minute, or twenty within the last hour? */
function isHeldAt(agoMs: readonly number[], laterMs: number): boolean {
  const ages = agoMs.map((ms) => ms + laterMs);
  return ages.filter((age) => age < MINUTE_MS).length >= 5 || ages.filter((age) => age < HOUR_MS).length >= 20;
}

describe('heldUntil', () => {
  it('is null for a door at which nobody was wrong, and below both limits', () => {
    expect(heldUntil([], T0)).to.equal(null);
    expect(heldUntil(newestFirst(times(4, 0)), T0)).to.equal(null);
    expect(heldUntil(newestFirst(times(19, MINUTE_MS)), T0)).to.equal(null);
  });

  it('holds a door until the fifth of a minute is a minute old, and not at that instant', () => {
    const [fifth, others] = [MINUTE_MS - 1, times(4, 0)];
    expect(heldUntil(newestFirst([fifth, ...others]), T0)).to.equal(shift(T0, 1));
    expect(heldUntil(newestFirst([MINUTE_MS, ...others]), T0)).to.equal(null);
  });

  it('holds a door until the twentieth of an hour is an hour old, and not at that instant', () => {
    const others = times(19, MINUTE_MS);
    expect(heldUntil(newestFirst([HOUR_MS - 1, ...others]), T0)).to.equal(shift(T0, 1));
    expect(heldUntil(newestFirst([HOUR_MS, ...others]), T0)).to.equal(null);
  });

  it('takes the later end when both limits hold', () => {
    expect(heldUntil(newestFirst([...times(15, 50 * MINUTE_MS), ...times(5, 0)]), T0)).to.equal(shift(T0, 10 * MINUTE_MS));
    expect(heldUntil(newestFirst([...times(15, HOUR_MS - 5_000), ...times(5, 0)]), T0)).to.equal(shift(T0, MINUTE_MS));
  });

  it('is the moment up to which a count of all attempts holds the door, and from which none does', () => {
    const ago = fc.oneof(
      fc.nat(2 * MINUTE_MS),
      fc.nat(HOUR_MS + MINUTE_MS),
      fc.constantFrom(0, 1, MINUTE_MS - 1, MINUTE_MS, HOUR_MS - 1, HOUR_MS),
    );
    fc.assert(
      fc.property(fc.array(ago, { maxLength: 45 }), (agoMs) => {
        const until = heldUntil(newestFirst(agoMs).slice(0, ATTEMPTS_LOOKED_AT), T0);
        if (until === null) {
          expect(isHeldAt(agoMs, 0)).to.equal(false);
          return;
        }
        const ms = Date.parse(until) - Date.parse(T0);
        expect(isHeldAt(agoMs, 0), 'now').to.equal(true);
        expect(isHeldAt(agoMs, ms - 1), 'just before').to.equal(true);
        // Without new attempts a count only falls, so it holds at no later moment either.
        expect(isHeldAt(agoMs, ms), 'from then on').to.equal(false);
      }),
      { numRuns: runs(300, 100_000), ...seed(1) },
    );
  });
});
