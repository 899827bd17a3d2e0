/** So many requests may start within any stretch of `ms` milliseconds. */
export interface RateWindow {
  readonly ms: number;
  readonly max: number;
}

/** Time as it passes for whoever waits. `now` in milliseconds since the epoch. */
export interface Timer {
  now(): number;
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What we use of what is allowed: the rest is for the source's own imprecision and for others with the same account. */
const SHARE = 0.9;

/**
 * Keeps below every documented window at once, whatever stretch of time is looked at; a burst is fine as far as each
 * window allows it. In turn: who asked first starts first.
 */
export class Pacer {
  readonly #windows: readonly { readonly ms: number; readonly max: number; readonly starts: number[] }[];
  readonly #concurrent: number;
  readonly #timer: Timer;
  #running = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Tells whoever's turn it is that a work has ended. */
  #ended = (): void => undefined;
  #pausedUntil = 0;

  constructor({ windows, concurrent }: { readonly windows: readonly RateWindow[]; readonly concurrent: number }, timer: Timer) {
    this.#windows = windows.map(({ ms, max }) => ({ ms, max: Math.max(1, Math.floor(max * SHARE)), starts: [] }));
    this.#concurrent = concurrent;
    this.#timer = timer;
  }

  /** Runs `work` when its time has come. Rejects with the signal's reason when it is aborted first. */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const before = this.#turn;
    let begun = (): void => undefined;
    this.#turn = new Promise((resolve) => {
      begun = resolve;
    });
    try {
      await unlessAborted(before, signal);
      await this.#admitted(signal);
    } finally {
      // Who gives up while others are before it does not let those behind it overtake them.
      void before.then(begun);
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#ended();
    }
  }

  /** The source wants nobody to come before then. */
  pauseUntil(at: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, at);
  }

  async #admitted(signal: AbortSignal | undefined): Promise<void> {
    while (this.#running >= this.#concurrent) {
      const ended = new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
      await unlessAborted(ended, signal);
    }
    for (let wait = this.#wait(); wait > 0; wait = this.#wait()) await this.#timer.sleep(wait, signal);
    signal?.throwIfAborted();
    const now = this.#timer.now();
    for (const { starts } of this.#windows) starts.push(now);
  }

  /** Milliseconds until every window has room. */
  #wait(): number {
    const now = this.#timer.now();
    let until = this.#pausedUntil;
    for (const { ms, max, starts } of this.#windows) {
      // The clock was put back: what began later than now begins to count now.
      for (let at = starts.length - 1; (starts[at] ?? now) > now; at -= 1) starts[at] = now;
      while (starts[0] !== undefined && starts[0] <= now - ms) starts.shift();
      const oldest = starts.length < max ? undefined : starts[starts.length - max];
      if (oldest !== undefined) until = Math.max(until, oldest + ms);
    }
    return until - now;
  }
}

/** The promise, or the signal's reason as soon as it is aborted. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
