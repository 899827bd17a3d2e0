import { expect } from 'chai';
import type { Adapter, AdapterContext, SourceUser } from '../../src/adapters/adapter.js';
import { UpstreamContract, UpstreamError, UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import type { SandboxServer } from '../../sandbox/kernel/server.js';
import { readAll } from '../support/adapter-context.js';

/** One adapter together with its simulated system, filled with enough Users for three pages at least. */
export interface AdapterFixture<Config, Secrets, Settings> {
  readonly adapter: Adapter<Config, Secrets, Settings>;
  readonly server: SandboxServer;
  /** A new context with an empty vault. */
  readonly context: () => AdapterContext<Config, Secrets, Settings>;
  /** A context with secrets that the system refuses. */
  readonly wrongContext: () => AdapterContext<Config, Secrets, Settings>;
  /** `METHOD path` text of the request that lists what Users are made of, for faults. */
  readonly listPath: string;
  /** Switches of the simulated system. */
  readonly emptyList: (on: boolean) => void;
  /** One record, or one page, comes twice in a read. */
  readonly duplicatePage: (on: boolean) => void;
  /** Page tokens or cursors are refused, where the system has them. */
  readonly expireCursor?: () => void;
}

/** What every adapter promises, whatever its system. */
export function adapterSuite<Config, Secrets, Settings>(
  name: string,
  start: () => Promise<AdapterFixture<Config, Secrets, Settings> & { readonly stop: () => Promise<void> }>,
): void {
  describe(`${name}: what every adapter promises`, () => {
    let fixture: Awaited<ReturnType<typeof start>>;
    beforeEach(async () => {
      fixture = await start();
    });
    afterEach(() => fixture.stop());

    const read = () => readAll(fixture.adapter.resources(fixture.context()));
    const failure = async (): Promise<unknown> => {
      try {
        await read();
      } catch (error) {
        return error;
      }
      throw new Error('the read ended well');
    };

    it('tells which account was reached', async () => {
      const account = await fixture.adapter.account(fixture.context());
      expect(account.id).to.match(/\S/);
      expect(account.name).to.match(/\S/);
    });

    it('says that wrong secrets are refused, and does not try them again and again', async () => {
      const error = await fixture.adapter.account(fixture.wrongContext()).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(UpstreamError);
      expect((error as Error).name).to.equal('UpstreamRefused');
      expect(fixture.server.seen.length).to.be.lessThan(5);
    });

    it('reads the same twice, byte for byte', async () => {
      const [first, second] = [await read(), await read()];
      expect(JSON.stringify([...second.users])).to.equal(JSON.stringify([...first.users]));
      expect(JSON.stringify([...second.groups])).to.equal(JSON.stringify([...first.groups]));
      expect(first.users.size).to.be.greaterThan(2);
      expect(first.pages).to.be.greaterThan(2);
    });

    it('names Groups that are there, gives every User a name, and no window that ends before it starts', async () => {
      const { users, groups } = await read();
      const names = new Set<unknown>();
      for (const user of users.values()) {
        names.add(user.attributes['userName']);
        for (const id of [...(user.groups ?? []), ...user.periods.map(({ groupExternalId }) => groupExternalId)]) {
          expect(groups.has(id), `Group ${id}`).to.equal(true);
        }
        for (const { startsAt, endsAt } of [user.window, ...user.periods.map(({ window }) => window)]) {
          if (startsAt !== null && endsAt !== null) expect(startsAt < endsAt).to.equal(true);
        }
      }
      expect(names.size).to.equal(users.size);
      expect([...names].every((one) => typeof one === 'string' && one !== '')).to.equal(true);
    });

    it('a page that comes twice changes nothing', async () => {
      const before = await read();
      fixture.duplicatePage(true);
      const after = await read();
      expect(JSON.stringify([...after.users].sort())).to.equal(JSON.stringify([...before.users].sort()));
    });

    it('an empty list is an empty read, not an error: what it means is for the core', async () => {
      fixture.emptyList(true);
      expect((await read()).users.size).to.equal(0);
    });

    for (const [fault, expected] of [
      ['status', UpstreamUnavailable],
      ['html', UpstreamContract],
      ['truncate', UpstreamContract],
      ['reset', UpstreamUnavailable],
    ] as const) {
      it(`a later page that fails for good (${fault}) fails the read`, async () => {
        fixture.server.faults.add({ kind: fault, on: fixture.listPath, after: 1 });
        expect(await failure()).to.be.instanceOf(expected);
      });
    }

    it('a hiccup is got over: 503 once, a connection that breaks once', async () => {
      const before = await read();
      fixture.server.faults.add({ kind: 'status', on: fixture.listPath, after: 1, times: 1 });
      fixture.server.faults.add({ kind: 'reset', on: fixture.listPath, after: 1, times: 1 });
      expect((await read()).users.size).to.equal(before.users.size);
    });

    it('waits as long as it is told after 429, and goes on', async () => {
      const before = await read();
      fixture.server.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, on: fixture.listPath, after: 1, times: 1 });
      const started = fixture.server.clock.now();
      expect((await read()).users.size).to.equal(before.users.size);
      expect(fixture.server.clock.now() - started).to.be.at.least(7_000);
    });

    it('reads one entity as the list has it, and says that one that is unknown is gone', async function () {
      const { adapter } = fixture;
      if (adapter.one === undefined) return this.skip();
      const { users } = await read();
      const byKey = new Map<string, SourceUser[]>();
      for (const user of users.values()) byKey.set(user.sourceKey, [...(byKey.get(user.sourceKey) ?? []), user]);
      const [key, expected] = [...byKey][0] ?? ['', []];
      const context = fixture.context();
      expect(await adapter.one(context, key)).to.deep.equal(expected);
      expect(await adapter.one(context, 'no-such-entity')).to.deep.equal([]);
    });
  });
}
