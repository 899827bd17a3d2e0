import { expect } from 'chai';
import { USER_URN } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, userNamesIn } from '../support/scim-client.js';

forEachEngine((engine) => {
  describe('Google Workspace auto-provisioning', () => {
    const server = serverOf(engine);
    let google: Connection;
    beforeEach(async () => {
      google = await server().connect({}, 'Google');
    });

    it('first request: GET /Users?count=1 on an empty and on a filled directory', async () => {
      expect((await google.get('/Users?count=1')).body).to.include({ totalResults: 0, itemsPerPage: 0, startIndex: 1 });
      await google.addUser('ann@example.com');
      await google.addUser('bob@example.com');
      const answer = await google.get('/Users?count=1');
      expect(answer.body).to.include({ totalResults: 2, itemsPerPage: 1, startIndex: 1 });
      expect(userNamesIn(answer)).to.deep.equal(['ann@example.com']);
    });

    it('creates, suspends and deletes a User without any Group: All users is what opens', async () => {
      await google.mapAllUsers('Office');
      const body = { schemas: [USER_URN], userName: 'ann@example.com', name: { givenName: 'Ann', familyName: 'Example' }, active: true };
      const id = idOf(await google.post('/Users', body), 201);
      const before = await google.member('ann@example.com');
      expect(before).to.deep.include({ status: 'active', groups: { Office: [{ startsAt: null, endsAt: null }] } });
      await google.put(`/Users/${id}`, { ...body, active: false });
      expect(await google.member('ann@example.com')).to.deep.include({ status: 'ended', pins: [], links: [] });
      await google.put(`/Users/${id}`, { ...body, active: true });
      expect(await google.member('ann@example.com')).to.deep.equal(before);
      expect((await google.delete(`/Users/${id}`)).status).to.equal(204);
      expect(await google.memberById(before?.id ?? '')).to.deep.include({ status: 'ended', pins: [], links: [] });
    });
  });
});
