import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { book } from '../../sandbox/guesty/sample.js';
import { GuestySandbox } from '../../sandbox/guesty/server.js';
import { createMemberGroup } from '../../src/access/member-group-store.js';
import { compose, type Overrides, type Parts } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { leaseHolder } from '../../src/db/leases.js';
import { SYSTEM } from '../../src/domain/events.js';
import { setMapping } from '../../src/integrations/mapping-store.js';
import { leaseName } from '../../src/sync/fence.js';
import { cliOn, type Ran } from './cli.js';
import type { Engine } from './engines.js';
import { type Spawned, spawnScript } from './processes.js';
import { startingAt, unhurried } from './unhurried.js';

/** In the middle of the night wherever the houses are: no stay begins or ends for hours. */
const NIGHT = Date.UTC(2026, 4, 1, 0, 30);
/** One house stays without a member group: its guests are skipped. */
const UNMAPPED = 'Garden Flat';

/** A key code that a reservation was given. */
export interface Written {
  readonly id: string;
  readonly keyCode: string | null;
}

/** A simulated Guesty and an installation that is connected to it, its houses mapped, its guests still to come. */
export class HolidayLets {
  readonly sandbox: GuestySandbox;
  readonly env: NodeJS.ProcessEnv;
  /** Every key code that was stored, in order. */
  readonly written: Written[] = [];
  onWritten: () => void = () => undefined;
  integrationId = '';
  readonly #folder: string;
  readonly #began = performance.now();
  #jumped = 0;

  constructor(sandbox: GuestySandbox, databaseUrl: string) {
    this.sandbox = sandbox;
    this.#folder = mkdtempSync(join(tmpdir(), 'latchkey-lets-'));
    this.env = {
      ...{ LATCHKEY_DATA_DIR: this.#folder, DATABASE_URL: databaseUrl, LATCHKEY_ALLOW_PRIVATE_URLS: 'true', LATCHKEY_LOG_LEVEL: 'error' },
      LATCHKEY_SECRET_KEYS: `test:${randomBytes(32).toString('base64')}`,
    };
    const tell = sandbox.world.onChange;
    sandbox.world.onChange = (event, reservation) => {
      tell(event, reservation);
      if (event === 'created') return;
      this.written.push({ id: reservation._id, keyCode: reservation.keyCode });
      this.onWritten();
    };
  }

  /** The same houses and the same guests, however often it is called. */
  static async open(engine: Engine, reservations: number): Promise<HolidayLets> {
    const sandbox = new GuestySandbox();
    sandbox.server.clock.freeze(NIGHT);
    Object.assign(sandbox.switches, { unlimited: true, secretDelayMs: 0 });
    await sandbox.start();
    sandbox.seed(0);
    const lets = new HolidayLets(sandbox, await engine.migrated());
    await lets.open((parts) => lets.#connect(parts));
    const units = [...sandbox.world.listings.values()].filter(({ type, active }) => type !== 'MTL' && active);
    book(sandbox.world, units, NIGHT, reservations);
    return lets;
  }

  /** What its processes think that it is, in milliseconds since the epoch. */
  get now(): number {
    return NIGHT + this.#jumped + performance.now() - this.#began;
  }

  jump(ms: number): void {
    this.#jumped += ms;
  }

  /** A process that pulls and writes back. */
  pull(): Spawned {
    return spawnScript('test/support/children/puller.ts', [this.integrationId, String(this.now)], this.env);
  }

  /** `latchkey sync` beside it. */
  sync(): Promise<Ran> {
    return cliOn(this.env, false, this.#overrides()).run('sync', this.integrationId);
  }

  /** Who is pulling, as far as the database knows. */
  holder(): Promise<string | null> {
    return this.open(({ db, clock }) => leaseHolder(db.read, leaseName(this.integrationId), clock.now()));
  }

  /** Opens the installation for as long as the work takes. */
  async open<Result>(work: (parts: Parts) => Promise<Result>): Promise<Result> {
    const parts = await compose(readConfig(this.env, null), this.#overrides());
    try {
      return await work(parts);
    } finally {
      await parts.close();
    }
  }

  async close(): Promise<void> {
    await this.sandbox.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #overrides(): Overrides {
    return { clock: startingAt(this.now), kinds: unhurried() };
  }

  /** Connected while there is no guest yet, so that the houses are there to be mapped before anybody comes. */
  async #connect({ connections, clock, db, sync }: Parts): Promise<void> {
    const context = { actor: SYSTEM, now: clock.now() };
    const { apiBaseUrl, tokenUrl, clientId, clientSecret, webhooks } = this.sandbox;
    const made = await connections.create(context, {
      ...{ kind: 'guesty', name: 'Harbour Stays', config: { apiBaseUrl, tokenUrl }, secrets: { clientId, clientSecret } },
      settings: { writeBackPin: true },
    });
    this.integrationId = made.id;
    webhooks.subscriptions.clear();
    await (await sync.engine.start(made.id, { trigger: 'manual' })).done;
    for (const house of await db.read.query<{ id: string; name: string }>('select id, display_name as name from groups', [])) {
      if (house.name === UNMAPPED) continue;
      await db.transaction(async (tx) => setMapping(tx, context, made.id, house, [await createMemberGroup(tx, context, house.name)]));
    }
  }
}
