import { expect } from 'chai';
import type { ConnectedSource } from '../support/connected-source.js';
import { untilApiSays } from '../support/admin-api.js';
import { forEachEngine } from '../support/engines.js';
import { runs } from '../support/runs.js';
import { seededRandom } from '../support/seeded-random.js';
import { type ReceivedWebhook, requestsDuring, type TroubledSource } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { troubledCloudbeds } from '../support/sources/cloudbeds.js';
import { troubledGoogle } from '../support/sources/google-workspace.js';
import { troubledGuesty } from '../support/sources/guesty.js';
import { troubledNexudus } from '../support/sources/nexudus.js';

const KINDS: readonly (readonly [name: string, open: () => Promise<TroubledSource>])[] = [
  ['Guesty', troubledGuesty],
  ['Cloudbeds', troubledCloudbeds],
  ['Nexudus', troubledNexudus],
  ['Google Workspace', troubledGoogle],
];
/** What they share is proven by one of them on PostgreSQL. */
const ON_BOTH = 'Cloudbeds';
const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
const STEPS = runs(8, 400);

/** A source that is connected and mapped, with three people inside. */
async function inhabited(world: SourceWorld, open: () => Promise<TroubledSource>) {
  const source = world.join(await open());
  const integration = await world.connect(source);
  await integration.sync();
  await integration.map(source.resource, 'Front door');
  const people = [...source.invite(3)];
  await integration.sync();
  return { source, integration, people };
}

/** What is true of everybody, without ids of ours and without what is random. */
async function truth(integration: ConnectedSource): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [externalId, { verdict, access }] of await integration.everybody()) {
    found[externalId] = { verdict, access: access === null ? null : { ...access, memberId: 'any' } };
  }
  return found;
}

/** As true as what somebody who asks today for the first time is told, and nothing is left for a whole read to change. */
async function expectTrue(world: SourceWorld, integration: ConnectedSource<TroubledSource>): Promise<void> {
  const found = await truth(integration);
  expect(await integration.sync()).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0, held: 0 });
  expect(await truth(integration)).to.deep.equal(found);
  const fresh = await world.connect(integration.source, { name: 'Fresh' });
  await fresh.sync();
  await fresh.map(integration.source.resource, 'Front door');
  expect(found).to.deep.equal(await truth(fresh));
  await world.api.take('DELETE', `${fresh.path}?members=revoke`);
}

/** Until every hint that is looked at again has had its last look. */
async function patience(world: SourceWorld): Promise<void> {
  await world.settle();
  for (const ms of [1_000, 5_000, 30_000, 120_000]) {
    world.pass(ms);
    await world.settle();
  }
}

for (const [name, openSource] of KINDS) {
  describe(`webhooks of ${name}`, () => {
    forEachEngine((engine) => {
      if (engine.name === 'postgres' && name !== ON_BOTH) return;
      const open = sourceWorlds(engine);

      it('open and close doors by themselves, and nobody has to ask', async () => {
        const world = await open({ automatic: true });
        const source = world.join(await openSource());
        const integration = await world.connect(source);
        await untilApiSays(async () => (await integration.runs())[0]?.state === 'succeeded');
        await integration.map(source.resource, 'Front door');
        const [person = ''] = source.invite(1);
        await source.deliver();
        const isInside = async () => ((await integration.users()).get(person)?.status ?? 'none') === 'synced';
        await untilApiSays(isInside);
        expect(await integration.access(person)).to.deep.include({ groups: { 'Front door': ['… – …'] } });
        source.revoke(person);
        await source.deliver();
        await untilApiSays(async () => !(await isInside()));
        expect([await integration.access(person), (await integration.runs()).length]).to.deep.equal([null, 1]);
        expect(world.errors).to.deep.equal([]);
      }).timeout(40_000);

      // What differs between the engines does not differ between sources: two of them are enough for both.
      it(`lost, doubled, late and out of order lead to what is true (seed ${SEED})`, async () => {
        const world = await open();
        const { source, integration, people } = await inhabited(world, openSource);
        const random = seededRandom(SEED);
        const pick = <Value>(list: readonly Value[]): Value | undefined => list[Math.floor(random() * list.length)];
        const concealed = new Map<string, () => void>();
        const acts: readonly (() => void)[] = [
          () => void people.push(...source.invite(1)),
          () => source.touch(pick(people) ?? ''),
          () => source.revoke(pick(people) ?? ''),
          () => {
            const [fresh = ''] = source.invite(1);
            concealed.set(fresh, source.conceal(fresh));
          },
          () => {
            const gone = people.splice(Math.floor(random() * people.length), 1)[0] ?? '';
            source.touch(gone);
            source.lose(gone);
            people.push(...source.invite(1));
          },
        ];
        for (let step = 0; step < STEPS; step += 1) {
          await source.reorder(() => {
            for (let count = 1 + random() * 3; count > 1; count -= 1) pick(acts)?.();
          });
          const again = Array.from({ length: Math.floor(random() * 4) }, () => pick(world.webhooks));
          await Promise.all(again.map((message) => (message === undefined ? null : world.resend(message))));
          if (random() < 0.3) await world.settle();
          if (random() < 0.3) world.pass(random() * 2_000);
        }
        await world.settle();
        for (const [id, show] of concealed) {
          show();
          people.push(id);
        }
        await patience(world);
        await expectTrue(world, integration);
        expect(world.errors).to.deep.equal([]);
      }).timeout(runs(90_000, 600_000));
    });

    forEachEngine((engine) => {
      if (engine.name !== 'sqlite') return;
      const open = sourceWorlds(engine);
      let world: SourceWorld;
      let source: TroubledSource;
      let integration: ConnectedSource<TroubledSource>;
      let people: string[];
      let pulled: number;
      before(async () => {
        world = await open();
        ({ source, integration, people } = await inhabited(world, openSource));
      });
      beforeEach(async () => {
        pulled = (await integration.runs()).length;
      });
      afterEach(async () => {
        expect(world.errors.splice(0)).to.deep.equal([]);
      });

      const statusOf = async (id: string) => (await integration.users()).get(id)?.status ?? 'unknown';
      const noRun = async () => expect(await integration.runs()).to.have.length(pulled);
      const lastWebhook = (): ReceivedWebhook => {
        const message = world.webhooks.at(-1);
        if (message === undefined) throw new Error('no webhook has come');
        return message;
      };

      it('before the record can be read: it is looked for again, and found', async () => {
        const [person = ''] = source.invite(1);
        const show = source.conceal(person);
        await world.settle();
        expect(await statusOf(person)).to.equal('unknown');
        show();
        world.pass(1_000);
        await world.settle();
        expect(await statusOf(person)).to.equal('synced');
        await noRun();
        await expectTrue(world, integration);
      });

      it('after the record is gone: access ends once a second look has found nothing either', async () => {
        const gone = people.pop() ?? '';
        source.touch(gone);
        source.lose(gone);
        await world.settle();
        expect(await statusOf(gone)).to.equal('synced');
        world.pass(1_000);
        await world.settle();
        expect(await statusOf(gone)).to.equal('unknown');
        await noRun();
        await expectTrue(world, integration);
      });

      it('a hundred times: all are taken, and the record is read a few times at most', async () => {
        const person = people.pop() ?? '';
        source.revoke(person);
        await world.settle();
        const message = lastWebhook();
        const requests = await requestsDuring(source, async () => {
          const answers = await Promise.all(Array.from({ length: 100 }, () => world.resend(message)));
          expect([...new Set(answers)]).to.deep.equal([204]);
          await world.settle();
        });
        // Nexudus takes four to say everything about one coworker.
        expect(requests['GET'] ?? 0).to.be.at.most(8);
        expect(await statusOf(person)).to.equal('none');
        await noRun();
        await expectTrue(world, integration);
      });

      it('an old one, sent again, gives nobody back what is over', async () => {
        const [person = ''] = source.invite(1);
        await world.settle();
        const created = lastWebhook();
        expect(await statusOf(person)).to.equal('synced');
        source.revoke(person);
        await world.settle();
        expect([204, 401]).to.include(await world.resend(created));
        await world.settle();
        expect(await statusOf(person)).to.equal('none');
        world.pass(3_600_000);
        expect([204, 401]).to.include(await world.resend(created));
        await world.settle();
        expect(await statusOf(person)).to.equal('none');
        await expectTrue(world, integration);
      });

      it('forged, or to a wrong address, is refused, and nothing is asked of the source', async () => {
        const person = people.at(-1) ?? '';
        source.touch(person);
        await world.settle();
        const genuine = lastWebhook();
        source.conceal(person)();
        const requests = await requestsDuring(source, async () => {
          expect(await world.resend(source.forge(genuine))).to.equal(401);
          const secret = integration.webhookUrl.split('/').at(-1) ?? '';
          const guessed = `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`;
          expect(await world.resend({ ...genuine, path: genuine.path.replace(secret, guessed) })).to.equal(404);
          expect(await world.resend({ ...genuine, path: genuine.path.replace(integration.id, 'int_nobody') })).to.equal(404);
          await world.settle();
        });
        expect(requests).to.deep.equal({});
      });
    });
  });
}
