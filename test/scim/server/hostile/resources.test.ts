import { expect } from 'chai';
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from '../../../../src/domain/scim.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, hostileTable } from '../../../support/hostile.js';
import { RESOURCE_REQUESTS } from '../../../support/hostile/resources.js';
import { type Connection, serverOf } from '../../../support/running-server.js';
import { expectScimError, idOf, metaOf, resourcesIn } from '../../../support/scim-client.js';

const user = (more: object = {}): object => ({ schemas: [USER_URN], userName: 'new@example.com', ...more });

forEachEngine((engine) => {
  describe('hostile requests, B: resources', () => {
    const server = serverOf(engine);
    let scim: Connection;

    hostileTable('one request each', RESOURCE_REQUESTS, async () => {
      const connection = await server().connect();
      return { connection, user: await connection.addUser('ann'), group: await connection.addGroup('Cleaners') };
    });

    beforeEach(async () => {
      scim = await server().connect();
    });
    afterEach(() => expectStillThere(scim));

    for (const [label, first, second] of [
      ['B7 another case', 'bjensen', 'BJensen'],
      ['B8 NFC and NFD', 'jos\u00e9', 'jose\u0301'],
      ['B8 full width', 'anna', 'ａｎｎａ'],
      ['B8 ß and SS', 'weiß', 'WEISS'],
      ['B8 a ligature', 'office', 'o\ufb03ce'],
    ] as const) {
      it(`${label}: one userName → 409 uniqueness`, async () => {
        await scim.addUser(first);
        expectScimError(await scim.post('/Users', { schemas: [USER_URN], userName: second }), 409, 'uniqueness');
        const other = await scim.addUser('other');
        expectScimError(await scim.patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: second }), 409, 'uniqueness');
        expect(resourcesIn(await scim.find('/Users', `userName eq ${JSON.stringify(second)}`))).to.have.length(1);
      });
    }

    it('R13 two long names that differ at the end are two', async () => {
      await scim.addUser(`${'a'.repeat(254)}x`);
      await scim.addUser(`${'a'.repeat(254)}y`);
      expect((await scim.get('/Users')).body['totalResults']).to.equal(2);
    });

    it('B9 an externalId is taken within a connection, in its exact case, and free in another', async () => {
      await scim.addUser('a', { externalId: 'E1' });
      expectScimError(await scim.post('/Users', { schemas: [USER_URN], userName: 'b', externalId: 'E1' }), 409, 'uniqueness');
      await scim.addUser('c', { externalId: 'e1' });
      const other = await server().connect();
      await other.addUser('a', { externalId: 'E1' });
    });

    it('R1/B10 an externalId is never taken for an id of ours: each User has its own, and what it might have hit stays as it was', async () => {
      const victim = await scim.addUser('victim', { externalId: 'v' });
      const before = (await scim.get(`/Users/${victim}`)).text;
      const ids = new Set([victim]);
      for (const externalId of ['1', '01', '+1', '1.0', '../../x', 'x'.repeat(1000), '🔑', victim, '__proto__', scim.id]) {
        ids.add(await scim.addUser(`of ${externalId.slice(0, 40)}`, { externalId }));
        expect(resourcesIn(await scim.find('/Users', `externalId eq ${JSON.stringify(externalId)}`))).to.have.length(1);
      }
      expect(ids.size).to.equal(11);
      expect((await scim.get(`/Users/${victim}`)).text).to.equal(before);
      expectScimError(await scim.get('/Users/1'), 404);
    });

    it('B11 a client-supplied id, version and membership have no effect', async () => {
      const group = await scim.addGroup('Admins');
      const answer = await scim.post('/Users', {
        ...user(),
        id: '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11',
        meta: { version: 'W/"99"', location: 'https://evil.example', created: '2000-01-01T00:00:00Z' },
        groups: [{ value: group }],
      });
      expect(idOf(answer, 201)).not.to.equal('2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11');
      expect(metaOf(answer)).to.include({ version: 'W/"1"' });
      expect(answer.text).not.to.include('evil.example').and.not.to.include('2000-01-01');
      expect(await scim.membersOf(group)).to.deep.equal([]);
    });

    it('B12 an unknown attribute is not stored and not shown', async () => {
      const answer = await scim.post('/Users', user({ isAdmin: true, tenantId: 'int_1', integration_id: 'int_1' }));
      const id = idOf(answer, 201);
      const [row] = await server().query<{ document: string }>('select document from users where id = ?', id);
      for (const name of ['isAdmin', 'tenantId', 'integration_id']) expect(`${answer.text}${row?.document}`).not.to.include(name);
    });

    it('B13 an attribute in another case is that attribute', async () => {
      const answer = await scim.post('/Users', {
        SCHEMAS: [USER_URN],
        USERNAME: 'ann',
        Name: { GIVENNAME: 'Ann' },
        EMAILS: [{ VALUE: 'a@x.example' }],
      });
      expect(answer.body).to.deep.include({ userName: 'ann', name: { givenName: 'Ann' }, emails: [{ value: 'a@x.example' }] });
    });

    it('B28 an id in the body of a PUT is ignored', async () => {
      const [ann, bob] = [await scim.addUser('ann'), await scim.addUser('bob')];
      const answer = await scim.put(`/Users/${ann}`, { schemas: [USER_URN], userName: 'ann', id: bob, displayName: 'Ann' });
      expect(idOf(answer, 200)).to.equal(ann);
      expect((await scim.get(`/Users/${bob}`)).body).not.to.have.property('displayName');
    });

    it('B29 a PUT clears what it does not name', async () => {
      const id = await scim.addUser('ann', {
        displayName: 'Ann',
        externalId: 'e1',
        emails: [{ value: 'a@x.example' }],
        [ENTERPRISE_URN]: { department: 'Sales' },
      });
      const answer = await scim.put(`/Users/${id}`, { schemas: [USER_URN], userName: 'ann' });
      expect(answer.status).to.equal(200);
      expect(Object.keys(answer.body).sort()).to.deep.equal(['active', 'id', 'meta', 'schemas', 'userName']);
    });

    it('B30 deleting a User takes it out of its Groups, whose versions change', async () => {
      const [ann, bob] = [await scim.addUser('ann'), await scim.addUser('bob')];
      const group = await scim.addGroup('Cleaners', [ann, bob]);
      const before = metaOf(await scim.get(`/Groups/${group}`))['version'];
      expect((await scim.delete(`/Users/${ann}`)).status).to.equal(204);
      expect(await scim.membersOf(group)).to.deep.equal([bob]);
      expect(metaOf(await scim.get(`/Groups/${group}`))['version']).not.to.equal(before);
      for (const method of ['GET', 'DELETE'] as const) expectScimError(await scim.scim(method, `/Users/${ann}`), 404);
      expectScimError(await scim.put(`/Users/${ann}`, { schemas: [USER_URN], userName: 'ann' }), 404);
      expectScimError(await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'active', value: false }), 404);
      await scim.addUser('ann');
    });

    it('B36/L45 a member named twice is stored once', async () => {
      const ann = await scim.addUser('ann');
      const group = await scim.addGroup('Cleaners', [ann, ann]);
      expect(await scim.membersOf(group)).to.deep.equal([ann]);
    });

    it('B37/L45 a Group cannot contain itself, directly or round a circle of three', async () => {
      const [a, b, c] = [await scim.addGroup('a'), await scim.addGroup('b'), await scim.addGroup('c')];
      const nest = (parent: string, child: string) =>
        scim.patch(`/Groups/${parent}`, { op: 'add', path: 'members', value: [{ value: child }] });
      expectScimError(await nest(a, a), 400, 'invalidValue');
      expect((await nest(a, b)).status).to.equal(204);
      expect((await nest(b, c)).status).to.equal(204);
      expectScimError(await nest(c, a), 400, 'invalidValue');
      expect(await scim.membersOf(c)).to.deep.equal([]);
      expect(await scim.membersOf(a)).to.deep.equal([b]);
    });

    // That nobody waits for them is measured by `npm run bench:stalls`.
    it('B38/L46 15,000 members: one known again and again is stored once, unknown ones are refused', async () => {
      const ann = await scim.addUser('ann');
      const send = (displayName: string, value: (index: number) => string) => {
        const members = Array.from({ length: 15_000 }, (_, index) => ({ value: value(index) }));
        return scim.post('/Groups', { schemas: [GROUP_URN], displayName, members });
      };
      expect(await scim.membersOf(idOf(await send('same', () => ann), 201))).to.deep.equal([ann]);
      const stranger = (index: number) => `2f9c3a44-1b7e-4f5a-8a53-${String(index).padStart(12, '0')}`;
      expectScimError(await send('unknown', stranger), 400, 'invalidValue');
      expect((await scim.find('/Groups', 'displayName eq "unknown"')).body['totalResults']).to.equal(0);
    });

    it('B39/R2 a Group that is renamed to, or made with, the name of a mapped one gives nothing', async () => {
      const loose = await server().connect({ scim: { duplicateGroupName: 'allow' } });
      const ann = await loose.addUser('ann');
      const mapped = await loose.addGroup('Front door');
      await loose.map(mapped, 'Front door');
      const other = await loose.addGroup('Other', [ann]);
      expect((await loose.patch(`/Groups/${other}`, { op: 'replace', path: 'displayName', value: 'Front door' })).status).to.equal(204);
      expect(await loose.member('ann')).to.equal(null);
      await loose.addGroup('Front door', [ann]);
      expect(await loose.member('ann')).to.equal(null);
      expect((await loose.patch(`/Groups/${mapped}`, { op: 'add', path: 'members', value: [{ value: ann }] })).status).to.equal(204);
      expect((await loose.member('ann'))?.status).to.equal('active');
    });
  });
});
