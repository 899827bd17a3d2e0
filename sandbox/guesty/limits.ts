import type { Request, RequestHandler, Response } from 'express';
import type { SandboxClock } from '../kernel/clock.js';
import type { Switches } from './switches.js';

const WINDOWS = [
  { name: 'Second', ms: 1_000, max: 15 },
  { name: 'Minute', ms: 60_000, max: 120 },
  { name: 'Hour', ms: 3_600_000, max: 5_000 },
] as const;
const CONCURRENT = 15;

interface Bucket {
  level: number;
  at: number;
}

/** Buckets that refill all the time, per account whatever the token, and how many requests may be under way. */
export class Limits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  #running = 0;
  #gate: Promise<void> = Promise.resolve();

  constructor(clock: SandboxClock, switches: Switches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  /** Requests that are let in stay under way until the function that is returned is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** Counts before it is looked at whether the token is any good. */
  middleware(accountOf: (request: Request) => string): RequestHandler {
    return async (request, response, next) => {
      if (this.#switches.unlimited) return next();
      const account = accountOf(request);
      const waitMs = this.#take(account, response);
      if (waitMs > 0 || this.#running >= CONCURRENT) {
        response.status(429).setHeader('retry-after', Math.max(1, Math.ceil(waitMs / 1_000)));
        response.json({ message: 'Too many requests' });
        return;
      }
      this.#running += 1;
      const ended = once(() => {
        this.#running -= 1;
      });
      response.on('finish', ended).on('close', ended);
      await this.#gate;
      next();
    };
  }

  /** Takes one out of every bucket and sets the headers. @returns how long to wait when one is empty */
  #take(account: string, response: Response): number {
    const now = this.#clock.now();
    const buckets = WINDOWS.map(({ name, ms, max }) => {
      const bucket = this.#buckets.get(`${account} ${name}`) ?? { level: max, at: now };
      bucket.level = Math.min(max, bucket.level + ((now - bucket.at) * max) / ms);
      bucket.at = now;
      this.#buckets.set(`${account} ${name}`, bucket);
      return { name, ms, max, bucket };
    });
    const waitMs = Math.max(...buckets.map(({ bucket, ms, max }) => (bucket.level >= 1 ? 0 : ((1 - bucket.level) * ms) / max)));
    for (const { name, max, bucket } of buckets) {
      if (waitMs === 0) bucket.level -= 1;
      this.#setHeader(response, `X-RateLimit-Limit-${name}`, max);
      if (name !== 'Hour' || !this.#switches.omitRemainingHour) {
        this.#setHeader(response, `X-RateLimit-Remaining-${name}`, Math.floor(bucket.level));
      }
    }
    return waitMs;
  }

  #setHeader(response: Response, name: string, value: number): void {
    response.setHeader(this.#switches.upperCaseHeaders ? name.toUpperCase() : name, value);
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
