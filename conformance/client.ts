import type { Answer, Sent } from './answer.js';
import { type JsonObject, objectAt, objectsAt, parseJson } from './json.js';
import { PATCH_OP, SCIM_JSON } from './names.js';

/** A header of null is not sent, though it would be by default. */
export type SentHeaders = Readonly<Record<string, string | null>>;
export type Query = Readonly<Record<string, string | number>>;

export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
}

export interface Incoming {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/** Sends one request and reads the whole answer. Redirects are not followed. Rejects when there is no answer. */
export type Transport = (url: string, request: Outgoing) => Promise<Incoming>;

export interface ClientOptions {
  /** Base URL of the SCIM server, without a slash at its end. */
  readonly base: string;
  readonly token: string;
  readonly transport: Transport;
  readonly requestTimeoutMs?: number;
  /** How long one request may wait in all for a server that answers 429. */
  readonly throttledMaxMs?: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
const THROTTLED_MAX_MS = 60_000;
const THROTTLED_DEFAULT_MS = 1_000;

/** The request could not be sent, or no answer came in time. */
export class NoAnswer extends Error {}

/** A SCIM client that shows everything it gets, and keeps note of what it created. */
export class Client {
  readonly base: string;
  readonly token: string;
  /** Paths below the base of what was created and is not known to be gone, in the order of creation. */
  readonly created = new Set<string>();
  requests = 0;
  readonly #options: ClientOptions;
  #stop: AbortSignal = new AbortController().signal;

  constructor(options: ClientOptions) {
    this.base = options.base.replace(/\/$/, '');
    this.token = options.token;
    this.#options = options;
  }

  /** Once this signal is aborted, no further request is sent. */
  stopBy(signal: AbortSignal): void {
    this.#stop = signal;
  }

  /** `body`: a text or bytes are sent as they are, anything else as JSON. `path` starts behind the base. */
  async send(method: string, path: string, body?: unknown, headers: SentHeaders = {}): Promise<Answer> {
    const url = `${this.base}${path}`;
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const all: Record<string, string> = {};
    const defaults = {
      accept: SCIM_JSON,
      authorization: `Bearer ${this.token}`,
      ...(raw === undefined ? {} : { 'content-type': SCIM_JSON }),
    };
    for (const [name, value] of Object.entries<string | null>({ ...defaults, ...headers })) if (value !== null) all[name] = value;

    const response = await this.#untilNotThrottled(url, { method, headers: all, ...(raw === undefined ? {} : { body: raw }) });
    const sent: Sent = { method, url, body: raw === undefined ? null : typeof raw === 'string' ? raw : `${raw.length} bytes` };
    let parsed: JsonObject | undefined;
    const answer: Answer = {
      sent,
      ...response,
      // Read when it is asked for: many answers are looked at by their status alone, and discovery documents are large.
      get body() {
        parsed ??= objectAt(parseJson(response.text));
        return parsed;
      },
    };
    this.#note(answer, path);
    return answer;
  }

  get(path: string, query: Query = {}, headers?: SentHeaders): Promise<Answer> {
    return this.send('GET', `${path}${queryText(query)}`, undefined, headers);
  }

  post(path: string, body: unknown, headers?: SentHeaders): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  put(path: string, body: unknown, headers?: SentHeaders): Promise<Answer> {
    return this.send('PUT', path, body, headers);
  }

  patch(path: string, ...operations: readonly JsonObject[]): Promise<Answer> {
    return this.send('PATCH', path, { schemas: [PATCH_OP], Operations: operations });
  }

  delete(path: string, headers?: SentHeaders): Promise<Answer> {
    return this.send('DELETE', path, undefined, headers);
  }

  async #untilNotThrottled(url: string, request: Omit<Outgoing, 'signal'>): Promise<Incoming> {
    const { throttledMaxMs = THROTTLED_MAX_MS } = this.#options;
    let waited = 0;
    for (;;) {
      const answer = await this.#once(url, request);
      if (answer.status !== 429) return answer;
      const wait = retryAfterMs(answer.headers.get('retry-after'));
      if (waited + wait > throttledMaxMs) return answer;
      waited += wait;
      await pause(wait, this.#stop);
    }
  }

  /** A request on its way is waited for even when the run ends: what it creates must be known to be deleted. */
  async #once(url: string, request: Omit<Outgoing, 'signal'>): Promise<Incoming> {
    const { transport, requestTimeoutMs = REQUEST_TIMEOUT_MS } = this.#options;
    this.#stop.throwIfAborted();
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), requestTimeoutMs);
    this.requests += 1;
    try {
      return await transport(url, { ...request, signal: ending.signal });
    } catch (error) {
      if (ending.signal.aborted) throw new NoAnswer(`no answer to ${request.method} ${url} within ${requestTimeoutMs / 1000} s`);
      throw new NoAnswer(`${request.method} ${url} failed: ${reasonOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What a check created by mistake of the server must be cleaned up as well, so it is noted here and not where it is meant. */
  #note(answer: Answer, path: string): void {
    const { sent, status } = answer;
    if (status < 200 || status > 299) return;
    if (sent.method === 'DELETE') this.created.delete(path);
    if (sent.method === 'PUT' && status === 201) this.created.add(path);
    if (sent.method !== 'POST') return;
    const { body } = answer;
    const [endpoint = ''] = path.split('?');
    if (endpoint === '/Bulk') for (const operation of objectsAt(body['Operations'])) this.#noteBulk(operation);
    else if (!endpoint.includes('/.search') && typeof body['id'] === 'string')
      this.created.add(`${endpoint}/${encodeURIComponent(body['id'])}`);
  }

  #noteBulk({ method, location, status }: JsonObject): void {
    if (typeof location !== 'string' || !String(status).startsWith('2')) return;
    const path = `/${location.split('/').slice(-2).join('/')}`;
    if (String(method).toUpperCase() === 'POST') this.created.add(path);
    if (String(method).toUpperCase() === 'DELETE') this.created.delete(path);
  }
}

export function queryText(query: Query): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Seconds or an HTTP date. @see RFC 9110 section 10.2.3 */
export function retryAfterMs(header: string | null): number {
  if (header === null) return THROTTLED_DEFAULT_MS;
  const seconds = Number(header);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? THROTTLED_DEFAULT_MS : Math.max(0, date - Date.now());
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(stop.reason);
    };
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', abort);
      resolve();
    }, ms);
    stop.addEventListener('abort', abort, { once: true });
  });
}

/** fetch hides what happened ("fetch failed") in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && cause.message === '' ? String(cause.code) : cause.message;
}
