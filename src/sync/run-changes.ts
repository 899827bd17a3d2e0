import type { AccessPlan } from '../domain/access.js';
import type { RunChange } from './pull.js';

/** What a plan did to one User's access, a sentence each. */
export function changesOf(userId: string, name: string, plan: Pick<AccessPlan, 'changes'> | null): RunChange[] {
  return (plan?.changes ?? []).map(({ kind, because }) => ({ userId, name, change: kind, because }));
}

/** Sentences kept of each run. */
const KEPT = 1_000;

/** What a run did, as long as it is: all of it is counted, the first of it is stored, and nothing of it stays in memory unless it is to be shown. */
export class RunChanges {
  readonly #all: RunChange[] = [];
  readonly #isShown: boolean;
  #count = 0;

  /** `isShown`: by a dry run, which stores nothing. */
  constructor(isShown: boolean) {
    this.#isShown = isShown;
  }

  get all(): readonly RunChange[] {
    return this.#all;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Those of `changes`, which come next, that are worth storing. */
  stored(changes: readonly RunChange[]): readonly RunChange[] {
    return changes.slice(0, Math.max(0, KEPT - this.#count));
  }

  add(changes: readonly RunChange[]): void {
    this.#count += changes.length;
    // One by one: arguments of a call go on the stack.
    if (this.#isShown) for (const change of changes) this.#all.push(change);
  }
}
