import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import type { Database } from '../../src/db/database.js';
import type { TestServer } from './running-server.js';

/** What runs while the database is in that state. */
type During = () => Promise<void>;

async function pragma(db: Database, text: string): Promise<number> {
  const rows = await db.transaction((tx) => tx.query<Record<string, number>>(`pragma ${text}`, []));
  return Object.values(rows[0] ?? {})[0] ?? 0;
}

/** SQLite may not grow any more: what does not fit into the pages that it has is `SQLITE_FULL`. */
export async function withFullDisk({ parts: { db } }: TestServer, during: During): Promise<void> {
  await pragma(db, `max_page_count = ${await pragma(db, 'page_count')}`);
  try {
    await during();
  } finally {
    await pragma(db, 'max_page_count = 1000000');
  }
}

/** Every write is `SQLITE_READONLY`, as on a file system that the kernel has set to read-only. */
export async function withReadOnlyDisk({ parts: { db } }: TestServer, during: During): Promise<void> {
  const handle = await writerOf(db);
  handle.pragma('query_only = on');
  try {
    await during();
  } finally {
    handle.pragma('query_only = off');
  }
}

/** The handle that writes: no transaction can set this of itself, since none begins any more. */
async function writerOf(db: Database): Promise<SqliteDatabase.Database> {
  const { prototype } = SqliteDatabase;
  const { prepare } = prototype;
  let found: SqliteDatabase.Database | undefined;
  prototype.prepare = function (this: SqliteDatabase.Database, sql: string) {
    if (!this.readonly) found = this;
    return prepare.call(this, sql);
  } as typeof prepare;
  try {
    probes += 1;
    await db.transaction((tx) => tx.query(`select ${probes} as probe`, []));
  } finally {
    prototype.prepare = prepare;
  }
  if (found === undefined) throw new Error('the writer prepared nothing');
  return found;
}
/** A text that was prepared before is not prepared again. */
let probes = 0;

/** Somebody else at the same PostgreSQL, who can hold locks and end connections to this one database. */
export class Bystander {
  readonly #client: pg.Client;
  readonly #name: string;

  private constructor(client: pg.Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  static async of({ parts }: TestServer): Promise<Bystander> {
    const url = new URL(parts.config.databaseUrl ?? '');
    const name = url.pathname.slice(1);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return new Bystander(client, name);
  }

  async end(): Promise<void> {
    await this.#client.end();
  }

  /** Rows of this table cannot be written meanwhile: whoever wants to waits in the middle of its transaction. */
  async locking(table: string, during: During): Promise<void> {
    await this.#client.query('begin');
    await this.#client.query(`lock table ${table} in exclusive mode`);
    try {
      await during();
    } finally {
      await this.#client.query('rollback');
    }
  }

  /** Waits until so many of the server's connections stand before a lock. */
  async until(waiting: number): Promise<void> {
    for (;;) {
      // Within a transaction it would always be who was there at first.
      await this.#client.query('select pg_stat_clear_snapshot()');
      const { rows } = await this.#client.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'",
        [this.#name],
      );
      if ((rows[0]?.n ?? 0) >= waiting) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** All connections to the database but this one break off, as when the server restarts. */
  async cut(): Promise<void> {
    await this.#client.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [this.#name],
    );
  }

  /** The database takes no new connections either. */
  async closed(during: During): Promise<void> {
    const url = new URL(`postgres://${this.#client.user}@${this.#client.host}:${this.#client.port}/postgres`);
    url.password = typeof this.#client.password === 'string' ? this.#client.password : '';
    const elsewhere = new pg.Client({ connectionString: url.href });
    await elsewhere.connect();
    try {
      await elsewhere.query(`alter database ${this.#name} with allow_connections false`);
      await this.cut();
      await during();
    } finally {
      await elsewhere.query(`alter database ${this.#name} with allow_connections true`);
      await elsewhere.end();
    }
  }
}
