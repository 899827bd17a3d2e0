import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../src/domain/scim.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, type ScimAnswer, userNamesIn } from '../support/scim-client.js';

const ANN: JsonObject = { schemas: [USER_URN], userName: 'ann@example.com', displayName: 'Ann Example', active: true };

interface Way {
  readonly name: string;
  readonly change: (ping: Connection, path: string, whole: JsonObject, part: JsonObject) => Promise<ScimAnswer>;
}

/** "SP supports PATCH" is a tick-box: whichever it is, every change must work. */
const WAYS: readonly Way[] = [
  { name: 'PUT', change: (ping, path, whole, part) => ping.put(path, { ...whole, ...part }) },
  { name: 'PATCH', change: (ping, path, _whole, part) => ping.patch(path, { op: 'replace', value: part }) },
];

forEachEngine((engine) => {
  describe('Ping', () => {
    const server = serverOf(engine);
    let ping: Connection;
    beforeEach(async () => {
      ping = await server().connect({}, 'Ping');
      await ping.mapAllUsers();
    });

    for (const { name, change } of WAYS) {
      describe(`with ${name}`, () => {
        it('matches on userName, updates, renames, disables and restores', async () => {
          const id = idOf(await ping.post('/Users', ANN), 201);
          expect(userNamesIn(await ping.find('/Users', 'userName eq "ann@example.com"'))).to.deep.equal(['ann@example.com']);
          expect((await change(ping, `/Users/${id}`, ANN, { displayName: 'Ann Newname' })).status).to.equal(200);
          const before = await ping.member('ann@example.com');
          expect(before?.name).to.equal('Ann Newname');

          const renamed = { ...ANN, displayName: 'Ann Newname', userName: 'ann2@example.com' };
          await change(ping, `/Users/${id}`, renamed, { userName: 'ann2@example.com' });
          expect((await ping.member('ann2@example.com'))?.pins).to.deep.equal(before?.pins);
          const live = await ping.member('ann2@example.com');

          await change(ping, `/Users/${id}`, renamed, { active: false });
          expect(await ping.member('ann2@example.com')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
          await change(ping, `/Users/${id}`, renamed, { active: true });
          expect(await ping.member('ann2@example.com')).to.deep.equal(live);
        });

        it('changes the name and the members of a Group', async () => {
          const id = idOf(await ping.post('/Users', ANN), 201);
          const cleaners: JsonObject = { schemas: [GROUP_URN], displayName: 'Cleaners' };
          const group = idOf(await ping.post('/Groups', cleaners), 201);
          await ping.map(group, 'Cleaning');
          await change(ping, `/Groups/${group}`, cleaners, { members: [{ value: id }] });
          expect(Object.keys((await ping.member('ann@example.com'))?.groups ?? {})).to.include('Cleaning');
          await change(ping, `/Groups/${group}`, cleaners, { displayName: 'Porters' });
          expect((await ping.get(`/Groups/${group}`)).body['displayName']).to.equal('Porters');
          expect(await ping.membersOf(group)).to.deep.equal([id]);
          await change(ping, `/Groups/${group}`, { ...cleaners, displayName: 'Porters' }, { members: [] });
          expect(Object.keys((await ping.member('ann@example.com'))?.groups ?? {})).to.deep.equal(['Front door']);
        });
      });
    }

    it('REMOVE_ACTION delete: the User goes, and its access', async () => {
      const id = idOf(await ping.post('/Users', ANN), 201);
      const member = await ping.member('ann@example.com');
      expect((await ping.delete(`/Users/${id}`)).status).to.equal(204);
      expect(await ping.memberById(member?.id ?? '')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
    });
  });
});
