import { setTimeout } from 'node:timers/promises';
import { type Instant, instant } from '../domain/time.js';

/** The only source of "now". Passed in everywhere, so that tests and the simulation decide what time it is. */
export interface Clock {
  now(): Instant;
}

/** Milliseconds since no particular moment that never go back: for how long something takes, and how often. */
export type Stopwatch = () => number;

export const systemStopwatch: Stopwatch = () => performance.now();

export const systemClock: Clock = { now: () => instant(Date.now()) };

/** Waiting as it is in the process in use. `sleep` rejects with the signal's reason when it is aborted first. */
export const systemTimer = {
  now: (): number => Date.now(),
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** In [0, 1), for nothing that must not be guessed: back-off and its like. */
export const systemRandom = (): number => Math.random();
