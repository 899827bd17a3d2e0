import { mountControl } from '../kernel/control.js';
import { SandboxServer } from '../kernel/server.js';
import { controlPanel } from './control.js';
import { LIST_SWITCHES, type ListSwitches } from './lists.js';
import type { EntityName } from './records.js';
import type { Parts } from './parts.js';
import { mountRoutes } from './routes.js';
import { sampleSpace, seedSpace } from './seed.js';
import { SignIn } from './sign-in.js';
import { Space } from './space.js';
import type { Tables } from './tables.js';
import { Throttle } from './throttle.js';

/** Nexudus, played: REST API, webhooks and Custom ACS. `apiBaseUrl` is what an integration is given. */
export class NexudusSandbox implements Parts {
  readonly server: SandboxServer;
  readonly space: Space;
  readonly signIn: SignIn;
  readonly throttle: Throttle;
  readonly lists: ListSwitches = { ...LIST_SWITCHES };
  /** Called after each page that was sent: what somebody does in Nexudus meanwhile. */
  onPage: ((name: EntityName, page: number) => void) | null = null;

  constructor() {
    // Routes come last, when everything that they use is there.
    this.server = new SandboxServer(() => undefined);
    const { clock, app } = this.server;
    this.space = new Space(clock);
    this.signIn = new SignIn(clock);
    this.throttle = new Throttle(clock);
    mountControl(app, controlPanel(this));
    app.use('/api', this.throttle.middleware());
    this.signIn.mount(app);
    mountRoutes(app, this);
  }

  async start(port = 0): Promise<this> {
    await this.server.start(port);
    return this;
  }

  async stop(): Promise<void> {
    await this.space.settled();
    await this.server.stop();
  }

  get tables(): Tables {
    return this.space.tables;
  }

  get apiBaseUrl(): string {
    return `${this.server.url}/api`;
  }

  /** So many coworkers of two locations, the same ones every time. */
  seed(count: number): this {
    seedSpace(this.space, this.server.clock.now(), count);
    return this;
  }

  /** The small world of the demo. */
  sampleSpace(): this {
    sampleSpace(this.space, this.server.clock.now());
    return this;
  }

  pageServed(name: EntityName, page: number): void {
    this.onPage?.(name, page);
  }
}
