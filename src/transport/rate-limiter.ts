/** A sustained rate, and how many may come at once after a quiet while. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Whoever can invent keys cannot fill the memory. */
const KEYS_MAX = 20_000;
const SWEEP_AT_LEAST = 100;

/**
 * Token buckets, one per key, in memory of this process. A bucket is kept as the one time at which it will be full again
 * (milliseconds of a clock that never goes back), so nothing is filled up by a timer, and a bucket that is full need not be
 * remembered: all such are dropped whenever the number of keys has doubled, which costs each request the same on average.
 */
export class RateLimiter {
  readonly #fullAt = new Map<string, number>();
  #sweepAt = SWEEP_AT_LEAST;

  get size(): number {
    return this.#fullAt.size;
  }

  /** Takes one from the bucket of `key`. Returns 0, or the whole seconds after which there will be one again. */
  take(key: string, { perSecond, burst }: Rate, nowMs: number): number {
    const owedMs = Math.max((this.#fullAt.get(key) ?? nowMs) - nowMs, 0);
    // A limit that was lowered meanwhile leaves a bucket emptier than empty: nobody waits longer than for one that is just that.
    const missing = Math.min((owedMs * perSecond) / 1000, burst);
    const left = burst - missing;
    if (left < 1) return Math.max(1, Math.ceil((1 - left) / perSecond));
    if (this.#fullAt.size >= this.#sweepAt) this.#sweep(nowMs);
    this.#fullAt.set(key, nowMs + ((missing + 1) * 1000) / perSecond);
    return 0;
  }

  /** Puts one back that `take` took for what need not be counted. */
  giveBack(key: string, { perSecond }: Rate, nowMs: number): void {
    const fullAt = this.#fullAt.get(key);
    if (fullAt !== undefined) this.#fullAt.set(key, Math.max(fullAt - 1000 / perSecond, nowMs));
  }

  #sweep(nowMs: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= nowMs) this.#fullAt.delete(key);
    if (this.#fullAt.size > KEYS_MAX / 2) this.#dropLeast();
    this.#sweepAt = Math.min(Math.max(SWEEP_AT_LEAST, this.#fullAt.size * 2), KEYS_MAX);
  }

  /** Those that would be full again soonest: a bucket that starts anew as a full one forgives them the least. */
  #dropLeast(): void {
    const byNeed = [...this.#fullAt].sort(([, a], [, b]) => a - b);
    for (const [key] of byNeed.slice(0, byNeed.length - KEYS_MAX / 2)) this.#fullAt.delete(key);
  }
}
