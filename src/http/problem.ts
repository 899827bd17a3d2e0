import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from '../domain/logger.js';
import { UpstreamError, UpstreamRefused } from '../adapters/upstream-errors.js';
import { correlation } from '../transport/request-id.js';
import {
  Conflict,
  DatabaseUnavailable,
  Forbidden,
  InvalidInput,
  InvalidPlaces,
  LatchkeyError,
  NotFound,
  type PlaceError,
  ReferenceViolation,
  UniqueViolation,
  VersionMismatch,
} from '../errors.js';

export const PROBLEM_JSON = 'application/problem+json';

/** What a busy database asks a client to wait, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/** Nobody reads more mistakes than this in one go. */
const ERRORS_MAX = 50;

/** A refusal that HTTP has a status for and the other layers have no word for. */
export class HttpRefusal extends LatchkeyError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly PlaceError[];

  constructor(status: number, detail: string, more: { headers?: Readonly<Record<string, string>>; errors?: readonly PlaceError[] } = {}) {
    super(detail);
    this.status = status;
    this.headers = more.headers ?? {};
    this.errors = more.errors ?? [];
  }
}

/** An error as it leaves. @see RFC 9457 section 3.1 */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly PlaceError[];
}

interface Wire {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

const STATUS_OF: ReadonlyArray<readonly [abstract new (...args: never[]) => LatchkeyError, number]> = [
  [NotFound, 404],
  [Conflict, 409],
  [UniqueViolation, 409],
  [ReferenceViolation, 409],
  [InvalidInput, 400],
  [VersionMismatch, 412],
  [Forbidden, 403],
  [DatabaseUnavailable, 503],
  // Of an outside system: it does not take what we were given for it, or it is not in order itself.
  [UpstreamRefused, 422],
  [UpstreamError, 502],
];

/** Any error → what the client hears of it. What was not foreseen is a 500 that says nothing of what went wrong inside. */
export function toWire(error: unknown): Wire {
  if (error instanceof HttpRefusal) return { problem: problem(error.status, error.publicMessage, error.errors), headers: error.headers };
  if (error instanceof URIError) return { problem: problem(400, 'The path is not valid.'), headers: {} };
  const status = error instanceof LatchkeyError ? STATUS_OF.find(([kind]) => error instanceof kind)?.[1] : undefined;
  if (!(error instanceof LatchkeyError) || status === undefined) {
    return { problem: problem(500, 'Something went wrong here. It has been logged.'), headers: {} };
  }
  const headers: Record<string, string> = status === 503 ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {};
  return { problem: problem(status, error.publicMessage, placesOf(error)), headers };
}

function placesOf(error: LatchkeyError): readonly PlaceError[] {
  if (error instanceof InvalidPlaces) return error.places.slice(0, ERRORS_MAX);
  return error instanceof InvalidInput && error.pointer !== undefined ? [{ pointer: error.pointer, detail: error.publicMessage }] : [];
}

/** The last handler of a router: every error leaves as `application/problem+json`, and what was not foreseen is logged. */
export function sendProblems(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { problem: body, headers } = toWire(error);
    if (body.status >= 500) {
      const fields = { ...correlation(request, response), method: request.method, path: request.path, status: body.status, error };
      if (error instanceof UpstreamError) logger.warn('request failed: an outside system is not in order', fields);
      else logger.error('request failed', fields);
    }
    // The answer has begun: nothing can be added to it that would not break it.
    if (response.headersSent) return response.destroy();
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendBody(response, body.status, PROBLEM_JSON, body);
  };
}

/** For what no router took: a problem as well, never Express's own page. */
export function problemForUnknownPath(logger: Logger): (RequestHandler | ErrorRequestHandler)[] {
  const refuse: RequestHandler = () => {
    throw new NotFound('There is nothing at this path.');
  };
  return [refuse, sendProblems(logger)];
}

/** Sends JSON without a charset parameter, which neither media type has. @see RFC 8259 section 11 */
export function sendBody(response: Response, status: number, mediaType: string, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  response.status(status);
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Length', bytes.length);
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

function problem(status: number, detail: string, errors: readonly PlaceError[] = []): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, ...(errors.length === 0 ? {} : { errors }) };
}
