import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, type Router } from 'express';
import type { WebhookRequest } from '../adapters/adapter.js';
import { UpstreamError } from '../adapters/upstream-errors.js';
import { DatabaseUnavailable, InvalidInput, NotFound } from '../errors.js';
import type { VaultStore } from '../integrations/vault-store.js';
import { isWebhookSecret } from '../integrations/webhook-secret.js';
import type { Source, Sources } from '../sync/source.js';
import { BodyRefused, hasBody, readBody } from '../transport/read-body.js';
import { correlation } from '../transport/request-id.js';
import { receive, type ReceiveParts } from './receive.js';

export interface WebhookParts extends ReceiveParts {
  readonly sources: Sources;
  readonly vaults: VaultStore;
}

const ID = /^[A-Za-z0-9_-]{1,100}$/;
const MEDIA_TYPES = new Set(['', 'application/json', 'application/x-www-form-urlencoded', 'text/plain']);
/** At once: each may hold a body of a megabyte. Sources send again what is answered 503. */
const AT_ONCE = 200;
const RETRY_AFTER_SECONDS = 2;

/** How a webhook that is not taken is answered. No cause, no echo: who sends it is a program. */
class Refusal extends InvalidInput {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, publicMessage: string, headers: Readonly<Record<string, string>> = {}) {
    super(publicMessage);
    this.status = status;
    this.headers = headers;
  }
}

/** The same for every address that leads nowhere: nobody learns which integrations there are, or are disabled. */
const nowhere = (): Refusal => new Refusal(404, 'There is nothing at this path.');

/** `/webhooks/{integrationId}/{secret}[/…]`: what outside systems tell us. The path holds a secret and is never logged. */
export function webhookRouter(parts: WebhookParts): Router {
  const router = express.Router();
  let running = 0;
  const take: RequestHandler = async (request, response) => {
    if (running >= AT_ONCE) throw new Refusal(503, 'Too many at once.', { 'Retry-After': String(RETRY_AFTER_SECONDS) });
    running += 1;
    try {
      const { source, path } = await addressed(parts, request);
      if (request.method !== 'POST') throw new Refusal(405, 'Only POST is answered here.', { Allow: 'POST' });
      const message = { headers: headersOf(request), path, query: queryOf(request), body: await bodyOf(request) };
      if (!(await receive(parts, source, message))) throw new Refusal(401, 'The signature is not valid.');
      response.status(204).end();
    } finally {
      running -= 1;
    }
  };
  router.use(take);
  router.use(refuse(parts));
  return router;
}

/** Whom the path names. @throws Refusal 404 unless it holds the secret of an enabled integration that takes webhooks */
async function addressed({ db, vaults, sources }: WebhookParts, request: Request): Promise<{ source: Source; path: string }> {
  const [path = ''] = request.url.split('?', 1);
  const [id = '', secret = '', ...rest] = path.split('/').slice(1);
  if (!ID.test(id) || !(await isWebhookSecret(db.read, vaults, id, secret))) throw nowhere();
  const source = await sources.open(id);
  if (!source.integration.settings.enabled || source.adapter.webhook === undefined) throw nowhere();
  return {
    source,
    path: rest
      .filter((segment) => segment !== '')
      .map(decoded)
      .join('/'),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Names in lower case, as Node has them; what came several times is joined. */
function headersOf({ headers }: Request): WebhookRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

function queryOf({ url }: Request): WebhookRequest['query'] {
  const at = url.indexOf('?');
  return Object.fromEntries(new URLSearchParams(at < 0 ? '' : url.slice(at + 1)));
}

/** The bytes as they were signed. @throws Refusal 415 for what no source sends, BodyRefused */
async function bodyOf(request: Request): Promise<Buffer> {
  if (!hasBody(request)) return Buffer.alloc(0);
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const known = MEDIA_TYPES.has(type.trim()) || type.trim().endsWith('+json');
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!known || encoding !== 'identity') throw new Refusal(415, 'Send JSON, not encoded.');
  return readBody(request);
}

/** The last handler. Of the request only its id is logged: the path and the body say too much. */
function refuse({ logger }: WebhookParts): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { status, publicMessage, headers } = refusalOf(error);
    if (status === 500) logger.error('a webhook could not be taken', { ...correlation(request, response), error });
    if (response.headersSent) return response.destroy();
    send(response, status, publicMessage, headers);
  };
}

function refusalOf(error: unknown): Pick<Refusal, 'status' | 'publicMessage' | 'headers'> {
  if (error instanceof Refusal) return error;
  if (error instanceof NotFound) return nowhere();
  if (error instanceof BodyRefused) return new Refusal(error.reason === 'too_large' ? 413 : 400, error.publicMessage);
  if (error instanceof DatabaseUnavailable || error instanceof UpstreamError) {
    return new Refusal(503, 'This cannot be taken at the moment.', { 'Retry-After': String(RETRY_AFTER_SECONDS) });
  }
  return new Refusal(500, 'Something went wrong here. It has been logged.');
}

function send(response: Response, status: number, detail: string, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json');
  response.status(status).end(JSON.stringify({ type: 'about:blank', status, detail }));
}
