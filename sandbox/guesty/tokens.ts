import { createHmac } from 'node:crypto';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { SandboxClock } from '../kernel/clock.js';
import { formOf } from '../kernel/server.js';
import type { Switches } from './switches.js';
import { ACCOUNT_ID } from './world.js';

const QUOTA = 5;
const DAY_MS = 24 * 60 * 60_000;
const EXPIRED = { message: "You don't have permission to access, please contact Guesty support." };
const UNAUTHORIZED = { error: { code: 'UNAUTHORIZED', message: 'Unauthorized' } };

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accountId: string;
}

/** Tokens of 24 hours, five in 24 hours for each client. */
export class Tokens {
  readonly #clients = new Map<string, Client>();
  readonly #issued = new Map<string, { readonly accountId: string; expiresAt: number }>();
  readonly #times = new Map<string, number[]>();
  readonly #clock: SandboxClock;
  readonly #switches: Switches;

  constructor(clock: SandboxClock, switches: Switches) {
    this.#clock = clock;
    this.#switches = switches;
    this.addClient('demo-client', 'demo-secret');
  }

  addClient(clientId: string, clientSecret: string, accountId = ACCOUNT_ID): void {
    this.#clients.set(clientId, { clientId, clientSecret, accountId });
  }

  /** All that were given out so far expire now. */
  expireAll(): void {
    for (const token of this.#issued.values()) token.expiresAt = this.#clock.now();
  }

  mount(app: Express): void {
    app.post('/oauth2/token', (request, response) => this.#issue(request, response));
  }

  /** Whose request this is, by its token, expired or not. */
  accountOf(request: Request): string {
    return this.#issued.get(bearer(request))?.accountId ?? 'nobody';
  }

  /** 403 on most routes, even for a token that has only expired. */
  guard(): RequestHandler {
    return (request, response, next) => {
      const token = this.#issued.get(bearer(request));
      const matches = (part: string) => request.originalUrl.includes(part);
      if (token === undefined || token.expiresAt <= this.#clock.now()) {
        if (this.#switches.unauthorizedOn.some(matches)) response.status(401).json(UNAUTHORIZED);
        else response.status(403).json(EXPIRED);
      } else if (this.#switches.forbiddenOn.some(matches)) response.status(403).json(EXPIRED);
      else next();
    };
  }

  #issue(request: Request, response: Response): void {
    const form = formOf(request);
    const [clientId, clientSecret] = credentialsOf(request, form);
    const client = this.#clients.get(clientId);
    if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== 'open-api') {
      response.status(400).json({ error: 'invalid_request', error_description: 'grant_type and scope' });
    } else if (client === undefined || client.clientSecret !== clientSecret) {
      response.status(401).json({ error: 'invalid_client', error_description: 'Client authentication failed' });
    } else this.#issueTo(client, response);
  }

  #issueTo({ clientId, accountId }: Client, response: Response): void {
    const now = this.#clock.now();
    const times = (this.#times.get(clientId) ?? []).filter((at) => at > now - DAY_MS);
    const [oldest] = times;
    if (times.length >= QUOTA && oldest !== undefined) {
      response.status(429).setHeader('retry-after', Math.ceil((oldest + DAY_MS - now) / 1_000));
      if (this.#switches.quotaBody === 'json') response.json({ message: 'Too many tokens' });
      else response.type('text').send(this.#switches.quotaBody === 'text' ? 'Too Many Requests' : '');
      return;
    }
    this.#times.set(clientId, [...times, now]);
    const token = jwt({ accountId, clientId, iat: Math.floor(now / 1_000), jti: this.#issued.size });
    this.#issued.set(token, { accountId, expiresAt: now + DAY_MS });
    response.json({ token_type: 'Bearer', expires_in: DAY_MS / 1_000, access_token: token, scope: 'open-api' });
  }
}

function bearer({ headers }: Request): string {
  return (headers.authorization ?? '').replace(/^Bearer /, '');
}

/** In the form or as HTTP Basic. */
function credentialsOf(request: Request, form: ReadonlyMap<string, string>): readonly [string, string] {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic') return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', 'sandbox').update(signed).digest('base64url')}`;
}
