import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { compose, type Parts } from '../../src/compose.js';
import type { Config } from '../../src/config.js';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { COMMAND_LINE } from '../../src/domain/events.js';
import type { Logger } from '../../src/domain/logger.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { type Instant, instant } from '../../src/domain/time.js';
import { createApiToken } from '../../src/integrations/api-token-store.js';
import { AdminApi } from './admin-api.js';
import { ConnectedSource } from './connected-source.js';
import type { Engine } from './engines.js';
import { expectCatalogued } from './event-catalogue.js';
import type { ReceivedWebhook, SimulatedSource } from './simulated-source.js';
import { unhurried } from './unhurried.js';

/** Noon in Santiago, three in the afternoon in London and four in Madrid. */
export const AT = Date.parse('2026-11-25T15:00:00Z');

/** What may differ from the defaults when a source is connected. */
export interface Given {
  readonly name?: string;
  readonly config?: JsonObject;
  readonly secrets?: JsonObject;
  readonly settings?: JsonObject;
}

/**
 * The whole product, composed as it is in use, listening on a port of its own, and simulated systems that it is connected
 * to: one clock for all of them. Nothing runs by itself unless `automatic`; `settle` does what is due.
 */
export class SourceWorld {
  readonly url: string;
  readonly parts: Parts;
  readonly api: AdminApi;
  /** What the server complained about: level `error`. A test that expects none looks here. */
  readonly errors: string[];
  readonly env: NodeJS.ProcessEnv;
  /** Webhooks that came, in their order. */
  readonly webhooks: ReceivedWebhook[];
  readonly #server: Server;
  readonly #time: { ms: number };
  readonly #sources: SimulatedSource[] = [];

  constructor(made: Pick<SourceWorld, 'url' | 'parts' | 'api' | 'errors' | 'env' | 'webhooks'>, server: Server, time: { ms: number }) {
    this.url = made.url;
    this.parts = made.parts;
    this.api = made.api;
    this.errors = made.errors;
    this.env = made.env;
    this.webhooks = made.webhooks;
    this.#server = server;
    this.#time = time;
  }

  /** @param options `automatic`: timers run as in use; `live`: the time is that of every other process, and goes on */
  static async open(engine: Engine, { automatic = false, live = false } = {}): Promise<SourceWorld> {
    let handle: RequestListener = (_request, response) => void response.writeHead(503).end();
    const webhooks: ReceivedWebhook[] = [];
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/webhooks/') === true) record(request, webhooks);
      handle(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const time = live ? new LiveTime() : { ms: AT };
    const errors: string[] = [];
    const config = await configOf(engine, url);
    // Waiting takes no time of the tests; it passes for everybody.
    const sleep = async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      world.pass(ms);
    };
    const parts = await compose(config, {
      clock: { now: () => instant(time.ms) },
      timer: { now: () => time.ms, sleep },
      kinds: unhurried(),
      logger: loggerInto(errors),
    });
    handle = createApp(parts);
    const made = { url, parts, errors, webhooks, env: envOf(config), api: new AdminApi(url, await adminToken(parts)) };
    const world = new SourceWorld(made, server, time);
    if (automatic) {
      parts.timekeeper.start();
      parts.outbox.start();
      parts.sync.scheduler.start();
    }
    return world;
  }

  get now(): Instant {
    return instant(this.#time.ms);
  }

  /** Lets time pass; `settle` lets it do its work. */
  pass(ms: number): void {
    this.setTime(this.#time.ms + ms);
  }

  setTime(ms: number): void {
    this.#time.ms = ms;
    for (const { server } of this.#sources) server.clock.freeze(ms);
  }

  /** A simulated system that shares the time of this world, and ends with it. */
  join<Source extends SimulatedSource>(source: Source): Source {
    source.server.clock.freeze(this.#time.ms);
    this.#sources.push(source);
    return source;
  }

  /** Connects an integration to it as an admin does; nothing is pulled yet. */
  async connect<Source extends SimulatedSource>(source: Source, given: Given = {}): Promise<ConnectedSource<Source>> {
    if (!this.#sources.includes(source)) this.join(source);
    const { kind, config, secrets, settings } = source;
    const { id, webhookUrl } = await this.api.take<{ id: string; webhookUrl: string }>('POST', '/integrations', {
      ...{ kind, name: given.name ?? `The ${kind}` },
      ...{ config: { ...config, ...given.config }, secrets: given.secrets ?? secrets, settings: { ...settings, ...given.settings } },
    });
    return new ConnectedSource(this, source, id, webhookUrl);
  }

  /** Does all that is due now: webhooks arrive and are followed, time does its work, messages go out. Until nothing is left. */
  async settle(): Promise<void> {
    const { sync, timekeeper, worker, outbox } = this.parts;
    for (let done = 1; done > 0; ) {
      for (const source of this.#sources) await source.deliver();
      done = await sync.hints.drain();
      await timekeeper.tick();
      await worker.drain();
      done += await outbox.drain();
    }
  }

  /** Sends a webhook once more; @returns how it is answered */
  async resend({ path, headers, body }: ReceivedWebhook): Promise<number> {
    const answer = await fetch(`${this.url}${path}`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** What the scheduler of a running server starts when it looks. */
  async poll(): Promise<void> {
    await this.parts.sync.scheduler.runDue('schedule');
    await this.settle();
  }

  /** Whatever happened, what was written to the log is as the catalogue says. */
  async close(): Promise<void> {
    try {
      await expectCatalogued(this.parts.db.read);
    } finally {
      await this.#end();
    }
  }

  async #end(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.parts.close();
    for (const source of this.#sources) await source.stop();
    rmSync(this.parts.config.dataDir, { recursive: true, force: true });
  }
}

/** Real time, and what was let pass beside it. */
class LiveTime {
  #passed = 0;

  get ms(): number {
    return Date.now() + this.#passed;
  }

  set ms(ms: number) {
    this.#passed = ms - Date.now();
  }
}

/** Worlds of the tests of the surrounding `describe`; all are closed after it. */
export function sourceWorlds(
  engine: Engine,
): (options?: { readonly automatic?: boolean; readonly live?: boolean }) => Promise<SourceWorld> {
  const open: SourceWorld[] = [];
  after(async () => {
    for (const world of open.splice(0)) await world.close();
  });
  return async (options) => {
    const world = await SourceWorld.open(engine, options);
    open.push(world);
    return world;
  };
}

/** Looks on while the body comes, and leaves the request as it is. */
function record(request: IncomingMessage, into: ReceivedWebhook[]): void {
  const chunks: Buffer[] = [];
  // Routers cut it down on the way.
  const path = request.url ?? '';
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, encoding) => {
    if (chunk !== null) chunks.push(chunk);
    else into.push({ path, headers: sentHeaders(request), body: Buffer.concat(chunks).toString('utf8') });
    return push(chunk, encoding);
  };
}

/** Those that say something, not those of the connection. */
function sentHeaders({ headers }: IncomingMessage): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => /^(content-type|svix-|webhook-|x-)/.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

async function configOf(engine: Engine, url: string): Promise<Config> {
  return {
    ...{ port: 0, host: '127.0.0.1', publicUrl: url, logLevel: 'silent', allowPrivateUrls: true, shutdownSeconds: 2 },
    ...{ eventRetentionDays: 365, google: null },
    dataDir: mkdtempSync(join(tmpdir(), 'latchkey-sources-')),
    databaseUrl: await engine.migrated(),
    secretKeys: generateKeyRing(),
  };
}

/** For a command on the same installation in a process of its own. */
function envOf({ dataDir, databaseUrl, secretKeys, publicUrl }: Config): NodeJS.ProcessEnv {
  return {
    ...{ LATCHKEY_DATA_DIR: dataDir, DATABASE_URL: databaseUrl ?? '', LATCHKEY_SECRET_KEYS: secretKeys ?? '' },
    ...{ LATCHKEY_PUBLIC_URL: publicUrl, LATCHKEY_ALLOW_PRIVATE_URLS: 'true', LATCHKEY_LOG_LEVEL: 'silent' },
  };
}

async function adminToken({ db, clock }: Parts): Promise<string> {
  const context = { actor: COMMAND_LINE, now: clock.now() };
  const { token } = await db.transaction((tx) => createApiToken(tx, context, { name: 'tests', role: 'admin', expiresAt: null }));
  return token.expose();
}

function loggerInto(errors: string[]): Logger {
  const nothing = () => undefined;
  const error: Logger['error'] = (message, { error: cause } = {}) => void errors.push(`${message}: ${String(cause)}`);
  return { debug: nothing, info: nothing, warn: nothing, error };
}
