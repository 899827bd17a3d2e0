import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseUnavailable } from '../errors.js';
import { runAfterCommit } from './after-commit.js';
import type { Database, Reader, Tx } from './database.js';
import { numberPlaceholders } from './dialect.js';
import { isConflict, translatePostgresError } from './postgres-errors.js';
import { Savepoint } from './savepoint.js';
import type { SqlValue, Statement } from './statement.js';

/** Connections of one process for one kind of work, readers and transactions together. */
const POOL_MAX = 10;
/** Who asks whether the database answers does not wait for those who use it, and hears soon that it does not. */
const PING_TIMEOUT_MS = 2_000;
/** Also how long a request waits for one of them behind others: a burst must be served late rather than refused. */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
/** A transaction that lost against another one is tried again this often before the caller hears of it. */
const ATTEMPTS_MAX = 5;
/** Pause before the second attempt; it grows with each, so that those who collided spread out. */
const BACK_OFF_MS = 5;

type Queryable = Pick<pg.PoolClient, 'query'>;

/** PostgreSQL through a pool; one client per transaction, hot statements prepared by name. */
export function openPostgres(
  url: string,
  onIdleError: (error: Error) => void,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
  connections = POOL_MAX,
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    application_name: 'latchkey',
    types: { getTypeParser },
  });
  // Without a listener a connection that the server closes would end the process.
  pool.on('error', onIdleError);
  return {
    engine: 'postgres',
    read: new ClientReader(pool),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  };
}

/** Asks whether the database answers, over a connection of its own. Many who ask at once share one question. */
export class PostgresPing {
  readonly #pool: pg.Pool;
  #asked: Promise<void> | null = null;

  constructor(url: string, onIdleError: (error: Error) => void) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: PING_TIMEOUT_MS,
      query_timeout: PING_TIMEOUT_MS,
      application_name: 'latchkey ping',
    });
    this.#pool.on('error', onIdleError);
  }

  /** Errors: `DatabaseUnavailable`. */
  ping(): Promise<void> {
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = null;
    });
    return this.#asked;
  }

  async #ask(): Promise<void> {
    try {
      await this.#pool.query('select 1');
    } catch (error) {
      throw new DatabaseUnavailable({ cause: error });
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** bigint comes as text by default; ours are row numbers and counts, far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');

async function transaction<Result>(pool: pg.Pool, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const { result, committed } = await conflictsRetried(() => once(pool, work));
  runAfterCommit(committed);
  return result;
}

async function conflictsRetried<Result>(attemptOnce: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce();
    } catch (error) {
      if (!isConflict(error)) throw translatePostgresError(error);
      if (attempt === ATTEMPTS_MAX) throw new DatabaseUnavailable({ cause: error });
      await delay(BACK_OFF_MS * attempt ** 2);
    }
  }
}

async function once<Result>(pool: pg.Pool, work: (tx: Tx) => Promise<Result>): Promise<{ result: Result; committed: (() => void)[] }> {
  const client = await pool.connect();
  const committed: (() => void)[] = [];
  let broken = false;
  // A connection lost between two statements is an event, which ends the process when nobody listens; the next statement
  // fails as well and tells the caller.
  const lost = (): void => {
    broken = true;
  };
  client.on('error', lost);
  try {
    await client.query('BEGIN');
    const tx = new ClientTx(client, (hook) => committed.push(hook));
    const result = await work(tx);
    if (tx.ended !== null) throw tx.ended.error;
    const { command } = await client.query('COMMIT');
    // The server's answer to COMMIT when a statement had failed: `work` swallowed its error, and nothing is stored.
    if (command !== 'COMMIT') throw new Error('a statement failed and the transaction went on: it was rolled back');
    return { result, committed };
  } catch (error) {
    // A connection that cannot even roll back is of no use to anybody.
    await client.query('ROLLBACK').catch(lost);
    throw error;
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
}

class ClientReader implements Reader {
  readonly engine = 'postgres';
  readonly #client: Queryable;

  constructor(client: Queryable) {
    this.#client = client;
  }

  async all<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row[]> {
    return (await this.send(statement, params)).rows as Row[];
  }

  async first<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row | undefined> {
    return (await this.send(statement, params)).rows[0] as Row | undefined;
  }

  async query<Row>(sql: string, bindings: readonly SqlValue[]): Promise<Row[]> {
    return (await guarded(this.#client.query(numberPlaceholders(sql), [...bindings]))).rows as Row[];
  }

  protected send<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<pg.QueryResult> {
    const { sql, bind } = statement.compile('postgres');
    return guarded(this.#client.query({ name: statement.name, text: sql, values: bind(params) }));
  }
}

class ClientTx extends ClientReader implements Tx {
  readonly #connection: Queryable;
  readonly #savepoint: Savepoint;
  /** What no savepoint could undo: the transaction fails by it, even if the work has come to terms with it. */
  ended: { readonly error: unknown } | null = null;

  constructor(client: Queryable, committed: (work: () => void) => void) {
    super(client);
    this.#connection = client;
    this.#savepoint = new Savepoint(
      {
        set: async () => {
          if (this.ended !== null) throw this.ended.error;
          await this.execute('SAVEPOINT step', []);
        },
        release: async () => void (await this.execute('RELEASE SAVEPOINT step', [])),
        undo: (error) => this.#undo(error),
      },
      committed,
    );
  }

  async run<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<number> {
    return (await this.send(statement, params)).rowCount ?? 0;
  }

  async execute(sql: string, bindings: readonly SqlValue[]): Promise<number> {
    return (await guarded(this.#connection.query(numberPlaceholders(sql), [...bindings]))).rowCount ?? 0;
  }

  savepoint<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#savepoint.run(work);
  }

  afterCommit(work: () => void): void {
    this.#savepoint.afterCommit(work);
  }

  async #undo(error: unknown): Promise<void> {
    // The other side of a conflict may wait for rows that were locked before the savepoint, so all of it has to run again.
    if (isConflict(error) || error instanceof DatabaseUnavailable) this.ended = { error };
    else await this.execute('ROLLBACK TO SAVEPOINT step', []);
  }
}

async function guarded(result: Promise<pg.QueryResult>): Promise<pg.QueryResult> {
  try {
    return await result;
  } catch (error) {
    throw isConflict(error) ? error : translatePostgresError(error);
  }
}
