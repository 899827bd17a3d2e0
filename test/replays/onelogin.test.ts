import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, resourcesIn, type ScimAnswer } from '../support/scim-client.js';

const JSON_ONLY = { accept: 'application/json', 'content-type': 'application/json' };

forEachEngine((engine) => {
  describe('OneLogin', () => {
    const server = serverOf(engine);
    let onelogin: Connection;
    beforeEach(async () => {
      onelogin = await server().connect({}, 'OneLogin');
    });

    /** Its text asks for application/json, and so does it. */
    async function send(method: string, path: string, status: number, body?: object): Promise<ScimAnswer> {
      const answer = await onelogin.scim(method, path, body, JSON_ONLY);
      expect(answer.status, answer.text).to.equal(status);
      if (status !== 204) expect(answer.headers.get('content-type')).to.equal('application/json');
      return answer;
    }

    it('looks up, creates, reads, updates, pushes a Group, deletes and lists, in application/json throughout', async () => {
      await onelogin.mapAllUsers('Front door');
      const missed = await send('GET', `/Users?filter=${encodeURIComponent('userName eq "known.not.to.exist@example.com"')}`, 200);
      expect(resourcesIn(missed)).to.deep.equal([]);
      const ann = { schemas: [USER_URN], userName: 'ann@example.com', name: { givenName: 'Ann', familyName: 'Example' }, active: true };
      const id = idOf(await send('POST', '/Users', 201, ann), 201);
      expect((await send('GET', `/Users/${id}`, 200)).body).to.deep.include(ann);
      expect(await onelogin.member('ann@example.com')).to.deep.include({ status: 'active', name: 'Ann Example' });
      await send('PUT', `/Users/${id}`, 200, { ...ann, name: { givenName: 'Anna', familyName: 'Example' } });
      expect((await onelogin.member('ann@example.com'))?.name).to.equal('Anna Example');

      expect(resourcesIn(await send('GET', '/Groups', 200))).to.deep.equal([]);
      const group = idOf(await send('POST', '/Groups', 201, { schemas: [GROUP_URN], displayName: 'Cleaners' }), 201);
      await onelogin.map(group, 'Cleaning');
      const add = { op: 'add', path: 'members', value: [{ value: id }] };
      await send('PATCH', `/Groups/${group}`, 204, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [add] });
      expect(Object.keys((await onelogin.member('ann@example.com'))?.groups ?? {}).sort()).to.deep.equal(['Cleaning', 'Front door']);

      const member = await onelogin.member('ann@example.com');
      await send('DELETE', `/Users/${id}`, 204);
      expect(resourcesIn(await send('GET', '/Users', 200))).to.deep.equal([]);
      expect(await onelogin.membersOf(group)).to.deep.equal([]);
      expect(await onelogin.memberById(member?.id ?? '')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
    });

    it('gets errors in the media type that it asked for', async () => {
      await send('GET', '/Users/2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11', 404);
      expect((await send('POST', '/Users', 400, { schemas: [USER_URN] })).body['scimType']).to.equal('invalidValue');
    });
  });
});
