import { type Instant, instant } from '../domain/time.js';

/** The only source of "now". Passed in everywhere, so that tests and the simulation decide what time it is. */
export interface Clock {
  now(): Instant;
}

/** Milliseconds since no particular moment that never go back: for how long something takes, and how often. */
export type Stopwatch = () => number;

export const systemStopwatch: Stopwatch = () => performance.now();

export const systemClock: Clock = { now: () => instant(Date.now()) };
