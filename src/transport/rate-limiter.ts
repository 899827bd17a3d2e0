/** A sustained rate, and how many may come at once after a quiet while. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Keys beyond this push out those that have been quiet longest: whoever can invent keys cannot fill the memory. */
const KEYS_MAX = 20_000;
/** Quiet keys looked at per request; two, so that they go faster than new ones come. */
const SWEEP = 2;

/**
 * Token buckets, one per key, in memory of this process. A bucket is kept as the one time at which it will be full again
 * (milliseconds of a clock that never goes back), so a request costs the same whatever the number of keys, nothing is
 * filled up by a timer, and a bucket that is full need not be remembered.
 */
export class RateLimiter {
  /** In the order of their last use. */
  readonly #fullAt = new Map<string, number>();

  get size(): number {
    return this.#fullAt.size;
  }

  /** Takes one from the bucket of `key`. Returns 0, or the whole seconds after which there will be one again. */
  take(key: string, { perSecond, burst }: Rate, nowMs: number): number {
    this.#sweep(nowMs);
    const fullAt = Math.max(this.#fullAt.get(key) ?? nowMs, nowMs);
    // A limit that was lowered meanwhile leaves a bucket that is emptier than empty: nobody waits longer than for a whole one.
    const missing = Math.min(((fullAt - nowMs) * perSecond) / 1000, burst);
    this.#fullAt.delete(key);
    const left = burst - missing;
    if (left < 1) {
      this.#fullAt.set(key, fullAt);
      return Math.max(1, Math.ceil((1 - left) / perSecond));
    }
    this.#fullAt.set(key, nowMs + ((missing + 1) * 1000) / perSecond);
    return 0;
  }

  #sweep(nowMs: number): void {
    let looked = 0;
    for (const [key, fullAt] of this.#fullAt) {
      if (looked === SWEEP) return;
      if (fullAt > nowMs && this.#fullAt.size < KEYS_MAX) return;
      this.#fullAt.delete(key);
      looked += 1;
    }
  }
}
