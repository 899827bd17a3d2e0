import { expect } from 'chai';
import { ENTERPRISE_URN, GROUP_URN, LIST_RESPONSE_URN, USER_URN } from '../../src/domain/scim.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { forEachEngine } from '../support/engines.js';
import { type Connection, serverOf } from '../support/running-server.js';
import { idOf, metaOf, objectsIn, resourcesIn, type ScimAnswer, userNamesIn } from '../support/scim-client.js';

const FLAG = 'aadOptscim062020';
const ADSCIM = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
const OPEN = [{ startsAt: null, endsAt: null }];

const ANN = {
  schemas: [USER_URN, ENTERPRISE_URN],
  externalId: 'e-ann-0001',
  userName: 'ann@example.com',
  active: true,
  emails: [{ primary: true, type: 'work', value: 'ann@example.com' }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Ann Example', familyName: 'Example', givenName: 'Ann' },
  roles: [],
};
const CLEANERS = { schemas: [GROUP_URN, ADSCIM], externalId: 'e-grp-0001', displayName: 'Cleaners', meta: { resourceType: 'Group' } };

/** Entra takes scim+json and nothing else. */
function expectScimJson(answer: ScimAnswer, status: number): void {
  expect(answer.status, answer.text).to.equal(status);
  expect(answer.headers.get('content-type')).to.equal('application/scim+json');
}

async function createAnn(entra: Connection): Promise<string> {
  return idOf(await entra.post('/Users', ANN), 201);
}

forEachEngine((engine) => {
  describe('Microsoft Entra ID', () => {
    const server = serverOf(engine);
    let entra: Connection;
    beforeEach(async () => {
      entra = await server().connect({}, 'Entra');
    });

    for (const flag of ['', `${FLAG}`]) {
      const and = flag === '' ? '' : `&${flag}`;
      const only = flag === '' ? '' : `?${flag}`;
      describe(flag === '' ? 'flag off' : 'flag on: a query string hangs on every URL', () => {
        it('E1 test connection: a random user and group are not there, and that is a 200', async () => {
          const user = await entra.find('/Users', 'userName eq "3f0c9d1e-5a4b-4c7d-9e8f-001122334455"', and);
          expectScimJson(user, 200);
          const empty = { schemas: [LIST_RESPONSE_URN], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] };
          expect(user.body).to.deep.equal(empty);
          const group = await entra.find('/Groups', 'displayName eq "3f0c9d1e"', `&excludedAttributes=members${and}`);
          expectScimJson(group, 200);
          expect(group.body).to.deep.equal(empty);
        });

        it('E2 match: by userName, externalId and work address, whatever the case of userName', async () => {
          const id = await createAnn(entra);
          for (const filter of [
            'userName eq "ann@example.com"',
            'userName eq "ANN@Example.com"',
            'externalId eq "e-ann-0001"',
            'emails[type eq "work"].value eq "ann@example.com"',
            'userName eq "ann@example.com" and externalId eq "e-ann-0001"',
          ]) {
            const found = await entra.find('/Users', filter, and);
            expect(
              resourcesIn(found).map((user) => user['id']),
              filter,
            ).to.deep.equal([id]);
          }
          expect(resourcesIn(await entra.find('/Users', 'externalId eq "E-ANN-0001"', and))).to.deep.equal([]);
        });

        it('E3 create: 201 with id, what was sent is what is stored, and the mapped User has access', async () => {
          await entra.mapAllUsers('Front door');
          const created = await entra.post(`/Users${only}`, ANN);
          expectScimJson(created, 201);
          const id = idOf(created, 201);
          expect(created.body).to.deep.include({
            externalId: 'e-ann-0001',
            userName: 'ann@example.com',
            active: true,
            emails: ANN.emails,
            name: ANN.name,
          });
          expect(created.headers.get('location')).to.equal(metaOf(created)['location']);
          expect((await entra.get(`/Users/${id}${only}`)).body).to.deep.equal(created.body);
          const member = await entra.member('ann@example.com');
          expect(member).to.deep.include({
            status: 'active',
            name: 'Ann Example',
            emails: ['ann@example.com'],
            groups: { 'Front door': OPEN },
          });
          expect([member?.pins.length, member?.links.length]).to.deep.equal([1, 1]);
        });

        it('E6 delete: a disabled User stays readable and filterable, then goes with all its access', async () => {
          await entra.mapAllUsers();
          const id = await createAnn(entra);
          const before = await entra.member('ann@example.com');
          await entra.scim('PATCH', `/Users/${id}${only}`, patchOp({ op: 'Replace', path: 'active', value: 'False' }));
          expect(resourcesIn(await entra.find('/Users', 'userName eq "ann@example.com"', and))[0]).to.include({ id, active: false });
          expect((await entra.get(`/Users/${id}${only}`)).body['active']).to.equal(false);

          expect((await entra.delete(`/Users/${id}${only}`)).status).to.equal(204);
          expect((await entra.get(`/Users/${id}${only}`)).status).to.equal(404);
          expect(await entra.memberById(before?.id ?? '')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
          expect((await entra.post(`/Users${only}`, ANN)).status).to.equal(201);
        });

        it('E7 groups: look-up, create without members, add, remove, rename, read, delete', async () => {
          const user = await createAnn(entra);
          expect(
            resourcesIn(
              await entra.get(`/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "Cleaners"')}${and}`),
            ),
          ).to.have.length(0);
          const created = await entra.post(`/Groups${only}`, CLEANERS);
          expectScimJson(created, 201);
          const group = idOf(created, 201);
          expect(created.body).to.deep.include({ externalId: 'e-grp-0001', displayName: 'Cleaners', schemas: [GROUP_URN] });
          await entra.map(group, 'Cleaning');
          expect(await entra.syncOf('ann@example.com')).to.deep.include({ status: 'none', skipReason: 'no_mapped_resource' });

          const members = { value: [{ $ref: null, value: user }] };
          const add = await entra.scim('PATCH', `/Groups/${group}${only}`, patchOp({ op: 'Add', path: 'members', ...members }));
          expect([add.status, add.text]).to.deep.equal([204, '']);
          expect(await entra.member('ann@example.com')).to.deep.include({ status: 'active', groups: { Cleaning: OPEN } });

          const remove =
            flag === '' ? { op: 'Remove', path: 'members', ...members } : { op: 'remove', path: `members[value eq "${user}"]` };
          const removed = await entra.scim('PATCH', `/Groups/${group}${only}`, patchOp(remove));
          expect([removed.status, removed.text]).to.deep.equal([204, '']);
          expect(await entra.membersOf(group)).to.deep.equal([]);
          expect(await entra.member('ann@example.com')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });

          const rename = await entra.scim(
            'PATCH',
            `/Groups/${group}${only}`,
            patchOp({ op: 'Replace', path: 'displayName', value: 'Night cleaners' }),
          );
          expect(rename.status).to.equal(204);
          const read = await entra.get(`/Groups/${group}?excludedAttributes=members${and}`);
          expect(read.body).to.include({ displayName: 'Night cleaners', externalId: 'e-grp-0001' });
          expect(read.body).not.to.have.property('members');
          expect((await entra.delete(`/Groups/${group}${only}`)).status).to.equal(204);
          expect((await entra.get(`/Groups/${group}${only}`)).status).to.equal(404);
        });
      });
    }

    it('E4 update, flag off: capitalised operations, one per attribute, in one PATCH', async () => {
      await entra.mapAllUsers();
      const id = await createAnn(entra);
      const pins = (await entra.member('ann@example.com'))?.pins;
      const answer = await entra.patch(
        `/Users/${id}`,
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ann2@example.com' },
        { op: 'Replace', path: 'name.familyName', value: 'Newname' },
        { op: 'Replace', path: 'name.formatted', value: 'Ann Newname' },
        { op: 'Replace', path: 'userName', value: 'ann2@example.com' },
        { op: 'Replace', path: 'externalId', value: 'e-ann-0002' },
        { op: 'Replace', path: `${ENTERPRISE_URN}:department`, value: 'Sales' },
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 555 0100' },
      );
      expectScimJson(answer, 200);
      expect(answer.body).to.deep.include({
        schemas: [USER_URN, ENTERPRISE_URN],
        userName: 'ann2@example.com',
        externalId: 'e-ann-0002',
        emails: [{ value: 'ann2@example.com', type: 'work', primary: true }],
        phoneNumbers: [{ type: 'mobile', value: '+1 555 0100' }],
        [ENTERPRISE_URN]: { department: 'Sales' },
      });
      expect(answer.body['name']).to.deep.include({ familyName: 'Newname', givenName: 'Ann' });
      const member = await entra.member('ann2@example.com');
      expect(member).to.deep.include({ name: 'Ann Newname', emails: ['ann2@example.com'], status: 'active' });
      expect(member?.pins).to.deep.equal(pins);
    });

    for (const [off, on] of [
      ['False', 'True'],
      [false, true],
      ['false', 'true'],
    ] as const) {
      it(`E4/E5 disable and restore with ${JSON.stringify(off)} and ${JSON.stringify(on)}: access goes at once, and comes back with the same PIN and link`, async () => {
        await entra.mapAllUsers('Front door');
        const id = await createAnn(entra);
        const before = await entra.member('ann@example.com');

        const disabled = await entra.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: off });
        expectScimJson(disabled, 200);
        expect(disabled.body['active']).to.equal(false);
        expect(await entra.member('ann@example.com')).to.deep.include({ id: before?.id, status: 'ended', groups: {}, pins: [], links: [] });
        expect(await entra.syncOf('ann@example.com')).to.deep.include({ status: 'none', skipReason: 'inactive' });

        const restored = await entra.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: on });
        expect(restored.body['active']).to.equal(true);
        expect(await entra.member('ann@example.com')).to.deep.equal(before);
      });
    }

    it('E5 update, flag on: one pathless replace with dotted, bracketed and URN keys', async () => {
      await entra.mapAllUsers();
      const id = await createAnn(entra);
      const answer = await entra.patch(`/Users/${id}`, {
        op: 'replace',
        value: {
          displayName: 'Ann Newname',
          'name.familyName': 'Newname',
          'emails[type eq "work"].value': 'ann2@example.com',
          [`${ENTERPRISE_URN}:department`]: 'Sales',
        },
      });
      expectScimJson(answer, 200);
      expect(answer.body).to.deep.include({ displayName: 'Ann Newname', [ENTERPRISE_URN]: { department: 'Sales' } });
      expect(answer.body['name']).to.deep.include({ familyName: 'Newname', givenName: 'Ann' });
      expect(answer.body['emails']).to.deep.equal([{ value: 'ann2@example.com', type: 'work', primary: true }]);
      expect(await entra.member('ann@example.com')).to.deep.include({ name: 'Ann Newname', emails: ['ann2@example.com'] });
    });

    describe('shapes that implementers have met', () => {
      let id: string;
      beforeEach(async () => {
        id = idOf(await entra.post('/Users', { schemas: [USER_URN], userName: 'bob@example.com' }), 201);
      });

      for (const [label, operation] of [
        ['a plain string', { op: 'Add', path: `${ENTERPRISE_URN}:manager`, value: 'boss-1' }],
        ['an array of one', { op: 'Add', path: `${ENTERPRISE_URN}:manager`, value: [{ value: 'boss-1' }] }],
        ['an object', { op: 'Replace', path: `${ENTERPRISE_URN}:manager`, value: { value: 'boss-1' } }],
        ['its value alone, when there is none', { op: 'Replace', path: `${ENTERPRISE_URN}:manager.value`, value: 'boss-1' }],
      ] as const) {
        it(`L52 manager as ${label}`, async () => {
          const answer = await entra.patch(`/Users/${id}`, operation);
          expectScimJson(answer, 200);
          expect(answer.body[ENTERPRISE_URN]).to.deep.equal({ manager: { value: 'boss-1' } });
          expect(answer.body['schemas']).to.include(ENTERPRISE_URN);
        });
      }

      it('an empty string takes the manager away', async () => {
        await entra.patch(`/Users/${id}`, { op: 'Add', path: `${ENTERPRISE_URN}:manager`, value: 'boss-1' });
        const answer = await entra.patch(`/Users/${id}`, { op: 'Replace', path: `${ENTERPRISE_URN}:manager`, value: '' });
        expectScimJson(answer, 200);
        expect(answer.body).not.to.have.property(ENTERPRISE_URN);
      });

      it('L53 Add of roles[primary eq "True"].value creates the role, and finds it again', async () => {
        const add = (value: string) => entra.patch(`/Users/${id}`, { op: 'Add', path: 'roles[primary eq "True"].value', value });
        expect((await add('cleaner')).body['roles']).to.deep.equal([{ primary: true, value: 'cleaner' }]);
        expect((await add('porter')).body['roles']).to.deep.equal([{ primary: true, value: 'porter' }]);
      });

      it('L53 Add with a value path creates the absent address', async () => {
        const answer = await entra.patch(
          `/Users/${id}`,
          { op: 'Add', path: 'emails[type eq "work"].value', value: 'bob@example.com' },
          { op: 'Add', path: 'addresses[type eq "work"].streetAddress', value: 'Main Street 1' },
          { op: 'Add', path: 'addresses[type eq "work"].country', value: 'ES' },
        );
        expectScimJson(answer, 200);
        expect(answer.body['emails']).to.deep.equal([{ type: 'work', value: 'bob@example.com' }]);
        expect(answer.body['addresses']).to.deep.equal([{ type: 'work', streetAddress: 'Main Street 1', country: 'ES' }]);
      });

      it('Replace with a value path creates the absent phone and changes the present one, unformatted', async () => {
        const replace = (value: string) =>
          entra.patch(`/Users/${id}`, { op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value });
        expect((await replace('+1 (555) 0100')).body['phoneNumbers']).to.deep.equal([{ type: 'work', value: '+1 (555) 0100' }]);
        expect((await replace('555.0101')).body['phoneNumbers']).to.deep.equal([{ type: 'work', value: '555.0101' }]);
      });

      it('an unquoted filter value is a string once the switch for it is on', async () => {
        expect((await entra.find('/Users', 'userName eq bob@example.com')).body['scimType']).to.equal('invalidFilter');
        await entra.patchSettings({ scim: { bareFilterValue: 'string' } });
        expect(userNamesIn(await entra.find('/Users', 'userName eq bob@example.com'))).to.deep.equal(['bob@example.com']);
      });

      it('several memberships change in one PATCH, and the answer does not grow with the Group', async () => {
        const ids = [id];
        for (let index = 0; index < 5; index += 1) ids.push(await entra.addUser(`user-${index}@example.com`));
        const group = idOf(await entra.post('/Groups', CLEANERS), 201);
        await entra.map(group, 'Cleaning');
        const value = ids.map((member) => ({ $ref: null, value: member }));
        const added = await entra.patch(`/Groups/${group}`, { op: 'Add', path: 'members', value });
        expect([added.status, added.text]).to.deep.equal([204, '']);
        expect(await entra.membersOf(group)).to.deep.equal([...ids].sort());
        const removed = await entra.patch(
          `/Groups/${group}`,
          { op: 'Remove', path: 'members', value: value.slice(0, 2) },
          { op: 'Remove', path: 'members', value: value.slice(2, 4) },
        );
        expect([removed.status, removed.text]).to.deep.equal([204, '']);
        expect(await entra.membersOf(group)).to.deep.equal(ids.slice(4).sort());
        expect(await entra.member('bob@example.com')).to.deep.include({ status: 'ended', pins: [], links: [] });
        expect(await entra.member('user-4@example.com')).to.deep.include({ status: 'active', groups: { Cleaning: OPEN } });
      });
    });

    it('finds no null in the schema documents', async () => {
      const schemas = await entra.get('/Schemas');
      expect(resourcesIn(schemas)).to.have.length(4);
      expect(schemas.text).not.to.include('null');
      expect(objectsIn(schemas.body['Resources']).map((schema: JsonObject) => schema['id'])).to.include.members([
        USER_URN,
        GROUP_URN,
        ENTERPRISE_URN,
      ]);
    });

    it('is told when a Group of the same name is there, and finds it', async () => {
      const group = idOf(await entra.post('/Groups', CLEANERS), 201);
      const again = await entra.post('/Groups', { ...CLEANERS, externalId: 'e-grp-0002' });
      expect([again.status, again.body['scimType']]).to.deep.equal([409, 'uniqueness']);
      expect(resourcesIn(await entra.find('/Groups', 'displayName eq "cleaners"'))[0]).to.include({ id: group });
    });
  });
});

function patchOp(...operations: readonly unknown[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}
