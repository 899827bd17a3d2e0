import { expect } from 'chai';
import { UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { connectingParts } from '../../src/compose/connecting.js';
import { generateKeyRing } from '../../src/credentials/key-ring.js';
import { KeyRing, Unsealable } from '../../src/credentials/sealed.js';
import type { Database } from '../../src/db/database.js';
import { acquireLease, holdLease, releaseLease } from '../../src/db/leases.js';
import { openDatabase } from '../../src/db/open.js';
import { SYSTEM } from '../../src/domain/events.js';
import type { Logger } from '../../src/domain/logger.js';
import { type Instant, instant, shift } from '../../src/domain/time.js';
import { InvalidInput, NotFound } from '../../src/errors.js';
import { createIntegration } from '../../src/integrations/integration-store.js';
import { VaultStore } from '../../src/integrations/vault-store.js';
import type { AdapterSources } from '../../src/sync/sources.js';
import { forEachEngine } from '../support/engines.js';
import { FakeSource, fakeKinds } from '../support/fake-adapter.js';

const KEYS = generateKeyRing();

describe('sources', () => {
  forEachEngine((engine) => {
    let db: Database;
    let now: Instant;
    let source: FakeSource;
    let logged: Readonly<Record<string, unknown>>[];
    let onSleep: (ms: number) => Promise<void>;
    before(async () => {
      db = openDatabase({ engine: engine.name, at: await engine.migrated() }, () => undefined);
    });
    after(() => db.close());
    beforeEach(() => {
      now = instant(Date.UTC(2026, 4, 1, 12));
      source = new FakeSource();
      logged = [];
      onSleep = async (ms) => {
        now = shift(now, ms);
      };
    });

    /** What one process of the installation has. */
    const processOf = () => {
      const log: Logger['info'] = (message, fields = {}) => void logged.push({ message, ...fields });
      const logger = { debug: log, info: log, warn: log, error: log };
      const clock = { now: () => now };
      const timer = { now: () => Date.parse(now), sleep: (ms: number) => onSleep(ms) };
      const config = { publicUrl: 'https://doors.example.com', allowPrivateUrls: false };
      return {
        clock,
        ...connectingParts({ config, db, background: db, clock, logger, timer, keys: KeyRing.parse(KEYS), kinds: fakeKinds(source) }),
      };
    };
    const connect = async () => {
      const made = processOf();
      const wanted = { kind: 'guesty', name: 'Flats', secrets: { clientId: 'me', clientSecret: 'right' } } as const;
      const { id } = await made.connections.create(
        { actor: SYSTEM, now },
        { ...wanted, config: { tokenUrl: 'https://t.example' }, settings: { syncCards: true } },
      );
      return { ...made, id };
    };
    const failure = (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error: unknown) => error,
      );

    it('open an integration with its configuration, secrets and own settings, completed with defaults', async () => {
      const { sources, id } = await connect();
      const { integration, adapter, context } = await sources.open(id);
      expect([integration.id, adapter.kind, integration.epoch]).to.deep.equal([id, 'guesty', 0]);
      expect(context.config).to.deep.equal({
        ...{ tokenUrl: 'https://t.example', apiBaseUrl: 'https://api.fake.example/v1', authorizeUrl: 'https://fake.example/authorize' },
      });
      expect(context.secrets).to.deep.equal({ clientId: 'me', clientSecret: 'right' });
      expect(context.settings).to.deep.equal({ writeBackPin: true, syncCards: true });
      expect(context.now()).to.equal(now);
      context.logger.warn('something', { integrationId: 'another', count: 1 });
      expect(logged).to.deep.equal([{ message: 'something', integrationId: id, count: 1 }]);
    });

    it('do not open what is not there, and what is not pulled', async () => {
      const { sources } = processOf();
      expect(await failure(sources.open('int_nobody'))).to.be.instanceOf(NotFound);
      const scim = await db.transaction((tx) => createIntegration(tx, { actor: SYSTEM, now }, { kind: 'scim', name: 'x', settings: {} }));
      expect(await failure(sources.open(scim))).to.be.instanceOf(InvalidInput);
      const gone = await db.transaction((tx) =>
        createIntegration(tx, { actor: SYSTEM, now }, { kind: 'cloudbeds', name: 'x', settings: {} }),
      );
      expect(await failure(sources.open(gone))).to.be.instanceOf(InvalidInput);
    });

    it('keep a memory for each integration, sealed, which outlives the process', async () => {
      const [one, other] = [await connect(), await connect()];
      const { context } = await one.sources.open(one.id);
      await context.vault.put('route', 'by name');
      await context.vault.put('route', 'by id');
      const again = await processOf().sources.open(one.id);
      expect(await again.context.vault.get('route')).to.equal('by id');
      expect(await (await other.sources.open(other.id)).context.vault.get('route')).to.equal(null);
      await again.context.vault.put('route', null);
      expect(await context.vault.get('route')).to.equal(null);
      expect(await context.vault.get('never')).to.equal(null);
    });

    it('do not read what was moved from another integration or key', async () => {
      const [one, other] = [await connect(), await connect()];
      await db.transaction((tx) =>
        tx.execute(
          "update adapter_memory set sealed = (select sealed from adapter_memory where integration_id = ? and key = 'token') where integration_id = ?",
          [one.id, other.id],
        ),
      );
      const vaults = new VaultStore(KeyRing.parse(KEYS));
      expect(await failure(vaults.get(db.read, other.id, 'token'))).to.be.instanceOf(Unsealable);
      expect(await failure(vaults.get(db.read, other.id, 'latchkey:webhook'))).to.be.instanceOf(Unsealable);
      expect(await vaults.get(db.read, one.id, 'token')).to.equal('fake-token-1');
    });

    it('write into their memory beside changes of the connection, and never what belongs to secrets from before', async () => {
      const { sources, connections, id } = await connect();
      const { context } = await sources.open(id);
      source.clientSecret = 'newer';
      const writes = Array.from({ length: 20 }, (_, n) =>
        failure(context.vault.put(n % 2 === 0 ? 'token' : `key ${n}`, 'of the old ones')),
      );
      const change = connections.patch({ actor: SYSTEM, now }, id, { secrets: { clientSecret: 'newer' } });
      const outcomes = await Promise.all(writes);
      await change;
      for (const error of outcomes) if (error !== null) expect(error).to.be.instanceOf(UpstreamUnavailable);
      expect(await failure(context.vault.put('late', 'of the old ones'))).to.be.instanceOf(UpstreamUnavailable);
      const entries = await new VaultStore(KeyRing.parse(KEYS)).entries(db.read, id);
      expect([...entries]).to.deep.equal([['token', 'fake-token-2']]);
    });

    describe('exclusive', () => {
      const vaultOf = async (sources: AdapterSources, id: string) => (await sources.open(id)).context.vault;

      it('lets one at a time work, in turn, also when one fails and when they are of two processes', async () => {
        const { sources, id } = await connect();
        const vaults = [await vaultOf(sources, id), await vaultOf(sources, id), await vaultOf(processOf().sources, id)];
        onSleep = () => new Promise((resolve) => setTimeout(resolve, 2));
        let running = 0;
        const order: number[] = [];
        const results = await Promise.all(
          Array.from({ length: 9 }, (_, n) =>
            failure(
              (vaults[n % 3] ?? vaults[0])?.exclusive('token', async () => {
                running += 1;
                expect(running).to.equal(1);
                await new Promise((resolve) => setImmediate(resolve));
                running -= 1;
                order.push(n);
                if (n === 3) throw new Error('this one');
              }) ?? Promise.resolve(),
            ),
          ),
        );
        expect(results.map((error) => (error instanceof Error ? error.message : error))).to.deep.equal([
          null,
          null,
          null,
          'this one',
          null,
          null,
          null,
          null,
          null,
        ]);
        const here = order.filter((n) => n % 3 !== 2);
        expect(here, 'who asked first').to.deep.equal([...here].sort((a, b) => a - b));
      });

      it('lets other keys and integrations work meanwhile', async () => {
        const [one, other] = [await connect(), await connect()];
        const vault = await vaultOf(one.sources, one.id);
        const inner = await vault.exclusive('token', async () =>
          vault.exclusive('subscription', async () => (await vaultOf(other.sources, other.id)).exclusive('token', async () => 'reached')),
        );
        expect(inner).to.equal('reached');
      });

      it('gives up after a minute in which another process kept it, and goes on once that one has lost it', async () => {
        const { sources, clock, id } = await connect();
        const vault = await vaultOf(sources, id);
        const lease = await acquireLease(db, clock, { name: `vault ${id} token`, holder: 'a test', ms: 20_000 });
        onSleep = async (ms) => {
          now = shift(now, ms);
          await db.transaction((tx) => holdLease(tx, clock, lease, 20_000));
        };
        const before = Date.parse(now);
        expect(await failure(vault.exclusive('token', async () => 'never'))).to.be.instanceOf(UpstreamUnavailable);
        expect(Date.parse(now) - before).to.equal(60_000);
        let asked = 0;
        onSleep = async () => {
          asked += 1;
          if (asked === 3) await releaseLease(db, lease);
        };
        expect(await vault.exclusive('token', async () => 'now')).to.equal('now');
        expect(asked).to.equal(3);
      });
    });

    it('keep the pace of an integration over calls, and start anew with another configuration', async () => {
      const { sources, connections, id } = await connect();
      const secrets = { clientId: 'me', clientSecret: 'right' };
      const paused: number[] = [];
      onSleep = async (ms) => {
        paused.push(ms);
        now = shift(now, ms);
      };
      Object.assign((await sources.open(id)).adapter.limits, { windows: [{ ms: 60_000, max: 2 }] });
      await connections.patch({ actor: SYSTEM, now }, id, { config: { apiBaseUrl: 'https://b.example' }, secrets });
      // Refused before anything is sent, and counted all the same.
      const ask = async () => {
        const { context } = await sources.open(id);
        await failure(context.http.request({ method: 'POST', url: 'https://does-not-exist.invalid/' }));
      };
      await ask();
      expect(paused).to.deep.equal([]);
      await ask();
      expect(paused).to.deep.equal([60_000]);
      await connections.patch({ actor: SYSTEM, now }, id, { config: { apiBaseUrl: 'https://c.example' }, secrets });
      await ask();
      expect(paused).to.deep.equal([60_000]);
    });

    it('end what waits upstream with the signal of the call alone', async () => {
      const { sources, id } = await connect();
      Object.assign((await sources.open(id)).adapter.limits, { windows: [{ ms: 60_000, max: 2 }] });
      const stop = new AbortController();
      onSleep = async () => stop.signal.throwIfAborted();
      stop.abort(new Error('stopped'));
      const { context } = await sources.open(id, stop.signal);
      const request = { method: 'POST', url: 'https://does-not-exist.invalid/' } as const;
      expect(await failure(context.http.request(request))).to.include({ message: 'stopped' });
      expect(await failure((await sources.open(id)).context.http.request(request))).to.be.instanceOf(UpstreamUnavailable);
    });

    it('never send to an address in figures that is not public, whoever announced it', async () => {
      const { sources, id } = await connect();
      const { context } = await sources.open(id);
      for (const url of ['http://a.example', 'https://127.0.0.1/x', 'https://[::1]/x', 'https://169.254.169.254/latest']) {
        expect(await failure(context.http.request({ method: 'GET', url })), url).to.be.instanceOf(InvalidInput);
      }
    });
  });
});
