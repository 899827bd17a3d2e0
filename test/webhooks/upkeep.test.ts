import { expect } from 'chai';
import { UpstreamUnavailable } from '../../src/adapters/upstream-errors.js';
import { shift } from '../../src/domain/time.js';
import { ConnectionUpkeep } from '../../src/webhooks/upkeep.js';
import { type AdminWorld, adminWorldOf, PUBLIC_URL, START } from '../support/admin-world.js';
import { forEachEngine } from '../support/engines.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const AWAY = new UpstreamUnavailable('Away.');

describe('the upkeep of connections', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let id: string;
    beforeEach(() => {
      world = current();
    });
    const connect = async () => {
      const secrets = { clientId: 'me', clientSecret: 'right' };
      id = (await world.post('/integrations', { kind: 'guesty', name: 'Flats', secrets })).body.id;
    };
    /** What cron does, and what the server does every two seconds. */
    const tick = () => world.scheduler.runDue('cli');
    const state = async () =>
      (await world.db.read.query<{ renew_at: string; renew_failures: number }>('select renew_at, renew_failures from sync_state', []))[0];
    const wait = async () => Date.parse((await state())?.renew_at ?? '') - Date.parse(world.now);
    const away = (call: string) => {
      world.source.fail = (asked) => (asked === call ? AWAY : null);
    };

    it('renews a subscription when its time has come, and not before', async () => {
      world.source.renewAt = shift(START, 5 * HOUR_MS);
      await connect();
      world.advance(5 * HOUR_MS - 1);
      await tick();
      expect(world.source.count('subscribe')).to.equal(1);

      world.source.renewAt = shift(START, 10 * HOUR_MS);
      world.advance(1);
      await tick();
      await tick();
      expect(world.source.count('subscribe')).to.equal(2);
      expect((await state())?.renew_at).to.equal(shift(START, 10 * HOUR_MS));
    });

    it('makes the one that could not be made when the source was connected', async () => {
      away('subscribe');
      await connect();
      expect(world.source.subscriptions.size).to.equal(0);
      world.source.fail = () => null;
      world.advance(10 * MINUTE_MS);
      await tick();
      expect(world.source.subscriptions.size).to.equal(1);
      world.errors.length = 0;
    });

    it('looks once a day whether a subscription without an end is still there, however far its end is said to be', async () => {
      world.source.renewAt = shift(START, 900 * HOUR_MS);
      await connect();
      world.source.subscriptions.clear();
      world.advance(24 * HOUR_MS);
      await tick();
      expect(world.source.subscriptions.size).to.equal(1);
      expect(await wait()).to.equal(24 * HOUR_MS);
    });

    it('waits longer after each failure, fails no pull, raises no alert, and starts over when it works', async () => {
      await connect();
      away('subscribe');
      const waits: number[] = [];
      world.advance(24 * HOUR_MS);
      for (let n = 0; n < 9; n += 1) {
        const [result] = await tick();
        if (result !== undefined) expect(result.run?.state).to.equal('succeeded');
        waits.push(await wait());
        world.advance(Math.max(0, waits.at(-1) ?? 0));
      }
      for (const [n, minutes] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
        expect(waits[n]).to.be.within(0.75 * minutes * MINUTE_MS, minutes * MINUTE_MS);
      }
      expect(await world.count('alerts')).to.equal(0);
      expect((await world.get(`/integrations/${id}`)).body.state).to.equal('ok');
      world.errors.length = 0;

      world.source.fail = () => null;
      await tick();
      expect([(await state())?.renew_failures, await wait()]).to.deep.equal([0, 24 * HOUR_MS]);
    });

    it('is done once by processes that look at the same moment', async () => {
      await connect();
      world.advance(24 * HOUR_MS);
      const parts = { ...world.parts, ...world.connecting, publicUrl: PUBLIC_URL, random: () => 0.5 };
      await Promise.all([1, 2, 3, 4].map(() => new ConnectionUpkeep(parts).run()));
      expect(world.source.count('subscribe')).to.equal(2);
    });

    it('asks nothing of a disabled integration', async () => {
      await connect();
      await world.patch(`/integrations/${id}`, { settings: { enabled: false } });
      world.advance(48 * HOUR_MS);
      const before = world.source.calls.length;
      await tick();
      expect(world.source.calls.length).to.equal(before);
    });

    it('shows the account as the source names it now, and stops no pull for it', async () => {
      await connect();
      world.source.account = { id: 'acc_1', name: 'Sea View Resort', details: [] };
      world.advance(24 * HOUR_MS);
      const epoch = () => world.db.read.query('select epoch from integrations', []);
      const before = await epoch();
      await tick();
      const { body } = await world.get(`/integrations/${id}`);
      expect(body.account).to.deep.equal({ id: 'acc_1', name: 'Sea View Resort', details: [] });
      expect(await epoch()).to.deep.equal(before);
      const events = await world.count("events where verb = 'edit'");
      world.advance(24 * HOUR_MS);
      await tick();
      expect(await world.count("events where verb = 'edit'"), 'the same again is no event').to.equal(events);
    });

    it('renews also while the account cannot be asked for', async () => {
      await connect();
      away('account');
      world.advance(24 * HOUR_MS);
      await tick();
      expect(await wait()).to.equal(24 * HOUR_MS);
      expect((await world.get(`/integrations/${id}`)).body.account.name).to.equal('Sea View');
      world.errors.length = 0;
    });
  });
});
