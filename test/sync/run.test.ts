import { expect } from 'chai';
import { UpstreamRefused, UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { LeaseHeld } from '../../src/db/leases.js';
import { startPulling } from '../../src/sync/due-store.js';
import { SyncEngine } from '../../src/sync/engine.js';
import { LEASE_MS } from '../../src/sync/fence.js';
import { getRun, listRunChanges } from '../../src/sync/run-store.js';
import { forEachEngine } from '../support/engines.js';
import { failure, openedTwice } from '../support/fresh-database.js';
import { PullWorld } from '../support/pull-world.js';
import { DAY_MS, HOUR_MS, T0 } from '../support/world.js';
import { shift } from '../../src/domain/time.js';

const counts = ({ created, changed, removed, unchanged, skipped, held }: Record<string, unknown>) => ({
  created,
  changed,
  removed,
  unchanged,
  skipped,
  held,
});

forEachEngine((engine) => {
  describe('a run', () => {
    const opened = openedTwice(engine);
    const db = () => opened().db;
    let world: PullWorld;
    beforeEach(async () => {
      world = await PullWorld.open(db());
    });

    it('imports everything and opens nothing as long as nothing is mapped', async () => {
      world.source.group('1');
      for (let n = 1; n <= 7; n += 1) world.source.user(`g${n}`);

      const run = await world.run();

      expect(run.state).to.equal('succeeded');
      expect(counts({ ...run })).to.deep.equal({ created: 7, changed: 0, removed: 0, unchanged: 0, skipped: 7, held: 0 });
      expect(await world.core.count('members')).to.equal(0);
    });

    it('gives who is in a mapped Group a member with PIN and link, in the transaction of its page', async () => {
      world.source.group('1');
      await world.run();
      await world.map('1', 'Room 1');
      world.source.user('g1', { name: 'Ada Park', window: { startsAt: shift(T0, HOUR_MS), endsAt: shift(T0, DAY_MS) } });

      const run = await world.run();

      const access = await world.access('g1');
      expect(access).to.deep.include({
        name: 'Ada Park',
        startsAt: shift(T0, HOUR_MS),
        endsAt: shift(T0, DAY_MS),
        associations: ['Room 1'],
      });
      expect([access?.pins.length, access?.links.length]).to.deep.equal([1, 1]);
      const changes = await listRunChanges(db().read, run.id, 0, 100);
      expect(changes.map(({ change }) => change)).to.deep.equal(['member.create', 'association.create', 'pin.generate', 'link.create']);
      expect(changes.every(({ because, name }) => because !== '' && name === 'Ada Park')).to.equal(true);
    });

    it('a second one finds nothing to do and leaves directory, members and events as they were', async () => {
      await world.guests(5);
      await world.run();
      const before = await everything(world);

      const run = await world.run();

      expect(counts({ ...run })).to.deep.equal({ created: 0, changed: 0, removed: 0, unchanged: 5, skipped: 0, held: 0 });
      expect(await everything(world)).to.deep.equal(before);
    });

    it('takes access away from who is cancelled, keeps PIN and link of who only moves and of who stays longer', async () => {
      world.source.group('2');
      await world.guests(3);
      await world.map('2', 'Room 2');
      const [moved, longer] = [await world.access('g2'), await world.access('g3')];
      world.source.user('g1', { skipReason: 'canceled' });
      world.source.user('g2', { groups: ['2'] });
      world.source.user('g3', { window: { startsAt: null, endsAt: shift(T0, DAY_MS) } });

      const run = await world.run();

      expect(counts({ ...run })).to.deep.include({ changed: 3, skipped: 1, removed: 0 });
      expect(await world.access('g1')).to.equal(null);
      expect(await world.access('g2')).to.deep.equal({ ...moved, associations: ['Room 2'] });
      expect(await world.access('g3')).to.deep.equal({ ...longer, endsAt: shift(T0, DAY_MS) });
    });

    it('gives two who have swapped their names each the right one', async () => {
      world.source.group('1');
      world.source.user('a', { userName: 'ann@acme.test' });
      world.source.user('b', { userName: 'bob@acme.test' });
      await world.run();
      world.source.user('a', { userName: 'bob@acme.test' });
      world.source.user('b', { userName: 'ann@acme.test' });

      await world.run();
      const run = await world.run();

      expect(run.unchanged).to.equal(2);
      const rows = await world.core.query<{ user_name: string }>('select user_name from users order by external_id');
      expect(rows.map(({ user_name }) => user_name)).to.deep.equal(['bob@acme.test', 'ann@acme.test']);
    });

    it('keeps member, PIN and link of a stay that its source knows under another id now, as when a door key appears', async () => {
      await world.guests(2);
      const before = await world.access('g1');
      world.source.remove('g1');
      world.source.user('g1/key', { key: 'g1', userName: 'stay-g1', name: 'g1' });

      const run = await world.run();

      expect(counts({ ...run })).to.deep.include({ created: 0, changed: 1, removed: 0 });
      expect(await world.access('g1/key')).to.deep.equal(before);
      expect(await world.core.count('members')).to.equal(2);
    });

    it('that fails at its third page keeps what it has stored, takes nothing away, says so once, and the next good one heals', async () => {
      await world.guests(9);
      world.source.users.clear();
      for (let n = 1; n <= 12; n += 1) world.source.user(`g${n}`, { name: n === 1 ? 'Renamed' : `g${n}` });
      world.source.remove('g9');
      world.source.beforePage = (page) => {
        if (page === 2) throw new UpstreamUnavailable('The other system answered 500.');
      };

      const failed = await world.run();
      await world.run();

      expect([failed.state, failed.error, failed.removed]).to.deep.equal(['failed', 'The other system answered 500.', 0]);
      expect((await world.access('g1'))?.name).to.equal('Renamed');
      expect(await world.access('g9')).not.to.equal(null);
      expect(await world.core.count("alerts where type = 'integration_failing' and closed_at is null")).to.equal(1);

      world.source.beforePage = () => undefined;
      const healed = await world.run();
      expect(healed.state).to.equal('succeeded');
      expect(await world.access('g12')).not.to.equal(null);
      expect(await world.access('g9')).to.equal(null);
      expect(await world.core.count("alerts where type = 'integration_failing'")).to.equal(1);
      expect(await world.core.count('alerts where closed_at is null')).to.equal(0);
    });

    it('that is refused leaves access alone, asks for attention, and is left alone for an hour', async () => {
      await world.guests(3);
      world.source.beforePage = () => {
        throw new UpstreamRefused('The client secret is not accepted.');
      };
      await world.run();

      const { attention_reason, due_at } = await world.core.one<{ attention_reason: string; due_at: string }>(
        'select attention_reason, due_at from integrations join sync_state on integration_id = id where id = ?',
        world.id,
      );
      expect(attention_reason).to.equal('The client secret is not accepted.');
      expect(due_at >= shift(T0, HOUR_MS)).to.equal(true);
      expect(await world.access('g3')).not.to.equal(null);

      world.source.beforePage = () => undefined;
      await world.run();
      expect(await world.core.count('integrations where attention_reason is not null')).to.equal(0);
    });

    it('that is stopped with its process is no failure: no alert, no back-off, and it is due at once', async () => {
      await world.guests(9);
      await world.core.inTx((tx) => startPulling(tx, world.id, world.core.now, null));
      world.core.advance(HOUR_MS);
      world.source.user('g1', { name: 'Renamed' });
      let stopped: Promise<void> | undefined;
      world.source.beforePage = (page) => {
        if (page !== 2) return;
        stopped = world.engine.stop();
        throw new Error('the connection was closed');
      };

      const run = await world.run();
      await stopped;

      expect([run.state, run.error]).to.deep.equal(['failed', 'The process was stopped; the run goes on at the next turn.']);
      expect(await world.core.count('alerts')).to.equal(0);
      expect(await world.core.query('select due_at, failures from sync_state')).to.deep.equal([{ due_at: world.core.now, failures: 0 }]);
      expect(await world.core.count('integrations where attention_reason is not null')).to.equal(0);
      expect((await world.access('g1'))?.name).to.equal('Renamed');
    });

    it('that is about to begin when the process stops does not begin, and keeps no lock', async () => {
      world.source.group('1');
      const open = world.source.open.bind(world.source);
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      world.source.open = async (id) => {
        await gate;
        return open(id);
      };
      const begun = failure(world.engine.start(world.id, { trigger: 'schedule' }));
      let hasStopped = false;
      const stopped = world.engine.stop().then(() => {
        hasStopped = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(hasStopped, 'it is waited for').to.equal(false);
      letGo();
      await stopped;

      expect(await begun).to.have.property('name', 'Stopped');
      expect([world.source.reads, await world.core.count('sync_runs')]).to.deep.equal([0, 0]);
      world.source.open = open;
      expect((await world.run()).state).to.equal('succeeded');
    });

    it('writes the Users of a page in one order, whatever order its source has them in', async () => {
      world.source.pageSize = 10;
      world.source.group('1');
      await world.run();
      await world.map('1', 'Room 1');
      for (const id of ['g3', 'g1', 'g4', 'g2']) world.source.user(id);
      const run = await world.run();
      const ids = ['g1', 'g2', 'g3', 'g4'];
      const changes = await listRunChanges(db().read, run.id, 0, 100);
      expect([...new Set(changes.map(({ name }) => name))]).to.deep.equal(ids);
      const rows = await world.core.query<{ external_id: string }>('select external_id from users order by seq');
      expect(rows.map(({ external_id }) => external_id)).to.deep.equal(ids);
    });

    it('never overlaps another: the second is told who runs', async () => {
      world.source.group('1');
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      world.source.beforePage = () => held;
      const { done, run } = await world.engine.start(world.id, { trigger: 'schedule' });

      const refused = await world.engine.start(world.id, { trigger: 'cli' }).catch((error: unknown) => error);
      letGo();

      expect(refused).to.have.property('name', 'LeaseHeld');
      expect(refused).to.have.property('publicMessage').that.includes('the test');
      expect((await done).state).to.equal('succeeded');
      expect(run.state).to.equal('running');
    });

    it('is taken over 20 seconds after it was last heard of, and writes nothing more if it wakes up again', async () => {
      world.source.group('1');
      for (let n = 1; n <= 9; n += 1) world.source.user(`g${n}`);
      let wakeUp = (): void => undefined;
      const asleep = new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
      const isAsleep = new Promise<void>((resolve) => {
        world.source.beforePage = (page) => {
          if (page !== 1) return undefined;
          resolve();
          return asleep;
        };
      });
      const { done, run } = await world.engine.start(world.id, { trigger: 'schedule' });
      await isAsleep;
      world.source.beforePage = () => undefined;
      const next = new SyncEngine(world.parts);

      world.core.advance(LEASE_MS - 1);
      expect(await failure(next.start(world.id, { trigger: 'schedule' }))).to.be.instanceOf(LeaseHeld);
      world.core.advance(1);
      const other = await (await next.start(world.id, { trigger: 'schedule' })).done;
      const before = await everything(world);
      wakeUp();

      expect([other.state, other.created, other.unchanged]).to.deep.equal(['succeeded', 7, 2]);
      expect((await done).state).to.equal('failed');
      expect((await getRun(db().read, world.id, run.id)).error).to.equal('Another process has taken over.');
      expect(await everything(world)).to.deep.equal(before);
    });

    for (const [what, change] of [
      ['disabled', (one: PullWorld) => one.core.set({ enabled: false })],
      ['changed', (one: PullWorld) => one.core.set({ arrivalBufferMinutes: 15 })],
    ] as const) {
      it(`stops writing when its integration is ${what} meanwhile`, async () => {
        world.source.group('1');
        for (let n = 1; n <= 6; n += 1) world.source.user(`g${n}`);
        world.source.beforePage = async (page) => {
          if (page === 2) await change(world);
        };

        const run = await world.run();

        expect(run.state).to.equal('failed');
        expect(run.error).to.match(/was changed while it was being read/);
        expect(await world.core.count('users')).to.equal(5);
        expect(await world.core.count('alerts')).to.equal(0);
      });
    }

    it('refuses to begin while its integration is disabled', async () => {
      await world.core.set({ enabled: false });
      const refused = await world.engine.start(world.id, { trigger: 'manual' }).catch((error: unknown) => error);
      expect(refused).to.have.property('name', 'Conflict');
      expect(world.source.reads).to.equal(0);
    });

    it('reads only what has changed once there is a cursor, and everything again after a day', async () => {
      world.source.hasChanges = true;
      world.source.group('1');
      world.source.user('g1');
      await world.run(false);
      world.source.changed = [world.source.user('g2')];

      const incremental = await world.run(false);
      expect([incremental.mode, incremental.created, incremental.removed]).to.deep.equal(['changes', 1, 0]);

      world.core.advance(DAY_MS);
      expect((await world.run(false)).mode).to.equal('full');
    });

    it('tried dry tells what it would do and writes nothing', async () => {
      await world.guests(3);
      world.source.user('g4', { name: 'New' });
      world.source.user('g1', { skipReason: 'canceled' });
      const before = await everything(world);

      const result = await world.engine.dryRun(world.id);

      expect(counts({ ...result.counts })).to.deep.include({ created: 1, changed: 1, unchanged: 2 });
      expect(result.changes.map(({ change }) => change)).to.include.members(['member.create', 'member.end', 'pin.generate']);
      expect(await everything(world)).to.deep.equal(before);
      expect(await world.core.count('sync_runs')).to.equal(1);
    });

    it('tells an invalid PIN of the source with a warning, and keeps one that is valid', async () => {
      await world.core.set({ credentials: { pin: 'source' } });
      world.source.group('1');
      await world.run();
      await world.map('1', 'Room 1');
      world.source.user('g1', { pin: 'invalid' });
      world.source.user('g2', { pin: '482913' });
      await world.run();

      const rows = await world.core.query<{ warnings: string }>('select warnings from users order by external_id');
      expect(rows.map(({ warnings }) => JSON.parse(warnings) as string[])).to.deep.equal([
        ['invalid_source_pin', 'no_email'],
        ['no_email'],
      ]);
      expect((await world.access('g1'))?.pins.length).to.equal(0);
      expect((await world.access('g2'))?.pins.length).to.equal(1);
      expect((await world.run()).unchanged).to.equal(2);
    });

    it('shows a record that it does not understand as skipped, leaves who is known by it as it was, and goes on', async () => {
      await world.guests(3);
      const before = [await world.access('g1'), await world.access('g2')];
      world.source.user('g1', { unclear: 'no dates', name: 'Another' });
      // The same stay, whom its source knows under another id now.
      world.source.remove('g2');
      world.source.user('g2/key', { key: 'g2', userName: 'stay-g2', unclear: 'no dates' });
      world.source.user('g4', { unclear: 'no dates' });
      world.source.user('g5');

      for (const [created, unchanged] of [
        [2, 3],
        [0, 5],
      ]) {
        const run = await world.run();
        expect(counts({ ...run })).to.deep.equal({ created, changed: 0, removed: 0, unchanged, skipped: 1, held: 0 });
      }
      expect([await world.access('g1'), await world.access('g2')]).to.deep.equal(before);
      expect(await world.access('g5')).not.to.equal(null);
      expect(await world.access('g4')).to.equal(null);
      const row = await world.core.one<{ skip_reason: string }>("select skip_reason from users where external_id = 'g4'");
      expect(row.skip_reason).to.equal('invalid_window');

      world.source.user('g1', { name: 'Another' });
      world.source.user('g4');
      await world.run();
      expect((await world.access('g1'))?.name).to.equal('Another');
      expect(await world.access('g4')).not.to.equal(null);
    });

    it('takes odd names as they can be taken instead of failing', async () => {
      world.source.group('1', null, 'a\u0000b');
      world.source.user('g1', { name: `Eve\u0000\u202e ${'x'.repeat(400)}` });
      expect((await world.run()).state).to.equal('succeeded');
    });
  });
});

/** Directory, access and audit log. */
async function everything(world: PullWorld): Promise<unknown> {
  const tables = ['users', 'groups', 'group_members', 'members', 'associations', 'pins', 'magic_links', 'events', 'sync_run_changes'];
  return Promise.all(tables.map((table) => world.core.query(`select * from ${table} order by 1, 2`)));
}
