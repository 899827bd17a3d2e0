import { expect } from 'chai';
import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, type JsonObject, PATCH_OP_URN, USER_URN } from '../../../src/domain/scim.js';
import { bulkBody, idAt, patchOf, postGroup, postUser, resultsIn, sendBulk, statusesOf } from '../../support/bulk.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, SCIM_BASE, serverOf } from '../../support/running-server.js';
import { metaOf, objectsIn, resourcesIn } from '../../support/scim-client.js';

const manager = (value: unknown): object => ({ [ENTERPRISE_URN]: { manager: value } });
const managerOf = async (scim: Connection, id: string): Promise<unknown> => {
  const enterprise = (await scim.get(`/Users/${id}`)).body[ENTERPRISE_URN] as JsonObject | undefined;
  return (enterprise?.['manager'] as JsonObject | undefined)?.['value'];
};
const total = async (scim: Connection, path: string): Promise<unknown> => (await scim.get(`${path}?count=0`)).body['totalResults'];

forEachEngine((engine) => {
  describe('Bulk (RFC 7644 section 3.7)', () => {
    const server = serverOf(engine);
    let scim: Connection;
    beforeEach(async () => {
      scim = await server().connect();
    });

    it('does every method on both types, and tells location, version and status of each, in order', async () => {
      const old = await scim.addUser('old');
      const gone = await scim.addUser('gone');
      const team = await scim.addGroup('team', [old]);
      const results = await sendBulk(scim, [
        postUser('ann', 'ann', { externalId: 'e1' }),
        postGroup('cooks', [old]),
        { method: 'PUT', path: `/Users/${old}`, bulkId: 'again', data: { schemas: [USER_URN], userName: 'older' } },
        patchOf(
          `/Groups/${team}`,
          { op: 'remove', path: `members[value eq "${old}"]` },
          { op: 'replace', path: 'displayName', value: 'crew' },
        ),
        patchOf(`/Users/${old}`, { op: 'replace', path: 'title', value: 'Cook' }),
        { method: 'PUT', path: `/Groups/${team}`, data: { schemas: [GROUP_URN], displayName: 'staff' } },
        { method: 'DELETE', path: `/Users/${gone}` },
      ]);

      expect(statusesOf(results)).to.equal('201 201 200 204 200 200 204');
      expect(results.map(({ method }) => method)).to.deep.equal(['POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'PUT', 'DELETE']);
      expect(results.map(({ bulkId }) => bulkId)).to.deep.equal(['ann', 'cooks', 'again', undefined, undefined, undefined, undefined]);
      expect(results.map(({ version }) => version)).to.deep.equal(['W/"1"', 'W/"1"', 'W/"2"', 'W/"2"', 'W/"3"', 'W/"3"', undefined]);
      expect(results[6]?.location).to.equal(`${SCIM_BASE}/Users/${gone}`);
      for (const at of [0, 4]) {
        const user = await scim.get(`/Users/${idAt(results[at])}`);
        expect(metaOf(user)).to.include({ location: results[at]?.location, version: results[at]?.version });
      }
      expect((await scim.get(`/Users/${old}`)).body).to.include({ userName: 'older', title: 'Cook' });
      expect((await scim.get(`/Groups/${team}`)).body).to.include({ displayName: 'staff' });
      expect(await scim.membersOf(team)).to.deep.equal([]);
      expect((await scim.get(`/Users/${gone}`)).status).to.equal(404);
    });

    it('writes one event for each change, and none for what failed or changed nothing', async () => {
      const user = await scim.addUser('ann');
      await scim.newEvents();
      await sendBulk(scim, [
        postUser('bob'),
        postUser('taken', 'ANN'),
        patchOf(`/Users/${user}`, { op: 'replace', path: 'userName', value: 'ann' }),
        postGroup('cooks', ['bulkId:bob']),
        { method: 'DELETE', path: `/Users/${user}` },
      ]);
      expect(await scim.newEvents()).to.deep.equal(['create user', 'create group', 'delete user']);
    });

    it('V1 version is If-Match, and a later operation has the version of the one before', async () => {
      const user = await scim.addUser('ann');
      const rename = (title: string, version: string) => ({
        ...patchOf(`/Users/${user}`, { op: 'replace', path: 'title', value: title }),
        version,
      });
      const results = await sendBulk(scim, [rename('a', 'W/"1"'), rename('b', 'W/"1"'), rename('c', 'W/"2"'), rename('d', '*')]);
      expect(statusesOf(results)).to.equal('200 412 200 200');
      expect((await scim.get(`/Users/${user}`)).body['title']).to.equal('d');

      await scim.patchSettings({ scim: { requireIfMatch: true } });
      expect(statusesOf(await sendBulk(scim, [rename('e', 'W/"4"'), { method: 'DELETE', path: `/Users/${user}` }]))).to.equal('200 412');
    });

    it('stops after failOnErrors errors: the list of results ends there and nothing behind it is done', async () => {
      const operations = [postUser('a'), postUser('b', 'A'), postUser('c'), { method: 'GET' }, postUser('d'), postUser('e', 'A')];
      for (const [failOnErrors, statuses] of [
        [1, '201 409'],
        [2, '201 409 201 400'],
        [3, '201 409 201 400 201 409'],
        [4, '201 409 201 400 201 409'],
        [null, '201 409 201 400 201 409'],
      ] as const) {
        const fresh = await server().connect();
        const results = await sendBulk(fresh, operations, { failOnErrors });
        expect(statusesOf(results), String(failOnErrors)).to.equal(statuses);
        expect(await total(fresh, '/Users')).to.equal(statuses.split(' ').filter((status) => status === '201').length);
      }
    });

    describe('references', () => {
      it('backward and forward, in members, manager, accessPeriods and paths, of POST, PUT and PATCH', async () => {
        const before = await scim.addUser('before');
        const team = await scim.addGroup('team');
        const period = { value: 'bulkId:cooks', validFrom: '2026-05-01T00:00:00Z' };
        const results = await sendBulk(scim, [
          postGroup('cooks', ['bulkId:ann', 'bulkId:bob', before]),
          patchOf(`/Groups/${team}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:bob' }, { value: 'bulkId:cooks' }] }),
          postUser('ann', 'ann', { ...manager({ value: 'bulkId:bob' }), [ACCESS_URN]: { accessPeriods: [period] } }),
          postUser('bob', 'bob', manager('bulkId:cid')),
          postUser('cid'),
          patchOf('/Users/bulkId:cid', { op: 'add', path: `${ENTERPRISE_URN}:manager`, value: 'bulkId:ann' }),
          {
            method: 'PUT',
            path: '/Groups/bulkId:cooks',
            data: { schemas: [GROUP_URN], displayName: 'Cooks', members: [{ value: 'bulkId:cid' }] },
          },
        ]);
        expect(statusesOf(results)).to.equal('201 204 201 201 201 200 200');
        const [cooks, , ann, bob, cid] = results.map(idAt);
        expect(await scim.membersOf(team)).to.have.members([bob, cooks]);
        expect(await scim.membersOf(String(cooks))).to.deep.equal([cid]);
        expect(await managerOf(scim, String(ann))).to.equal(bob);
        expect(await managerOf(scim, String(bob))).to.equal(cid);
        expect(await managerOf(scim, String(cid))).to.equal(ann);
        const access = (await scim.get(`/Users/${ann}`)).body[ACCESS_URN] as JsonObject;
        expect(objectsIn(access['accessPeriods'])[0]).to.include({ value: cooks });
        expect(results[6]?.location).to.equal(`${SCIM_BASE}/Groups/${cooks}`);
      });

      it('in every shape in which a PATCH can be written', async () => {
        const team = await scim.addGroup('team');
        const boss = await scim.addUser('boss');
        for (const [index, operation] of [
          { op: 'add', path: 'members', value: [{ value: 'bulkId:x' }] },
          { op: 'Add', path: 'Members', value: [{ VALUE: 'bulkId:x' }] },
          { op: 'add', path: 'members', value: { value: 'bulkId:x' } },
          { op: 'add', path: `${GROUP_URN}:members`, value: [{ value: 'bulkId:x' }] },
          { op: 'add', value: { members: [{ value: 'bulkId:x' }] } },
          { op: 'replace', path: 'members', value: [{ value: boss }, { value: 'bulkId:x' }] },
        ].entries()) {
          await scim.patch(`/Groups/${team}`, { op: 'remove', path: 'members' });
          const results = await sendBulk(scim, [patchOf(`/Groups/${team}`, operation), postUser('x', `member-${index}`)]);
          expect(statusesOf(results), JSON.stringify(operation)).to.equal('204 201');
          expect(await scim.membersOf(team)).to.include(idAt(results[1]));
        }
        for (const [index, operation] of [
          { op: 'add', path: `${ENTERPRISE_URN}:manager`, value: { value: 'bulkId:x' } },
          { op: 'add', path: `${ENTERPRISE_URN}:manager`, value: 'bulkId:x' },
          { op: 'add', path: `${ENTERPRISE_URN}:manager`, value: ['bulkId:x'] },
          { op: 'replace', path: `${ENTERPRISE_URN}:manager.value`, value: 'bulkId:x' },
          { op: 'add', path: ENTERPRISE_URN, value: { manager: { value: 'bulkId:x' } } },
          { op: 'add', value: { [ENTERPRISE_URN]: { manager: { value: 'bulkId:x' } } } },
          { op: 'add', value: { [`${ENTERPRISE_URN}:manager`]: { value: 'bulkId:x' } } },
          { op: 'add', value: { [`${ENTERPRISE_URN}:manager.value`]: 'bulkId:x' } },
        ].entries()) {
          const results = await sendBulk(scim, [patchOf(`/Users/${boss}`, operation), postUser('x', `manager-${index}`)]);
          expect(statusesOf(results), JSON.stringify(operation)).to.equal('200 201');
          expect(await managerOf(scim, boss), JSON.stringify(operation)).to.equal(idAt(results[1]));
        }
        const results = await sendBulk(scim, [
          postUser('x', 'short of stay'),
          patchOf(`/Groups/${team}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:x' }] }),
          patchOf(`/Groups/${team}`, { op: 'remove', path: 'members[value eq "bulkId:x"]' }),
        ]);
        expect(statusesOf(results)).to.equal('201 204 204');
        expect(await scim.membersOf(team)).not.to.include(idAt(results[0]));
      });

      it('a text that only looks like one stays what it is', async () => {
        const [ann] = await sendBulk(scim, [
          postUser('x', 'bulkId:x', { title: 'bulkId:none', displayName: 'bulkId:x', roles: [{ value: 'bulkId:none' }] }),
        ]);
        const { body } = await scim.get(`/Users/${idAt(ann)}`);
        expect(body).to.include({ userName: 'bulkId:x', title: 'bulkId:none', displayName: 'bulkId:x' });
        expect(body['roles']).to.deep.equal([{ value: 'bulkId:none' }]);
      });

      it('to what failed: 409 there, and in all that counts on it, and nothing of it is stored', async () => {
        await scim.addUser('taken');
        const results = await sendBulk(scim, [
          postGroup('outer', ['bulkId:inner']),
          postGroup('inner', ['bulkId:bad', 'bulkId:good']),
          postUser('bad', 'TAKEN'),
          postUser('good'),
          patchOf('/Users/bulkId:bad', { op: 'replace', path: 'title', value: 'x' }),
        ]);
        expect(statusesOf(results)).to.equal('409 409 409 201 409');
        expect(results.map(({ scimType }) => scimType)).to.deep.equal([undefined, undefined, 'uniqueness', undefined, undefined]);
        expect([await total(scim, '/Users'), await total(scim, '/Groups')]).to.deep.equal([2, 0]);
      });

      it('only lead to what a POST creates, in this request', async () => {
        const ann = await scim.addUser('ann');
        const results = await sendBulk(scim, [
          { ...patchOf(`/Users/${ann}`, { op: 'replace', path: 'title', value: 'x' }), bulkId: 'ann' },
          postGroup('cooks', ['bulkId:ann']),
          postGroup('more', ['bulkId:']),
        ]);
        expect(statusesOf(results)).to.equal('200 409 400');
      });

      it('a skipping connection does not skip what failed: the Group is not created without it', async () => {
        await scim.patchSettings({ scim: { unknownMember: 'skip' } });
        await scim.addUser('taken');
        expect(statusesOf(await sendBulk(scim, [postGroup('cooks', ['bulkId:bad']), postUser('bad', 'taken')]))).to.equal('409 409');
        expect(await total(scim, '/Groups')).to.equal(0);
      });

      it('what is removed later in the request is removed, although its creation was moved forward', async () => {
        const team = await scim.addGroup('team');
        const results = await sendBulk(scim, [
          patchOf(`/Groups/${team}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:x' }] }),
          patchOf(`/Groups/${team}`, { op: 'remove', path: 'members' }),
          postUser('x'),
        ]);
        expect(statusesOf(results)).to.equal('204 204 201');
        expect(await scim.membersOf(team)).to.deep.equal([]);
      });
    });

    describe('circles', () => {
      for (const size of [2, 3, 50, 200]) {
        it(`E7 ${size} Users who are each other's managers`, async () => {
          const at = (n: number): string => `u${n % size}`;
          const results = await sendBulk(
            scim,
            Array.from({ length: size }, (_, n) => postUser(at(n), at(n), manager({ value: `bulkId:${at(n + 1)}` }))),
          );
          expect(new Set(results.map(({ status }) => status))).to.deep.equal(new Set(['201']));
          for (const n of [0, 1, size - 1]) expect(await managerOf(scim, idAt(results[n]))).to.equal(idAt(results[(n + 1) % size]));
        });
      }

      it('a User whose access period names the Group that it is in', async () => {
        const [cooks, ann] = await sendBulk(scim, [
          postGroup('cooks', ['bulkId:ann']),
          postUser('ann', 'ann', { [ACCESS_URN]: { accessPeriods: [{ value: 'bulkId:cooks', validFrom: '2026-05-01T00:00:00Z' }] } }),
        ]);
        expect([cooks?.status, ann?.status]).to.deep.equal(['201', '201']);
        expect(await scim.membersOf(idAt(cooks))).to.deep.equal([idAt(ann)]);
      });

      for (const size of [2, 50]) {
        it(`E7 ${size} Groups that contain each other: 400 in the one that closes the circle, 409 in the others, none is stored`, async () => {
          const operations = Array.from({ length: size }, (_, n) => postGroup(`g${n}`, [`bulkId:g${(n + 1) % size}`]));
          const results = await sendBulk(scim, [...operations, postUser('beside')]);
          expect(statusesOf(results)).to.equal(`${'409 '.repeat(size - 1)}400 201`);
          expect(await total(scim, '/Groups')).to.equal(0);
        });
      }

      it('stands or falls as one', async () => {
        await scim.addUser('taken');
        const results = await sendBulk(scim, [
          postUser('a', 'a', manager({ value: 'bulkId:b' })),
          postUser('b', 'taken', manager({ value: 'bulkId:c' })),
          postUser('c', 'c', manager({ value: 'bulkId:a' })),
          postUser('d', 'd', manager({ value: 'bulkId:a' })),
          postUser('e'),
        ]);
        expect(statusesOf(results)).to.equal('409 409 409 409 201');
        expect(results.map(({ scimType }) => scimType ?? '')).to.deep.equal(['', 'uniqueness', '', '', '']);
        expect(await total(scim, '/Users')).to.equal(2);
      });

      it('E6 who refers to itself is refused', async () => {
        const results = await sendBulk(scim, [postUser('a', 'a', manager({ value: 'bulkId:a' })), postGroup('g', ['bulkId:g'])]);
        expect(statusesOf(results)).to.equal('409 409');
      });
    });

    it('1,000 POSTs: all are there, each once, and counted', async function () {
      this.timeout(60_000);
      const operations = Array.from({ length: 1000 }, (_, n) => postUser(`b${n}`, `user-${n}`));
      const results = await sendBulk(scim, operations);
      expect(new Set(results.map(({ status }) => status))).to.deep.equal(new Set(['201']));
      expect(results.map(({ bulkId }) => bulkId)).to.deep.equal(operations.map((_, n) => `b${n}`));
      expect(new Set(results.map(idAt)).size).to.equal(1000);
      expect(await total(scim, '/Users')).to.equal(1000);
      const last = resourcesIn(await scim.get('/Users?startIndex=1000'));
      expect(last.map((user) => user['userName'])).to.deep.equal(['user-999']);
      expect((await scim.find('/Users', 'userName pr', '&count=0')).body['totalResults']).to.equal(1000);
      expect(await server().count('events where integration_id = ?', scim.id)).to.be.at.least(1000);

      const again = await sendBulk(scim, operations.slice(0, 120));
      expect(new Set(again.map(({ status }) => status)), 'sent twice, nobody is there twice').to.deep.equal(new Set(['409']));
      expect(await total(scim, '/Users')).to.equal(1000);
    });

    it('E10 a DELETE of everybody is done, not held', async () => {
      const ids = await scim.seed(Array.from({ length: 60 }, (_, n) => ({ userName: `u${n}` })));
      await scim.newEvents();
      const results = await sendBulk(
        scim,
        ids.map((id) => ({ method: 'DELETE', path: `/Users/${id}` })),
      );
      expect(new Set(results.map(({ status }) => status))).to.deep.equal(new Set(['204']));
      expect(await total(scim, '/Users')).to.equal(0);
      expect((await scim.newEvents()).filter((event) => event === 'delete user')).to.have.length(60);
    });

    it('a PATCH in a request may have as many operations as the request', async () => {
      const ann = await scim.addUser('ann');
      const operations = Array.from({ length: 1000 }, (_, n) => ({ op: 'replace', path: 'title', value: `t${n}` }));
      expect(statusesOf(await sendBulk(scim, [patchOf(`/Users/${ann}`, ...operations)]))).to.equal('200');
      expect((await scim.get(`/Users/${ann}`)).body).to.include({ title: 't999' });
    });

    it('Prefer: respond-async is a preference, and not followed: the answer is 200 and says nothing of it', async () => {
      const prefer = { prefer: 'respond-async, wait=1' };
      const answer = await scim.post('/Bulk', bulkBody([postUser('ann')]), prefer);
      expect(statusesOf(resultsIn(answer))).to.equal('201');
      const single = await scim.post('/Users', { schemas: [USER_URN], userName: 'bob' }, prefer);
      expect(single.status).to.equal(201);
      const patch = { schemas: [PATCH_OP_URN], Operations: [{ op: 'add', path: 'title', value: 'x' }] };
      const changed = await scim.scim('PATCH', `/Users/${String(single.body['id'])}`, patch, prefer);
      expect(changed.status).to.equal(200);
      for (const { headers } of [answer, single, changed]) {
        expect(headers.get('preference-applied')).to.equal(null);
        expect(headers.get('set-txn')).to.equal(null);
      }
    });

    it('another connection’s resources are not there', async () => {
      const theirs = await server().connect();
      const user = await theirs.addUser('theirs');
      const group = await theirs.addGroup('theirs', [user]);
      const results = await sendBulk(scim, [
        { method: 'DELETE', path: `/Users/${user}` },
        { method: 'PUT', path: `/Users/${user}`, data: { schemas: [USER_URN], userName: 'mine' } },
        patchOf(`/Groups/${group}`, { op: 'remove', path: 'members' }),
        postGroup('mine', [user]),
        postUser('ours', 'theirs'),
      ]);
      expect(statusesOf(results)).to.equal('404 404 404 400 201');
      expect(await theirs.membersOf(group)).to.deep.equal([user]);
    });
  });
});
