import pg from 'pg';
import { DatabaseUnavailable } from '../errors.js';
import type { Database, Reader, Tx } from './database.js';
import { numberPlaceholders } from './dialect.js';
import { isConflict, translatePostgresError } from './postgres-errors.js';
import type { SqlValue, Statement } from './statement.js';

/** Connections of one process, readers and transactions together. */
const POOL_MAX = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
/** A transaction that lost against another one is tried again this often before the caller hears of it. */
const ATTEMPTS_MAX = 5;

type Queryable = Pick<pg.PoolClient, 'query'>;

/** PostgreSQL through a pool; one client per transaction, hot statements prepared by name. */
export function openPostgres(url: string, onIdleError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
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

/** bigint comes as text by default; ours are row numbers and counts, far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');

async function transaction<Result>(pool: pg.Pool, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { result, committed } = await once(pool, work);
      for (const hook of committed) hook();
      return result;
    } catch (error) {
      if (!isConflict(error)) throw translatePostgresError(error);
      if (attempt === ATTEMPTS_MAX) throw new DatabaseUnavailable({ cause: error });
    }
  }
}

async function once<Result>(pool: pg.Pool, work: (tx: Tx) => Promise<Result>): Promise<{ result: Result; committed: (() => void)[] }> {
  const client = await pool.connect();
  const committed: (() => void)[] = [];
  let broken = false;
  try {
    await client.query('BEGIN');
    const result = await work(new ClientTx(client, (hook) => committed.push(hook)));
    await client.query('COMMIT');
    return { result, committed };
  } catch (error) {
    // A connection that cannot even roll back is of no use to anybody.
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
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
  readonly #committed: (work: () => void) => void;

  constructor(client: Queryable, committed: (work: () => void) => void) {
    super(client);
    this.#connection = client;
    this.#committed = committed;
  }

  async run<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<number> {
    return (await this.send(statement, params)).rowCount ?? 0;
  }

  async execute(sql: string, bindings: readonly SqlValue[]): Promise<number> {
    return (await guarded(this.#connection.query(numberPlaceholders(sql), [...bindings]))).rowCount ?? 0;
  }

  afterCommit(work: () => void): void {
    this.#committed(work);
  }
}

async function guarded(result: Promise<pg.QueryResult>): Promise<pg.QueryResult> {
  try {
    return await result;
  } catch (error) {
    throw isConflict(error) ? error : translatePostgresError(error);
  }
}
