import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../src/domain/scim.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, objectsIn, resourcesIn, userNamesIn } from '../support/scim-client.js';

/** The client never ends when rows are missing; its stand-in does. */
const PAGES_MAX = 20;

interface Features {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly chunk: number;
}

/** What authentik's SCIM provider does, read from its client code. */
class Authentik {
  readonly #scim: Connection;
  #features: Features | undefined;

  constructor(scim: Connection) {
    this.#scim = scim;
  }

  async features(): Promise<Features> {
    if (this.#features !== undefined) return this.#features;
    const { status, body } = await this.#scim.get('/ServiceProviderConfig');
    expect(status).to.equal(200);
    const supported = (name: string): boolean => (body[name] as JsonObject)['supported'] === true;
    const bulk = body['bulk'] as JsonObject;
    this.#features = { patch: supported('patch'), filter: supported('filter'), chunk: Number(bulk['maxOperations']) || 1000 };
    return this.#features;
  }

  /** Every update is a PUT of the whole; on 404 the User is created anew. */
  async syncUser(id: string | null, body: object): Promise<string> {
    if (id !== null) {
      const answer = await this.#scim.put(`/Users/${id}`, body);
      if (answer.status !== 404) return idOf(answer, 200);
    }
    return idOf(await this.#scim.post('/Users', body), 201);
  }

  /** Without members where PATCH is there; on 409 the first hit by name is adopted. */
  async createGroup(body: JsonObject): Promise<string> {
    const answer = await this.#scim.post('/Groups', body);
    if (answer.status !== 409) return idOf(answer, 201);
    expect((await this.features()).filter).to.equal(true);
    const [found] = resourcesIn(await this.#scim.find('/Groups', `displayName eq ${JSON.stringify(body['displayName'])}`));
    expect(found, '409 for a name that no filter finds').not.to.equal(undefined);
    return String(found?.['id']);
  }

  async updateGroup(id: string, body: JsonObject): Promise<void> {
    const answer = await this.#scim.patch(`/Groups/${id}`, { op: 'replace', value: { ...body, id } });
    expect(answer.status, answer.text).to.be.oneOf([200, 204]);
  }

  /** Reads all members, then one operation per difference, in chunks. Returns the number of PATCHes. */
  async syncMembers(id: string, wanted: readonly string[]): Promise<number> {
    const { chunk } = await this.features();
    const current = await this.#scim.membersOf(id);
    const operations = [
      ...wanted.filter((user) => !current.includes(user)).map((user) => ({ op: 'add', path: 'members', value: [{ value: user }] })),
      ...current.filter((user) => !wanted.includes(user)).map((user) => ({ op: 'remove', path: 'members', value: [{ value: user }] })),
    ];
    let patches = 0;
    for (let start = 0; start < operations.length; start += chunk) {
      const answer = await this.#scim.patch(`/Groups/${id}`, ...operations.slice(start, start + chunk));
      expect(answer.status, answer.text).to.be.oneOf([200, 204]);
      patches += 1;
    }
    return patches;
  }

  /** Pages with startIndex alone until it has seen totalResults rows. */
  async discover(endpoint: '/Users' | '/Groups'): Promise<string[]> {
    const ids: string[] = [];
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await this.#scim.get(`${endpoint}?startIndex=${ids.length + 1}`);
      ids.push(...resourcesIn(answer).map((resource) => String(resource['id'])));
      if (ids.length >= Number(answer.body['totalResults'])) return ids;
    }
    throw new Error('rows are missing: the real client would ask for ever');
  }
}

const ann = (more: object = {}): JsonObject => ({
  schemas: [USER_URN],
  userName: 'ann@example.com',
  externalId: 'ak-ann-0001',
  displayName: 'Ann Example',
  active: true,
  ...more,
});

forEachEngine((engine) => {
  describe('authentik', () => {
    const server = serverOf(engine);
    let scim: Connection;
    let authentik: Authentik;
    beforeEach(async () => {
      scim = await server().connect({}, 'authentik');
      authentik = new Authentik(scim);
    });

    it('1 reads that PATCH and filters are there, and that its chunks fit in one PATCH', async () => {
      const features = await authentik.features();
      expect(features).to.include({ patch: true, filter: true });
      expect(features.chunk).to.be.within(100, 1000);
    });

    it('2 users: every update is a whole PUT, and a User that is gone is created anew', async () => {
      await scim.mapAllUsers();
      const id = await authentik.syncUser(null, ann());
      const before = await scim.member('ann@example.com');
      expect(await authentik.syncUser(id, ann())).to.equal(id);
      expect(await authentik.syncUser(id, ann({ active: false }))).to.equal(id);
      expect(await scim.member('ann@example.com')).to.deep.include({ status: 'ended', pins: [], links: [] });
      expect(await authentik.syncUser(id, ann())).to.equal(id);
      expect(await scim.member('ann@example.com')).to.deep.equal(before);

      expect((await scim.delete(`/Users/${id}`)).status).to.equal(204);
      const anew = await authentik.syncUser(id, ann());
      expect(anew).not.to.equal(id);
      const member = await scim.member('ann@example.com');
      expect(member, 'the one that comes back is who it was').to.deep.equal(before);
    });

    it('3 groups: adopts on 409, replaces the whole without a path, patches members in chunks', async () => {
      const users = await Promise.all(Array.from({ length: 25 }, (_, index) => scim.addUser(`user-${index}`)));
      const body: JsonObject = { schemas: [GROUP_URN], displayName: 'Clean "ers" \\', externalId: 'ak-grp-0001' };
      const id = await authentik.createGroup(body);
      expect(await authentik.createGroup({ ...body, externalId: 'ak-grp-0002' }), 'adopted').to.equal(id);
      await scim.map(id, 'Cleaning');
      await authentik.updateGroup(id, { ...body, externalId: 'ak-grp-0003' });
      expect((await scim.get(`/Groups/${id}`)).body).to.include({ displayName: 'Clean "ers" \\', externalId: 'ak-grp-0003' });

      expect(await authentik.syncMembers(id, users)).to.equal(1);
      expect(await scim.membersOf(id)).to.deep.equal([...users].sort());
      expect((await scim.member('user-24'))?.status).to.equal('active');
      await authentik.syncMembers(id, users.slice(5));
      expect(await scim.membersOf(id)).to.deep.equal(users.slice(5).sort());
      expect(await scim.member('user-0')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      expect(await authentik.syncMembers(id, users.slice(5)), 'nothing left to do').to.equal(0);
    });

    it('3 groups: a Group of 1,100 members is sent in chunks of what the server says, and read back whole', async () => {
      const users = await scim.seed(Array.from({ length: 1100 }, (_, index) => ({ userName: `user-${index}` })));
      const id = await authentik.createGroup({ schemas: [GROUP_URN], displayName: 'Everybody' });
      expect(await authentik.syncMembers(id, users)).to.equal(2);
      expect(await scim.membersOf(id)).to.deep.equal([...users].sort());
      expect(await authentik.discover('/Users'))
        .to.have.members(users)
        .and.to.have.length(1100);
    });

    it('4 discovery: startIndex alone, until totalResults rows are seen', async () => {
      const ids = await scim.seed(Array.from({ length: 250 }, (_, index) => ({ userName: `user-${index}` })));
      const found = await authentik.discover('/Users');
      expect(new Set(found).size).to.equal(250);
      expect(found).to.have.members(ids);
      const groups = await Promise.all(Array.from({ length: 110 }, (_, index) => scim.addGroup(`group-${index}`)));
      expect(await authentik.discover('/Groups')).to.have.members(groups);
    });

    it('the list of all shows the members of each Group, since it compares them', async () => {
      const user = await scim.addUser('ann@example.com');
      const group = await scim.addGroup('Cleaners', [user]);
      const [listed] = resourcesIn(await scim.get('/Groups'));
      expect(objectsIn(listed?.['members']).map((member) => member['value'])).to.deep.equal([user]);
      expect(userNamesIn(await scim.find('/Users', `groups.value eq "${group}"`))).to.deep.equal(['ann@example.com']);
    });
  });
});
