import type { VirtualController } from './controller.js';
import { LineDown } from './line.js';

/** What a controller does all day: says how it is, tells what it kept, and brings its list up to date. */
export class Routine {
  readonly #controller: VirtualController;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | null = null;
  #trouble: string | null = null;

  constructor(controller: VirtualController, everyMs: number) {
    this.#controller = controller;
    this.#everyMs = everyMs;
  }

  /** Why it did not work the last time, if it did not: a controller goes on with what it knows. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Listens for commands, and resolves once everything was done, or tried, for the first time. */
  async start(): Promise<void> {
    this.#controller.start();
    await this.#once();
    this.#timer = setInterval(() => void this.#once(), this.#everyMs);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#controller.stop();
  }

  async #once(): Promise<void> {
    try {
      await this.#controller.report();
      await this.#controller.upload();
      await this.#controller.sync();
      this.#trouble = null;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : 'unknown';
    }
  }
}

/** Without a line there is nobody to tell; it is for the next time. */
export async function quietly(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LineDown) return 'the line is down';
    throw error;
  }
}
