/** The time of a simulated system: real time plus what somebody moved it by. Tests freeze it. */
export class SandboxClock {
  #offsetMs = 0;
  #frozenAt: number | null = null;

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offsetMs;
  }

  advance(ms: number): void {
    if (this.#frozenAt === null) this.#offsetMs += ms;
    else this.#frozenAt += ms;
  }

  freeze(at: number): void {
    this.#frozenAt = at;
  }
}
