import { expect } from 'chai';
import { generateKeyRing } from '../../../src/credentials/key-ring.js';
import { GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { Connection, runServer, serverOf, type TestServer } from '../../support/running-server.js';
import { resourcesIn, type ScimAnswer } from '../../support/scim-client.js';

function statuses(answers: readonly ScimAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const times = <Result>(count: number, make: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

forEachEngine((engine) => {
  describe('many at once', () => {
    const server = serverOf(engine);

    it('R10 200 parallel POSTs of one userName: one 201, 199 conflicts, one row, one member', async () => {
      const scim = await server().connect();
      await scim.mapAllUsers();
      const answers = await times(200, () => scim.post('/Users', { schemas: [USER_URN], userName: 'ann@example.com' }));
      expect(statuses(answers)).to.deep.equal({ 201: 1, 409: 199 });
      expect(resourcesIn(await scim.get('/Users'))).to.have.length(1);
      expect(await server().count('members where integration_id = ?', scim.id)).to.equal(1);
      expect(await server().count("events where integration_id = ? and verb = 'create' and object_type = 'user'", scim.id)).to.equal(1);
    }).timeout(30_000);

    it('parallel POSTs of one Group name: one is made', async () => {
      const scim = await server().connect();
      const answers = await times(50, () => scim.post('/Groups', { schemas: [GROUP_URN], displayName: 'Cleaners' }));
      expect(statuses(answers)).to.deep.equal({ 201: 1, 409: 49 });
    });

    it('members added to and removed from one Group by many: each operation counts, and access is as the Group says', async () => {
      const scim = await server().connect();
      const ids = await scim.seed(Array.from({ length: 30 }, (_, index) => ({ userName: `u${index}` })));
      const group = await scim.addGroup('Cleaners', ids.slice(0, 15));
      await scim.map(group, 'Cleaning');
      const answers = await times(30, (index) => {
        const op = index < 15 ? 'remove' : 'add';
        return scim.patch(`/Groups/${group}`, { op, path: 'members', value: [{ value: ids[index] }] });
      });
      expect(statuses(answers)).to.deep.equal({ 204: 30 });
      expect(await scim.membersOf(group)).to.deep.equal(ids.slice(15).sort());
      for (const index of [0, 14]) expect((await scim.member(`u${index}`))?.status).to.equal('ended');
      for (const index of [15, 29]) expect((await scim.member(`u${index}`))?.pins).to.have.length(1);
    }).timeout(30_000);

    it('two Groups put into each other at once: never a circle', async () => {
      const scim = await server().connect();
      for (let round = 0; round < 5; round += 1) {
        const [a, b] = [await scim.addGroup(`a${round}`), await scim.addGroup(`b${round}`)];
        const answers = await Promise.all([
          scim.patch(`/Groups/${a}`, { op: 'add', path: 'members', value: [{ value: b }] }),
          scim.patch(`/Groups/${b}`, { op: 'add', path: 'members', value: [{ value: a }] }),
        ]);
        expect(statuses(answers)).to.deep.equal({ 204: 1, 400: 1 });
      }
    });

    it('a User deleted while it is being added and changed: it is gone, and so is its access', async () => {
      const scim = await server().connect();
      await scim.mapAllUsers();
      for (let round = 0; round < 5; round += 1) {
        const user = await scim.addUser('ann');
        const member = await scim.member('ann');
        const group = await scim.addGroup(`g${round}`);
        const answers = await Promise.all([
          scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: user }] }),
          scim.patch(`/Users/${user}`, { op: 'replace', value: { displayName: 'Ann' } }),
          scim.delete(`/Users/${user}`),
        ]);
        for (const answer of answers) expect(answer.status, answer.text).to.be.oneOf([200, 204, 400, 404, 409]);
        expect(answers[2]?.status).to.equal(204);
        expect(await scim.membersOf(group)).to.deep.equal([]);
        expect(await scim.memberById(member?.id ?? '')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      }
    });
  });

  describe('two servers on one database', () => {
    let servers: TestServer[] = [];
    before(async () => {
      const [url, keys] = [await engine.url(), generateKeyRing()];
      servers = [await runServer(url, keys), await runServer(url, keys)];
    });
    after(() => Promise.all(servers.map((server) => server.stop())));

    it('R10 200 parallel POSTs of one userName over both: one 201, 199 conflicts, one row', async () => {
      const [first, second] = servers;
      if (first === undefined || second === undefined) throw new Error('no servers');
      const here = await first.connect();
      const there = new Connection(second, here.id, { id: here.tokenId, text: here.token ?? '' });
      const answers = await times(200, (index) =>
        (index % 2 === 0 ? here : there).post('/Users', { schemas: [USER_URN], userName: 'ann@example.com' }),
      );
      expect(statuses(answers)).to.deep.equal({ 201: 1, 409: 199 });
      for (const at of [here, there]) expect(resourcesIn(await at.get('/Users'))).to.have.length(1);
      const names = await times(40, (index) => (index % 2 === 0 ? here : there).addUser(`user-${index}`));
      expect(new Set(names).size).to.equal(40);
      expect((await there.get('/Users?count=0')).body['totalResults']).to.equal(41);
    }).timeout(30_000);
  });
});
