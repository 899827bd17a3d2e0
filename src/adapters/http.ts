import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import { setMaxListeners } from 'node:events';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';
import { instant } from '../domain/time.js';
import { InvalidInput } from '../errors.js';
import { Pacer, type RateWindow, type Timer } from './pacer.js';
import { Throttled, UpstreamContract, UpstreamUnavailable } from './upstream-errors.js';

export type { RateWindow, Timer } from './pacer.js';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  /** Tried again after a failure of transport or a 5xx. Default: only GET, since anything else may have been done. */
  readonly repeatable?: boolean;
  /** Counts in no window: token endpoints of another host. */
  readonly unpaced?: boolean;
  /** Answers that mean "not yet": asked again with back-off, and handed over as they are in the end. */
  readonly notYet?: (response: UpstreamResponse) => boolean;
}

/** Any answer but 5xx and throttling, which are dealt with here; what a 4xx means only the adapter knows. */
export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** Errors: `UpstreamContract` when it is no JSON. */
  json(): unknown;
}

export interface UpstreamHttp {
  /** Errors: `UpstreamUnavailable`, `Throttled`, `UpstreamContract` for an answer without end. */
  request(request: UpstreamRequest): Promise<UpstreamResponse>;
}

export interface HttpOptions {
  readonly limits: {
    readonly windows: readonly RateWindow[];
    readonly concurrent: number;
    /** Does this answer mean "too fast"? A 429 always does. */
    readonly isThrottled?: (response: UpstreamResponse) => boolean;
  };
  /** Loopback and private addresses, and plain http: the sandbox. */
  readonly allowPrivateUrls: boolean;
  readonly timer: Timer;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** For a whole answer, in real time. Default: half a minute. */
  readonly timeoutMs?: number;
  /** Default: that of the system. */
  readonly lookup?: Lookup;
}

/** All addresses of a name, as `dns.lookup` finds them. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

const TIMEOUT_MS = 30_000;
const BODY_MAX_BYTES = 10 * 1024 * 1024;
const TRIES = 4;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** A longer wait is the scheduler's, not a call's. */
const WAIT_MAX_MS = 60_000;
const EXCERPT = 200;
const EXCERPT_OF = 2_000;

const IPV4_COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');

/** Checks an address that an admin gave for an outside system. Errors: `InvalidInput`. */
export function checkedUrl(text: string, allowPrivateUrls: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWeb = url !== null && (url.protocol === 'https:' || (allowPrivateUrls && url.protocol === 'http:'));
  if (!isWeb || url.username !== '' || url.password !== '')
    throw new InvalidInput('This must be an https:// address without user and password.');
  if (allowPrivateUrls) return url;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.port !== '' || (isIP(host) !== 0 && !isPublic(host)) || /(^|\.)localhost\.?$/i.test(host)) {
    throw new InvalidInput('This address is not on the public internet.');
  }
  return url;
}

/** HTTP to one outside system, for one integration: paced, repeated with back-off, cut off, never redirected. */
export function createUpstreamHttp(options: HttpOptions): UpstreamHttp {
  return createUpstreamLine(options).http(options.signal);
}

/** Several calls to one outside system: each has a signal of its own, and all are paced together. */
export interface UpstreamLine {
  http(signal?: AbortSignal): UpstreamHttp;
}

export function createUpstreamLine(shared: Omit<HttpOptions, 'signal'>): UpstreamLine {
  const pacer = new Pacer(shared.limits, shared.timer);
  const agent = new Agent({
    connect: shared.allowPrivateUrls ? {} : { lookup: publicLookup(shared.lookup ?? systemLookup) },
    keepAliveTimeout: 10_000,
  });
  return {
    http(signal) {
      // Everybody who waits listens to it, which may be a whole page of people: no sign of a leak.
      if (signal !== undefined) setMaxListeners(0, signal);
      const options = signal === undefined ? shared : { ...shared, signal };
      const paced = (one: UpstreamRequest) =>
        one.unpaced === true ? send(one, agent, options) : pacer.run(() => send(one, agent, options), signal);
      return { request: (one) => repeated(one, () => paced(one), pacer, options) };
    },
  };
}

async function repeated(
  one: UpstreamRequest,
  attempt: () => Promise<UpstreamResponse>,
  pacer: Pacer,
  { timer, random, signal, limits, allowPrivateUrls }: HttpOptions,
): Promise<UpstreamResponse> {
  // Not every address comes from the admin: a system may announce another, and an address in figures is looked up nowhere.
  checkedUrl(one.url, allowPrivateUrls);
  const repeatable = one.repeatable ?? one.method === 'GET';
  for (let tries = 1; ; tries += 1) {
    const last = tries === TRIES;
    const outcome = await attempt().catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!(error instanceof UpstreamUnavailable) || last || !repeatable) throw error;
      return error;
    });
    const backoff = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (tries - 1)) * (0.5 + random());
    if (!(outcome instanceof UpstreamUnavailable)) {
      const throttled = outcome.status === 429 || limits.isThrottled?.(outcome) === true;
      if (!throttled && outcome.status < 500) {
        if (last || one.notYet?.(outcome) !== true) return outcome;
        await timer.sleep(backoff, signal);
        continue;
      }
      const wait = retryAfterMs(outcome, timer.now());
      if (throttled) {
        if (last || (wait ?? 0) > WAIT_MAX_MS) throw tooFast(outcome, instantAfter(timer.now(), wait ?? BACKOFF_MAX_MS));
        pacer.pauseUntil(timer.now() + (wait ?? backoff));
      } else if (last || !repeatable || (wait ?? 0) > WAIT_MAX_MS) {
        throw new UpstreamUnavailable(`The other system answered ${outcome.status}: ${messageOf(outcome)}`);
      }
      await timer.sleep(wait ?? backoff, signal);
    } else {
      await timer.sleep(backoff, signal);
    }
  }
}

async function send(one: UpstreamRequest, agent: Dispatcher, { signal, timeoutMs = TIMEOUT_MS }: HttpOptions): Promise<UpstreamResponse> {
  const url = new URL(one.url);
  for (const [name, value] of Object.entries(one.query ?? {})) {
    if (value === undefined) continue;
    for (const each of typeof value === 'object' ? value : [String(value)]) url.searchParams.append(name, each);
  }
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: one.method,
      headers: { accept: 'application/json', 'user-agent': 'Latchkey', ...contentType(one), ...one.headers },
      body: bodyOf(one),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return responseOf(answer.statusCode, answer.headers, await textOf(answer.body));
  } catch (error) {
    if (error instanceof UpstreamContract) throw error;
    throw new UpstreamUnavailable('The other system does not answer.', { cause: error });
  }
}

function contentType({ json, form }: UpstreamRequest): Record<string, string> {
  if (json !== undefined) return { 'content-type': 'application/json' };
  return form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
}

function bodyOf({ json, form }: UpstreamRequest): string | null {
  if (json !== undefined) return JSON.stringify(json);
  return form === undefined ? null : new URLSearchParams(form).toString();
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) throw new UpstreamContract('The other system sent more than 10 MiB in one answer.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function responseOf(status: number, headers: Readonly<Record<string, string | string[] | undefined>>, text: string): UpstreamResponse {
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]),
  );
  return { status, headers: flat, text, json: () => parsed(status, text) };
}

function parsed(status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UpstreamContract(`The other system answered ${status} with something that is no JSON.`, { cause: error });
  }
}

/** What an answer says went wrong, whichever of the many forms it has; an excerpt, in one line. */
export function messageOf({ text }: Pick<UpstreamResponse, 'text'>): string {
  let found = text;
  try {
    found = said(JSON.parse(text)) ?? text;
  } catch {
    // Text or HTML is taken as it is.
  }
  // No database takes a NUL, and nobody wants to read one.
  const line = found
    .slice(0, EXCERPT_OF)
    .replace(/[\s\p{Cc}\p{Surrogate}]+/gu, ' ')
    .trim();
  return line === '' ? 'no reason given' : [...line].slice(0, EXCERPT).join('');
}

/** null: it says nothing in any form that we know. */
function said(body: unknown): string | null {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return null;
  const fields = new Map<string, unknown>(Object.entries(body));
  for (const name of ['error', 'message', 'error_description', 'description', 'Message', 'title']) {
    const value = fields.get(name);
    if (typeof value === 'string' && value !== '' && (name !== 'error' || !fields.has('error_description'))) return value;
    const within = typeof value === 'object' ? said(value) : null;
    if (within !== null) return within;
  }
  return null;
}

/** @see RFC 9110 section 10.2.3: seconds, or a date */
function retryAfterMs({ headers }: UpstreamResponse, now: number): number | null {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,12}$/.test(value)) return Number(value) * 1_000;
  // Much that is no date is one for `Date.parse`, as "1.5" or "-1".
  const at = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** An absurd wait is cut to a day: nothing is left alone for ever. */
function instantAfter(now: number, ms: number): string {
  return instant(now + Math.min(ms, 24 * 60 * 60_000));
}

function tooFast(response: UpstreamResponse, retryAt: string): Throttled {
  return new Throttled(`The other system asks us to wait: ${messageOf(response)}`, retryAt);
}

/** Resolves once and connects only to what is public, so that a name cannot point inside. */
function publicLookup(lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error ?? new Error('no address'), '', 0);
      else if (addresses.some(({ address }) => !isPublic(address))) callback(new Error('the address is not public'), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function isPublic(address: string): boolean {
  const ip = ipaddr.process(address);
  // `::127.0.0.1`: an IPv4 address in a form of IPv6 that is out of use (RFC 4291 section 2.5.5.1).
  const isIpv4 = ip instanceof ipaddr.IPv6 && ip.match(IPV4_COMPATIBLE);
  return ip.range() === 'unicast' && !isIpv4;
}
