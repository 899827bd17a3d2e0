import { expect } from 'chai';
import { googleWorkspaceAdapter } from '../../../src/adapters/google-workspace/adapter.js';
import { CursorExpired, Throttled, UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../../../src/adapters/upstream-errors.js';
import { googleFault } from '../../../sandbox/google-workspace/errors.js';
import type { GoogleWorkspaceSandbox } from '../../../sandbox/google-workspace/google-workspace-sandbox.js';
import { connected, failureOf, LIST_USERS, NOON, read, startSandbox } from './fixture.js';

const one = async (context: ReturnType<typeof connected>, key: string) => (await googleWorkspaceAdapter.one?.(context, key)) ?? [];
const LIST_MEMBERS = '/members?';

describe('google workspace full read', () => {
  let sandbox: GoogleWorkspaceSandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.stop());

  const person = (name: string) => sandbox.world.createUser({ primaryEmail: `${name}@acme.test` }).id;
  const group = (name: string) => sandbox.world.createGroup({ name, email: `${name}@acme.test` }).id;
  const membersOf = async (id: string) => (await read(connected(sandbox))).groups.get(id)?.members;

  it('asks for everybody of the account, suspended and archived people too, 500 at a time', async () => {
    await read(connected(sandbox));
    const { path } = sandbox.server.seen.find((seen) => seen.path.startsWith('/admin/directory/v1/users?')) ?? { path: '' };
    const query = new URL(path, 'http://x').searchParams;
    expect(Object.fromEntries(query)).to.deep.equal({ customer: 'my_customer', maxResults: '500', orderBy: 'email', projection: 'basic' });
  });

  it('asks for the account that was configured', async () => {
    expect((await read(connected(sandbox, { config: { customer: 'C0acme01' } }))).users.size).to.equal(1);
    const error = await failureOf(read(connected(sandbox, { config: { customer: 'C0nobody' } })));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('customer');
  });

  it('brings Users before Groups, and no cursor', async () => {
    sandbox.seed(25);
    sandbox.switches.pageSize = 10;
    const kinds: string[] = [];
    for await (const { resources, cursor } of googleWorkspaceAdapter.resources(connected(sandbox))) {
      expect(cursor).to.equal(null);
      kinds.push(...resources.map(({ resourceType }) => resourceType));
    }
    expect(kinds.lastIndexOf('User')).to.be.lessThan(kinds.indexOf('Group'));
    expect(kinds.filter((kind) => kind === 'Group')).to.have.length(2);
  });

  it('finds people of secondary domains', async () => {
    const { id } = sandbox.world.createUser({ primaryEmail: 'lab@acme-labs.test' });
    expect((await read(connected(sandbox))).users.has(id)).to.equal(true);
  });

  it('5, 10: a suspended person is a User with its reason, in the group as before', async () => {
    const id = person('bo');
    const doors = group('doors');
    sandbox.world.addMember(doors, id);
    sandbox.world.suspendUser(id);
    const { users, groups } = await read(connected(sandbox));
    expect(users.get(id)?.skipReason).to.equal('suspended');
    expect(users.get(id)?.attributes['active']).to.equal(false);
    expect(groups.get(doors)?.members).to.deep.equal([id]);
  });

  it('archived people are told apart from suspended ones', async () => {
    const id = person('bo');
    sandbox.world.archiveUser(id);
    expect((await read(connected(sandbox))).users.get(id)?.skipReason).to.equal('archived');
  });

  it('7: a rename and an alias that passes on are two updates of the same two people', async () => {
    const [bo, cleo] = [person('bo'), person('cleo')];
    const context = connected(sandbox);
    await read(context);
    sandbox.world.renameUser(bo, 'bo.berg@acme.test');
    sandbox.world.moveAlias('bo@acme.test', bo, cleo);
    sandbox.world.renameUser(cleo, 'bo@acme.test');
    const { users } = await read(context);
    expect(users.size).to.equal(3);
    expect(users.get(bo)?.attributes['userName']).to.equal('bo.berg@acme.test');
    expect(users.get(cleo)?.attributes['userName']).to.equal('bo@acme.test');
  });

  it('8: deleted people are not there, and come back with the same id', async () => {
    const id = person('bo');
    sandbox.world.deleteUser(id);
    expect((await read(connected(sandbox))).users.has(id)).to.equal(false);
    sandbox.world.undeleteUser(id);
    expect((await read(connected(sandbox))).users.has(id)).to.equal(true);
  });

  it('9: nested three deep, a diamond and a circle: each person once', async () => {
    const [a, b, c, d] = [group('a'), group('b'), group('c'), group('d')];
    const [bo, cleo] = [person('bo'), person('cleo')];
    for (const [outer, inner] of [
      [a, b],
      [a, c],
      [b, d],
      [c, d],
    ] as const)
      sandbox.world.addMember(outer, inner);
    sandbox.world.addMember(d, a, { force: true });
    sandbox.world.addMember(d, bo);
    sandbox.world.addMember(a, cleo);
    const { groups } = await read(connected(sandbox));
    for (const id of [a, b, c, d]) expect(groups.get(id)?.members, id).to.deep.equal([bo, cleo].sort());
  });

  it('reads each list of members once, however often a group is nested', async () => {
    const [a, b, c] = [group('a'), group('b'), group('c')];
    sandbox.world.addMember(a, c);
    sandbox.world.addMember(b, c);
    await read(connected(sandbox));
    expect(sandbox.server.count(LIST_MEMBERS)).to.equal(3);
  });

  it('a member of type CUSTOMER stands for everybody', async () => {
    const ids = [sandbox.world.user('admin@acme.test').id, person('bo'), person('cleo')].sort();
    const all = group('all');
    sandbox.world.addEverybody(all);
    expect(await membersOf(all)).to.deep.equal(ids);
  });

  it('people from outside are not members', async () => {
    const doors = group('doors');
    sandbox.world.addOutsider(doors, 'guest@other.test');
    sandbox.world.addOutsider(doors, 'odd@other.test', 'EXTERNAL');
    expect(await membersOf(doors)).to.deep.equal([]);
  });

  it('a nested group of another account is opaque: the read goes on', async () => {
    const [doors, bo] = [group('doors'), person('bo')];
    sandbox.world.addMember(doors, bo);
    sandbox.world.addMember(doors, sandbox.world.createForeignGroup('theirs@other.test'));
    const { groups } = await read(connected(sandbox));
    expect(groups.size).to.equal(1);
    expect(groups.get(doors)?.members).to.deep.equal([bo]);
  });

  it('a nested group that is gone without a trace brings nobody', async () => {
    const doors = group('doors');
    sandbox.world.addOutsider(doors, 'gone@other.test', 'GROUP');
    expect(await membersOf(doors)).to.deep.equal([]);
  });

  it('a group of our own that may not be read fails the read', async () => {
    group('doors');
    sandbox.server.faults.add(googleFault('forbidden', { on: LIST_MEMBERS }));
    expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(UpstreamRefused);
  });

  it('a nested group that cannot be read for lack of a scope fails the read', async () => {
    const doors = group('doors');
    sandbox.world.addMember(doors, sandbox.world.createForeignGroup('theirs@other.test'));
    sandbox.server.faults.add(googleFault('insufficientPermissions', { on: LIST_MEMBERS, after: 1 }));
    expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(UpstreamRefused);
  });

  it('a group that is deleted meanwhile fails the read: nobody said that it is empty', async () => {
    const doors = group('doors');
    sandbox.world.addMember(doors, person('bo'));
    sandbox.switches.goneMemberLists.add(doors);
    expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(UpstreamUnavailable);
  });

  it('a list of members that fails for good ends the read, and soon', async () => {
    for (let index = 0; index < 60; index += 1) group(`g${index}`);
    sandbox.server.faults.add({ kind: 'html', on: LIST_MEMBERS, after: 5 });
    expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(UpstreamContract);
    expect(sandbox.server.count(LIST_MEMBERS)).to.be.lessThan(30);
  });

  it('11: a missing flag fails the read and names it', async () => {
    sandbox.switches.omitSuspended = true;
    const error = await failureOf(read(connected(sandbox)));
    expect(error).to.be.instanceOf(UpstreamContract);
    expect(error.message).to.include('suspended');
  });

  it('15: another account behind the same connection fails the read', async () => {
    const context = connected(sandbox);
    await read(context);
    sandbox.world.customerId = 'C0other1';
    person('stranger');
    const error = await failureOf(read(context));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('another Google Workspace account');
  });

  it('16: an empty directory, its key left out, is an empty read', async () => {
    sandbox.switches.emptyUsers = true;
    const { users, groups } = await read(connected(sandbox));
    expect([users.size, groups.size]).to.deep.equal([0, 0]);
  });

  it('an answer that is something else than a list is no empty directory', async () => {
    for (const body of ['{}', '{"kind":"admin#directory#groups"}', '[]', '{"kind":"admin#directory#users","users":{}}']) {
      sandbox.server.faults.clear();
      sandbox.server.faults.add({ kind: 'status', status: 200, body, on: LIST_USERS });
      expect(await failureOf(read(connected(sandbox))), body).to.be.instanceOf(UpstreamContract);
    }
  });

  it('short and empty pages with a token are not the end', async () => {
    sandbox.seed(25);
    const expected = (await read(connected(sandbox))).users.size;
    sandbox.switches.emptyPages = true;
    sandbox.switches.pageSize = 4;
    expect((await read(connected(sandbox))).users.size).to.equal(expected);
  });

  it('17: an expired page token begins the list anew, once', async () => {
    sandbox.seed(25);
    sandbox.switches.pageSize = 10;
    sandbox.switches.refusedPageTokens = 1;
    expect((await read(connected(sandbox))).users.size).to.equal(26);
    sandbox.switches.refusedPageTokens = 2;
    expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(CursorExpired);
  });

  it('17: the same in the list of members', async () => {
    const doors = group('doors');
    for (let index = 0; index < 5; index += 1) sandbox.world.addMember(doors, person(`p${index}`));
    sandbox.switches.pageSize = 2;
    sandbox.switches.refusedPageTokens = 0;
    const context = connected(sandbox);
    sandbox.server.faults.add(googleFault('badPageToken', { on: 'members?maxResults=200&pageToken', times: 1 }));
    expect((await read(context)).groups.get(doors)?.members).to.have.length(5);
  });

  it('1: a second page that answers 500 for ever is an outage', async () => {
    sandbox.seed(25);
    sandbox.switches.pageSize = 10;
    sandbox.server.faults.add({ kind: 'status', status: 500, on: 'pageToken=' });
    expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(UpstreamUnavailable);
  });

  for (const name of ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'plainQuota'] as const) {
    it(`2: ${name} is waited out, and if it stays it is "too fast", not broken`, async () => {
      sandbox.server.faults.add(googleFault(name, { on: LIST_USERS, times: 2 }));
      expect((await read(connected(sandbox))).users.size).to.equal(1);
      sandbox.server.faults.clear();
      sandbox.server.faults.add(googleFault(name, { on: LIST_USERS }));
      expect(await failureOf(read(connected(sandbox)))).to.be.instanceOf(Throttled);
    });
  }

  it('the daily quota is not tried again before the next day', async () => {
    sandbox.server.faults.add(googleFault('dailyLimitExceeded', { on: LIST_USERS }));
    const error = await failureOf(read(connected(sandbox)));
    expect((error as Throttled).retryAt).to.equal('2026-11-26T08:00:00.000Z');
    expect(sandbox.server.count(LIST_USERS)).to.equal(1);
  });

  it('3: a role that was taken away is a matter for a person, at once', async () => {
    sandbox.world.updateUser('admin@acme.test', { isAdmin: false });
    const error = await failureOf(read(connected(sandbox)));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(sandbox.server.count(LIST_USERS)).to.equal(1);
  });

  for (const name of ['backendError', 'badGateway', 'quotaText'] as const) {
    it(`18: ${name} once is got over, whatever its body`, async () => {
      sandbox.server.faults.add(googleFault(name, { on: LIST_USERS, times: 1 }));
      expect((await read(connected(sandbox))).users.size).to.equal(1);
    });
  }

  it('keeps below 20 requests a second', async () => {
    for (let index = 0; index < 60; index += 1) group(`g${index}`);
    await read(connected(sandbox));
    const requests = sandbox.server.count('/admin/');
    expect(requests).to.equal(62);
    expect(sandbox.server.clock.now() - NOON).to.be.at.least(Math.floor(requests / 20) * 1_000);
  });

  it('many groups come in pages', async () => {
    for (let index = 0; index < 230; index += 1) group(`g${String(index).padStart(3, '0')}`);
    const sizes: number[] = [];
    for await (const { resources } of googleWorkspaceAdapter.resources(connected(sandbox))) sizes.push(resources.length);
    expect(sizes).to.deep.equal([1, 100, 100, 30]);
  });
});

describe('google workspace single read', () => {
  let sandbox: GoogleWorkspaceSandbox;
  beforeEach(async () => {
    sandbox = (await startSandbox()).sample();
  });
  afterEach(() => sandbox.stop());

  it('shows a suspension at once', async () => {
    const { id } = sandbox.world.suspendUser('mara.voss@acme.test');
    expect((await one(connected(sandbox), id))[0]?.skipReason).to.equal('suspended');
  });

  it('5: somebody deleted is gone', async () => {
    const { id } = sandbox.world.deleteUser('mara.voss@acme.test');
    expect(await one(connected(sandbox), id)).to.deep.equal([]);
  });

  it('an address is no key: it may belong to somebody else by now', async () => {
    expect(await one(connected(sandbox), 'mara.voss@acme.test')).to.deep.equal([]);
  });

  it('an id cannot lead to another path', async () => {
    expect(await one(connected(sandbox), '../groups')).to.deep.equal([]);
    expect(sandbox.server.seen.at(-1)?.path).to.equal('/admin/directory/v1/users/..%2Fgroups?projection=basic');
  });

  for (const [what, fault, kind] of [
    ['a 404 that is not Google’s', { kind: 'status', status: 404, body: '<html>Not Found</html>' }, UpstreamContract],
    ['a 404 for the domain', googleFault('domainNotFound'), UpstreamRefused],
    ['an outage', googleFault('backendError'), UpstreamUnavailable],
    ['403', googleFault('forbidden'), UpstreamRefused],
  ] as const) {
    it(`${what} does not mean that somebody is gone`, async () => {
      sandbox.server.faults.add({ ...fault, on: '/users/' });
      expect(await failureOf(one(connected(sandbox), '1'))).to.be.instanceOf(kind);
    });
  }

  it('15: somebody of another account is refused', async () => {
    const context = connected(sandbox);
    await googleWorkspaceAdapter.account(context);
    sandbox.world.customerId = 'C0other1';
    const { id } = sandbox.world.createUser({ primaryEmail: 'stranger@acme.test' });
    expect(await failureOf(one(context, id))).to.be.instanceOf(UpstreamRefused);
  });
});

describe('google workspace account', () => {
  let sandbox: GoogleWorkspaceSandbox;
  beforeEach(async () => {
    sandbox = (await startSandbox()).sample();
  });
  afterEach(() => sandbox.stop());

  it('shows the admin and the domain', async () => {
    expect(await googleWorkspaceAdapter.account(connected(sandbox))).to.deep.equal({
      id: 'C0acme01',
      name: 'acme.test',
      details: [
        { label: 'Admin', value: 'admin@acme.test' },
        { label: 'Domain', value: 'acme.test' },
      ],
    });
  });

  it('finds out that groups may not be read', async () => {
    sandbox.server.faults.add(googleFault('insufficientPermissions', { on: '/groups?' }));
    const error = await failureOf(googleWorkspaceAdapter.account(connected(sandbox)));
    expect(error).to.be.instanceOf(UpstreamRefused);
    expect(error.message).to.include('grant all scopes');
  });

  it('says so when the admin is not in the account', async () => {
    sandbox.server.faults.add(googleFault('userNotFound', { on: '/users/' }));
    expect(await failureOf(googleWorkspaceAdapter.account(connected(sandbox)))).to.be.instanceOf(UpstreamRefused);
  });

  it('works with a base address that ends in a slash', async () => {
    const config = { directoryBaseUrl: `${sandbox.url}/` };
    expect((await googleWorkspaceAdapter.account(connected(sandbox, { config }))).name).to.equal('acme.test');
  });
});
