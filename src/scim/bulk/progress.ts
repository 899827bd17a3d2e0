import { Answer } from '../answer.js';

/** What became of an operation: its answer, or the error that stands for it. */
export type Outcome = Answer | { readonly error: unknown };

/** How far a Bulk request has come; or a transaction of one, whose progress counts once it is durable. */
export class BulkProgress {
  /** By index. What is not in here was not reached. */
  readonly outcomes = new Map<number, Outcome>();
  errors: number;
  /** Users reconciled because a Group of theirs has changed. */
  settled: number;
  readonly #before: BulkProgress | null;

  constructor(before: BulkProgress | null = null) {
    this.#before = before;
    this.errors = before?.errors ?? 0;
    this.settled = before?.settled ?? 0;
  }

  note(index: number, outcome: Outcome): void {
    this.outcomes.set(index, outcome);
    if (!(outcome instanceof Answer)) this.errors += 1;
  }

  hasSucceeded(index: number): boolean {
    return this.outcomes.get(index) instanceof Answer || this.#before?.hasSucceeded(index) === true;
  }

  /** Something is stored that was not before. */
  get hasApplied(): boolean {
    return this.errors < this.outcomes.size;
  }

  /** Takes over what was done in a transaction that is durable now. */
  add(later: BulkProgress): void {
    for (const [index, outcome] of later.outcomes) this.outcomes.set(index, outcome);
    this.errors = later.errors;
    this.settled = later.settled;
  }
}
