import type { Io } from './io.js';

/** Redrawn at every so many steps: a terminal is slower than a database. */
const STEPS = 25;
const BAR = '█'.repeat(24);

/** One line on standard error that counts, for somebody who watches; nothing at all in a script. */
export class Progress {
  readonly #io: Io;
  readonly #total: number;
  readonly #what: string;
  #done = 0;

  constructor(io: Io, total: number, what: string) {
    this.#io = io;
    this.#total = total;
    this.#what = what;
  }

  step(): void {
    this.#done += 1;
    if (this.#io.errorIsTerminal && this.#done % STEPS === 0) this.#io.error(`\r${this.#done} of ${this.#total} ${this.#what}`);
  }

  /** The same for who is told how far it is, not each step; the total may become known on the way. */
  at(done: number, total: number | null): void {
    if (!this.#io.errorIsTerminal) return;
    const bar = total === null || total === 0 ? '' : ` ${BAR.slice(0, Math.round((done / total) * BAR.length)).padEnd(BAR.length, '·')}`;
    this.#io.error(`\r\u001b[K${done}${total === null ? '' : ` of ${total}`} ${this.#what}${bar}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#io.errorIsTerminal) this.#io.error('\r\u001b[K');
  }
}
