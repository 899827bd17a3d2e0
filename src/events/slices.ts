import { setImmediate as nextTurn } from 'node:timers/promises';

/** How many rows the first slice looks at, and how much wider than the one before a slice may be. */
const FIRST = 128;
const GROWTH = 4;
/** How long a slice should take: SQLite holds the thread for as long. */
const SLICE_MS = 8;
/** How long one page may be looked for. What is found by then is the page, and its cursor goes on from there. */
export const PAGE_MS = 400;

/** Ends a select inside another one: both engines then do what it says first, and not what is around it. */
export const NO_LIMIT = 9_000_000_000_000;

/** The slices of one walk: how wide the next is, and whether there is time for it. */
export class Slices {
  readonly #until: number;
  #started = performance.now();
  width = FIRST;

  constructor(pageMs: number) {
    this.#until = this.#started + pageMs;
  }

  begin(): void {
    this.#started = performance.now();
  }

  /** After a slice. false: the page has had its time. Others have their turn before the next slice. */
  async goOn(): Promise<boolean> {
    const now = performance.now();
    this.width = Math.max(1, Math.floor(this.width * Math.min(GROWTH, SLICE_MS / Math.max(0.01, now - this.#started))));
    if (now >= this.#until) return false;
    await nextTurn();
    return true;
  }
}
