import { mountControl } from '../kernel/control.js';
import type { Fault } from '../kernel/faults.js';
import { SandboxServer } from '../kernel/server.js';
import { controlPanel } from './control.js';
import { CustomFields } from './custom-fields.js';
import { Limits } from './limits.js';
import { mountRecords } from './records.js';
import { sampleHolidayLets, seed } from './sample.js';
import { defaultSwitches } from './switches.js';
import { Tokens } from './tokens.js';
import { mountV3 } from './v3.js';
import { Webhooks } from './webhooks.js';
import { World } from './world.js';

/** The forms in which Guesty says that something went wrong. */
const ERROR_BODIES = {
  code: { type: 'application/json', body: '{"error":{"code":"UNAUTHORIZED","message":"Unauthorized"}}' },
  validation: {
    type: 'application/json',
    body: '{"error":{"message":"Something is wrong","code":"VALIDATION_FAILED","status":400,"data":["x"]}}',
  },
  message: { type: 'application/json', body: '{"message":"Something is wrong"}' },
  forbidden: { type: 'application/json', body: '"Forbidden"' },
  notFound: { type: 'application/json', body: '"Reservation not found"' },
  internal: { type: 'application/json', body: '"Internal Server Error"' },
  text: { type: 'text/plain', body: 'upstream connect error' },
} as const;
export type ErrorBody = keyof typeof ERROR_BODIES;

const TICK_MS = 1_000;

/** Guesty's Open API as far as Latchkey uses it: token endpoint at the root, the API below `/v1`. */
export class GuestySandbox {
  readonly clientId = 'demo-client';
  readonly clientSecret = 'demo-secret';
  readonly switches = defaultSwitches();
  readonly server: SandboxServer;
  readonly world: World;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly fields: CustomFields;
  readonly webhooks: Webhooks;
  #ticking: NodeJS.Timeout | undefined;

  constructor() {
    this.server = new SandboxServer(() => undefined);
    const { app, clock } = this.server;
    this.world = new World(clock);
    this.tokens = new Tokens(clock, this.switches);
    this.limits = new Limits(clock, this.switches);
    this.fields = new CustomFields(this.switches);
    this.webhooks = new Webhooks(clock, this.switches, this.world);
    mountControl(app, controlPanel(this));
    this.tokens.mount(app);
    app.use(
      '/v1',
      this.limits.middleware((request) => this.tokens.accountOf(request)),
      this.tokens.guard(),
    );
    mountRecords(app, this);
    mountV3(app, this);
    this.webhooks.mount(app);
    app.use((_request, response) => void response.status(404).json('Not Found'));
  }

  /** @param options `ticking`: webhooks that failed are tried again by themselves as time passes */
  async start(port = 0, { ticking = false }: { readonly ticking?: boolean } = {}): Promise<this> {
    await this.server.start(port);
    if (ticking) this.#ticking = setInterval(() => void this.webhooks.deliveries.flush(), TICK_MS).unref();
    return this;
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    await this.server.stop();
  }

  get apiBaseUrl(): string {
    return `${this.server.url}/v1`;
  }

  get tokenUrl(): string {
    return `${this.server.url}/oauth2/token`;
  }

  /** A few houses and so many reservations: always the same ones. */
  seed(count: number): void {
    seed(this.world, this.server.clock.now(), count);
  }

  /** The small world of the demo. */
  sample(): void {
    sampleHolidayLets(this.world, this.server.clock.now());
  }

  /** Answers with one of Guesty's error bodies. */
  fail(status: number, form: ErrorBody, fault: Pick<Fault, 'on' | 'after' | 'times'> = {}): void {
    const { type, body } = ERROR_BODIES[form];
    this.server.faults.add({ kind: 'status', status, headers: { 'content-type': type }, body, ...fault });
  }
}
