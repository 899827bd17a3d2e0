import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemberGroup } from '../../src/access/member-group-store.js';
import { type MemberView, memberView } from '../../src/access/member-view.js';
import type { Config } from '../../src/config.js';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import type { Stopwatch } from '../../src/db/clock.js';
import type { SqlValue } from '../../src/db/statement.js';
import { applyOperation } from '../../src/directory/apply-operation.js';
import { type ChangeContext, SYSTEM } from '../../src/domain/events.js';
import { ALL_USERS } from '../../src/domain/integration.js';
import type { Logger } from '../../src/domain/logger.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { type Instant, instant, shift, type Window } from '../../src/domain/time.js';
import { createIntegration, getIntegration, patchIntegration } from '../../src/integrations/integration-store.js';
import { setMapping } from '../../src/integrations/mapping-store.js';
import { createScimToken, revokeScimToken } from '../../src/integrations/scim-token-store.js';
import { checkUser } from '../../src/scim/model/check-user.js';
import { type ConnectionLimits, type RunningServer, startServer } from '../../src/server.js';
import type { Kinds } from '../../src/sync/kinds.js';
import type { Engine } from './engines.js';
import { expectCatalogued } from './event-catalogue.js';
import { ScimClient } from './scim-client.js';

export const T0: Instant = instant(Date.UTC(2026, 4, 1, 12));

/** What every server of these tests says that its address is: no request ever names it. */
export const PUBLIC_URL = 'https://doors.example.com';
export const SCIM_BASE = `${PUBLIC_URL}/scim/v2`;

/** A line that the server would have logged. */
export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One member as a test reads it: names instead of ids, and only what is live. */
export interface Access {
  readonly id: string;
  readonly status: MemberView['status'];
  readonly name: string;
  readonly emails: readonly string[];
  readonly window: Window;
  /** Member groups by name, with their windows in the order of their starts. */
  readonly groups: Readonly<Record<string, readonly Window[]>>;
  readonly pins: readonly string[];
  readonly links: readonly string[];
  readonly cards: readonly string[];
}

/** A server of the product on a port of its own, with a clock that a test sets. */
export class TestServer {
  readonly #server: RunningServer;
  readonly #time: { now: Instant };
  readonly logged: Logged[];

  constructor(server: RunningServer, time: { now: Instant }, logged: Logged[]) {
    this.#server = server;
    this.#time = time;
    this.logged = logged;
  }

  get url(): string {
    return this.#server.url;
  }

  get parts(): RunningServer['parts'] {
    return this.#server.parts;
  }

  get now(): Instant {
    return this.#time.now;
  }

  /** Sets the clock and does not let anything happen by it. */
  setTime(now: Instant): void {
    this.#time.now = now;
  }

  /** Lets time pass and do its work. */
  async pass(ms: number): Promise<void> {
    this.setTime(shift(this.now, ms));
    await this.tick();
  }

  async tick(): Promise<void> {
    await this.parts.timekeeper.tick();
  }

  get context(): ChangeContext {
    return { actor: SYSTEM, now: this.now };
  }

  query<Row>(sql: string, ...bindings: readonly SqlValue[]): Promise<Row[]> {
    return this.parts.db.read.query<Row>(sql, bindings);
  }

  async count(sql: string, ...bindings: readonly SqlValue[]): Promise<number> {
    const [row] = await this.query<{ n: number }>(`select count(*) as n from ${sql}`, ...bindings);
    return row?.n ?? 0;
  }

  /** A new SCIM integration with a token; `settings` are those that differ from the defaults. */
  async connect(settings: JsonObject = {}, name = 'Directory'): Promise<Connection> {
    const id = await this.parts.db.transaction((tx) => createIntegration(tx, this.context, { kind: 'scim', name, settings }));
    return new Connection(this, id, await this.issueToken(id));
  }

  async issueToken(integrationId: string, { readOnly = false, expiresAt = null as Instant | null } = {}): Promise<IssuedToken> {
    return this.parts.db.transaction(async (tx) => {
      const { id, token } = await createScimToken(tx, this.context, integrationId, { readOnly, expiresAt });
      return { id, text: token.expose() };
    });
  }

  async revokeToken(integrationId: string, tokenId: string): Promise<void> {
    await this.parts.db.transaction((tx) => revokeScimToken(tx, this.context, integrationId, tokenId));
  }

  /** Whatever it was asked for, what it wrote to the log is as the catalogue says. */
  async stop(): Promise<void> {
    try {
      await expectCatalogued(this.parts.db.read);
    } finally {
      await this.#server.stop();
    }
  }
}

export interface IssuedToken {
  readonly id: string;
  readonly text: string;
}

/** One integration: what its IdP can send, and what its admin can do and see. */
export class Connection extends ScimClient {
  readonly id: string;
  readonly tokenId: string;
  readonly server: TestServer;

  constructor(server: TestServer, id: string, token: IssuedToken) {
    super(server.url, token.text);
    this.server = server;
    this.id = id;
    this.tokenId = token.id;
  }

  /** A client of the same integration with another token. */
  async withToken(options: { readonly readOnly?: boolean; readonly expiresAt?: Instant }): Promise<Connection> {
    return new Connection(this.server, this.id, await this.server.issueToken(this.id, options));
  }

  /** Creates Users in this order in one transaction, past HTTP, and returns their ids. */
  seed(bodies: readonly object[]): Promise<string[]> {
    const { parts, context } = this.server;
    return parts.db.transaction(async (tx) => {
      const integration = await getIntegration(tx, this.id);
      const ids: string[] = [];
      for (const body of bodies) {
        const user = checkUser(body, { missingSchemas: 'derive', activeWhenAbsent: true });
        const applied = await applyOperation(tx, { ...context, integration, pins: parts.scim.pins }, { kind: 'user.create', user });
        await parts.scim.settle(tx, { ...context, integration }, applied);
        ids.push(applied.id);
      }
      return ids;
    });
  }

  async patchSettings(settings: JsonObject): Promise<void> {
    const { server } = this;
    await server.parts.db.transaction((tx) => patchIntegration(tx, server.context, this.id, { settings }));
    await server.parts.worker.drain();
  }

  /** Maps a Group, or all Users, to a new member group of this name; whom it concerns is reconciled when this returns. */
  async map(resourceId: string, memberGroupName: string): Promise<string> {
    const { server } = this;
    const id = await server.parts.db.transaction(async (tx) => {
      const memberGroupId = await createMemberGroup(tx, server.context, memberGroupName);
      await setMapping(tx, server.context, this.id, { id: resourceId, name: memberGroupName }, [memberGroupId]);
      return memberGroupId;
    });
    await server.parts.worker.drain();
    return id;
  }

  mapAllUsers(memberGroupName = 'Front door'): Promise<string> {
    return this.map(ALL_USERS, memberGroupName);
  }

  async unmap(resourceId: string): Promise<void> {
    const { server } = this;
    await server.parts.db.transaction((tx) => setMapping(tx, server.context, this.id, { id: resourceId, name: resourceId }, []));
    await server.parts.worker.drain();
  }

  /** The access of the User with this userName, read from the database; null: it never had any, or there is no such User. */
  async member(userName: string): Promise<Access | null> {
    const [row] = await this.server.query<{ id: string }>(
      'select m.id from members m join users u on u.id = m.user_id where u.integration_id = ? and u.user_name = ?',
      this.id,
      userName,
    );
    return row === undefined ? null : this.memberById(row.id);
  }

  /** For a member whose User is gone. */
  async memberById(id: string): Promise<Access> {
    const view = await memberView(this.server.parts.db.read, id, this.server.now);
    if (view === null) throw new Error('there is no such member');
    const names = await this.server.query<{ id: string; name: string }>('select id, name from member_groups');
    const groups: Record<string, Window[]> = {};
    for (const { memberGroupId, startsAt, endsAt } of view.associations) {
      const name = names.find((group) => group.id === memberGroupId)?.name ?? memberGroupId;
      groups[name] = [...(groups[name] ?? []), { startsAt, endsAt }].sort((a, b) => ((a.startsAt ?? '') < (b.startsAt ?? '') ? -1 : 1));
    }
    return {
      id,
      status: view.status,
      name: view.name,
      emails: view.emails,
      window: { startsAt: view.startsAt, endsAt: view.endsAt },
      groups,
      pins: view.pins.map((pin) => pin.id),
      links: view.magicLinks.map((link) => link.id),
      cards: view.cards.map((card) => card.id),
    };
  }

  /** Why the User with this userName has no access, and what a person should look at. */
  async syncOf(userName: string): Promise<{ status: string; skipReason: string | null; warnings: readonly string[] } | null> {
    const [row] = await this.server.query<{ sync_status: string; skip_reason: string | null; warnings: string }>(
      'select sync_status, skip_reason, warnings from users where integration_id = ? and user_name = ?',
      this.id,
      userName,
    );
    if (row === undefined) return null;
    return { status: row.sync_status, skipReason: row.skip_reason, warnings: JSON.parse(row.warnings) as string[] };
  }

  /** The events of this integration since the last call, as `verb object`, in their order. */
  async newEvents(): Promise<string[]> {
    const rows = await this.server.query<{ seq: number; verb: string; object_type: string }>(
      'select seq, verb, object_type from events where integration_id = ? and seq > ? order by seq',
      this.id,
      this.#seen,
    );
    this.#seen = rows.at(-1)?.seq ?? this.#seen;
    return rows.map((row) => `${row.verb} ${row.object_type}`);
  }
  #seen = 0;
}

/** Starts a server on the database at `databaseUrl`; several may share one. */
export async function runServer(
  databaseUrl: string,
  secretKeys = generateKeyRing(),
  {
    stopwatch,
    limits = {},
    kinds,
  }: { readonly stopwatch?: Stopwatch; readonly limits?: Partial<ConnectionLimits>; readonly kinds?: Kinds } = {},
): Promise<TestServer> {
  const time = { now: T0 };
  const logged: Logged[] = [];
  const log =
    (level: Logged['level']): Logger['info'] =>
    (message, fields = {}) =>
      logged.push({ level, message, fields });
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-data-'));
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    dataDir,
    databaseUrl,
    publicUrl: PUBLIC_URL,
    secretKeys,
    logLevel: 'silent',
    allowPrivateUrls: true,
    // A client may hold a connection that it has not used yet; nothing is asked any more when a test stops its server.
    shutdownSeconds: 0.2,
    eventRetentionDays: 365,
    google: null,
  };
  try {
    const overrides = {
      clock: { now: () => time.now },
      logger,
      ...(stopwatch === undefined ? {} : { stopwatch }),
      ...(kinds === undefined ? {} : { kinds }),
    };
    const server = await startServer(config, overrides, limits);
    const stop = async (): Promise<void> => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    };
    return new TestServer({ ...server, stop }, time, logged);
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** One server for all tests of the surrounding `describe`; each test connects an integration of its own. */
export function serverOf(engine: Engine, kinds?: Kinds): () => TestServer {
  let server: TestServer | undefined;
  before(async () => {
    server = await runServer(await engine.migrated(), generateKeyRing(), kinds === undefined ? {} : { kinds });
  });
  beforeEach(() => {
    server?.setTime(T0);
    server?.logged.splice(0);
  });
  after(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('no server outside a test');
    return server;
  };
}
