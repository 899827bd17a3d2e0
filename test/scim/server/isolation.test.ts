import { expect } from 'chai';
import { GROUP_URN, PATCH_OP_URN, USER_URN } from '../../../src/domain/scim.js';
import { createIntegration } from '../../../src/integrations/integration-store.js';
import { forEachEngine } from '../../support/engines.js';
import { Connection, serverOf } from '../../support/running-server.js';
import { expectScimError, resourcesIn, userNamesIn } from '../../support/scim-client.js';

const UNKNOWN = '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11';

forEachEngine((engine) => {
  describe('two integrations on one server (R2, R3, D-A7, D-T1)', () => {
    const server = serverOf(engine);
    let mine: Connection;
    let theirs: Connection;
    let theirUser: string;
    let theirGroup: string;
    beforeEach(async () => {
      [mine, theirs] = [await server().connect({}, 'Mine'), await server().connect({}, 'Theirs')];
      theirUser = await theirs.addUser('ann@example.com', { externalId: 'e1', emails: [{ value: 'ann@example.com' }] });
      theirGroup = await theirs.addGroup('Admins', [theirUser]);
      await theirs.mapAllUsers();
    });

    it('every operation on the other’s ids answers like on an id that nobody has', async () => {
      const bodies = {
        PUT: { Users: { schemas: [USER_URN], userName: 'x' }, Groups: { schemas: [GROUP_URN], displayName: 'x' } },
        PATCH: {
          Users: { schemas: [PATCH_OP_URN], Operations: [{ op: 'replace', value: { active: false } }] },
          Groups: { schemas: [PATCH_OP_URN], Operations: [{ op: 'remove', path: 'members' }] },
        },
      };
      const before = [await theirs.get('/Users'), await theirs.get('/Groups')].map((answer) => answer.text);
      const member = await theirs.member('ann@example.com');
      for (const [endpoint, id] of [
        ['Users', theirUser],
        ['Groups', theirGroup],
        ['Users', theirGroup],
        ['Groups', theirUser],
      ] as const) {
        for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
          const body = method === 'PUT' || method === 'PATCH' ? bodies[method][endpoint] : undefined;
          const [other, nobody] = [
            await mine.scim(method, `/${endpoint}/${id}`, body),
            await mine.scim(method, `/${endpoint}/${UNKNOWN}`, body),
          ];
          expectScimError(other, 404);
          expect(other.text).to.equal(nobody.text);
        }
      }
      expect([await theirs.get('/Users'), await theirs.get('/Groups')].map((answer) => answer.text)).to.deep.equal(before);
      expect(await theirs.member('ann@example.com')).to.deep.equal(member);
    });

    it('no list, filter or count shows the other’s', async () => {
      for (const path of ['/Users', '/Groups', '/Users?count=0', '/Users?sortBy=userName']) {
        expect((await mine.get(path)).body['totalResults'], path).to.equal(0);
      }
      for (const filter of [
        'userName eq "ann@example.com"',
        'externalId eq "e1"',
        'emails eq "ann@example.com"',
        `id eq "${theirUser}"`,
        `groups eq "${theirGroup}"`,
        'userName pr or id pr',
      ]) {
        expect(resourcesIn(await mine.find('/Users', filter)), filter).to.deep.equal([]);
      }
      for (const filter of [`members eq "${theirUser}"`, 'displayName eq "Admins"', `id eq "${theirGroup}" or displayName pr`]) {
        expect(resourcesIn(await mine.find('/Groups', filter)), filter).to.deep.equal([]);
      }
    });

    it('the same userName, externalId and Group name live in both, with a member each', async () => {
      await mine.mapAllUsers();
      const own = await mine.addUser('ann@example.com', { externalId: 'e1', emails: [{ value: 'ann@example.com' }] });
      await mine.addGroup('Admins', [own]);
      expect(userNamesIn(await mine.find('/Users', 'userName eq "ann@example.com"'))).to.have.length(1);
      const [a, b] = [await mine.member('ann@example.com'), await theirs.member('ann@example.com')];
      expect(a?.id).not.to.equal(b?.id);
      await mine.delete(`/Users/${own}`);
      expect(await theirs.member('ann@example.com')).to.deep.equal(b);
    });

    it('the other’s User or Group as a member: 400 in the words for an unknown one, nothing applied', async () => {
      const own = await mine.addUser('bob');
      const group = await mine.addGroup('Cleaners');
      for (const foreign of [theirUser, theirGroup]) {
        const add = (value: string) => mine.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: own }, { value }] });
        const [answer, unknown] = [await add(foreign), await add(UNKNOWN)];
        expectScimError(answer, 400, 'invalidValue');
        expect(answer.text).to.equal(unknown.text);
        expectScimError(
          await mine.post('/Groups', { schemas: [GROUP_URN], displayName: 'x', members: [{ value: foreign }] }),
          400,
          'invalidValue',
        );
        expectScimError(
          await mine.put(`/Groups/${group}`, { schemas: [GROUP_URN], displayName: 'x', members: [{ value: foreign }] }),
          400,
          'invalidValue',
        );
      }
      expect(await mine.membersOf(group)).to.deep.equal([]);
      await mine.patchSettings({ scim: { unknownMember: 'skip' } });
      await mine.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: theirUser }, { value: own }] });
      expect(await mine.membersOf(group)).to.deep.equal([own]);
    });

    it('B31 the User of a pulled integration: 404 for the token of an IdP', async () => {
      const id = await server().parts.db.transaction((tx) =>
        createIntegration(tx, server().context, { kind: 'guesty', name: 'Guesty', settings: {} }),
      );
      const pulled = new Connection(server(), id, await server().issueToken(id));
      const [reservation = ''] = await pulled.seed([{ userName: 'reservation-1' }]);
      expect((await pulled.get(`/Users/${reservation}`)).status).to.equal(200);
      expectScimError(await mine.delete(`/Users/${reservation}`), 404);
      expect((await pulled.get(`/Users/${reservation}`)).status).to.equal(200);
    });

    it('an accessPeriod for the other’s Group opens nothing', async () => {
      await theirs.map(theirGroup, 'Their door');
      const periods = { accessPeriods: [{ value: theirGroup, validFrom: '2026-01-01T00:00:00Z' }] };
      await mine.addUser('eve', { 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User': periods });
      expect(await mine.member('eve')).to.equal(null);
    });

    it('a disabled integration: 403 as a SCIM error on every route, and its members stay', async () => {
      const before = await theirs.member('ann@example.com');
      await theirs.patchSettings({ enabled: false });
      for (const [method, path] of [
        ['GET', '/Users'],
        ['GET', `/Users/${theirUser}`],
        ['DELETE', `/Users/${theirUser}`],
        ['GET', '/Groups'],
        ['GET', '/ServiceProviderConfig'],
        ['GET', '/nope'],
      ] as const) {
        expectScimError(await theirs.scim(method, path), 403);
      }
      expect(await theirs.member('ann@example.com')).to.deep.equal(before);
      expect((await mine.get('/Users')).status).to.equal(200);
      await theirs.patchSettings({ enabled: true });
      expect((await theirs.get('/Users')).status).to.equal(200);
    });
  });
});
