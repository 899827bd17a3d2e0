import { createMemberGroup } from '../../src/access/member-group-store.js';
import { CardStore } from '../../src/credentials/card-store.js';
import { MagicLinkStore } from '../../src/credentials/magic-link-store.js';
import { isTrivialPin, PIN_COOLDOWN_DAYS } from '../../src/credentials/pin-rules.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import { KeyRing } from '../../src/credentials/sealed.js';
import type { Database, SqlValue, Tx } from '../../src/db/database.js';
import { applyOperation } from '../../src/directory/apply-operation.js';
import type { DirectoryContext } from '../../src/directory/context.js';
import type { Applied, DirectoryOperation } from '../../src/directory/operation.js';
import type { AccessPlan } from '../../src/domain/access.js';
import { type ChangeContext, SYSTEM } from '../../src/domain/events.js';
import type { Integration } from '../../src/domain/integration.js';
import type { Logger } from '../../src/domain/logger.js';
import type { JsonObject, MembersStep } from '../../src/domain/scim.js';
import { type Instant, shift } from '../../src/domain/time.js';
import { createIntegration, getIntegration, patchIntegration } from '../../src/integrations/integration-store.js';
import { setMapping } from '../../src/integrations/mapping-store.js';
import { ClockWatch } from '../../src/reconcile/clock-watch.js';
import type { CredentialStores } from '../../src/reconcile/facts.js';
import { previewUser, reconcileUser } from '../../src/reconcile/reconcile.js';
import { settle } from '../../src/reconcile/settle.js';
import { Timekeeper } from '../../src/reconcile/timekeeper.js';
import { ReconcileWorker } from '../../src/reconcile/worker.js';
import { group, groupBody, user, userBody } from './scim-bodies.js';
import { T0 } from './world.js';

/** Always the same, so that several processes and openings agree on what a PIN hashes to. */
const KEYS = `test:${Buffer.from(Array.from({ length: 32 }, (_, n) => (n * 37 + 11) % 256)).toString('base64')}`;

/** Everything between the wire and the tables: the one door, reconciliation and its worker, on a clock that a test moves. */
export class Core {
  readonly db: Database;
  readonly integrationId: string;
  readonly stores: CredentialStores;
  readonly worker: ReconcileWorker;
  readonly timekeeper: Timekeeper;
  /** What was logged as an error. */
  readonly errors: Readonly<Record<string, unknown>>[] = [];
  readonly clock = { now: () => this.now };
  readonly logger: Logger;
  readonly keys = KeyRing.parse(KEYS);
  now: Instant = T0;
  /** How often an operation asked for the worker. */
  wakes = 0;

  constructor(db: Database, integrationId: string) {
    this.db = db;
    this.integrationId = integrationId;
    const ignore = (): void => undefined;
    this.logger = { error: (_, fields = {}) => this.errors.push(fields), warn: ignore, info: ignore, debug: ignore };
    this.stores = {
      pins: new PinStore(this.keys),
      links: new MagicLinkStore(this.keys, 'https://doors.example.com', PIN_COOLDOWN_DAYS),
      cards: new CardStore(PIN_COOLDOWN_DAYS),
    };
    const clockWatch = new ClockWatch({ db, clock: this.clock, logger: this.logger });
    const parts = { db, clock: this.clock, logger: this.logger, stores: this.stores, clockWatch };
    this.worker = new ReconcileWorker(parts);
    this.timekeeper = new Timekeeper({ ...parts, worker: this.worker, coolDownDays: PIN_COOLDOWN_DAYS, eventRetentionDays: 0 });
  }

  /** A core over a new integration. */
  static async create(db: Database, settings: JsonObject = {}, kind: Integration['kind'] = 'scim'): Promise<Core> {
    const context = { actor: SYSTEM, now: T0 };
    const id = await db.transaction((tx) => createIntegration(tx, context, { kind, name: 'Hotel', settings }));
    return new Core(db, id);
  }

  advance(ms: number): void {
    this.now = shift(this.now, ms);
  }

  get context(): ChangeContext {
    return { actor: SYSTEM, now: this.now };
  }

  async directoryContext(reader: Database['read'] = this.db.read): Promise<DirectoryContext> {
    return { ...this.context, integration: await getIntegration(reader, this.integrationId), pins: this.vault };
  }

  get vault(): DirectoryContext['pins'] {
    return {
      hash: (pin) => this.stores.pins.pinHash(pin),
      seal: (pin, userId) => this.keys.seal(pin, 'users', userId),
      isWeak: isTrivialPin,
    };
  }

  inTx<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.db.transaction(work);
  }

  /** One operation with all it leads to in its own transaction. */
  async apply(operation: DirectoryOperation): Promise<Applied> {
    const context = await this.directoryContext();
    return this.inTx(async (tx) => {
      const applied = await applyOperation(tx, context, operation);
      await settle(tx, context, this.stores, applied, () => {
        this.wakes += 1;
      });
      return applied;
    });
  }

  /** The operation alone: nobody is reconciled. */
  async applyOnly(operation: DirectoryOperation): Promise<Applied> {
    const context = await this.directoryContext();
    return this.inTx((tx) => applyOperation(tx, context, operation));
  }

  async createUser(fields: object = {}): Promise<string> {
    return (await this.apply({ kind: 'user.create', user: user(userBody(fields)) })).id;
  }

  /** Many at once, in no Group and with nothing left to do. */
  async createUsers(count: number, prefix = 'user'): Promise<string[]> {
    const context = await this.directoryContext();
    return this.inTx(async (tx) => {
      const ids: string[] = [];
      for (let n = 0; n < count; n += 1) {
        const checked = user(userBody({ userName: `${prefix} ${n}` }));
        ids.push((await applyOperation(tx, context, { kind: 'user.create', user: checked })).id);
      }
      await tx.execute('update users set dirty = 0 where integration_id = ?', [this.integrationId]);
      return ids;
    });
  }

  /** As PUT does it: the whole User. */
  replaceUser(id: string, fields: object): Promise<Applied> {
    return this.apply({ kind: 'user.change', id, ifMatch: null, change: () => user(userBody(fields)) });
  }

  /** As PATCH does it: on top of what is stored. */
  patchUser(id: string, fields: object): Promise<Applied> {
    return this.apply({ kind: 'user.change', id, ifMatch: null, change: (current) => user({ ...current, ...fields }) });
  }

  deleteUser(id: string): Promise<Applied> {
    return this.apply({ kind: 'user.delete', id, ifMatch: null });
  }

  async createGroup(displayName: string, members: readonly string[] = [], more: object = {}): Promise<string> {
    return (await this.apply({ kind: 'group.create', group: group(groupBody({ displayName, ...more })), members })).id;
  }

  changeMembers(id: string, ...members: readonly MembersStep[]): Promise<Applied> {
    return this.apply({ kind: 'group.change', id, ifMatch: null, change: null, members });
  }

  deleteGroup(id: string): Promise<Applied> {
    return this.apply({ kind: 'group.delete', id, ifMatch: null });
  }

  memberGroup(name: string): Promise<string> {
    return this.inTx((tx) => createMemberGroup(tx, this.context, name));
  }

  /** Maps and returns how many Users that concerns; the worker has not looked at them yet. */
  map(resourceId: string, ...memberGroupIds: readonly string[]): Promise<number> {
    return this.inTx((tx) => setMapping(tx, this.context, this.integrationId, { id: resourceId, name: resourceId }, memberGroupIds));
  }

  set(settings: JsonObject): Promise<number> {
    return this.inTx((tx) => patchIntegration(tx, this.context, this.integrationId, { settings }));
  }

  reconcile(userId: string): Promise<AccessPlan | null> {
    return this.inTx((tx) => reconcileUser(tx, this.context, this.stores, userId));
  }

  preview(userId: string): Promise<AccessPlan | null> {
    return previewUser(this.db.read, this.now, this.stores, userId);
  }

  query<Row>(sql: string, ...bindings: readonly SqlValue[]): Promise<Row[]> {
    return this.db.read.query<Row>(sql, bindings);
  }

  async one<Row>(sql: string, ...bindings: readonly SqlValue[]): Promise<Row> {
    const rows = await this.query<Row>(sql, ...bindings);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows instead of one: ${sql}`);
    return row;
  }

  async count(from: string, ...bindings: readonly SqlValue[]): Promise<number> {
    return (await this.one<{ n: number }>(`select count(*) as n from ${from}`, ...bindings)).n;
  }
}
