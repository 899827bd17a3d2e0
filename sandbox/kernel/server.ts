import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { SandboxClock } from './clock.js';
import { Faults } from './faults.js';

/** A request that came, for tests to look at. Authorization is left out. */
export interface Seen {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly at: number;
  status: number;
}

/** What every simulated system has: a clock, faults, a memory of requests, and a port of its own on the loopback interface. */
export class SandboxServer {
  readonly clock = new SandboxClock();
  readonly faults = new Faults();
  readonly seen: Seen[] = [];
  readonly app: Express;
  readonly #server: Server;
  #url = '';

  /** `mount` adds the routes; bodies arrive as `request.body` Buffers (`application/*` and text), so that each route parses its own. */
  constructor(mount: (app: Express, server: SandboxServer) => void) {
    this.app = express();
    this.app.disable('x-powered-by').disable('etag');
    this.app.set('query parser', 'extended');
    this.app.use((request, response, next) => this.#remember(request, response, next));
    this.app.use(this.faults.middleware());
    this.app.use(express.raw({ type: () => true, limit: '10mb' }));
    mount(this.app, this);
    this.#server = createServer(this.app);
  }

  async start(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#url = `http://127.0.0.1:${address.port}`;
    return this;
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.#url;
  }

  /** Requests whose `METHOD path` contains the text. */
  count(text: string): number {
    return this.seen.filter(({ method, path }) => `${method} ${path}`.includes(text)).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #remember(request: Request, response: Response, next: NextFunction): void {
    const entry: Seen = { method: request.method, path: request.originalUrl, at: this.clock.now(), status: 0 };
    this.seen.push(entry);
    response.on('finish', () => {
      entry.status = response.statusCode;
    });
    next();
  }
}

/** The body as JSON; undefined when it is none. */
export function jsonOf(request: Request): unknown {
  try {
    return JSON.parse(bodyText(request)) as unknown;
  } catch {
    return undefined;
  }
}

/** The body as a form, last value of each name. */
export function formOf(request: Request): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(bodyText(request)));
}

export function bodyText(request: Request): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
}
