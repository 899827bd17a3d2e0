import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, resourcesIn, type ScimAnswer, userNamesIn } from '../support/scim-client.js';

const ANN = {
  schemas: [USER_URN],
  userName: 'ann@example.com',
  name: { givenName: 'Ann', familyName: 'Example' },
  emails: [{ primary: true, value: 'ann@example.com', type: 'work' }],
  displayName: 'Ann Example',
  locale: 'en-US',
  externalId: 'okta-ann-0001',
  groups: [],
  password: 'random-Pw-9',
  active: true,
};

/** Okta stops at counters that are texts and at a 201 without a body. */
function expectCounters(answer: ScimAnswer, total: number, items: number, startIndex = 1): void {
  expect(answer.status).to.equal(200);
  expect(answer.body).to.include({ totalResults: total, itemsPerPage: items, startIndex });
}

forEachEngine((engine) => {
  describe('Okta', () => {
    const server = serverOf(engine);
    let okta: Connection;
    beforeEach(async () => {
      okta = await server().connect({}, 'Okta');
    });

    async function assign(): Promise<string> {
      expectCounters(await okta.find('/Users', 'userName eq "ann@example.com"', '&startIndex=1&count=100'), 0, 0);
      return idOf(await okta.post('/Users', ANN), 201);
    }

    async function deactivate(id: string, active: boolean): Promise<ScimAnswer> {
      return okta.patch(`/Users/${id}`, { op: 'replace', value: { active } });
    }

    it('1 setup test: lists of two Users and a hundred Groups, counters are integers', async () => {
      expectCounters(await okta.get('/Users?startIndex=1&count=2'), 0, 0);
      expectCounters(await okta.get('/Groups?startIndex=1&count=100'), 0, 0);
      for (let index = 0; index < 3; index += 1) await okta.addUser(`user-${index}`);
      expectCounters(await okta.get('/Users?startIndex=1&count=2'), 3, 2);
    });

    it('2 assign: the answer has a body, the password is nowhere, and a second POST is a conflict', async () => {
      await okta.mapAllUsers();
      const created = await okta.post('/Users', ANN);
      idOf(created, 201);
      const { password, groups, ...kept } = ANN;
      expect(created.body).to.deep.include(kept);
      expect(groups).to.deep.equal([]);
      expect(created.body).not.to.have.any.keys('password', 'groups');
      const [row] = await server().query<Record<string, unknown>>('select * from users where integration_id = ?', okta.id);
      expect(JSON.stringify([row, await server().query('select * from events'), server().logged])).not.to.include(password);
      const again = await okta.post('/Users', ANN);
      expect([again.status, again.body['scimType']]).to.deep.equal([409, 'uniqueness']);
      const member = await okta.member('ann@example.com');
      expect(member).to.deep.include({ status: 'active', name: 'Ann Example' });
      expect([member?.pins.length, member?.links.length]).to.deep.equal([1, 1]);
    });

    it('3 update: PUT of the whole fetched object with id, meta and groups', async () => {
      await okta.mapAllUsers();
      const id = await assign();
      await okta.addGroup('Cleaners', [id]);
      const pins = (await okta.member('ann@example.com'))?.pins;
      const fetched = (await okta.get(`/Users/${id}`)).body;
      expect(fetched).to.have.property('groups');
      const same = await okta.put(`/Users/${id}`, fetched);
      expect(same.status).to.equal(200);
      expect(same.body).to.deep.equal(fetched);

      const changed = await okta.put(`/Users/${id}`, { ...fetched, displayName: 'Ann Newname' });
      expect(changed.body).to.deep.include({ id, displayName: 'Ann Newname', active: true, groups: fetched['groups'] });
      const member = await okta.member('ann@example.com');
      expect(member?.name).to.equal('Ann Newname');
      expect(member?.pins).to.deep.equal(pins);
    });

    it('4 deactivate and reactivate, catalogue: pathless replace; access goes and comes back with the same PIN', async () => {
      await okta.mapAllUsers();
      const id = await assign();
      const before = await okta.member('ann@example.com');
      expect((await deactivate(id, false)).body).to.include({ id, active: false });
      expect(await okta.member('ann@example.com')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      expectCounters(await okta.find('/Users', 'userName eq "ann@example.com"', '&startIndex=1&count=100'), 1, 1);
      expect((await deactivate(id, true)).body).to.include({ active: true });
      expect(await okta.member('ann@example.com')).to.deep.equal(before);
    });

    it('4 deactivate and reactivate, wizard: PUT of the whole object', async () => {
      await okta.mapAllUsers();
      const id = await assign();
      const before = await okta.member('ann@example.com');
      const fetched = (await okta.get(`/Users/${id}`)).body;
      expect((await okta.put(`/Users/${id}`, { ...fetched, active: false })).body).to.include({ active: false });
      expect(await okta.member('ann@example.com')).to.deep.include({ status: 'ended', pins: [], links: [] });
      expect((await okta.put(`/Users/${id}`, { ...fetched, active: true })).body).to.include({ active: true });
      expect(await okta.member('ann@example.com')).to.deep.equal(before);
    });

    it('PUT without active does not open doors again (D-A1)', async () => {
      await okta.mapAllUsers();
      const id = await assign();
      await deactivate(id, false);
      const { active, ...withoutActive } = ANN;
      expect(active).to.equal(true);
      const answer = await okta.put(`/Users/${id}`, { ...withoutActive, displayName: 'Ann Again' });
      expect(answer.body).to.include({ displayName: 'Ann Again', active: false });
      expect(await okta.member('ann@example.com')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
    });

    it('5 import: pages of a hundred until totalResults, every User once, in the same order twice', async () => {
      await okta.seed(Array.from({ length: 230 }, (_, index) => ({ userName: `user-${index}` })));
      const walk = async (): Promise<string[]> => {
        const names: string[] = [];
        for (let startIndex = 1; ; startIndex += 100) {
          const page = await okta.get(`/Users?startIndex=${startIndex}&count=100`);
          names.push(...userNamesIn(page));
          expectCounters(page, 230, Math.min(100, 231 - startIndex), startIndex);
          if (startIndex + 100 > Number(page.body['totalResults'])) return names;
        }
      };
      const first = await walk();
      expect(new Set(first).size).to.equal(230);
      expect(await walk()).to.deep.equal(first);
    });

    describe('6 group push', () => {
      let ids: string[];
      let group: string;
      beforeEach(async () => {
        ids = [await okta.addUser('u1'), await okta.addUser('u2'), await okta.addUser('u3')];
        group = idOf(await okta.post('/Groups', { schemas: [GROUP_URN], displayName: 'Cleaners', members: [] }), 201);
        await okta.map(group, 'Cleaning');
      });

      it('catalogue: a name update before each membership change, then one PATCH that mixes remove and add', async () => {
        await okta.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: ids[0] }, { value: ids[1] }] });
        const name = await okta.patch(`/Groups/${group}`, { op: 'replace', value: { id: group, displayName: 'Cleaners' } });
        expect([name.status, name.text]).to.deep.equal([204, '']);
        const mixed = await okta.patch(
          `/Groups/${group}`,
          { op: 'remove', path: `members[value eq "${ids[1]}"]` },
          { op: 'add', path: 'members', value: [{ value: ids[2], display: 'u3' }] },
        );
        expect([mixed.status, mixed.text]).to.deep.equal([204, '']);
        expect(await okta.membersOf(group)).to.deep.equal([ids[0], ids[2]].sort());
        expect((await okta.member('u1'))?.status).to.equal('active');
        expect(await okta.member('u2')).to.deep.include({ status: 'ended', groups: {}, pins: [] });
        expect((await okta.member('u3'))?.status).to.equal('active');
      });

      it('catalogue: a full push replaces all members', async () => {
        await okta.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: ids[0] }, { value: ids[1] }] });
        const before = await okta.member('u2');
        const value = [
          { value: ids[1], display: 'u2' },
          { value: ids[2], display: 'u3' },
        ];
        expect((await okta.patch(`/Groups/${group}`, { op: 'replace', path: 'members', value })).status).to.equal(204);
        expect(await okta.membersOf(group)).to.deep.equal([ids[1], ids[2]].sort());
        expect((await okta.member('u1'))?.status).to.equal('ended');
        expect(await okta.member('u2')).to.deep.equal(before);
        expect((await okta.member('u3'))?.status).to.equal('active');
      });

      it('catalogue: "Push now" of an empty Group sends replace members with an empty list, and everybody loses access', async () => {
        await okta.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) });
        expect((await okta.patch(`/Groups/${group}`, { op: 'replace', path: 'members', value: [] })).status).to.equal(204);
        expect(await okta.membersOf(group)).to.deep.equal([]);
        for (const name of ['u1', 'u2', 'u3'])
          expect(await okta.member(name)).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      });

      it('wizard: PUT of the Group with its members, with fewer, with none, and without the word', async () => {
        const put = async (body: object): Promise<string[]> => {
          const answer = await okta.put(`/Groups/${group}`, { schemas: [GROUP_URN], id: group, displayName: 'Cleaners', ...body });
          expect(answer.status, answer.text).to.equal(200);
          return okta.membersOf(group);
        };
        expect(await put({ members: [{ value: ids[0] }, { value: ids[1] }] })).to.deep.equal([ids[0], ids[1]].sort());
        expect(await put({ members: [{ value: ids[1] }] })).to.deep.equal([ids[1]]);
        expect((await okta.member('u1'))?.status).to.equal('ended');
        expect(await put({}), 'absent keeps (D-A2)').to.deep.equal([ids[1]]);
        expect((await okta.member('u2'))?.status).to.equal('active');
        expect(await put({ members: [] })).to.deep.equal([]);
        expect((await okta.member('u2'))?.status).to.equal('ended');
        await put({ members: [{ value: ids[2] }] });
        expect(await put({ members: null })).to.deep.equal([]);
        expect(await okta.member('u3')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      });

      it('unlink: DELETE of the Group ends the access that it gave', async () => {
        await okta.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: ids[0] }] });
        expect((await okta.delete(`/Groups/${group}`)).status).to.equal(204);
        expect((await okta.get(`/Groups/${group}`)).status).to.equal(404);
        expect(await okta.member('u1')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
        const again = await okta.addGroup('Cleaners', [ids[0] ?? '']);
        expect(again).not.to.equal(group);
        expect(await okta.member('u1'), 'the same name is not the same Group (D-A8)').to.deep.include({ status: 'ended', pins: [] });
      });
    });

    it('reads a Group without members: the attribute is absent', async () => {
      const group = await okta.addGroup('Empty');
      expect((await okta.get(`/Groups/${group}`)).body).not.to.have.property('members');
      expect(resourcesIn(await okta.get('/Groups?startIndex=1&count=100'))).to.have.length(1);
    });
  });
});
