import { type Instant, instant } from '../domain/time.js';

/** The only source of "now". Passed in everywhere, so that tests and the simulation decide what time it is. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => instant(Date.now()) };
