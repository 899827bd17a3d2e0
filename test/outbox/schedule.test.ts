import { expect } from 'chai';
import fc from 'fast-check';
import { epochMs, shift } from '../../src/domain/time.js';
import { GIVE_UP_AFTER_MS, nextAttempt } from '../../src/outbox/schedule.js';
import { DAY_MS, HOUR_MS, T0 } from '../support/world.js';

describe('outbox: when a message is tried again', () => {
  /** The waits between attempts until it is given up, in seconds. */
  const waits = (random: number): number[] => {
    const found: number[] = [];
    for (let [now, attempts] = [T0, 1]; ; attempts += 1) {
      const next = nextAttempt({ attempts, waitingSince: T0, now, random });
      if (next === null) return found;
      found.push((epochMs(next) - epochMs(now)) / 1_000);
      now = next;
    }
  };
  const first = { attempts: 1, waitingSince: T0, now: T0, random: 0 };

  it('ten times in three days, with ever longer waits', () => {
    expect(waits(0)).to.deep.equal([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(GIVE_UP_AFTER_MS).to.be.greaterThan(3 * DAY_MS);
  });

  it('as often with any jitter, which only makes waits longer, by a fifth at most', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        for (const [n, wait] of waits(random).entries()) {
          const shortest = waits(0)[n] ?? Number.NaN;
          expect(wait).to.be.within(shortest, shortest * 1.2);
        }
        expect(waits(random)).to.have.length(9);
      }),
    );
    expect(waits(0.5)[0]).to.equal(5.5);
  });

  it('when the other side said, within reason', () => {
    const at = (ms: number, attempts = 1) => {
      const next = nextAttempt({ ...first, attempts, at: shift(T0, ms) });
      return next === null ? null : epochMs(next) - epochMs(T0);
    };
    expect(at(300)).to.equal(300);
    expect(at(7 * HOUR_MS)).to.equal(7 * HOUR_MS);
    expect(at(365 * DAY_MS), 'a year is a day').to.equal(DAY_MS);
    expect(at(-HOUR_MS), 'the past is a moment').to.equal(100);
    expect(at(0, 20), 'and a longer one each time').to.equal(2_000);
    expect(at(0, 100_000)).to.equal(60_000);
    expect(epochMs(nextAttempt({ ...first, at: 'soon' }) ?? '') - epochMs(T0), 'no time is none').to.equal(5_000);
  });

  it('however often it was asked to wait, for as long as the schedule takes, and not after', () => {
    const waited = (ms: number, attempts: number) => nextAttempt({ ...first, attempts, now: shift(T0, ms) });
    expect(waited(GIVE_UP_AFTER_MS - 1, 5_000)).to.equal(shift(T0, GIVE_UP_AFTER_MS - 1 + DAY_MS));
    expect(waited(GIVE_UP_AFTER_MS, 1)).to.equal(null);
  });
});
