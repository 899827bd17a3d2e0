import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, resourcesIn } from '../support/scim-client.js';

forEachEngine((engine) => {
  describe('JumpCloud', () => {
    const server = serverOf(engine);
    let jumpcloud: Connection;
    beforeEach(async () => {
      jumpcloud = await server().connect({}, 'JumpCloud');
    });

    it('activation: the test User and test Group are deleted, and leave no directory row, PIN or link that lives', async () => {
      await jumpcloud.mapAllUsers();
      const testUser = {
        schemas: [USER_URN],
        userName: 'jc-test@example.com',
        emails: [{ value: 'jc-test@example.com', type: 'work', primary: true }],
        active: true,
      };
      const user = idOf(await jumpcloud.post('/Users', testUser), 201);
      const group = idOf(
        await jumpcloud.post('/Groups', { schemas: [GROUP_URN], displayName: 'jc-test-group', members: [{ value: user }] }),
        201,
      );
      const member = await jumpcloud.member('jc-test@example.com');
      expect((await jumpcloud.delete(`/Groups/${group}`)).status).to.equal(204);
      expect((await jumpcloud.delete(`/Users/${user}`)).status).to.equal(204);

      expect(resourcesIn(await jumpcloud.get('/Users'))).to.deep.equal([]);
      expect(resourcesIn(await jumpcloud.get('/Groups'))).to.deep.equal([]);
      expect(await jumpcloud.memberById(member?.id ?? '')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      expect(await server().count('pins where member_id = ? and revoked_at is null', member?.id ?? '')).to.equal(0);
      idOf(await jumpcloud.post('/Users', testUser), 201);
    });

    it('without a mapping the test User never gets a member at all', async () => {
      const user = await jumpcloud.addUser('jc-test@example.com');
      expect(await server().count('members where integration_id = ?', jumpcloud.id)).to.equal(0);
      await jumpcloud.delete(`/Users/${user}`);
      expect(await server().count('members where integration_id = ?', jumpcloud.id)).to.equal(0);
    });

    it('sends no extension schema and gets none back', async () => {
      const body = { schemas: [USER_URN], userName: 'ann@example.com' };
      const created = await jumpcloud.post('/Users', body);
      expect(created.body['schemas']).to.deep.equal([USER_URN]);
      expect(Object.keys(created.body).filter((name) => name.startsWith('urn:'))).to.deep.equal([]);
    });

    it('removes members by a value list, one of two, and deactivates instead of deleting', async () => {
      const ids = [await jumpcloud.addUser('ann@example.com'), await jumpcloud.addUser('bob@example.com')];
      const group = await jumpcloud.addGroup('Cleaners', ids);
      await jumpcloud.map(group, 'Cleaning');
      expect((await jumpcloud.patch(`/Groups/${group}`, { op: 'remove', path: 'members', value: [{ value: ids[0] }] })).status).to.equal(
        204,
      );
      expect(await jumpcloud.membersOf(group)).to.deep.equal([ids[1]]);
      expect(await jumpcloud.member('ann@example.com')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      expect((await jumpcloud.member('bob@example.com'))?.status).to.equal('active');
      expect((await jumpcloud.patch(`/Users/${ids[1]}`, { op: 'replace', path: 'active', value: false })).body['active']).to.equal(false);
      expect(await jumpcloud.member('bob@example.com')).to.deep.include({ status: 'ended', pins: [], links: [] });
    });
  });
});
