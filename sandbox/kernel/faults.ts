import type { RequestHandler, Response } from 'express';

/** What goes wrong, and for which requests. */
export interface Fault {
  readonly kind: 'status' | 'html' | 'truncate' | 'drip' | 'reset' | 'silence';
  /** Only requests whose `METHOD path` contains this; all without it. */
  readonly on?: string;
  /** So many matching requests go well first. Default 0. */
  readonly after?: number;
  /** So many fail then. Default: all that follow. */
  readonly times?: number;
  /** Of `status`: default 503. `html` answers 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Planned {
  readonly fault: Fault;
  seen: number;
  done: number;
}

const DRIP_MS = 20;

/** Faults of one simulated server. The first one that fits a request has its way with it. */
export class Faults {
  #planned: Planned[] = [];
  readonly #paused = new Map<symbol, { readonly on: string; readonly over: Promise<void> }>();

  add(fault: Fault): void {
    this.#planned.push({ fault, seen: 0, done: 0 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** Requests whose `METHOD path` contains this wait until the function that is returned is called; then they go their way. */
  pause(on: string): () => void {
    const key = Symbol(on);
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#paused.set(key, { on, over });
    return () => {
      this.#paused.delete(key);
      end();
    };
  }

  /** Goes before the routes. */
  middleware(): RequestHandler {
    return async (request, response, next) => {
      const line = `${request.method} ${request.originalUrl}`;
      for (const { on, over } of [...this.#paused.values()]) if (line.includes(on)) await over;
      const fault = this.#next(line);
      if (fault === undefined) next();
      else if (fault.kind === 'truncate' || fault.kind === 'drip') {
        spoil(response, fault);
        next();
      } else answer(response, fault);
    };
  }

  #next(line: string): Fault | undefined {
    for (const planned of this.#planned) {
      const { fault } = planned;
      if (fault.on !== undefined && !line.includes(fault.on)) continue;
      planned.seen += 1;
      if (planned.seen <= (fault.after ?? 0) || planned.done >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
      planned.done += 1;
      return fault;
    }
    return undefined;
  }
}

function answer(response: Response, fault: Fault): void {
  if (fault.kind === 'silence') return;
  if (fault.kind === 'reset') {
    response.socket?.destroy();
    return;
  }
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  if (fault.kind === 'html')
    response
      .status(200)
      .type('html')
      .send(fault.body ?? '<!doctype html><title>Maintenance</title>');
  else response.status(fault.status ?? 503).send(fault.body ?? '');
}

/** Lets the route answer and cuts its body in half, or sends it a byte at a time. */
function spoil(response: Response, fault: Fault): void {
  const end = response.end.bind(response);
  const replaced = (chunk?: unknown): Response => {
    const body = Buffer.from(typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk : '');
    if (fault.kind === 'truncate') {
      const half = body.subarray(0, Math.floor(body.length / 2));
      response.setHeader('content-length', half.length);
      end(half);
    } else drip(response, body, end);
    return response;
  };
  response.end = replaced;
}

function drip(response: Response, body: Buffer, end: () => void): void {
  let at = 0;
  const timer = setInterval(() => {
    if (response.destroyed || at >= body.length) {
      clearInterval(timer);
      end();
    } else {
      response.write(body.subarray(at, at + 1));
      at += 1;
    }
  }, DRIP_MS);
}
