import { expect } from 'chai';
import type { Fault } from '../../sandbox/kernel/faults.js';
import type { Access, ConnectedSource, Listed, Run } from '../support/connected-source.js';
import { untilApiSays } from '../support/admin-api.js';
import { cliOn } from '../support/cli.js';
import { type Engine, forEachEngine } from '../support/engines.js';
import { spawnScript } from '../support/processes.js';
import type { TroubledSource } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { troubledCloudbeds } from '../support/sources/cloudbeds.js';
import { troubledGoogle } from '../support/sources/google-workspace.js';
import { troubledGuesty } from '../support/sources/guesty.js';
import { troubledNexudus } from '../support/sources/nexudus.js';
import { unhurried } from '../support/unhurried.js';

/** Every kind that is put to the test, and where: three pages of Cloudbeds are few people, so it goes for both engines. */
const KINDS: readonly (readonly [name: string, open: () => Promise<TroubledSource>, engines: readonly Engine['name'][]])[] = [
  ['Guesty', troubledGuesty, ['sqlite']],
  ['Cloudbeds', troubledCloudbeds, ['sqlite', 'postgres']],
  ['Nexudus', troubledNexudus, ['sqlite']],
  ['Google Workspace', troubledGoogle, ['sqlite']],
];

/** What goes wrong, and what an admin reads then. */
const FAULTS: readonly (readonly [what: string, begin: (source: TroubledSource) => void, end: (source: TroubledSource) => void])[] = [
  ['the third page does not come', ...onThirdPage({ kind: 'status', status: 503 })],
  ['the third page is cut off', ...onThirdPage({ kind: 'truncate' })],
  ['the third page is a page of maintenance', ...onThirdPage({ kind: 'html' })],
  ['the credentials are refused', (source) => source.refuse(true), (source) => source.refuse(false)],
];

function onThirdPage(fault: Fault): [(source: TroubledSource) => void, (source: TroubledSource) => void] {
  return [({ server, thirdPage }) => server.faults.add({ ...fault, on: thirdPage }), ({ server }) => server.faults.clear()];
}

/** Connected, mapped, and so many people inside. */
async function inhabited(
  world: SourceWorld,
  open: () => Promise<TroubledSource>,
  count: (source: TroubledSource) => number,
): Promise<{ readonly integration: ConnectedSource<TroubledSource>; readonly people: readonly string[] }> {
  const source = world.join(await open());
  const integration = await world.connect(source);
  await integration.sync();
  await integration.map(source.resource, 'Front door');
  const people = source.invite(count(source));
  await integration.sync();
  return { integration, people };
}

interface Snapshot {
  readonly users: ReadonlyMap<string, Listed>;
  readonly members: readonly object[];
  readonly one: Access | null;
}

/** Everything about everybody that must stay as it is when a read fails. */
async function snapshot(
  { world, ...integration }: ConnectedSource,
  users: ReadonlyMap<string, Listed>,
  one: Access | null,
): Promise<Snapshot> {
  const members = await world.api.all<{ readonly source: { readonly integrationId: string } | null }>('/members');
  return { users, one, members: members.filter(({ source }) => source?.integrationId === integration.id) };
}

for (const [name, openSource, engines] of KINDS) {
  describe(`${name} in trouble`, function () {
    this.timeout(60_000);
    forEachEngine((engine) => {
      if (!engines.includes(engine.name)) return;
      const open = sourceWorlds(engine);
      let world: SourceWorld;
      let integration: ConnectedSource<TroubledSource>;
      let people: string[];

      before(async () => {
        world = await open();
        const made = await inhabited(world, openSource, ({ manyPages }) => manyPages);
        integration = made.integration;
        people = [...made.people];
      });
      afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

      const everybody = () => people.length + integration.source.others;
      const state = async () => snapshot(integration, await integration.users(), await integration.access(people.at(-1) ?? ''));

      it('everybody is inside at first', async () => {
        const { users, members, one } = await state();
        expect([users.size, members.length]).to.deep.equal([everybody(), everybody()]);
        expect([...users.values()].filter(({ status }) => status !== 'synced')).to.deep.equal([]);
        expect(one).to.deep.include({ status: 'active', groups: { 'Front door': ['… – …'] } });
      });

      for (const [what, begin, end] of FAULTS) {
        it(`nobody's access changes when ${what}; one alert is open until the next good run`, async () => {
          const before = await state();
          const alertsBefore = (await integration.alerts()).length;
          begin(integration.source);
          for (const full of [true, true]) {
            const run = await integration.sync(full);
            expect(run).to.include({ state: 'failed', created: 0, changed: 0, removed: 0, held: 0 });
            expect(run.error).to.be.a('string').and.not.equal('');
            expect(await integration.openAlerts()).to.deep.equal(['integration_failing']);
            expect(await state()).to.deep.equal(before);
          }
          end(integration.source);
          expect(await integration.sync()).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0, unchanged: everybody() });
          const [alert, ...others] = await integration.alerts();
          expect([others.length, alert?.closedAt !== null]).to.deep.equal([alertsBefore, true]);
          expect((await integration.view()).state).to.equal('ok');
          expect(await state()).to.deep.equal(before);
        });
      }

      it('a list that is suddenly empty takes nobody away: it is held, and over when the list is back', async () => {
        const before = await state();
        integration.source.hide(true);
        for (const again of [false, true]) {
          expect(await integration.sync(), `again: ${again}`).to.include({ state: 'held', removed: 0, held: everybody() });
          expect(await integration.openAlerts()).to.deep.equal(['removals_held']);
          expect((await integration.heldPlans()).map((plan) => [plan.state, plan.removals])).to.deep.equal([['open', everybody()]]);
          expect(await state()).to.deep.equal(before);
        }
        integration.source.hide(false);
        expect(await integration.sync()).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0, unchanged: everybody() });
        expect([await integration.openAlerts(), (await integration.heldPlans()).map((plan) => plan.state)]).to.deep.equal([
          [],
          ['superseded'],
        ]);
        expect(await state()).to.deep.equal(before);
      });

      it('when three in ten are gone they stay until somebody approves, and the rest goes on', async () => {
        const { source } = integration;
        const gone = people.splice(0, Math.ceil(people.length * 0.3));
        const [revoked = ''] = people.splice(0, 1);
        for (const person of gone) source.lose(person);
        source.revoke(revoked);
        const [fresh = ''] = source.invite(1);
        people.push(fresh);
        expect(await integration.sync()).to.include({ state: 'held', created: 1, changed: 1, removed: 0, held: gone.length });
        const inside = async (ids: readonly string[]) => {
          const users = await integration.users();
          return ids.filter((id) => users.get(id)?.status === 'synced').length;
        };
        expect([await inside(gone), await inside([revoked]), await inside([fresh])]).to.deep.equal([gone.length, 0, 1]);
        const [plan] = await integration.heldPlans();
        expect(plan).to.include({ state: 'open', removals: gone.length });
        const approve = () => world.api.send('POST', `${integration.path}/held-plans/${plan?.id ?? ''}/approve`, {});
        expect((await approve()).status).to.equal(200);
        await world.settle();
        expect([await inside(gone), await inside(people), await integration.openAlerts()]).to.deep.equal([0, people.length, []]);
        expect((await approve()).status).to.equal(409);
        expect(await integration.sync()).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0 });
      });

      it('what was held cannot be approved once the settings are others; dismissed, it is not held again', async () => {
        const gone = people.splice(0, Math.ceil(people.length * 0.4));
        for (const person of gone) integration.source.lose(person);
        expect(await integration.sync()).to.include({ state: 'held', held: gone.length });
        await world.api.take('PATCH', integration.path, { settings: { intervalMinutes: 11 } });
        const [stale] = await integration.heldPlans();
        const refused = await world.api.send('POST', `${integration.path}/held-plans/${stale?.id ?? ''}/approve`, {});
        expect([refused.status, refused.body.detail]).to.satisfy(
          ([status, detail]: [number, string]) => status === 409 && detail.includes('has changed'),
        );
        expect(await integration.sync()).to.include({ state: 'held', held: gone.length });
        const decide = async (what: 'approve' | 'dismiss') => {
          const [plan] = await integration.heldPlans();
          expect(plan?.id).not.to.equal(stale?.id);
          await world.api.take('POST', `${integration.path}/held-plans/${plan?.id ?? ''}/${what}`, {});
        };
        await decide('dismiss');
        expect(await integration.openAlerts()).to.deep.equal([]);
        const users = await integration.users();
        expect(gone.every((id) => users.get(id)?.status === 'synced')).to.equal(true);
        expect(await integration.sync()).to.include({ state: 'succeeded', removed: 0 });
        expect(await integration.openAlerts()).to.deep.equal([]);

        // Under other settings it is another question.
        await world.api.take('PATCH', integration.path, { settings: { intervalMinutes: 10 } });
        expect(await integration.sync()).to.include({ state: 'held', held: gone.length });
        await decide('approve');
        expect((await integration.users()).size).to.equal(everybody() + 1);
      });

      it('while one run holds the lock, no other begins', async () => {
        const release = integration.source.server.faults.pause(integration.source.list);
        const { status, body } = await integration.trySync({ full: true });
        expect([status, body.state]).to.deep.equal([200, 'running']);
        const refused = await integration.trySync({ full: true, wait: true });
        expect([refused.status, refused.body.detail]).to.satisfy(
          ([code, detail]: [number, string]) => code === 409 && detail.includes('run'),
        );
        release();
        await untilApiSays(async () => (await integration.runs())[0]?.state !== 'running');
        expect((await integration.runs())[0]).to.include({ id: body.id, state: 'succeeded' });
        expect((await integration.trySync({ wait: true })).body).to.include({ state: 'succeeded' });
      });

      it('is read as a SCIM service with a token that may only read', async () => {
        const { token } = await world.api.take<{ token: string }>('POST', `${integration.path}/tokens`, { readOnly: true });
        const scim = async (method: string, path: string, body?: object) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
          const answer = await fetch(`${world.url}/scim/v2${path}`, {
            method,
            headers,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
          const text = await answer.text();
          return {
            status: answer.status,
            body: (text === '' ? {} : JSON.parse(text)) as {
              readonly totalResults?: number;
              readonly Resources?: readonly { readonly id: string; readonly externalId: string }[];
            },
          };
        };
        const id = people.at(-1) ?? '';
        const found = await scim('GET', `/Users?filter=${encodeURIComponent(`externalId eq "${id}"`)}`);
        expect([found.status, found.body.totalResults, found.body.Resources?.[0]?.externalId]).to.deep.equal([200, 1, id]);
        const userId = found.body.Resources?.[0]?.id ?? '';
        expect(userId).to.equal((await integration.user(id)).userId);
        expect((await scim('GET', '/Users?count=0')).body.totalResults).to.equal((await integration.users()).size);
        const groups = await scim('GET', `/Groups?filter=${encodeURIComponent(`displayName eq "${integration.source.resource}"`)}`);
        // *All users* is no Group.
        expect(groups.body.totalResults).to.equal(integration.source.resource === 'All users' ? 0 : 1);
        expect((await scim('DELETE', `/Users/${userId}`)).status).to.equal(403);
        expect((await scim('POST', '/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'x' })).status).to.equal(
          403,
        );
        expect(await integration.access(id)).not.to.equal(null);
      });

      it('disabled, it is not asked and not heard, and everybody stays', async () => {
        const before = await state();
        await world.api.take('PATCH', integration.path, { settings: { enabled: false } });
        expect((await integration.view()).state).to.equal('disabled');
        const asked = integration.source.server.seen.length;
        expect((await fetch(integration.webhookUrl, { method: 'POST', body: '{}' })).status).to.equal(404);
        expect((await integration.trySync({ wait: true })).status).to.equal(409);
        world.pass(30 * 60_000);
        await world.poll();
        expect(integration.source.server.seen.length - asked).to.equal(0);
        expect(await state()).to.deep.equal(before);
        await world.api.take('PATCH', integration.path, { settings: { enabled: true } });
        expect((await integration.view()).state).to.equal('ok');
        expect(await integration.sync()).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0 });
        const heard = world.webhooks.length;
        integration.source.touch(people.at(-1) ?? '');
        await world.settle();
        expect(world.webhooks.length, 'subscribed to again').to.be.greaterThan(heard);
      });

      it('deleting it asks what becomes of its members, and does that', async () => {
        for (const [choice, status] of [
          ['keep', 'active'],
          ['revoke', 'ended'],
        ] as const) {
          const { integration: other, people: few } = await inhabited(world, openSource, () => 3);
          const memberIds = await Promise.all(few.map(async (id) => (await other.user(id)).memberId ?? ''));
          const refused = await world.api.send('DELETE', other.path);
          expect([refused.status, refused.body.detail]).to.satisfy(
            ([code, detail]: [number, string]) => code === 409 && detail.includes(`${3 + other.source.others} members`),
          );
          expect((await world.api.send('DELETE', `${other.path}?members=${choice}`)).status).to.equal(204);
          expect((await world.api.send('GET', other.path)).status).to.equal(404);
          expect((await fetch(other.webhookUrl, { method: 'POST', body: '{}' })).status).to.equal(404);
          for (const memberId of memberIds) {
            const member = await world.api.get<{ status: string; source: object | null; associations: { managedBy: string }[] }>(
              `/members/${memberId}`,
            );
            expect([member.status, member.associations.map(({ managedBy }) => managedBy)]).to.deep.equal([
              status,
              choice === 'keep' ? ['manual'] : [],
            ]);
          }
        }
      });
    });
  });
}

describe('the command line beside a server that pulls', function () {
  this.timeout(120_000);
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const open = sourceWorlds(engine);

    it('ends with 75 while another process holds the lock, and pulls after it', async () => {
      const world = await open({ live: true });
      const source = world.join(await troubledGuesty());
      const integration = await world.connect(source);
      const release = source.server.faults.pause(source.list);
      expect((await integration.trySync({ full: true })).body.state).to.equal('running');
      const busy = spawnScript('src/cli/index.ts', ['sync', integration.id], world.env);
      expect(await busy.ended, busy.errors()).to.equal(75);
      expect(busy.errors()).to.contain('This is already being done by a run (manual) of process');
      release();
      await untilApiSays(async () => (await integration.runs())[0]?.state !== 'running');
      const free = await cliOn(world.env, false, { kinds: unhurried() }).json<Run>('sync', integration.id);
      expect(free.state).to.equal('succeeded');
      expect(await integration.runs()).to.have.length(2);
    });
  });
});
