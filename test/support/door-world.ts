import { VirtualController } from '../../sandbox/controller/controller.js';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { epochMs } from '../../src/domain/time.js';
import { createApiToken } from '../../src/integrations/api-token-store.js';
import type { Kinds } from '../../src/sync/kinds.js';
import type { Engine } from './engines.js';
import { runServer, T0, type TestServer } from './running-server.js';

interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

interface Verified {
  readonly granted: boolean;
  readonly reason: string;
  readonly memberId?: string;
  readonly eventId?: string;
}

export interface TestController {
  readonly id: string;
  readonly token: string;
  readonly doorIds: readonly string[];
}

export interface AlertView {
  readonly type: string;
  readonly siteId: string | null;
  readonly closedAt: string | null;
  readonly message: string;
}

export interface UseView {
  readonly id: string;
  readonly occurredAt: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly memberId: string | null;
  readonly result: string;
  readonly siteId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A running server with sites and doors, and what an admin and a controller can ask of it. */
export class DoorWorld {
  readonly server: TestServer;
  readonly #adminToken: string;
  elapsedMs = 0;

  constructor(server: TestServer, adminToken: string) {
    this.server = server;
    this.#adminToken = adminToken;
  }

  async admin<Body = { readonly id: string }>(method: string, path: string, body?: object): Promise<Answer<Body>> {
    return this.#ask<Body>(method, `/api/v1${path}`, this.#adminToken, body);
  }

  door<Body>(controller: TestController, method: string, path: string, body?: object): Promise<Answer<Body>> {
    return this.#ask<Body>(method, `/door/v1${path}`, controller.token, body);
  }

  async make(path: string, body: object): Promise<string> {
    const answer = await this.admin(`POST`, path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  }

  site(timeZone = 'Europe/Madrid'): Promise<string> {
    return this.make('/sites', { name: 'Hotel', timeZone });
  }

  doorAt(siteId: string, name = 'Gate'): Promise<string> {
    return this.make('/doors', { name, siteId });
  }

  async controller(...doorIds: string[]): Promise<TestController> {
    const { body } = await this.admin<{ id: string; token: string }>('POST', '/controllers', { name: 'Lobby', doorIds });
    return { ...body, doorIds };
  }

  virtual({ token, doorIds }: TestController): VirtualController {
    return new VirtualController({ serverUrl: this.server.url, token, doorIds, now: () => epochMs(this.server.now) });
  }

  group(permissions: readonly object[]): Promise<string> {
    return this.make('/member-groups', { name: 'Guests', permissions });
  }

  /** A member of the group with a PIN, and what it opens with. */
  async guest(memberGroupId: string | null, window: { startsAt?: string; endsAt?: string } = {}): Promise<{ id: string; pin: string }> {
    const id = await this.make('/members', { name: 'Ann', ...window });
    if (memberGroupId !== null) await this.make(`/members/${id}/associations`, { memberGroupId });
    const { body } = await this.admin<{ pin: string }>('POST', `/members/${id}/pins`, {});
    return { id, pin: body.pin };
  }

  async verify(controller: TestController, doorId: string, value: string, type = 'pin'): Promise<Verified> {
    const { status, body } = await this.door<Verified>(controller, 'POST', '/verify', { doorId, credential: { type, value } });
    if (status !== 200) throw new Error(`verify: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Openings and attempts at the door, newest first as they were written. */
  async uses(doorId: string): Promise<UseView[]> {
    const { body } = await this.admin<{ data: UseView[] }>('GET', `/events?objectType=door&objectId=${doorId}&verb=use&limit=100`);
    return body.data;
  }

  async alerts(type: string): Promise<AlertView[]> {
    return (await this.admin<{ data: AlertView[] }>('GET', `/alerts?type=${type}`)).body.data;
  }

  /** Lets time pass and do its work at doors. */
  async pass(ms: number): Promise<void> {
    await this.server.pass(ms);
    await this.server.parts.doors.keeper.tick();
  }

  async #ask<Body>(method: string, path: string, token: string, body?: object): Promise<Answer<Body>> {
    // Every request is one of a time when the limits of the API are at rest; what limits doors counts by the other clock.
    this.elapsedMs += 1_000;
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body };
  }
}

/** One server for all tests of the surrounding `describe`, without alerts and attempts of the test before. */
export function doorWorldOf(engine: Engine, kinds?: Kinds): () => DoorWorld {
  let world: DoorWorld | undefined;
  before(async () => {
    const stopwatch = () => world?.elapsedMs ?? 0;
    const server = await runServer(await engine.migrated(), generateKeyRing(), { stopwatch, ...(kinds === undefined ? {} : { kinds }) });
    const token = await server.parts.db.transaction((tx) =>
      createApiToken(tx, server.context, { name: 'test', role: 'admin', expiresAt: null }),
    );
    world = new DoorWorld(server, token.token.expose());
  });
  beforeEach(async () => {
    const server = world?.server;
    server?.setTime(T0);
    server?.logged.splice(0);
    await server?.parts.db.transaction(async (tx) => {
      for (const table of ['alerts', 'door_attempts', 'members', 'controllers']) await tx.execute(`delete from ${table}`, []);
    });
  });
  after(() => world?.server.stop());
  return () => {
    if (world === undefined) throw new Error('no world outside a test');
    return world;
  };
}
