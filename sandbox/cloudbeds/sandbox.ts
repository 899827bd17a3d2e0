import { type NextFunction, type Request, type Response, Router } from 'express';
import { mountControl } from '../kernel/control.js';
import { bodyText, SandboxServer } from '../kernel/server.js';
import { mountClassic, no } from './classic.js';
import { controlPanel } from './control.js';
import { DoorLocks } from './door-locks.js';
import { phpForm, textIn } from './form.js';
import { Grants, type TokenAnswer } from './grants.js';
import { Hooks } from './hooks.js';
import { seed } from './sample.js';
import { defaultSwitches, type Switches } from './switches.js';
import { type Emit, World } from './world.js';

const VERSIONS = ['/api/v1.3', '/api/v1.2', '/eu/api/v1.3'];
const RETRY_EVERY_MS = 1_000;

/** A Cloudbeds property: classic API, token endpoint, door-lock service and webhooks on one port. */
export class CloudbedsSandbox {
  readonly propertyId: string;
  readonly switches: Switches = defaultSwitches();
  readonly server: SandboxServer;
  readonly world: World;
  readonly grants: Grants;
  readonly hooks: Hooks;
  readonly locks: DoorLocks;
  #timer: NodeJS.Timeout | null = null;

  constructor(propertyId = '240117') {
    this.propertyId = propertyId;
    const router = Router();
    this.server = new SandboxServer((app) => app.use(router));
    const { clock } = this.server;
    this.hooks = new Hooks(propertyId, clock, this.switches);
    const emit: Emit = (event, fields) => this.hooks.emit(event, fields);
    this.world = new World(propertyId, clock, this.switches, emit);
    this.grants = new Grants(propertyId, clock, this.switches);
    this.locks = new DoorLocks(propertyId, clock, this.switches, emit);
    this.#mount(router);
  }

  /** Messages go out by themselves every second; tests call `hooks.flush()`. */
  async start(port = 0): Promise<this> {
    await this.server.start(port);
    this.#timer = setInterval(() => void this.hooks.flush(), RETRY_EVERY_MS).unref();
    return this;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.server.stop();
  }

  get apiBaseUrl(): string {
    return `${this.server.url}/api/v1.3`;
  }

  get servicesBaseUrl(): string {
    return this.server.url;
  }

  /** The same rooms and reservations every time, around the day that the clock shows. */
  seed(reservations: number): this {
    seed(this.world, reservations);
    return this;
  }

  #mount(app: Router): void {
    mountControl(app, controlPanel(this));
    app.use((request, response, next) => this.#paced(request, response, next));
    for (const version of VERSIONS) {
      app.get(`${version}/oauth`, (request, response) => this.#consent(request, response));
      app.post(`${version}/access_token`, (request, response) => this.#token(request, response));
      const router = Router();
      router.use((request, response, next) => this.#classicAuth(request, response, next));
      router.get('/oauth/metadata', (_request, response) => {
        response.json({ success: true, data: { api: { url: this.switches.announcedBase ?? this.apiBaseUrl } } });
      });
      mountClassic(router, { world: this.world, hooks: this.hooks, switches: this.switches });
      app.use(version, router);
    }
    app.use('/doorlock', (request, response, next) => this.#serviceAuth(request, response, next));
    this.locks.mount(app);
    app.use((_request, response) => no(response, 'Unknown endpoint', 404));
  }

  #paced(request: Request, response: Response, next: NextFunction): void {
    const { rate } = this.switches;
    const now = this.server.clock.now();
    const recent = this.server.seen.filter(({ at, path }) => at > now - 1_000 && !path.startsWith('/_control')).length;
    response.setHeader('x-request-id', `req-${this.server.seen.length}`);
    if (rate === null || recent <= rate.perSecond || request.path.startsWith('/_control')) return next();
    if (rate.retryAfter) response.setHeader('retry-after', '1');
    response.status(429).json({ success: false, message: 'Too many requests' });
  }

  #classicAuth(request: Request, response: Response, next: NextFunction): void {
    if (this.switches.approverGone) return no(response, 'User who approved this connection is not active anymore');
    if (this.#isIn(request)) return next();
    if (this.switches.expiredAs === 'success-false') return no(response, 'Access token is invalid or has expired');
    response
      .status(Number(this.switches.expiredAs))
      .json({ error: 'access_denied', error_description: 'The resource owner or authorization server denied the request.' });
  }

  #serviceAuth(request: Request, response: Response, next: NextFunction): void {
    if (this.#isIn(request) && !this.switches.noKeyScope) return next();
    response.status(403).json({ code: 'ACCESS_DENIED', description: 'Access denied', timestamp: this.server.clock.now(), id: null });
  }

  #isIn({ headers }: Request): boolean {
    const key = headers['x-api-key'];
    const bearer = headers.authorization?.startsWith('Bearer ') === true ? headers.authorization.slice(7) : null;
    return this.grants.acceptsKey(typeof key === 'string' ? key : undefined) || (bearer !== null && this.grants.acceptsBearer(bearer));
  }

  /** The admin always agrees. */
  #consent({ query }: Request, response: Response): void {
    const { client_id: client, redirect_uri: redirectUri, state } = query;
    if (client !== this.grants.clientId || typeof redirectUri !== 'string') return no(response, 'Unknown client', 400);
    const url = new URL(redirectUri);
    url.searchParams.set('code', this.grants.issueCode(redirectUri));
    if (typeof state === 'string') url.searchParams.set('state', state);
    response.redirect(url.href);
  }

  #token(request: Request, response: Response): void {
    const form = phpForm(bodyText(request));
    const refused = (description: string) => response.status(401).json({ error: 'server_error', error_description: description });
    if (textIn(form, 'client_id') !== this.grants.clientId || textIn(form, 'client_secret') !== this.grants.clientSecret) {
      refused('Client authentication failed');
      return;
    }
    const grant = textIn(form, 'grant_type');
    const answer: TokenAnswer | null =
      grant === 'refresh_token'
        ? this.grants.refresh(textIn(form, 'refresh_token'))
        : this.grants.exchange(textIn(form, 'code'), textIn(form, 'redirect_uri'));
    if (answer === null)
      refused(grant === 'refresh_token' ? 'The refresh token is invalid.' : 'The authorization code is invalid or has expired.');
    else if (grant === 'urn:ietf:params:oauth:grant-type:api-key')
      response.json({ access_token: this.grants.apiKey, token_type: 'Bearer' });
    else response.json(answer);
  }
}
