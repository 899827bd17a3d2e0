import { expect } from 'chai';
import { GROUP_URN } from '../../../../src/domain/scim.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, hostileTable } from '../../../support/hostile.js';
import { PATCH_REQUESTS } from '../../../support/hostile/patch.js';
import { type Connection, serverOf } from '../../../support/running-server.js';
import { expectScimError, metaOf } from '../../../support/scim-client.js';

forEachEngine((engine) => {
  describe('hostile requests, C: PATCH', () => {
    const server = serverOf(engine);
    let scim: Connection;
    let ann: string;

    hostileTable('one request each', PATCH_REQUESTS, async () => {
      const connection = await server().connect();
      return { connection, user: await connection.addUser('ann'), group: await connection.addGroup('Cleaners') };
    });

    beforeEach(async () => {
      scim = await server().connect();
      ann = await scim.addUser('ann', {
        emails: [
          { value: 'a@x.example', type: 'work' },
          { value: 'b@x.example', type: 'work' },
          { value: 'c@x.example', type: 'home' },
        ],
      });
    });
    afterEach(() => expectStillThere(scim));

    it('C9 replace with a value path that matches nothing: creates by default, noTarget when strict or not an eq', async () => {
      const replace = () => scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type eq "other"].value', value: 'd@x.example' });
      expectScimError(
        await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type sw "oth"].value', value: 'd@x.example' }),
        400,
        'noTarget',
      );
      await scim.patchSettings({ scim: { valuePath: 'strict' } });
      expectScimError(await replace(), 400, 'noTarget');
      await scim.patchSettings({ scim: { valuePath: 'create' } });
      expect((await replace()).body['emails']).to.deep.include({ value: 'd@x.example', type: 'other' });
    });

    it('C10 a value path that matches two changes both', async () => {
      const answer = await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type eq "work"].display', value: 'Work' });
      expect(answer.body['emails']).to.deep.equal([
        { value: 'a@x.example', type: 'work', display: 'Work' },
        { value: 'b@x.example', type: 'work', display: 'Work' },
        { value: 'c@x.example', type: 'home' },
      ]);
    });

    it('C13 remove of members as a whole empties the Group, ends access at once and is an event', async () => {
      const group = await scim.addGroup('Cleaners', [ann]);
      await scim.map(group, 'Cleaning');
      await scim.newEvents();
      expect((await scim.patch(`/Groups/${group}`, { op: 'remove', path: 'members' })).status).to.equal(204);
      expect(await scim.membersOf(group)).to.deep.equal([]);
      expect(await scim.member('ann')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      const events = await scim.newEvents();
      expect(events[0]).to.equal('edit group');
      expect(events).to.include.members(['edit member', 'delete association', 'delete pin', 'delete magic_link']);
    });

    it('C14 members go by filter, by value array and by bare ids; who is not there is a success', async () => {
      const ids = [ann, await scim.addUser('bob'), await scim.addUser('cid'), await scim.addUser('dot')];
      const group = await scim.addGroup('Cleaners', ids);
      const remove = async (operation: object): Promise<string[]> => {
        expect((await scim.patch(`/Groups/${group}`, operation)).status).to.equal(204);
        return scim.membersOf(group);
      };
      expect(await remove({ op: 'remove', path: `members[value eq "${ids[0]}"]` })).to.have.members(ids.slice(1));
      expect(await remove({ op: 'remove', path: 'members', value: [{ value: ids[1] }] })).to.have.members(ids.slice(2));
      expect(await remove({ op: 'remove', path: 'members', value: [ids[2]] })).to.have.members(ids.slice(3));
      expect(await remove({ op: 'remove', path: 'members', value: [] }), 'a list of nobody').to.have.members(ids.slice(3));
      expect(await remove({ op: 'remove', path: `members[value eq "${ids[0]}"]` })).to.have.members(ids.slice(3));
    });

    it('C16/C20/L49 the same document twice: same state, same version, no event', async () => {
      const group = await scim.addGroup('Cleaners', [ann]);
      const before = await scim.get(`/Groups/${group}`);
      await scim.newEvents();
      server().setTime('2026-06-01T00:00:00.000Z');
      const again = { op: 'add', path: 'members', value: [{ value: ann }, { value: ann }] };
      expect((await scim.patch(`/Groups/${group}`, again)).status).to.equal(204);
      expect((await scim.get(`/Groups/${group}`)).text).to.equal(before.text);

      const user = await scim.patch(`/Users/${ann}`, { op: 'add', path: 'emails', value: [{ value: 'a@x.example', type: 'work' }] });
      expect([user.status, metaOf(user)['version']]).to.deep.equal([200, 'W/"1"']);
      expect(await scim.newEvents()).to.deep.equal([]);
    });

    it('the second operation is bad: nothing of the first is stored', async () => {
      const answer = await scim.patch(
        `/Users/${ann}`,
        { op: 'replace', path: 'displayName', value: 'New' },
        { op: 'replace', path: 'active', value: 'maybe' },
      );
      expectScimError(answer, 400, 'invalidValue');
      expect((await scim.get(`/Users/${ann}`)).body).not.to.have.property('displayName');
      const group = await scim.addGroup('Cleaners');
      const members = [
        { op: 'add', path: 'members', value: [{ value: ann }] },
        { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
      ];
      expectScimError(await scim.patch(`/Groups/${group}`, ...members), 400, 'invalidValue');
      expect(await scim.membersOf(group)).to.deep.equal([]);
    });

    it('D-L5 unknown members can be left out by a switch, and the others come in', async () => {
      await scim.patchSettings({ scim: { unknownMember: 'skip' } });
      const group = await scim.addGroup('Cleaners');
      const value = [{ value: 'nobody' }, { value: ann }];
      expect((await scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value })).status).to.equal(204);
      expect(await scim.membersOf(group)).to.deep.equal([ann]);
      const put = await scim.put(`/Groups/${group}`, { schemas: [GROUP_URN], displayName: 'Cleaners', members: [{ value: 'nobody' }] });
      expect(put.status).to.equal(200);
      expect(await scim.membersOf(group)).to.deep.equal([]);
    });
  });
});
