import { setTimeout as pause } from 'node:timers/promises';
import { type Instant, instant } from '../domain/time.js';

/** The only source of "now". Passed in everywhere, so that tests and the simulation decide what time it is. */
export interface Clock {
  now(): Instant;
}

/** Milliseconds since no particular moment that never go back: for how long something takes, and how often. */
export type Stopwatch = () => number;

export const systemStopwatch: Stopwatch = () => performance.now();

export const systemClock: Clock = { now: () => instant(Date.now()) };

/** Numbers in [0, 1), for what should not all happen at the same moment. Never for a secret. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();

/** Runs something later; the returned function calls it off. */
export interface Timers {
  after(ms: number, work: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Waiting as it is in the process in use. `sleep` rejects with the signal's reason when it is aborted first. */
export const systemTimer = {
  now: (): number => Date.now(),
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await pause(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
