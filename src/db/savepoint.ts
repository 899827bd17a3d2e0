/** A savepoint in an engine's words. */
export interface SavepointSteps {
  set(): Promise<void>;
  release(): Promise<void>;
  /** Back to it, after `error`. Throws what ends the transaction when there is no way back. */
  undo(error: unknown): Promise<void>;
}

type Hook = () => void;

/** What both engines do alike about `Tx.savepoint` and `Tx.afterCommit`: what is undone leaves nothing for after the commit. */
export class Savepoint {
  readonly #steps: SavepointSteps;
  readonly #committed: (hook: Hook) => void;
  /** null: outside of a savepoint. */
  #hooks: Hook[] | null = null;

  constructor(steps: SavepointSteps, committed: (hook: Hook) => void) {
    this.#steps = steps;
    this.#committed = committed;
  }

  afterCommit(hook: Hook): void {
    if (this.#hooks === null) this.#committed(hook);
    else this.#hooks.push(hook);
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#hooks !== null) throw new TypeError('savepoints do not nest');
    await this.#steps.set();
    const hooks: Hook[] = [];
    this.#hooks = hooks;
    try {
      const result = await work();
      await this.#steps.release();
      for (const hook of hooks) this.#committed(hook);
      return result;
    } catch (error) {
      await this.#steps.undo(error);
      throw error;
    } finally {
      this.#hooks = null;
    }
  }
}
