import type { Database, Reader, Tx } from '../../src/db/database.js';
import type { SqlValue, Statement } from '../../src/db/statement.js';

/** One statement as it went to the database. */
export interface Recorded {
  readonly name: string;
  readonly sql: string;
  readonly bindings: readonly SqlValue[];
  /** Rows read or changed. */
  readonly rows: number;
}

/** The database, with a list of every statement that goes through it. */
export function recording(db: Database): { readonly db: Database; readonly statements: Recorded[] } {
  const statements: Recorded[] = [];
  return {
    statements,
    db: {
      engine: db.engine,
      read: new RecordingReader(db.read, statements),
      transaction: (work) => db.transaction((tx) => work(new RecordingTx(tx, statements))),
      close: () => db.close(),
    },
  };
}

class RecordingReader implements Reader {
  readonly engine: Reader['engine'];
  readonly #reader: Reader;
  readonly #statements: Recorded[];

  constructor(reader: Reader, statements: Recorded[]) {
    this.engine = reader.engine;
    this.#reader = reader;
    this.#statements = statements;
  }

  async all<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row[]> {
    const rows = await this.#reader.all(statement, params);
    this.note(statement, params, rows.length);
    return rows;
  }

  async first<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row | undefined> {
    const row = await this.#reader.first(statement, params);
    this.note(statement, params, row === undefined ? 0 : 1);
    return row;
  }

  async query<Row>(sql: string, bindings: readonly SqlValue[]): Promise<Row[]> {
    const rows = await this.#reader.query<Row>(sql, bindings);
    this.#statements.push({ name: '', sql, bindings, rows: rows.length });
    return rows;
  }

  protected note<Params extends object, Row>(statement: Statement<Params, Row>, params: Params, rows: number): void {
    const { sql, bind } = statement.compile(this.engine);
    this.#statements.push({ name: statement.name, sql, bindings: bind(params), rows });
  }
}

class RecordingTx extends RecordingReader implements Tx {
  readonly #tx: Tx;

  constructor(tx: Tx, statements: Recorded[]) {
    super(tx, statements);
    this.#tx = tx;
  }

  async run<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Promise<number> {
    const rows = await this.#tx.run(statement, params);
    this.note(statement, params, rows);
    return rows;
  }

  execute(sql: string, bindings: readonly SqlValue[]): Promise<number> {
    return this.#tx.execute(sql, bindings);
  }

  savepoint<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#tx.savepoint(work);
  }

  afterCommit(work: () => void): void {
    this.#tx.afterCommit(work);
  }
}
