import { createHash } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import type { SandboxClock } from '../kernel/clock.js';
import { formOf } from '../kernel/server.js';

export interface Account {
  readonly email: string;
  readonly password: string;
}

export interface Application {
  readonly applicationKey: string;
  readonly secretKey: string;
  readonly installToken: string;
}

/** Seconds. */
const ACCESS_LIFE_S = 604_799;
const REFRESH_LIFE_MS = 15 * 24 * 60 * 60_000;

/** Bearer tokens, Basic, and the scheme of marketplace add-ons. */
export class SignIn {
  readonly account: Account = { email: 'admin@example.test', password: 'correct horse' };
  readonly application: Application = {
    applicationKey: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    secretKey: 'app-secret-key',
    installToken: 'b7d1c0ffee',
  };
  /** Entities of which the user lacks the role: `Booking-List`, `Coworker-Read` … */
  readonly lackingRoles = new Set<string>();
  readonly #clock: SandboxClock;
  /** Until when each is good. */
  readonly #access = new Map<string, number>();
  /** One per client id. */
  readonly #refresh = new Map<string, { readonly token: string; readonly until: number }>();
  #issued = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  mount(app: Express): void {
    app.post('/api/token', (request, response) => this.#token(request, response));
  }

  /** No token that was given out is good any more. */
  expireAccessTokens(): void {
    this.#access.clear();
  }

  expireRefreshTokens(): void {
    this.#refresh.clear();
  }

  isSignedIn(request: Request): boolean {
    const header = request.headers.authorization ?? '';
    if (header.startsWith('Bearer ')) return (this.#access.get(header.slice('Bearer '.length)) ?? 0) > this.#clock.now();
    if (!header.startsWith('Basic ')) return false;
    const { applicationKey, secretKey, installToken } = this.application;
    const given = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8');
    return (
      given === `${this.account.email}:${this.account.password}` || given === `${applicationKey}:${md5(`${installToken}${secretKey}`)}`
    );
  }

  /** The query with which Nexudus comes back to the install URL. */
  installQuery(requestedAt: string): Readonly<Record<'t' | 'a' | 'd' | 'h' | 'b' | 'e', string>> {
    const { applicationKey: a, secretKey, installToken: t } = this.application;
    const h = md5(`${[t, a, requestedAt].sort().join('|')}${secretKey}`);
    return { t, a, d: requestedAt, h, b: 'harbour', e: this.account.email };
  }

  #token(request: Request, response: Response): void {
    // A JSON body is read as a form without the fields.
    const form = formOf(request);
    const clientId = form.get('client_id') ?? request.get('client_id') ?? this.account.email;
    const grant = form.get('grant_type');
    if (grant === 'password') {
      const isRight = form.get('username') === this.account.email && form.get('password') === this.account.password;
      if (isRight) this.#issue(clientId, response);
      else invalidGrant(response, 'The user name or password is incorrect.');
    } else if (grant === 'refresh_token') {
      const known = this.#refresh.get(clientId);
      if (known !== undefined && known.token === form.get('refresh_token') && known.until > this.#clock.now())
        this.#issue(clientId, response);
      else invalidGrant(response, 'The refresh token is not valid.');
    } else response.status(400).json({ error: 'unsupported_grant_type' });
  }

  /** Earlier refresh tokens of the client id are void, access tokens are not. */
  #issue(clientId: string, response: Response): void {
    this.#issued += 1;
    const access = `nx-access-${this.#issued}`;
    const refresh = `nx-refresh-${this.#issued}`;
    this.#access.set(access, this.#clock.now() + ACCESS_LIFE_S * 1_000);
    this.#refresh.set(clientId, { token: refresh, until: this.#clock.now() + REFRESH_LIFE_MS });
    response.json({ access_token: access, token_type: 'bearer', expires_in: ACCESS_LIFE_S, refresh_token: refresh });
  }
}

function invalidGrant(response: Response, description: string): void {
  response.status(400).json({ error: 'invalid_grant', error_description: description });
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}
