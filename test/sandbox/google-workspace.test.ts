import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import { googleFault } from '../../sandbox/google-workspace/errors.js';
import { GoogleWorkspaceSandbox } from '../../sandbox/google-workspace/google-workspace-sandbox.js';

const NOON = Date.parse('2026-11-25T12:00:00Z');
const DAY = 86_400_000;
const ALL_SCOPES = ['user', 'group', 'group.member', 'orgunit'].map(
  (name) => `https://www.googleapis.com/auth/admin.directory.${name}.readonly`,
);

interface Body {
  readonly kind?: string;
  readonly nextPageToken?: string;
  readonly users?: readonly Readonly<Record<string, unknown>>[];
  readonly groups?: readonly Readonly<Record<string, unknown>>[];
  readonly members?: readonly Readonly<Record<string, unknown>>[];
  readonly organizationUnits?: readonly Readonly<Record<string, unknown>>[];
  readonly error?: { readonly code: number; readonly message: string; readonly errors: readonly { readonly reason: string }[] };
  readonly [name: string]: unknown;
}

describe('sandbox: Google directory (section 10)', () => {
  let sandbox: GoogleWorkspaceSandbox;
  let token: string;
  beforeEach(async () => {
    sandbox = new GoogleWorkspaceSandbox();
    sandbox.server.clock.freeze(NOON);
    await sandbox.start();
    token = sandbox.identity.issue({ clientId: 'c', subject: 'admin@acme.test', scopes: new Set(ALL_SCOPES), refreshToken: null }).text;
  });
  afterEach(() => sandbox.stop());

  const fetched = (path: string, bearer = token) => fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${bearer}` } });
  const get = async (path: string, bearer = token): Promise<{ readonly status: number; readonly body: Body }> => {
    const answer = await fetched(`/admin/directory/v1${path}`, bearer);
    return { status: answer.status, body: (await answer.json()) as Body };
  };
  const emails = async (query: string) =>
    ((await get(`/users?customer=my_customer&${query}`)).body.users ?? []).map((user) => user['primaryEmail']);
  const reasonOf = ({ body }: { readonly body: Body }) => body.error?.errors[0]?.reason;

  describe('who may ask', () => {
    it('nobody without a token, with one that has ended, or with one that was revoked', async () => {
      expect((await get('/users?customer=my_customer', 'nonsense')).status).to.equal(401);
      sandbox.server.clock.advance(3_599_000);
      const ended = await get('/users?customer=my_customer');
      expect([ended.status, reasonOf(ended)]).to.deep.equal([401, 'authError']);
    });

    it('nobody without the scope; the answer says so twice', async () => {
      const poor = sandbox.identity.issue({ clientId: 'c', subject: 'admin@acme.test', scopes: new Set(), refreshToken: null }).text;
      const answer = await fetched('/admin/directory/v1/groups?customer=my_customer', poor);
      expect(answer.status).to.equal(403);
      expect(answer.headers.get('www-authenticate')).to.include('insufficient_scope');
    });

    it('nobody who is no admin', async () => {
      sandbox.world.createUser({ primaryEmail: 'bo@acme.test' });
      const bo = sandbox.identity.issue({ clientId: 'c', subject: 'bo@acme.test', scopes: new Set(ALL_SCOPES), refreshToken: null }).text;
      const answer = await get('/users?customer=my_customer', bo);
      expect([answer.status, reasonOf(answer)]).to.deep.equal([403, 'forbidden']);
    });
  });

  describe('users', () => {
    it('one of customer and domain is required, and has to be known', async () => {
      expect(reasonOf(await get('/users'))).to.equal('badRequest');
      expect((await get('/users?customer=C0nobody')).body.error?.message).to.equal('Invalid Customer Id');
      expect((await get('/users?domain=nobody.test')).status).to.equal(404);
    });

    it('a domain leaves out those of other domains', async () => {
      sandbox.world.createUser({ primaryEmail: 'lab@acme-labs.test' });
      const { body } = await get('/users?domain=acme.test');
      expect(body.users).to.have.length(1);
      expect(await emails('')).to.include('lab@acme-labs.test');
    });

    it('the key of an empty list is left out', async () => {
      sandbox.switches.emptyUsers = true;
      expect((await get('/users?customer=my_customer')).body).to.deep.equal({ kind: 'admin#directory#users', etag: '"list"' });
    });

    it('pages hold 100, or as many as asked for, up to 500', async () => {
      sandbox.seed(520);
      expect((await get('/users?customer=my_customer')).body.users).to.have.length(100);
      expect((await get('/users?customer=my_customer&maxResults=500')).body.users).to.have.length(500);
      expect((await get('/users?customer=my_customer&maxResults=501')).status).to.equal(400);
      expect((await get('/groups?customer=my_customer&maxResults=201')).status).to.equal(400);
    });

    it('a page token goes with its parameters, and dies after three days', async () => {
      sandbox.seed(5);
      const { body } = await get('/users?customer=my_customer&maxResults=2');
      const next = `pageToken=${body.nextPageToken}`;
      expect((await get(`/users?customer=my_customer&maxResults=2&${next}`)).body.users).to.have.length(2);
      expect(reasonOf(await get(`/users?customer=my_customer&maxResults=3&${next}`))).to.equal('invalid');
      expect(reasonOf(await get('/users?customer=my_customer&pageToken=nonsense'))).to.equal('invalid');
      sandbox.server.clock.advance(3 * DAY + 1);
      const bearer = sandbox.identity.issue({
        clientId: 'c',
        subject: 'admin@acme.test',
        scopes: new Set(ALL_SCOPES),
        refreshToken: null,
      }).text;
      expect(reasonOf(await get(`/users?customer=my_customer&maxResults=2&${next}`, bearer))).to.equal('invalid');
    });

    it('are sorted as asked', async () => {
      sandbox.world.createUser({ primaryEmail: 'zoe@acme.test', givenName: 'Bea', familyName: 'Adler' });
      expect(await emails('orderBy=email')).to.deep.equal(['admin@acme.test', 'zoe@acme.test']);
      expect(await emails('orderBy=email&sortOrder=DESCENDING')).to.deep.equal(['zoe@acme.test', 'admin@acme.test']);
      expect(await emails('orderBy=familyName')).to.deep.equal(['zoe@acme.test', 'admin@acme.test']);
      expect((await get('/users?customer=my_customer&orderBy=age')).status).to.equal(400);
    });

    it('are found by queries', async () => {
      sandbox.sample();
      sandbox.world.archiveUser('nils.dahl@acme.test');
      expect(await emails('query=isSuspended%3Dtrue')).to.deep.equal(['pia.fontana@acme.test']);
      expect(await emails('query=isSuspended%3Dfalse%20isArchived%3Dfalse%20isAdmin%3Dtrue')).to.deep.equal(['admin@acme.test']);
      expect(await emails(`query=${encodeURIComponent("orgUnitPath='/Staff' givenName:mar*")}`)).to.deep.equal(['mara.voss@acme.test']);
      expect(await emails('query=email%3Aokafor')).to.deep.equal(['femi.okafor@acme.test']);
      for (const query of ['lastLoginTime%3D1', 'nonsense', "name%3D'open"]) {
        expect(reasonOf(await get(`/users?customer=my_customer&query=${query}`)), query).to.equal('invalid');
      }
    });

    it('are found by id, address and alias, until they are deleted', async () => {
      const { id } = sandbox.world.createUser({ primaryEmail: 'bo@acme.test', aliases: ['b@acme.test'] });
      for (const key of [id, 'BO@acme.test', 'b@acme.test']) expect((await get(`/users/${key}`)).body['id']).to.equal(id);
      sandbox.world.deleteUser(id);
      for (const key of [id, 'bo@acme.test'])
        expect((await get(`/users/${key}`)).body.error?.message).to.equal('Resource Not Found: userKey');
    });

    it('that are deleted are listed apart, and come back within twenty days with the same id', async () => {
      const { id } = sandbox.world.createUser({ primaryEmail: 'bo@acme.test' });
      sandbox.world.deleteUser(id);
      expect(await emails('')).to.deep.equal(['admin@acme.test']);
      expect(await emails('showDeleted=true')).to.deep.equal(['bo@acme.test']);
      sandbox.world.undeleteUser(id);
      expect((await get(`/users/${id}`)).body['deletionTime']).to.equal(undefined);
      sandbox.world.deleteUser(id);
      sandbox.server.clock.advance(20 * DAY + 1);
      expect(() => sandbox.world.undeleteUser(id)).to.throw();
    });

    it('say why and when they were suspended, only while they are', async () => {
      const { id } = sandbox.world.createUser({ primaryEmail: 'bo@acme.test' });
      sandbox.world.suspendUser(id);
      expect((await get(`/users/${id}`)).body).to.include({
        suspended: true,
        suspensionReason: 'ADMIN',
        suspensionTime: '2026-11-25T12:00:00.000Z',
      });
      sandbox.world.restoreUser(id);
      expect((await get(`/users/${id}`)).body)
        .to.include({ suspended: false })
        .and.not.have.property('suspensionReason');
    });

    it('keep a former address as an alias, and their etag changes', async () => {
      const { id } = sandbox.world.createUser({ primaryEmail: 'bo@acme.test' });
      const before = (await get(`/users/${id}`)).body['etag'];
      sandbox.world.renameUser(id, 'bo.berg@acme.test');
      const { body } = await get(`/users/${id}`);
      expect(body).to.deep.include({ primaryEmail: 'bo.berg@acme.test', aliases: ['bo@acme.test'] });
      expect(body['etag']).to.not.equal(before);
    });

    it('show custom fields only when asked, and no flags to the public', async () => {
      const { id } = sandbox.world.createUser({
        primaryEmail: 'bo@acme.test',
        customSchemas: { Badge: { number: '00417' }, Other: { x: '1' } },
      });
      expect((await get(`/users/${id}`)).body).to.not.have.property('customSchemas');
      expect((await get(`/users/${id}?projection=full`)).body['customSchemas']).to.have.keys('Badge', 'Other');
      expect((await get(`/users/${id}?projection=custom&customFieldMask=Badge`)).body['customSchemas']).to.have.keys('Badge');
      expect((await get(`/users/${id}?viewType=domain_public`)).body).to.not.have.any.keys('suspended', 'archived');
    });

    it('can be cut to some fields', async () => {
      sandbox.seed(1);
      const { body } = await get('/users?customer=my_customer&maxResults=1&fields=nextPageToken,users(id,name/givenName)');
      expect(Object.keys(body).sort()).to.deep.equal(['nextPageToken', 'users']);
      expect(body.users?.[0]).to.deep.equal({ id: sandbox.world.user('admin@acme.test').id, name: { givenName: 'Ada' } });
    });
  });

  describe('groups', () => {
    beforeEach(() => sandbox.sample());

    it('count direct members as a text', async () => {
      const { body } = await get('/groups/doors-hq@acme.test');
      expect(body).to.deep.include({ kind: 'admin#directory#group', name: 'Doors HQ', directMembersCount: '6' });
    });

    it('of a member are listed without customer, never with it', async () => {
      const { body } = await get('/groups?userKey=mara.voss@acme.test');
      expect(body.groups?.map(({ name }) => name)).to.deep.equal(['Doors HQ']);
      expect(reasonOf(await get('/groups?userKey=mara.voss@acme.test&customer=my_customer'))).to.equal('badRequest');
    });

    it('are found by name, address and member; an order needs a key', async () => {
      const names = async (query: string) =>
        ((await get(`/groups?customer=my_customer&query=${encodeURIComponent(query)}`)).body.groups ?? []).map(({ name }) => name);
      expect(await names('name:Doors*')).to.deep.equal(['Doors HQ']);
      expect(await names('email=all@acme.test')).to.deep.equal(['Everybody']);
      expect(await names('memberKey=ravi.gupta@acme.test')).to.deep.equal(['Night shift']);
      expect((await get('/groups?customer=my_customer&query=x')).status).to.equal(400);
      expect((await get('/groups?customer=my_customer&sortOrder=DESCENDING')).status).to.equal(400);
    });

    it('list members of every type; everybody has no address', async () => {
      const { body } = await get('/groups/doors-hq@acme.test/members');
      expect(body.members?.map(({ type }) => type).sort()).to.deep.equal(['GROUP', 'USER', 'USER', 'USER', 'USER', 'USER']);
      const all = (await get('/groups/all@acme.test/members')).body.members?.[0];
      expect(all).to.include({ type: 'CUSTOMER', id: 'C0acme01' }).and.not.have.property('email');
    });

    it('keep suspended people as members, and say so', async () => {
      sandbox.world.suspendUser('mara.voss@acme.test');
      const { body } = await get('/groups/doors-hq@acme.test/members');
      expect(body.members?.find(({ email }) => email === 'mara.voss@acme.test')?.['status']).to.equal('SUSPENDED');
    });

    it('with derived members list the groups in between too', async () => {
      const { body } = await get('/groups/doors-hq@acme.test/members?includeDerivedMembership=true');
      expect(body.members).to.have.length(8);
      expect(body.members?.some(({ type }) => type === 'GROUP')).to.equal(true);
    });

    it('list roles as asked', async () => {
      sandbox.world.addMember('doors-hq@acme.test', 'nils.dahl@acme.test', { role: 'OWNER' });
      expect((await get('/groups/doors-hq@acme.test/members?roles=OWNER,MANAGER')).body.members).to.have.length(1);
    });

    it('know who is inside of them, over nested groups', async () => {
      const inside = async (key: string) => (await get(`/groups/doors-hq@acme.test/hasMember/${key}`)).body;
      expect(await inside('ravi.gupta@acme.test')).to.deep.equal({ isMember: true });
      expect(await inside('nils.dahl@acme.test')).to.deep.equal({ isMember: false });
      expect((await inside('nobody@acme.test')).error?.message).to.equal('Resource Not Found: memberKey');
    });

    it('of another account are closed', async () => {
      const id = sandbox.world.createForeignGroup('theirs@other.test');
      expect(reasonOf(await get(`/groups/${id}`))).to.equal('forbidden');
      expect(reasonOf(await get(`/groups/${id}/members`))).to.equal('forbidden');
    });

    it('cannot hold each other, unless forced', () => {
      const add = (force: boolean) => () => sandbox.world.addMember('night-shift@acme.test', 'doors-hq@acme.test', { force });
      expect(add(false)).to.throw('Cyclic');
      expect(add(true)).to.not.throw();
    });

    it('that are deleted leave the groups they were in', async () => {
      sandbox.world.deleteGroup('night-shift@acme.test');
      expect((await get('/groups/night-shift@acme.test')).body.error?.message).to.equal('Resource Not Found: groupKey');
      expect((await get('/groups/doors-hq@acme.test')).body['directMembersCount']).to.equal('5');
    });
  });

  describe('org units', () => {
    it('are listed by depth, and the key is left out when there are none', async () => {
      expect((await get('/customer/my_customer/orgunits')).body).to.not.have.property('organizationUnits');
      sandbox.world.createOrgUnit('Staff');
      sandbox.world.createOrgUnit('Ops', '/Staff');
      const count = async (query: string) => (await get(`/customer/my_customer/orgunits?${query}`)).body.organizationUnits?.length;
      expect(await count('')).to.equal(1);
      expect(await count('type=all')).to.equal(2);
      expect(await count('type=allIncludingParent&orgUnitPath=/Staff')).to.equal(2);
      expect(await count('orgUnitPath=/Staff')).to.equal(1);
    });

    it('are found by path without its slash, and by id', async () => {
      sandbox.world.createOrgUnit('Staff');
      const { orgUnitId } = sandbox.world.createOrgUnit('Ops', '/Staff');
      for (const key of ['Staff/Ops', orgUnitId]) expect((await get(`/customer/my_customer/orgunits/${key}`)).body['name']).to.equal('Ops');
      expect((await get('/customer/my_customer/orgunits/Nowhere')).body.error?.message).to.equal('Org unit not found');
      expect((await get('/customer/C0nobody/orgunits')).body.error?.message).to.equal('Invalid Customer Id');
    });
  });

  it('a request fails with any row of the error table, at the wanted time', async () => {
    sandbox.server.faults.add(googleFault('plainQuota', { on: '/users', after: 1, times: 1 }));
    const texts = [];
    for (let index = 0; index < 3; index += 1) texts.push(await (await fetched('/admin/directory/v1/users?customer=my_customer')).text());
    expect(texts[1]).to.equal('Request rate higher than configured.');
    expect(JSON.parse(texts[0] ?? '')).to.have.property('users');
    expect(texts[2]).to.equal(texts[0]);
  });

  it('an unknown path is 404', async () => {
    expect((await fetched('/admin/directory/v1/robots')).status).to.equal(404);
  });

  it('the same seed is the same world', async () => {
    const other = new GoogleWorkspaceSandbox();
    other.server.clock.freeze(NOON);
    sandbox.seed(60);
    const world = ({ world: { users, groups, members } }: GoogleWorkspaceSandbox) =>
      JSON.stringify([[...users], [...groups], [...members]].map((rows) => rows.slice(1)));
    expect(world(other.seed(60))).to.equal(world(sandbox));
    expect([...sandbox.world.users.values()].some(({ suspended }) => suspended)).to.equal(true);
    expect([...sandbox.world.users.values()].some(({ archived }) => archived)).to.equal(true);
  });

  describe('control', () => {
    const act = async (action: string, body: object) => {
      const answer = await fetch(`${sandbox.url}/_control/${action}`, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as { readonly result: Body } };
    };

    it('changes people and groups', async () => {
      expect((await act('createUser', { primaryEmail: 'bo@acme.test', givenName: 'Bo' })).body.result['primaryEmail']).to.equal(
        'bo@acme.test',
      );
      await act('createGroup', { name: 'Doors', email: 'doors@acme.test' });
      await act('addMember', { group: 'doors@acme.test', member: 'bo@acme.test' });
      await act('suspendUser', { user: 'bo@acme.test' });
      expect((await get('/groups/doors@acme.test/members')).body.members?.[0]).to.include({ email: 'bo@acme.test', status: 'SUSPENDED' });
    });

    it('makes trouble and ends it', async () => {
      await act('outage', {});
      expect((await get('/users?customer=my_customer')).status).to.equal(503);
      await act('recover', {});
      await act('fail', { error: 'rateLimitExceeded' });
      expect((await get('/users?customer=my_customer')).status).to.equal(429);
      expect((await get('/users?customer=my_customer')).status).to.equal(200);
    });

    it('refuses what it does not know', async () => {
      for (const name of ['nonsense', '__proto__', 'constructor']) expect((await act(name, {})).status, name).to.equal(404);
      expect((await act('fail', { error: 'nonsense' })).status).to.equal(400);
      expect((await act('suspendUser', { user: 'nobody' })).status).to.equal(400);
    });
  });

  describe('push channels', () => {
    let receiver: Server;
    let address: string;
    let answers: number[];
    let messages: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[];
    beforeEach(async () => {
      answers = [];
      messages = [];
      receiver = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          messages.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
          response.statusCode = answers.shift() ?? 204;
          response.end();
        });
      });
      receiver.listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const at = receiver.address();
      address = `http://127.0.0.1:${typeof at === 'object' ? (at?.port ?? 0) : 0}/hook`;
    });
    afterEach(() => {
      receiver.closeAllConnections();
      receiver.close();
    });

    const post = async (path: string, body: object) => {
      const answer = await fetch(`${sandbox.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
    };
    const watch = (changes: object = {}, event = 'update') =>
      post(`/admin/directory/v1/users/watch?customer=my_customer&event=${event}`, {
        id: 'c1',
        type: 'web_hook',
        address,
        token: 't',
        ...changes,
      });
    const states = () => messages.map(({ headers }) => headers['x-goog-resource-state']);

    it('send a first message, then one for each change, as Google words them', async () => {
      const { body } = await watch({ params: { ttl: '3600' } });
      expect(body).to.deep.include({ kind: 'api#channel', id: 'c1', token: 't', expiration: String(NOON + 3_600_000) });
      const { id } = sandbox.world.createUser({ primaryEmail: 'bo@acme.test' });
      sandbox.world.suspendUser(id);
      await sandbox.push.flush();
      expect(states()).to.deep.equal(['sync', 'update']);
      expect(messages[0]?.headers['x-goog-message-number']).to.equal('1');
      expect(messages[0]?.body).to.equal('');
      expect(messages[1]?.headers).to.include({
        'x-goog-channel-id': 'c1',
        'x-goog-channel-token': 't',
        'x-goog-channel-expiration': 'Wed, 25 Nov 2026 13:00:00 GMT',
        'x-goog-resource-id': String(body['resourceId']),
        'content-type': 'application/json; utf-8',
      });
      expect(JSON.parse(messages[1]?.body ?? '')).to.include({ kind: 'admin#directory#user', id, primaryEmail: 'bo@acme.test' });
    });

    it('tell of one kind of event each, and of every kind without one', async () => {
      sandbox.switches.duplicateMessages = false;
      await watch({ id: 'c-add' }, 'add');
      await post('/admin/directory/v1/users/watch?customer=my_customer', { id: 'c-any', type: 'web_hook', address });
      const { id } = sandbox.world.createUser({ primaryEmail: 'bo@acme.test' });
      sandbox.world.updateUser(id, { isAdmin: true });
      sandbox.world.deleteUser(id);
      sandbox.world.undeleteUser(id);
      await sandbox.push.flush();
      const of = (channel: string) =>
        messages.filter(({ headers }) => headers['x-goog-channel-id'] === channel).map(({ headers }) => headers['x-goog-resource-state']);
      expect(of('c-add')).to.deep.equal(['sync', 'add']);
      expect(of('c-any')).to.deep.equal(['sync', 'add', 'makeAdmin', 'delete', 'undelete']);
      expect(messages.find(({ headers }) => headers['x-goog-channel-id'] === 'c-any')?.headers).to.not.have.property(
        'x-goog-channel-token',
      );
    });

    it('live two hours unless asked, and six at most', async () => {
      const expiration = async (changes: object) => Number((await watch(changes)).body['expiration']) - NOON;
      expect(await expiration({ id: 'c2' })).to.equal(7_200_000);
      expect(await expiration({ id: 'c3', params: { ttl: '172800' } })).to.equal(21_600_000);
      expect(await expiration({ id: 'c4', expiration: String(NOON + 60_000) })).to.equal(60_000);
    });

    it('end', async () => {
      await watch();
      sandbox.server.clock.advance(7_200_000);
      sandbox.world.suspendUser('admin@acme.test');
      await sandbox.push.flush();
      expect(states()).to.deep.equal(['sync']);
    });

    for (const [what, changes, reason] of [
      ['an address that is none', { address: 'x' }, 'push.webhookUrlNotHttps'],
      ['another type', { type: 'email' }, 'invalid'],
      ['an id that is too long', { id: 'x'.repeat(65) }, 'invalid'],
      ['a token that is too long', { token: 'x'.repeat(257) }, 'invalid'],
    ] as const) {
      it(`are not opened for ${what}`, async () => {
        const answer = await watch(changes);
        expect([answer.status, reasonOf(answer)]).to.deep.equal([400, reason]);
      });
    }

    it('are not opened for plain http where https is asked for, for an unknown event, or with an id in use', async () => {
      expect(reasonOf(await watch({}, 'sneeze'))).to.equal('invalid');
      await watch();
      expect(reasonOf(await watch())).to.equal('channelIdNotUnique');
      sandbox.switches.httpsOnly = true;
      expect(reasonOf(await watch({ id: 'c2' }))).to.equal('push.webhookUrlNotHttps');
    });

    it('are stopped with what was returned, once', async () => {
      const { body } = await watch();
      const stop = (resourceId: unknown) => post('/admin/directory_v1/channels/stop', { id: 'c1', resourceId });
      expect((await stop('r-other')).status).to.equal(404);
      expect((await stop(body['resourceId'])).status).to.equal(204);
      expect((await stop(body['resourceId'])).status).to.equal(404);
    });

    it('try again after 500, 502, 503 and 504, with growing pauses, and after nothing else', async () => {
      await watch();
      await sandbox.push.flush();
      for (const [status, retried] of [
        [500, true],
        [504, true],
        [400, false],
        [429, false],
      ] as const) {
        messages.length = 0;
        answers = [status];
        sandbox.world.suspendUser('admin@acme.test');
        await sandbox.push.flush();
        await sandbox.push.flush();
        expect(messages, `${status} before its time`).to.have.length(1);
        sandbox.server.clock.advance(1_000);
        await sandbox.push.flush();
        expect(messages, String(status)).to.have.length(retried ? 2 : 1);
      }
      const last = sandbox.push.deliveries.at(-1);
      expect(last?.status).to.equal(429);
    });

    it('give up on somebody who never answers well', async () => {
      await watch();
      await sandbox.push.flush();
      answers = Array.from({ length: 20 }, () => 503);
      sandbox.world.suspendUser('admin@acme.test');
      for (let index = 0; index < 12; index += 1) {
        await sandbox.push.flush();
        sandbox.server.clock.advance(60_000);
      }
      expect(sandbox.push.deliveries.at(-1)?.attempts).to.equal(6);
    });

    it('lose, repeat and disorder messages on demand', async () => {
      await watch();
      await sandbox.push.flush();
      sandbox.switches.loseMessages = true;
      sandbox.world.suspendUser('admin@acme.test');
      await sandbox.push.flush();
      expect(states()).to.deep.equal(['sync']);
      sandbox.switches.loseMessages = false;
      sandbox.switches.duplicateMessages = true;
      sandbox.world.suspendUser('admin@acme.test');
      await sandbox.push.flush();
      expect(messages[1]).to.deep.equal(messages[2]);
      sandbox.switches.duplicateMessages = false;
      sandbox.switches.reverseMessages = true;
      messages.length = 0;
      sandbox.world.suspendUser('admin@acme.test');
      sandbox.world.restoreUser('admin@acme.test');
      await sandbox.push.flush();
      const numbers = messages.map(({ headers }) => Number(headers['x-goog-message-number']));
      expect(numbers).to.have.length(2);
      expect(numbers[0]).to.be.greaterThan(numbers[1] ?? 0);
    });
  });
});
