import type { Engine } from './dialect.js';
import type { SqlValue, Statement } from './statement.js';

export type { SqlValue } from './statement.js';

/** Reads outside a transaction, of what is committed. On SQLite through a handle of its own, so a read never waits for a write. */
export interface Reader {
  readonly engine: Engine;
  all<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row[]>;
  first<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row | undefined>;
  /** SQL made at run time (a filter), with `?` for each binding. The text must come from code, never from a request. */
  query<Row>(sql: string, bindings: readonly SqlValue[]): Promise<Row[]>;
}

/**
 * One transaction. Whoever writes takes a `Tx`, so nothing can write outside one, and inside one
 * nothing else is at hand. Nothing may leave the process in here: no request, no timer, no file.
 */
export interface Tx extends Reader {
  /** Number of rows changed. */
  run<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<number>;
  execute(sql: string, bindings: readonly SqlValue[]): Promise<number>;
  /**
   * Runs `work` so that, when it throws, the transaction goes on as if it had never begun; the error goes to the caller,
   * who may live with it. Not so after `DatabaseUnavailable` and conflicts with other transactions: those end the
   * transaction whatever the caller does. Savepoints do not nest and do not overlap.
   */
  savepoint<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Runs once the transaction is durable, never when it is rolled back: waking a worker, dropping a cache. */
  afterCommit(work: () => void): void;
}

/**
 * A database of either engine.
 *
 * `transaction` may run `work` again when the engine reports a conflict with another transaction, so
 * `work` must have no effect outside its `tx`. Errors: those thrown by `work`, `UniqueViolation`,
 * `ReferenceViolation`, `DatabaseUnavailable`; after any of them nothing is stored.
 */
export interface Database {
  readonly engine: Engine;
  readonly read: Reader;
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
