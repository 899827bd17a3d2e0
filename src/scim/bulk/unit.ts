import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tx } from '../../db/database.js';
import { AFFECTED_MAX } from '../../directory/operation.js';
import { DatabaseUnavailable } from '../../errors.js';
import type { Answer } from '../answer.js';
import type { ScimCall, ScimConnection, ScimParts } from '../call.js';
import { OPERATIONS } from '../handlers/operations.js';
import { type BulkPlan, type BulkStep, type BulkUnit, UnresolvedReference } from './plan.js';
import type { BulkProgress } from './progress.js';

/** A circle is one transaction, however large; this often it lets others use the thread. */
const PAUSE_AFTER_MS = 20;
/**
 * Users of changed Groups that one request reconciles itself; the worker takes the others, as soon as they are durable.
 * What is done to a User is always reconciled with it.
 */
const SETTLED_MAX = 1000;

/** Carries out the operations of a Bulk request in a given transaction, each in a savepoint. */
export class UnitRunner {
  readonly #parts: ScimParts;
  readonly #connection: ScimConnection;
  readonly #steps: BulkPlan['steps'];
  readonly #tx: Tx;
  readonly #progress: BulkProgress;

  constructor(parts: ScimParts, connection: ScimConnection, steps: BulkPlan['steps'], tx: Tx, progress: BulkProgress) {
    this.#parts = parts;
    this.#connection = connection;
    this.#steps = steps;
    this.#tx = tx;
    this.#progress = progress;
  }

  /** Notes an outcome for each operation. Errors: `DatabaseUnavailable`, by which the transaction is lost. */
  async run(unit: BulkUnit): Promise<void> {
    const failed = this.#refusalOf(unit);
    if (failed !== null) return this.#fail(unit, failed.index, failed.error);
    const answers = new Map<number, Answer>();
    let current = unit.indexes[0] ?? 0;
    try {
      await this.#tx.savepoint(async () => {
        let pauseAt = performance.now() + PAUSE_AFTER_MS;
        for (const index of unit.indexes) {
          current = index;
          if (performance.now() > pauseAt) {
            await nextTurn();
            pauseAt = performance.now() + PAUSE_AFTER_MS;
          }
          answers.set(index, await this.#perform(this.#stepAt(index)));
        }
      });
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      return this.#fail(unit, current, error);
    }
    for (const [index, answer] of answers) this.#progress.note(index, answer);
  }

  /** Why the unit need not even be tried. */
  #refusalOf(unit: BulkUnit): { readonly index: number; readonly error: Error } | null {
    if (unit.refused !== null) return unit.refused;
    const together = new Set(unit.indexes);
    for (const index of unit.indexes) {
      const step = this.#steps[index];
      if (step instanceof Error) return { index, error: step };
      const missing = step?.needs.some((need) => !together.has(need) && !this.#progress.hasSucceeded(need));
      if (missing === true) return { index, error: dependsOnFailure() };
    }
    return null;
  }

  /** In a circle all the others count on the one that has failed. */
  #fail(unit: BulkUnit, failed: number, error: unknown): void {
    for (const index of unit.indexes) this.#progress.note(index, { error: index === failed ? error : dependsOnFailure() });
  }

  #stepAt(index: number): BulkStep {
    const step = this.#steps[index];
    if (step === undefined || step instanceof Error) throw new TypeError('a refused operation is not carried out');
    return step;
  }

  #perform({ method, resourceType, id, version, data }: BulkStep): Promise<Answer> {
    const call: ScimCall = {
      connection: this.#connection,
      query: {},
      body: data,
      ifMatch: version,
      ifNoneMatch: undefined,
      bulk: { tx: this.#tx, newId: id, settle: this.#settle },
    };
    const operations = OPERATIONS[resourceType];
    switch (method) {
      case 'POST':
        return operations.create(this.#parts, call);
      case 'PUT':
        return operations.replace(this.#parts, call, id);
      case 'PATCH':
        return operations.patch(this.#parts, call, id);
      case 'DELETE':
        return operations.remove(this.#parts, call, id);
    }
  }

  readonly #settle: ScimParts['settle'] = (tx, context, applied) => {
    if (applied.resourceType === 'User') return this.#parts.settle(tx, context, applied);
    const affected = applied.affected.slice(0, Math.min(AFFECTED_MAX, SETTLED_MAX - this.#progress.settled));
    this.#progress.settled += affected.length;
    const complete = applied.complete && affected.length === applied.affected.length;
    return this.#parts.settle(tx, context, { ...applied, affected, complete });
  };
}

function dependsOnFailure(): UnresolvedReference {
  return new UnresolvedReference('An operation that this one refers to was not carried out.');
}
