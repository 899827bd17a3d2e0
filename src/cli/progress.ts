import type { Io } from './io.js';

/** Redrawn at every so many steps: a terminal is slower than a database. */
const STEPS = 25;

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

  /** Clears the line. */
  end(): void {
    if (this.#io.errorIsTerminal) this.#io.error('\r\u001b[K');
  }
}
