import { expect } from 'chai';
import fc from 'fast-check';
import { type Rate, RateLimiter } from '../../src/transport/rate-limiter.js';

const RATE: Rate = { perSecond: 10, burst: 20 };

/** How many of `count` requests at one moment get through. */
function passing(limiter: RateLimiter, key: string, count: number, nowMs: number, rate = RATE): number {
  let passed = 0;
  for (let n = 0; n < count; n += 1) if (limiter.take(key, rate, nowMs) === 0) passed += 1;
  return passed;
}

describe('rate limiter', () => {
  it('lets a burst through and then the sustained rate', () => {
    const limiter = new RateLimiter();
    expect(passing(limiter, 'a', 50, 0)).to.equal(20);
    expect(passing(limiter, 'a', 50, 99)).to.equal(0);
    expect(passing(limiter, 'a', 50, 100)).to.equal(1);
    expect(passing(limiter, 'a', 50, 1_100)).to.equal(10);
    expect(passing(limiter, 'a', 50, 1_000_000), 'never more than the burst').to.equal(20);
  });

  it('keeps one key from another', () => {
    const limiter = new RateLimiter();
    passing(limiter, 'a', 50, 0);
    expect(passing(limiter, 'b', 50, 0)).to.equal(20);
  });

  it('takes nothing in the end from who is given it back, and gives nobody more than the burst', () => {
    const limiter = new RateLimiter();
    for (let n = 0; n < 50; n += 1) {
      expect(limiter.take('a', RATE, 0)).to.equal(0);
      limiter.giveBack('a', RATE, 0);
    }
    limiter.giveBack('a', RATE, 0);
    limiter.giveBack('nobody', RATE, 0);
    expect(passing(limiter, 'a', 50, 0)).to.equal(20);
    limiter.giveBack('a', RATE, 0);
    expect(passing(limiter, 'a', 50, 0)).to.equal(1);
  });

  it('says in whole seconds when to come back, and one who does gets in', () => {
    const slow: Rate = { perSecond: 0.25, burst: 1 };
    const limiter = new RateLimiter();
    expect(limiter.take('a', slow, 0)).to.equal(0);
    expect(limiter.take('a', slow, 0)).to.equal(4);
    expect(limiter.take('a', slow, 1_500)).to.equal(3);
    expect(limiter.take('a', slow, 4_000)).to.equal(0);
    passing(limiter, 'b', 20, 0);
    expect(limiter.take('b', RATE, 0), 'a tenth of a second, said as one').to.equal(1);
  });

  it('does not charge who is refused', () => {
    const limiter = new RateLimiter();
    passing(limiter, 'a', 1_000, 0);
    expect(passing(limiter, 'a', 50, 1_000)).to.equal(10);
  });

  it('a limit that is lowered holds nobody longer than an empty bucket would', () => {
    const limiter = new RateLimiter();
    passing(limiter, 'a', 1_000, 0, { perSecond: 1, burst: 1_000 });
    expect(limiter.take('a', RATE, 0)).to.equal(1);
    const raised = new RateLimiter();
    passing(raised, 'a', 50, 0);
    expect(passing(raised, 'a', 500, 0, { perSecond: 10, burst: 200 })).to.equal(180);
  });

  it('forgets keys that are full again, so that as many are held as are in use', () => {
    const limiter = new RateLimiter();
    for (let n = 0; n < 1_000; n += 1) limiter.take(`key ${n}`, RATE, 0);
    expect(limiter.size).to.equal(1_000);
    for (let n = 0; n < 2_000; n += 1) limiter.take(`later ${n}`, RATE, 60_000 + n * 1_000);
    expect(limiter.size).to.be.at.most(100);
  });

  it('holds no more keys than it may, and those that have asked most stay', () => {
    const limiter = new RateLimiter();
    passing(limiter, 'busy', 50, 0);
    for (let n = 0; n < 60_000; n += 1) {
      limiter.take(`key ${n}`, RATE, 1);
      if (n % 1_000 === 0) expect(limiter.take('busy', RATE, 1)).to.equal(1);
    }
    expect(limiter.size).to.be.at.most(20_000);
  });

  it('in any stretch of time never lets through more than burst + rate × time, and never less than it owes', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (gaps, perSecond, burst) => {
        const limiter = new RateLimiter();
        let now = 0;
        let level = burst;
        for (const gap of gaps) {
          now += gap;
          level = Math.min(burst, level + (gap * perSecond) / 1000);
          const wait = limiter.take('a', { perSecond, burst }, now);
          // The two count in different units; at the very edge either may be right.
          if (Math.abs(level - 1) > 1e-6) expect(wait === 0).to.equal(level >= 1);
          if (wait === 0) level -= 1;
          else expect(wait).to.be.at.least(1).and.satisfy(Number.isInteger);
        }
      }),
      { numRuns: 300 },
    );
  });
});
