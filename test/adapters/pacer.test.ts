import { expect } from 'chai';
import fc from 'fast-check';
import { Pacer, type RateWindow, type Timer } from '../../src/adapters/pacer.js';
import { runs } from '../support/runs.js';

/** Time that passes only by waiting; whoever waits is woken in the order of the times. */
class TestTimer implements Timer {
  at = 1_000_000;
  readonly slept: number[] = [];

  now(): number {
    return this.at;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.at += ms;
  }
}

/** A work that goes on until it is told to end. */
function held(): { readonly work: () => Promise<void>; readonly end: () => void; readonly begun: () => boolean } {
  let end = (): void => undefined;
  let hasBegun = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    work: () => {
      hasBegun = true;
      return ended;
    },
    end: () => end(),
    begun: () => hasBegun,
  };
}

/** Lets everything go on that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'kept',
    (error: unknown) => error,
  );

const FREE = { windows: [], concurrent: 1 };

describe('the pacer', () => {
  describe('and rates', () => {
    const startsOf = async (windows: readonly RateWindow[], gaps: readonly number[]): Promise<number[]> => {
      const timer = new TestTimer();
      const pacer = new Pacer({ windows, concurrent: 100 }, timer);
      const starts: number[] = [];
      for (const gap of gaps) {
        timer.at += gap;
        await pacer.run(async () => starts.push(timer.at));
      }
      return starts;
    };
    const most = (starts: readonly number[], ms: number): number =>
      Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + ms).length));

    it('lets a burst of 90 % of the limit through at once, and the next when the first has left the window', async () => {
      const starts = await startsOf(
        [{ ms: 1_000, max: 10 }],
        Array.from({ length: 10 }, () => 0),
      );
      expect(starts.map((at) => at - 1_000_000)).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 1_000]);
    });

    it('keeps below every window at once: the three of Guesty for 800 requests', async () => {
      const windows = [
        { ms: 1_000, max: 15 },
        { ms: 60_000, max: 120 },
        { ms: 3_600_000, max: 500 },
      ];
      const starts = await startsOf(
        windows,
        Array.from({ length: 800 }, () => 0),
      );
      expect(windows.map(({ ms }) => most(starts, ms))).to.deep.equal([13, 108, 450]);
    });

    it('never stops altogether at a limit of one', async () => {
      const starts = await startsOf([{ ms: 1_000, max: 1 }], [0, 0, 0]);
      expect(starts.map((at) => at - 1_000_000)).to.deep.equal([0, 1_000, 2_000]);
    });

    it('never has more than 90 % of a limit in any stretch of its window, however requests come', async () => {
      const window = fc.record({ ms: fc.integer({ min: 1, max: 5_000 }), max: fc.integer({ min: 2, max: 30 }) });
      const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })), { minLength: 1, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(fc.array(window, { minLength: 1, maxLength: 3 }), gaps, async (windows, between) => {
          const starts = await startsOf(windows, between);
          for (const { ms, max } of windows) expect(most(starts, ms)).to.be.at.most(Math.max(1, Math.floor(max * 0.9)));
        }),
        { numRuns: runs(150, 5_000) },
      );
    });

    it('waits no longer than a window when the clock is put back', async () => {
      const timer = new TestTimer();
      const pacer = new Pacer({ windows: [{ ms: 1_000, max: 2 }], concurrent: 1 }, timer);
      await pacer.run(async () => undefined);
      timer.at -= 600_000;
      await pacer.run(async () => undefined);
      expect(timer.slept).to.deep.equal([1_000]);
    });
  });

  describe('and how many at once', () => {
    it('has no more under way than it may, also when one fails', async () => {
      const pacer = new Pacer({ windows: [], concurrent: 2 }, new TestTimer());
      let [now, highest] = [0, 0];
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          pacer.run(async () => {
            now += 1;
            highest = Math.max(highest, now);
            await settle();
            now -= 1;
            if (index % 3 === 0) throw new Error(`work ${index}`);
            return index;
          }),
        ),
      );
      expect(highest).to.equal(2);
      expect(outcomes.map(({ status }) => status).filter((status) => status === 'fulfilled').length).to.equal(13);
    });

    it('starts who asked first first', async () => {
      const timer = new TestTimer();
      const pacer = new Pacer({ windows: [{ ms: 100, max: 4 }], concurrent: 2 }, timer);
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          pacer.run(async () => {
            order.push(index);
            // Earlier ones take longer.
            for (let turn = 0; turn < 12 - index; turn += 1) await settle();
          }),
        ),
      );
      expect(order).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    });
  });

  describe('and a pause', () => {
    it('starts nothing before its end; a shorter one does not shorten a longer one', async () => {
      const timer = new TestTimer();
      const pacer = new Pacer(FREE, timer);
      pacer.pauseUntil(timer.at + 5_000);
      pacer.pauseUntil(timer.at + 2_000);
      const startedAt = await pacer.run(async () => timer.at);
      expect(startedAt).to.equal(1_005_000);
    });

    it('that is made longer while somebody waits holds them until its new end', async () => {
      const timer = new TestTimer();
      const pacer = new Pacer(FREE, timer);
      pacer.pauseUntil(timer.at + 1_000);
      const sleep = timer.sleep.bind(timer);
      timer.sleep = async (ms, signal) => {
        await sleep(ms, signal);
        if (timer.slept.length === 1) pacer.pauseUntil(timer.at + 500);
      };
      expect(await pacer.run(async () => timer.at)).to.equal(1_001_500);
    });
  });

  describe('and who gives up', () => {
    const stopped = new Error('stopped');

    it('while waiting for a free slot is told at once, and those behind still get theirs', async () => {
      const pacer = new Pacer(FREE, new TestTimer());
      const [first, second, third] = [held(), held(), held()];
      const stop = new AbortController();
      const one = pacer.run(first.work);
      const two = refusal(pacer.run(second.work, stop.signal));
      const three = pacer.run(third.work);
      await settle();

      stop.abort(stopped);
      expect(await two).to.equal(stopped);
      await settle();
      expect([second.begun(), third.begun()]).to.deep.equal([false, false]);

      first.end();
      await one;
      await settle();
      expect(third.begun()).to.equal(true);
      third.end();
      await three;
    });

    it('while others are before it is told at once, and nobody behind it overtakes those before', async () => {
      const pacer = new Pacer(FREE, new TestTimer());
      const works = [held(), held(), held(), held()] as const;
      const stop = new AbortController();
      const one = pacer.run(works[0].work);
      const two = pacer.run(works[1].work);
      const three = refusal(pacer.run(works[2].work, stop.signal));
      const four = pacer.run(works[3].work);
      await settle();
      stop.abort(stopped);
      expect(await three).to.equal(stopped);

      works[0].end();
      await one;
      await settle();
      expect(works.map((work) => work.begun())).to.deep.equal([true, true, false, false]);
      works[1].end();
      await two;
      await settle();
      expect(works.map((work) => work.begun())).to.deep.equal([true, true, false, true]);
      works[3].end();
      await four;
    });

    it('during a wait for the rate leaves its place to the next and counts in no window', async () => {
      const timer = new TestTimer();
      const pacer = new Pacer({ windows: [{ ms: 1_000, max: 2 }], concurrent: 5 }, timer);
      const stop = new AbortController();
      await pacer.run(async () => undefined);
      const sleep = timer.sleep.bind(timer);
      timer.sleep = async (ms, signal) => {
        if (signal !== undefined) stop.abort(stopped);
        await sleep(ms, signal);
      };
      const two = refusal(pacer.run(async () => 'begun', stop.signal));
      const three = pacer.run(async () => timer.at);
      expect(await two).to.equal(stopped);
      expect(await three).to.equal(1_001_000);
    });

    it('before it asked never begins', async () => {
      const pacer = new Pacer(FREE, new TestTimer());
      const work = held();
      expect(await refusal(pacer.run(work.work, AbortSignal.abort(stopped)))).to.equal(stopped);
      expect(work.begun()).to.equal(false);
    });

    it('after it began is not heard of again: the work itself has the signal', async () => {
      const pacer = new Pacer(FREE, new TestTimer());
      const stop = new AbortController();
      const result = await pacer.run(async () => {
        stop.abort(stopped);
        return 'done';
      }, stop.signal);
      expect(result).to.equal('done');
    });

    it('in any number and at any moment stops nobody else', async () => {
      const step = fc.record({ aborts: fc.boolean(), after: fc.integer({ min: 0, max: 4 }), takes: fc.integer({ min: 0, max: 3 }) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 3 }), async (steps, concurrent) => {
          const pacer = new Pacer({ windows: [], concurrent }, new TestTimer());
          const outcomes = steps.map(async ({ aborts, after, takes }) => {
            const stop = new AbortController();
            const outcome = refusal(
              pacer.run(async () => {
                for (let turn = 0; turn < takes; turn += 1) await settle();
              }, stop.signal),
            );
            for (let turn = 0; aborts && turn < after; turn += 1) await settle();
            if (aborts) stop.abort(stopped);
            return outcome;
          });
          const ended = await Promise.all(outcomes);
          steps.forEach(({ aborts }, index) => {
            if (!aborts) expect(ended[index]).to.equal('kept');
          });
          expect(await pacer.run(async () => 'free')).to.equal('free');
        }),
        { numRuns: runs(100, 2_000) },
      );
    });
  });
});
