import express from 'express';
import supertest from 'supertest';
import { CardStore } from '../../src/credentials/card-store.js';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { MagicLinkStore } from '../../src/credentials/magic-link-store.js';
import { isTrivialPin, PIN_COOLDOWN_DAYS } from '../../src/credentials/pin-rules.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import { KeyRing } from '../../src/credentials/sealed.js';
import type { Database, SqlValue } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/open.js';
import { applyOperation } from '../../src/directory/apply-operation.js';
import type { DirectoryContext } from '../../src/directory/context.js';
import type { DirectoryOperation } from '../../src/directory/operation.js';
import { SYSTEM } from '../../src/domain/events.js';
import { fold } from '../../src/domain/fold.js';
import type { Logger } from '../../src/domain/logger.js';
import { ACCESS_URN, type CheckedGroup, type CheckedUser, type JsonObject } from '../../src/domain/scim.js';
import { type Instant, instant, shift } from '../../src/domain/time.js';
import { connectingParts } from '../../src/compose/connecting.js';
import { syncParts } from '../../src/compose/syncing.js';
import type { AdminParts } from '../../src/http/admin/parts.js';
import { adminRouter } from '../../src/http/admin/router.js';
import { createApiToken, type Role } from '../../src/integrations/api-token-store.js';
import { createIntegration, getIntegration } from '../../src/integrations/integration-store.js';
import { ClockWatch } from '../../src/reconcile/clock-watch.js';
import { RequestLog } from '../../src/integrations/request-log.js';
import { settle } from '../../src/reconcile/settle.js';
import { ReconcileWorker } from '../../src/reconcile/worker.js';
import { RequestLimits } from '../../src/transport/request-limits.js';
import { webhookRouter } from '../../src/webhooks/router.js';
import { oauthRouter } from '../../src/http/oauth/router.js';
import type { Scheduler } from '../../src/sync/scheduler.js';
import type { Engine } from './engines.js';
import { expectCatalogued } from './event-catalogue.js';
import { FakeSource, fakeKinds } from './fake-adapter.js';
import { ROOTS } from './world.js';

export const PUBLIC_URL = 'https://doors.example.com';
export const START: Instant = instant(Date.UTC(2026, 4, 1, 12));

type Verb = 'head' | 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A database of its own, a clock that a test moves, and the admin API over both. */
export class AdminWorld {
  readonly db: Database;
  readonly parts: AdminParts;
  readonly errors: Readonly<Record<string, unknown>>[] = [];
  now: Instant = START;
  /** What the limits of the API take for the time that has passed. */
  elapsedMs = 0;
  readonly requestLog: RequestLog;
  /** What integrations of pulled kinds reach. */
  readonly source = new FakeSource();
  /** What opens and connects them, as one process has it. */
  readonly connecting: ReturnType<typeof connectingParts>;
  /** What starts pulls and upkeep by the clock; not started. */
  readonly scheduler: Scheduler;
  /** How often something was said to be due. */
  wakes = 0;
  readonly agent: ReturnType<typeof supertest>;
  readonly #tokens = new Map<Role, string>();

  constructor(db: Database) {
    this.db = db;
    const keys = KeyRing.parse(generateKeyRing());
    const stores = {
      pins: new PinStore(keys),
      links: new MagicLinkStore(keys, PUBLIC_URL, PIN_COOLDOWN_DAYS),
      cards: new CardStore(PIN_COOLDOWN_DAYS),
    };
    const clock = { now: () => this.now };
    const logger = this.#logger();
    const worker = new ReconcileWorker({ db, clock, logger, stores, clockWatch: new ClockWatch({ db, clock, logger }) });
    const limits = new RequestLimits(() => this.elapsedMs);
    this.requestLog = new RequestLog(db, logger);
    const config = { publicUrl: PUBLIC_URL, allowPrivateUrls: false };
    const kinds = fakeKinds(this.source);
    const timer = { now: () => Date.parse(this.now), sleep: async (ms: number) => this.advance(ms) };
    const connecting = connectingParts({ config, db, background: db, clock, logger, timer, keys, kinds });
    this.connecting = connecting;
    const pins = {
      hash: (pin: string) => stores.pins.pinHash(pin),
      seal: (pin: string, id: string) => keys.seal(pin, 'users', id),
      isWeak: isTrivialPin,
    };
    const { sources, upkeep } = connecting;
    const sync = syncParts({ db, clock, logger, stores, pins, worker, timekeeper: { wake: () => undefined }, sources, upkeep });
    this.scheduler = sync.scheduler;
    this.parts = { db, clock, logger, stores, worker, limits, requestLog: this.requestLog, config, kinds, ...connecting, sync };
    const wake = () => {
      this.wakes += 1;
    };
    const app = express();
    app.use('/api/v1', adminRouter(this.parts));
    app.use('/oauth', oauthRouter(this.parts));
    app.use('/webhooks', webhookRouter({ ...this.parts, ...connecting, wake }));
    this.agent = supertest(app);
  }

  get sources(): AdminWorld['connecting']['sources'] {
    return this.connecting.sources;
  }

  advance(ms: number): void {
    this.now = shift(this.now, ms);
  }

  async token(role: Role, expiresAt: Instant | null = null): Promise<string> {
    const context = { actor: SYSTEM, now: this.now };
    const { token } = await this.db.transaction((tx) => createApiToken(tx, context, { name: `a ${role}`, role, expiresAt }));
    return token.expose();
  }

  /** A request without a token. */
  bare(verb: Verb, path: string): supertest.Test {
    return this.agent[verb](`/api/v1${path}`);
  }

  /** A request with a token of the role. */
  async as(role: Role, verb: Verb, path: string, body?: object): Promise<supertest.Response> {
    const token = this.#tokens.get(role) ?? (await this.token(role));
    this.#tokens.set(role, token);
    const request = this.bare(verb, path).set('Authorization', `Bearer ${token}`);
    return body === undefined ? request : request.send(body);
  }

  get(path: string): Promise<supertest.Response> {
    return this.as('admin', 'get', path);
  }

  post(path: string, body?: object): Promise<supertest.Response> {
    return this.as('admin', 'post', path, body);
  }

  put(path: string, body: object): Promise<supertest.Response> {
    return this.as('admin', 'put', path, body);
  }

  patch(path: string, body: object): Promise<supertest.Response> {
    return this.as('admin', 'patch', path, body);
  }

  delete(path: string): Promise<supertest.Response> {
    return this.as('admin', 'delete', path);
  }

  integration(name = 'Office'): Promise<string> {
    return this.db.transaction((tx) => createIntegration(tx, { actor: SYSTEM, now: this.now }, { kind: 'scim', name, settings: {} }));
  }

  async memberGroup(name: string): Promise<string> {
    return String((await this.post('/member-groups', { name })).body.id);
  }

  async map(integrationId: string, resourceId: string, ...memberGroupIds: string[]): Promise<void> {
    const answer = await this.put(`/integrations/${integrationId}/resources/${resourceId}/mapping`, { memberGroupIds });
    if (answer.status !== 200) throw new Error(`mapping answered ${answer.status}: ${answer.text}`);
  }

  /** Pushes a User as an IdP would; `access` are the attributes of the access extension. Returns its id. */
  user(
    integrationId: string,
    userName: string,
    more: { externalId?: string; active?: boolean; access?: JsonObject } = {},
  ): Promise<string> {
    const { externalId = null, active = true, access } = more;
    const document = { userName, active, displayName: `Name of ${userName}`, ...(access === undefined ? {} : { [ACCESS_URN]: access }) };
    const match = { ...document, displayName: fold(document.displayName) };
    const user: CheckedUser = {
      ...{ document, match, userName, userNameKey: fold(userName), externalId, active, emailKeys: [], pin: undefined },
    };
    return this.#apply(integrationId, { kind: 'user.create', user });
  }

  group(integrationId: string, displayName: string, members: readonly string[] = []): Promise<string> {
    const document = { displayName };
    const key = fold(displayName);
    const group: CheckedGroup = {
      document,
      match: { displayName: key },
      displayName,
      displayNameKey: key,
      externalId: `ext-${displayName}`,
    };
    return this.#apply(integrationId, { kind: 'group.create', group, members });
  }

  deleteUser(integrationId: string, id: string): Promise<string> {
    return this.#apply(integrationId, { kind: 'user.delete', id, ifMatch: null });
  }

  deleteGroup(integrationId: string, id: string): Promise<string> {
    return this.#apply(integrationId, { kind: 'group.delete', id, ifMatch: null });
  }

  async count(from: string, ...bindings: readonly SqlValue[]): Promise<number> {
    const [row] = await this.db.read.query<{ n: number }>(`select cast(count(*) as bigint) as n from ${from}`, bindings);
    return row?.n ?? 0;
  }

  /** The last events, newest first, as `verb object`. */
  async events(limit: number): Promise<string[]> {
    const { body } = await this.get(`/events?limit=${limit}`);
    return body.data.map((event: { verb: string; object: { type: string } }) => `${event.verb} ${event.object.type}`);
  }

  #apply(integrationId: string, operation: DirectoryOperation): Promise<string> {
    return this.db.transaction(async (tx) => {
      const integration = await getIntegration(tx, integrationId);
      const pins = { hash: () => '', seal: () => '', isWeak: () => false };
      const context: DirectoryContext = { integration, pins, now: this.now, actor: SYSTEM };
      const applied = await applyOperation(tx, context, operation);
      await settle(tx, context, this.parts.stores, applied, () => void this.parts.worker.drain());
      return applied.id;
    });
  }

  #logger(): Logger {
    const keep = (message: string, fields: Readonly<Record<string, unknown>> = {}) => void this.errors.push({ message, ...fields });
    const ignore = () => undefined;
    return { debug: ignore, info: ignore, warn: keep, error: keep };
  }
}

/** An empty world for each test of the surrounding `describe`; it must have logged no error by the end. */
export function adminWorldOf(engine: Engine): () => AdminWorld {
  let db: Database | undefined;
  let world: AdminWorld | undefined;
  before(async () => {
    const location = { engine: engine.name, at: await engine.migrated() };
    db = openDatabase(location, (error) => {
      throw error;
    });
  });
  beforeEach(async () => {
    if (db === undefined) throw new Error('no database');
    await db.transaction(async (tx) => {
      for (const table of ROOTS) await tx.execute(`delete from ${table}`, []);
    });
    world = new AdminWorld(db);
  });
  afterEach(async function () {
    if (db !== undefined && this.currentTest?.state === 'passed') await expectCatalogued(db.read);
    const logged = world?.errors ?? [];
    if (this.currentTest?.state === 'passed' && logged.length > 0)
      throw new Error(`logged: ${JSON.stringify(logged.map(String))}`, { cause: logged[0] });
  });
  after(() => db?.close());
  return () => {
    if (world === undefined) throw new Error('no world outside a test');
    return world;
  };
}
