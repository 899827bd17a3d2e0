import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { KeyRing } from '../../src/credentials/sealed.js';
import type { Database, SqlValue, Tx } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/open.js';
import { type ChangeContext, SYSTEM } from '../../src/domain/events.js';
import { fold } from '../../src/domain/fold.js';
import { DEFAULT_SETTINGS } from '../../src/domain/integration.js';
import { type Instant, instant, shift } from '../../src/domain/time.js';
import type { Engine } from './engines.js';
import { expectCatalogued } from './event-catalogue.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const T0: Instant = instant(Date.UTC(2026, 4, 1, 12));

export const at = (ms: number): ChangeContext => ({ actor: SYSTEM, now: shift(T0, ms) });
export const NOW: ChangeContext = at(0);

export interface TestEvent {
  readonly verb: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly object_name: string;
  readonly integration_id: string | null;
  readonly details: string;
}

/** A migrated database, and the few rows that a test of a store needs around its own. */
export class World {
  readonly db: Database;
  readonly keys = KeyRing.parse(generateKeyRing());
  #count = 0;

  constructor(db: Database) {
    this.db = db;
  }

  /** An id of the test's own making, new at every call. */
  next(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#count}`;
  }

  async insert(table: string, row: Readonly<Record<string, SqlValue>>): Promise<void> {
    const columns = Object.keys(row);
    const marks = columns.map(() => '?').join(', ');
    const names = columns.map((column) => `"${column}"`).join(', ');
    await this.db.transaction((tx) => tx.execute(`insert into ${table} (${names}) values (${marks})`, Object.values(row)));
  }

  async integration(kind = 'scim'): Promise<string> {
    const id = this.next('int');
    await this.insert('integrations', {
      id,
      kind,
      name: `Hotel ${id}`,
      settings: JSON.stringify(DEFAULT_SETTINGS),
      created_at: T0,
      updated_at: T0,
    });
    return id;
  }

  async user(integrationId: string, externalId: string | null = null): Promise<string> {
    const id = this.next('user');
    await this.insert('users', {
      id,
      integration_id: integrationId,
      external_id: externalId,
      user_name: id,
      user_name_key: fold(id),
      active: 1,
      version: 1,
      document: '{}',
      match: '{}',
      created_at: T0,
      updated_at: T0,
      pin_weak: 0,
      dirty: 0,
      sync_status: 'none',
      warnings: '[]',
    });
    return id;
  }

  async group(integrationId: string): Promise<string> {
    const id = this.next('group');
    await this.insert('groups', {
      id,
      integration_id: integrationId,
      display_name: id,
      display_name_key: id,
      unique_name_key: id,
      version: 1,
      document: '{}',
      match: '{}',
      created_at: T0,
      updated_at: T0,
    });
    return id;
  }

  async memberGroup(name: string): Promise<string> {
    const id = this.next('mg');
    await this.insert('member_groups', { id, name, created_at: T0, updated_at: T0 });
    return id;
  }

  query<Row>(sql: string, ...bindings: readonly SqlValue[]): Promise<Row[]> {
    return this.db.read.query<Row>(sql, bindings);
  }

  async count(sql: string, ...bindings: readonly SqlValue[]): Promise<number> {
    const [row] = await this.db.read.query<{ n: number }>(`select count(*) as n from ${sql}`, bindings);
    return row?.n ?? 0;
  }

  /**
   * Runs `first`, and before it commits starts `second`, which on PostgreSQL has to wait for a lock that `first` holds;
   * it is an error when it does not. On SQLite there is one writer, so `second` waits in any case.
   */
  async contend<A, B>(first: (tx: Tx) => Promise<A>, second: (tx: Tx) => Promise<B>): Promise<[A, B]> {
    let behind: Promise<B> | undefined;
    const ahead = await this.db.transaction(async (tx) => {
      const result = await first(tx);
      let ended = false;
      behind = this.db.transaction(second).finally(() => {
        ended = true;
      });
      while (this.db.engine === 'postgres' && !(await this.#somebodyWaits())) {
        if (ended) throw new Error('the second did not wait for the first');
      }
      return result;
    });
    if (behind === undefined) throw new Error('the first never ran');
    return [ahead, await behind];
  }

  async #somebodyWaits(): Promise<boolean> {
    return (await this.count("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")) > 0;
  }

  /** Forgets everything, for a property that begins anew many times. */
  async empty(): Promise<void> {
    await this.db.transaction(async (tx) => {
      for (const table of ROOTS) await tx.execute(`delete from ${table}`, []);
    });
  }

  /** The events written since the last call, as `verb object`. */
  async newEvents(): Promise<string[]> {
    return (await this.newEventRows()).map(({ verb, object_type }) => `${verb} ${object_type}`);
  }

  async newEventRows(): Promise<TestEvent[]> {
    const rows = await this.query<TestEvent & { seq: number }>('select * from events where seq > ? order by seq', this.#seen);
    this.#seen = rows.at(-1)?.seq ?? this.#seen;
    return rows;
  }
  #seen = 0;

  /** Everything that was ever written to the log, as one text to search. */
  async log(): Promise<string> {
    return JSON.stringify(await this.query('select * from events'));
  }
}

/** Tables that no other row keeps alive, in an order in which they can be emptied. */
export const ROOTS = [
  'events',
  'alerts',
  'outbox',
  'deliveries',
  'members',
  'member_groups',
  'controllers',
  'doors',
  'schedules',
  'sites',
  'integrations',
  'api_tokens',
  'clock_marks',
];

/**
 * An empty world for each test of the surrounding `describe`; the database is made once and emptied in between. What a test
 * wrote to the log must be as the catalogue says, unless it tells of events that it has invented.
 */
export function worldOf(engine: Engine, { inventsEvents = false }: { readonly inventsEvents?: boolean } = {}): () => World {
  let db: Database | undefined;
  let world: World | undefined;
  before(async () => {
    const location = { engine: engine.name, at: await engine.migrated() };
    db = openDatabase(location, (error) => {
      throw error;
    });
  });
  beforeEach(async () => {
    if (db === undefined) throw new Error('no database');
    world = new World(db);
    await world.empty();
  });
  afterEach(async function () {
    if (db !== undefined && !inventsEvents && this.currentTest?.state === 'passed') await expectCatalogued(db.read);
  });
  after(() => db?.close());
  return () => {
    if (world === undefined) throw new Error('no world outside a test');
    return world;
  };
}
