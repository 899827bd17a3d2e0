import { mountControl } from '../kernel/control.js';
import { SandboxServer } from '../kernel/server.js';
import { controlPanel } from './control.js';
import { mountDirectory } from './directory-routes.js';
import { Identity, type ServiceAccountFile } from './identity.js';
import { mountOAuth } from './oauth-routes.js';
import { PageTokens } from './page-tokens.js';
import { Push } from './push.js';
import { defaultSwitches } from './records.js';
import { sampleCompany, seedPeople } from './sample.js';
import { mountWatch } from './watch-routes.js';
import { World } from './world.js';

const PREFIX = 'https://www.googleapis.com/auth/admin.directory.';
const ADMIN = 'admin@acme.test';
const RETRY_EVERY_MS = 250;

/**
 * Google as Latchkey sees it: one Workspace account with its directory, and the OAuth endpoints that both the directory
 * connection and the sign-in of the console use.
 */
export class GoogleWorkspaceSandbox {
  readonly switches = defaultSwitches();
  readonly server: SandboxServer;
  readonly world: World;
  readonly identity: Identity;
  readonly push: Push;
  readonly profiles = new Map<string, Readonly<Record<string, unknown>>>();
  readonly userinfoRequests: ('header' | 'query')[] = [];
  readonly tokenRequests: ReadonlyMap<string, string>[] = [];
  readonly serviceAccountKey: ServiceAccountFile;
  #retries: NodeJS.Timeout | null = null;

  constructor() {
    this.server = new SandboxServer((app, server) => {
      app.get('/_health', (_request, response) => response.json({ ok: true, at: server.clock.now() }));
    });
    const { clock, app } = this.server;
    this.world = new World(clock);
    this.identity = new Identity(clock, this.switches);
    this.push = new Push(clock, this.switches);
    this.world.onUserEvent((event, user) => this.push.tell(event, user));
    const { server, world, identity, push, switches } = this;
    mountControl(app, controlPanel(this));
    const parts = { server, world, identity, push, switches, pageTokens: new PageTokens(clock, switches) };
    mountOAuth(app, { ...parts, profiles: this.profiles, userinfoRequests: this.userinfoRequests, tokenRequests: this.tokenRequests });
    mountWatch(app, parts);
    mountDirectory(app, parts);
    this.world.createUser({ primaryEmail: ADMIN, givenName: 'Ada', familyName: 'Lind', isAdmin: true });
    this.serviceAccountKey = this.identity.addServiceAccount('sync', [`${PREFIX}user.readonly`, `${PREFIX}group.readonly`]);
  }

  async start(port = 0): Promise<this> {
    await this.server.start(port);
    // Messages that were refused are tried again; the simulated clock says when.
    this.#retries = setInterval(() => this.push.tick(), RETRY_EVERY_MS).unref();
    return this;
  }

  async stop(): Promise<void> {
    if (this.#retries !== null) clearInterval(this.#retries);
    await this.server.stop();
  }

  get url(): string {
    return this.server.url;
  }

  /** So many people with their groups; the same number, the same world. */
  seed(count: number): this {
    seedPeople(this.world, count);
    return this;
  }

  /** The small world of the demo. */
  sample(): this {
    sampleCompany(this.world);
    return this;
  }

  /** What an admin enters to connect with the service account. */
  connection() {
    return {
      config: { directoryBaseUrl: this.url, tokenUrl: `${this.url}/token`, adminEmail: ADMIN },
      secrets: { serviceAccountKey: this.serviceAccountKey },
    };
  }

  /** The same by OAuth. */
  oauthConnection() {
    const [clientId = '', clientSecret = ''] = [...this.identity.clients][0] ?? [];
    return {
      config: { directoryBaseUrl: this.url, tokenUrl: `${this.url}/token`, authorizeUrl: `${this.url}/o/oauth2/v2/auth`, clientId },
      secrets: { clientSecret },
    };
  }
}
