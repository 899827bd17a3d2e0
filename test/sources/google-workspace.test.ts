import { expect } from 'chai';
import type { World } from '../../sandbox/google-workspace/world.js';
import type { JsonObject } from '../../src/domain/scim.js';
import type { ConnectedSource } from '../support/connected-source.js';
import { forEachEngine } from '../support/engines.js';
import { requestsDuring } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { type GoogleSource, googleSource } from '../support/sources/google-workspace.js';

const OPEN = '… – …';
const MINUTE_MS = 60_000;

/** A company that is connected: its people, and the group *Doors*, which is mapped to *Front door*. */
interface Company {
  readonly google: ConnectedSource<GoogleSource>;
  readonly directory: World;
  /** Somebody new; @returns their id */
  hire(name: string, ...groups: readonly string[]): string;
}

async function connected(world: SourceWorld, settings: JsonObject = {}): Promise<Company> {
  const source = world.join(await googleSource());
  const directory = source.sandbox.world;
  directory.createGroup({ name: 'Doors', email: 'doors@acme.test' });
  const google = await world.connect(source, { settings });
  await google.sync();
  await google.map('Doors', 'Front door');
  const hire = (name: string, ...groups: readonly string[]) => {
    const { id } = directory.createUser({ primaryEmail: `${name}@acme.test`.toLowerCase(), givenName: name, familyName: 'Voss' });
    for (const group of groups) directory.addMember(`${group}@acme.test`, id);
    return id;
  };
  return { google, directory, hire };
}

describe('Google Workspace, from users to doors', () => {
  forEachEngine((engine) => {
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('who is in a mapped group may enter for as long as they are in it, and a second run changes nothing', async () => {
      const { google, directory, hire } = await connected(world);
      const [inside, outside] = [hire('Mara', 'doors'), hire('Nils')];
      expect(await google.sync()).to.include({ state: 'succeeded', created: 2, removed: 0 });
      const access = await google.access(inside);
      expect(access).to.deep.include({
        ...{ name: 'Mara Voss', emails: ['mara@acme.test'], status: 'active', window: OPEN, groups: { 'Front door': [OPEN] } },
      });
      expect(access?.pin).to.match(/^\d{6}$/);
      expect(access?.link).to.match(new RegExp(`^${world.url}/m/`));
      expect([await google.verdict(outside), await google.access(outside)]).to.deep.equal([['no_mapped_resource'], null]);
      for (const full of [true, false]) {
        const requests = await requestsDuring(google.source, async () => {
          expect(await google.sync(full)).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0 });
        });
        expect(Object.keys(requests)).to.deep.equal(['GET']);
      }
      expect(await google.access(inside)).to.deep.equal(access);
      directory.removeMember('doors@acme.test', inside);
      directory.addMember('doors@acme.test', outside);
      await google.sync();
      expect([await google.verdict(inside), await google.access(inside)]).to.deep.equal([['no_mapped_resource'], null]);
      expect((await google.access(outside))?.groups).to.deep.equal({ 'Front door': [OPEN] });
    });

    it('who is suspended is out by the push message alone, or with the next poll', async () => {
      const { google, directory, hire } = await connected(world);
      const [first, second] = [hire('Mara', 'doors'), hire('Hugo', 'doors')];
      await google.sync();
      expect([await google.access(first), await google.access(second)]).not.to.include(null);

      const runs = (await google.runs()).length;
      directory.suspendUser(first);
      await world.settle();
      expect([await google.verdict(first), await google.access(first)]).to.deep.equal([['suspended'], null]);
      expect(await google.runs()).to.have.length(runs);

      google.source.sandbox.switches.loseMessages = true;
      directory.suspendUser(second);
      await world.settle();
      expect(await google.access(second)).not.to.equal(null);
      world.pass(10 * MINUTE_MS);
      await world.poll();
      expect([await google.verdict(second), await google.access(second)]).to.deep.equal([['suspended'], null]);
      expect(await google.runs()).to.have.length(runs + 1);
    });

    it('nested groups are taken apart to the last, and everybody is in the group of everybody', async () => {
      const { google, directory, hire } = await connected(world);
      directory.createGroup({ name: 'Night', email: 'night@acme.test' });
      directory.createGroup({ name: 'Guards', email: 'guards@acme.test' });
      directory.createGroup({ name: 'Everybody', email: 'all@acme.test' });
      directory.addEverybody('all@acme.test');
      directory.addMember('doors@acme.test', directory.group('night@acme.test').id);
      directory.addMember('night@acme.test', directory.group('guards@acme.test').id);
      directory.addOutsider('doors@acme.test', 'guest@other.test');
      const deep = hire('Ravi', 'guards');
      const both = hire('Femi', 'doors', 'night');
      await google.sync();
      await google.map('Night', 'Loading bay');
      const counts = Object.fromEntries((await google.resources()).map(({ displayName, userCount }) => [displayName, userCount]));
      expect(counts).to.deep.equal({ 'All users': 3, Doors: 2, Night: 2, Guards: 1, Everybody: 3 });
      const groups = { 'Front door': [OPEN], 'Loading bay': [OPEN] };
      expect([(await google.access(deep))?.groups, (await google.access(both))?.groups]).to.deep.equal([groups, groups]);
      expect([...(await google.users()).values()].map(({ displayName }) => displayName)).not.to.include('guest@other.test');
      directory.removeMember('doors@acme.test', directory.group('night@acme.test').id);
      await google.sync();
      expect((await google.access(deep))?.groups).to.deep.equal({ 'Loading bay': [OPEN] });
      expect((await google.access(both))?.groups).to.deep.equal(groups);
    });
  });
});

describe('Google Workspace, row by row', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('connects by a service account, as an object or as the text of its file, shows admin and domain, and stores nothing with another key', async () => {
      const { google } = await connected(world);
      const { account, state } = await google.view();
      expect([state, (account as { readonly name: string }).name]).to.deep.equal(['ok', 'acme.test']);
      expect(JSON.stringify(account)).to.contain('admin@acme.test');
      const { config } = google.source;
      const before = await world.api.all('/integrations');
      const key = { ...google.source.sandbox.serviceAccountKey, client_email: 'nobody@project.iam.gserviceaccount.com' };
      const { status, body } = await world.api.send('POST', '/integrations', {
        ...{ kind: 'google_workspace', name: 'Wrong', config, secrets: { serviceAccountKey: key } },
      });
      expect([status, body.detail.includes('PRIVATE KEY')]).to.deep.equal([422, false]);
      expect(await world.api.all('/integrations')).to.deep.equal(before);
      const other = world.join(await googleSource());
      const asText = await world.connect(other, { secrets: { serviceAccountKey: JSON.stringify(other.secrets['serviceAccountKey']) } });
      expect(await google.view()).to.include({ state: 'ok' });
      expect(await asText.sync()).to.include({ state: 'succeeded', created: 1 });
    });

    it('All users is a resource of its own: mapped, it lets in everybody, and who is new by the push message', async () => {
      const { google, hire } = await connected(world);
      const first = hire('Oya');
      await google.sync();
      expect((await google.resources()).map(({ id, displayName }) => [id === 'all_users', displayName])).to.deep.equal([
        [true, 'All users'],
        [false, 'Doors'],
      ]);
      await google.map('All users', 'Canteen');
      expect((await google.access(first))?.groups).to.deep.equal({ Canteen: [OPEN] });
      const runs = (await google.runs()).length;
      const fresh = hire('Pia');
      await world.settle();
      expect((await google.access(fresh))?.groups).to.deep.equal({ Canteen: [OPEN] });
      expect(await google.runs()).to.have.length(runs);
    });

    it('who is suspended or archived says so, and comes back to the same member, PIN and link', async () => {
      const { google, directory, hire } = await connected(world);
      const [suspended, archived] = [hire('Mara', 'doors'), hire('Hugo', 'doors')];
      await google.sync();
      const before = [await google.access(suspended), await google.access(archived)];
      directory.suspendUser(suspended);
      directory.archiveUser(archived);
      await world.settle();
      expect([await google.verdict(suspended), await google.verdict(archived)]).to.deep.equal([['suspended'], ['archived']]);
      expect([await google.access(suspended), await google.access(archived)]).to.deep.equal([null, null]);
      expect(await google.sync(), 'members of the group they stay').to.include({ created: 0, changed: 0, removed: 0 });
      for (const id of [suspended, archived]) directory.restoreUser(id);
      await world.settle();
      expect([await google.access(suspended), await google.access(archived)]).to.deep.equal(before);
    });

    it('who is deleted is gone, and undeleted the same again', async () => {
      const { google, directory, hire } = await connected(world);
      const id = hire('Ines', 'doors');
      await google.sync();
      const before = await google.access(id);
      directory.deleteUser(id);
      await world.settle();
      world.pass(2_000);
      await world.settle();
      expect((await google.users()).has(id)).to.equal(false);
      expect((await google.member(before?.memberId ?? '')).status).to.equal('ended');
      directory.undeleteUser(id);
      await google.sync();
      expect(await google.access(id)).to.deep.equal(before);
    });

    it('a new name or address changes nothing but that, also when another takes the old address', async () => {
      const { google, directory, hire } = await connected(world);
      const id = hire('Mara', 'doors');
      await google.sync();
      const before = await google.access(id);
      directory.renameUser(id, 'mara.berg@acme.test');
      directory.updateUser(id, { name: { givenName: 'Mara', familyName: 'Berg', fullName: 'Mara Berg' } });
      await world.settle();
      const after = await google.access(id);
      expect(after?.emails[0]).to.equal('mara.berg@acme.test');
      expect(after).to.deep.equal({ ...before, name: 'Mara Berg', emails: after?.emails ?? [] });
      directory.updateUser(id, { aliases: [] });
      const heir = hire('Mara');
      await google.sync();
      expect([await google.access(id), await google.verdict(heir)]).to.deep.equal([after, ['no_mapped_resource']]);
    });

    it('a group has a new name here too, and one that is deleted opens nothing any more', async () => {
      const { google, directory, hire } = await connected(world);
      directory.createGroup({ name: 'Lab', email: 'lab@acme.test' });
      const id = hire('Cleo', 'doors', 'lab');
      await google.sync();
      await google.map('Lab', 'Laboratory');
      directory.renameGroup('lab@acme.test', 'Laboratories');
      await google.sync();
      expect((await google.resources()).map(({ displayName }) => displayName)).to.deep.equal(['All users', 'Doors', 'Laboratories']);
      expect((await google.access(id))?.groups).to.deep.equal({ 'Front door': [OPEN], Laboratory: [OPEN] });
      directory.deleteGroup('lab@acme.test');
      await google.sync();
      await google.sync();
      expect((await google.access(id))?.groups).to.deep.equal({ 'Front door': [OPEN] });
    });

    it('addresses, links and PINs are as the settings say, and nothing is ever written there', async () => {
      const { google, hire } = await connected(world, { credentials: { email: false, magicLink: false, pin: 'none' } });
      const id = hire('Dario', 'doors');
      const requests = await requestsDuring(google.source, () => google.sync());
      expect(await google.access(id)).to.deep.include({ emails: [], pin: null, link: null });
      await world.api.take('PATCH', google.path, { settings: { credentials: { email: true, magicLink: true, pin: 'generate' } } });
      await world.settle();
      const access = await google.access(id);
      expect(access?.emails).to.deep.equal(['dario@acme.test']);
      expect([access?.pin, access?.link]).not.to.include(null);
      expect(Object.keys(requests)).to.deep.equal(['GET']);
      const writes = google.source.server.seen.filter(({ method, path }) => method !== 'GET' && !/token|watch|channels\/stop/.test(path));
      expect(writes).to.deep.equal([]);
    });

    it('an account that is another one all of a sudden is refused, and everybody stays', async () => {
      const { google, directory, hire } = await connected(world);
      const id = hire('Edda', 'doors');
      await google.sync();
      const before = await google.access(id);
      for (const user of directory.liveUsers()) directory.users.set(user.id, { ...user, customerId: 'C0other' });
      expect(await google.sync()).to.include({ state: 'failed', created: 0, changed: 0, removed: 0 });
      expect((await google.view()).state).to.equal('needs_attention');
      expect(await google.access(id)).to.deep.equal(before);
    });
  });
});
