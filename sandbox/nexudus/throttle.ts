import type { RequestHandler } from 'express';
import type { SandboxClock } from '../kernel/clock.js';

export interface Limit {
  readonly ms: number;
  readonly max: number;
  /** Absent: requests of any method count. */
  readonly methods?: readonly string[];
}

const WRITES = ['POST', 'PUT', 'DELETE'];

/** Those of the newest page of the vendor. */
export const LIMITS: readonly Limit[] = [
  { ms: 100, max: 1 },
  { ms: 60_000, max: 120 },
  { ms: 3_600_000, max: 5_000 },
  { ms: 86_400_000, max: 200_000 },
  { ms: 60_000, max: 60, methods: WRITES },
  { ms: 86_400_000, max: 5_000, methods: WRITES },
];

/** Answers 409 to whoever comes too fast. */
export class Throttle {
  limits: readonly Limit[] = LIMITS;
  /** 409, or 429 as of other systems. */
  status: 409 | 429 = 409;
  readonly #clock: SandboxClock;
  readonly #past: { readonly at: number; readonly method: string }[] = [];

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  middleware(): RequestHandler {
    return (request, response, next) => {
      if (this.#isTooFast(request.method)) {
        response.statusMessage = 'You must wait before accessing this url again.';
        response.status(this.status).setHeader('Retry-After', '1').end();
      } else {
        this.#past.push({ at: this.#clock.now(), method: request.method });
        next();
      }
    };
  }

  #isTooFast(method: string): boolean {
    const now = this.#clock.now();
    return this.limits.some(({ ms, max, methods }) => {
      if (methods !== undefined && !methods.includes(method)) return false;
      let count = 0;
      for (let index = this.#past.length - 1; index >= 0; index -= 1) {
        const past = this.#past[index];
        if (past === undefined || past.at <= now - ms) break;
        if (methods === undefined || methods.includes(past.method)) count += 1;
      }
      return count >= max;
    });
  }
}
