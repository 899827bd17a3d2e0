import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import type { Database, Reader, Tx } from './database.js';
import { DatabaseUnavailable } from '../errors.js';
import { Savepoint, type SavepointSteps } from './savepoint.js';
import type { SqlValue, Statement } from './statement.js';
import { isBusy, translateSqliteError } from './sqlite-errors.js';
import { WriteQueue } from './write-queue.js';

type Handle = SqliteDatabase.Database;
type Prepared = SqliteDatabase.Statement<SqlValue[], unknown>;

/** How long a transaction waits for another process (the CLI) that holds the write lock. */
const LOCK_WAIT_MS = 8_000;
/** Longest wait inside SQLite itself: it blocks the event loop, so it stays below what anybody notices. */
const BUSY_TIMEOUT_MS = 20;
/** Opening is not yet serving: another process may be recovering the file, or closing it as its last user. */
const OPEN_TIMEOUT_MS = 5_000;
/**
 * Pages that each handle keeps in memory, in KiB, twice as many as the driver's default: what is asked again and again of a
 * directory of tens of thousands of Users stays there, and a request does not cost more by a read of the file per tree.
 */
const CACHE_KIB = 32_768;
/** Pages in the write-ahead log that are worth carrying over into the database. */
const CHECKPOINT_PAGES = 1_000;
/** At so many SQLite does it by itself, within the COMMIT. */
const CHECKPOINT_AT_LATEST = 20_000;
/** Texts of filters are many; beyond this the least recently used is prepared again. */
const PREPARED_MAX = 500;

/**
 * SQLite in WAL mode. `synchronous=FULL`: with NORMAL a power cut loses acknowledged commits.
 * One writer handle behind a fair queue (a second one would block the event loop against the first),
 * one read-only handle for everything else. Errors: `DatabaseUnavailable`.
 */
export function openSqlite(file: string, lockWaitMs = LOCK_WAIT_MS): Database {
  const { writer, reader } = guarded(() => openHandles(file));
  const write = new HandleReader(writer);
  const queue = new WriteQueue(new SqliteTransactions(writer, write, lockWaitMs));
  return {
    engine: 'sqlite',
    read: new HandleReader(reader),
    transaction: (work) => queue.run(work),
    close: async () => {
      await queue.close();
      reader.close();
      writer.close();
    },
  };
}

function openHandles(file: string): { writer: Handle; reader: Handle } {
  const writer = new SqliteDatabase(file, { timeout: OPEN_TIMEOUT_MS });
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = FULL');
  writer.pragma('foreign_keys = ON');
  writer.pragma(`wal_autocheckpoint = ${CHECKPOINT_AT_LATEST}`);
  const reader = new SqliteDatabase(file, { readonly: true, timeout: OPEN_TIMEOUT_MS });
  for (const handle of [writer, reader]) {
    handle.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    handle.pragma(`cache_size = -${CACHE_KIB}`);
  }
  return { writer, reader };
}

class HandleReader implements Reader {
  readonly engine = 'sqlite';
  readonly #handle: Handle;
  readonly #prepared = new Map<string, Prepared>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  async all<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row[]> {
    const { sql, bind } = statement.compile('sqlite');
    return this.query<Row>(sql, bind(params));
  }

  async first<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row | undefined> {
    const { sql, bind } = statement.compile('sqlite');
    return guarded(() => this.prepare(sql).get(...bind(params)) as Row | undefined);
  }

  async query<Row>(sql: string, bindings: readonly SqlValue[]): Promise<Row[]> {
    return guarded(() => this.prepare(sql).all(...bindings) as Row[]);
  }

  /** false within a transaction once SQLite has rolled it back by itself (disk full, I/O error). */
  get inTransaction(): boolean {
    return this.#handle.inTransaction;
  }

  prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) {
      this.#prepared.delete(sql);
      this.#prepared.set(sql, known);
      return known;
    }
    const made = this.#handle.prepare<SqlValue[], unknown>(sql);
    this.#prepared.set(sql, made);
    if (this.#prepared.size > PREPARED_MAX) {
      const oldest = this.#prepared.keys().next();
      if (oldest.done !== true) this.#prepared.delete(oldest.value);
    }
    return made;
  }
}

/** After this long on the thread a transaction lets reads and the sockets have their turn. */
const TURN_MS = 8;

/**
 * Statements are synchronous here, so a transaction of many would hold the thread to its end: between two of them it gives
 * way. Nobody else writes meanwhile, and readers see what is committed.
 */
class SqliteTx implements Tx {
  readonly engine = 'sqlite';
  readonly #reader: HandleReader;
  readonly #savepoint: Savepoint;
  #turnEnds = performance.now() + TURN_MS;

  constructor(reader: HandleReader, committed: (work: () => void) => void) {
    this.#reader = reader;
    this.#savepoint = new Savepoint(savepointOf(reader), committed);
  }

  async all<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row[]> {
    await this.#giveWay();
    return this.#reader.all(statement, params);
  }

  async first<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row | undefined> {
    await this.#giveWay();
    return this.#reader.first(statement, params);
  }

  async query<Row>(sql: string, bindings: readonly SqlValue[]): Promise<Row[]> {
    await this.#giveWay();
    return this.#reader.query<Row>(sql, bindings);
  }

  async run<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<number> {
    const { sql, bind } = statement.compile('sqlite');
    return this.execute(sql, bind(params));
  }

  async execute(sql: string, bindings: readonly SqlValue[]): Promise<number> {
    await this.#giveWay();
    return guarded(() => this.#reader.prepare(sql).run(...bindings).changes);
  }

  async #giveWay(): Promise<void> {
    if (performance.now() < this.#turnEnds) return;
    await nextTurn();
    this.#turnEnds = performance.now() + TURN_MS;
  }

  savepoint<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#savepoint.run(work);
  }

  afterCommit(work: () => void): void {
    this.#savepoint.afterCommit(work);
  }
}

/** Inside the savepoint that the write queue has set for the whole work. */
function savepointOf(reader: HandleReader): SavepointSteps {
  const exec = async (sql: string): Promise<void> => {
    guarded(() => reader.prepare(sql).run());
  };
  return {
    set: () => exec('SAVEPOINT step'),
    release: () => exec('RELEASE step'),
    undo: async (error) => {
      if (!reader.inTransaction) throw new DatabaseUnavailable({ cause: error });
      await exec('ROLLBACK TO step');
      await exec('RELEASE step');
    },
  };
}

/** Pages in the log, and how many of them are in the database already. */
interface Checkpoint {
  readonly log: number;
  readonly checkpointed: number;
}

/** The steps that the write queue needs, in SQLite's words. */
class SqliteTransactions {
  readonly #handle: Handle;
  readonly #reader: HandleReader;
  readonly #lockWaitMs: number;

  constructor(handle: Handle, reader: HandleReader, lockWaitMs: number) {
    this.#handle = handle;
    this.#reader = reader;
    this.#lockWaitMs = lockWaitMs;
  }

  /** IMMEDIATE: a read first and a write later would fail with SQLITE_BUSY_SNAPSHOT beside another writer. */
  async begin(): Promise<void> {
    const deadline = performance.now() + this.#lockWaitMs;
    for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
      try {
        this.#exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw translateSqliteError(error);
        await delay(wait);
      }
    }
  }

  commit(): void {
    this.#guardedExec('COMMIT');
  }

  rollback(): void {
    if (this.#handle.inTransaction) this.#guardedExec('ROLLBACK');
  }

  savepoint(): void {
    this.#guardedExec('SAVEPOINT work');
  }

  release(): void {
    // The work has come to terms with an error by which SQLite rolled everything back.
    if (!this.#handle.inTransaction) throw new DatabaseUnavailable();
    this.#guardedExec('RELEASE work');
  }

  /** false when SQLite has already rolled the whole transaction back by itself (disk full, I/O error). */
  rollbackToSavepoint(): boolean {
    if (!this.#handle.inTransaction) return false;
    this.#guardedExec('ROLLBACK TO work');
    this.#guardedExec('RELEASE work');
    return true;
  }

  /**
   * The log is carried over after the answers and in a turn of its own: within the COMMIT, as SQLite would do it, a change of
   * thousands of rows would hold the thread nearly twice as long.
   */
  tidy(): void {
    try {
      const { log, checkpointed } = this.#reader.prepare('PRAGMA wal_checkpoint(NOOP)').get() as Checkpoint;
      if (log - checkpointed >= CHECKPOINT_PAGES) this.#handle.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // What is committed is in the log and stays there; the next transaction brings the next attempt.
    }
  }

  tx(committed: (work: () => void) => void): Tx {
    return new SqliteTx(this.#reader, committed);
  }

  #exec(sql: string): void {
    this.#reader.prepare(sql).run();
  }

  #guardedExec(sql: string): void {
    guarded(() => this.#exec(sql));
  }
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw translateSqliteError(error);
  }
}
