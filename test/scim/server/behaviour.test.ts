import { expect } from 'chai';
import { ENTERPRISE_URN, GROUP_URN, LIST_RESPONSE_URN, USER_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, SCIM_BASE, serverOf } from '../../support/running-server.js';
import { expectScimError, idOf, metaOf, resourcesIn, ScimClient, userNamesIn } from '../../support/scim-client.js';

const UNKNOWN = '2f9c3a44-1b7e-4f5a-8a53-0d9f4f1f7b11';

forEachEngine((engine) => {
  describe('the behaviour that clients are promised', () => {
    const server = serverOf(engine);
    let scim: Connection;
    let ann: string;
    beforeEach(async () => {
      scim = await server().connect();
      ann = await scim.addUser('Bjensen', { displayName: 'Barbara', emails: [{ value: 'b@x.example', type: 'work' }] });
    });

    it('L14 POST created: Location is meta.location, from the configured address', async () => {
      for (const [path, body] of [
        ['/Users', { schemas: [USER_URN], userName: 'x' }],
        ['/Groups', { schemas: [GROUP_URN], displayName: 'x' }],
      ] as const) {
        const answer = await scim.post(path, body);
        expect(answer.headers.get('location')).to.equal(`${SCIM_BASE}${path}/${idOf(answer, 201)}`);
        expect(metaOf(answer)['location']).to.equal(answer.headers.get('location'));
      }
    });

    it('R3 meta is the server’s: type, created, lastModified, location, version', async () => {
      expect(metaOf(await scim.get(`/Users/${ann}`))).to.deep.equal({
        resourceType: 'User',
        created: '2026-05-01T12:00:00.000Z',
        lastModified: '2026-05-01T12:00:00.000Z',
        location: `${SCIM_BASE}/Users/${ann}`,
        version: 'W/"1"',
      });
      server().setTime('2026-05-02T12:00:00.000Z');
      const changed = metaOf(await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'title', value: 'x' }));
      expect(changed).to.include({ created: '2026-05-01T12:00:00.000Z', lastModified: '2026-05-02T12:00:00.000Z', version: 'W/"2"' });
    });

    it('L6 malformed JSON: 400 invalidSyntax as scim+json', async () => {
      expectScimError(await scim.post('/Users', '{'), 400, 'invalidSyntax');
    });

    it('L7 unsupported charset: 415 as a SCIM error, no stack, no paths', async () => {
      expectScimError(await scim.post('/Users', '{}', { 'content-type': 'application/scim+json; charset=iso-8859-1' }), 415);
    });

    it('L6 a body over the limit: 413, and the detail states the limit', async () => {
      const answer = await scim.post('/Users', 'x'.repeat(1_048_577));
      expectScimError(answer, 413);
      expect(answer.body['detail']).to.include('1048576');
    });

    it('L8 text/plain POST: 415', async () => {
      expectScimError(await scim.post('/Users', '{}', { 'content-type': 'text/plain' }), 415);
    });

    for (const [method, path, allow] of [
      ['DELETE', '/Users', 'GET, HEAD, POST'],
      ['PUT', '/Users', 'GET, HEAD, POST'],
      ['PATCH', '/Groups', 'GET, HEAD, POST'],
      ['POST', `/Users/${UNKNOWN}`, 'GET, HEAD, PUT, PATCH, DELETE'],
      ['POST', '/ServiceProviderConfig', 'GET, HEAD'],
      ['DELETE', '/Schemas', 'GET, HEAD'],
      ['PUT', '/ResourceTypes/User', 'GET, HEAD'],
    ] as const) {
      it(`L10 ${method} on ${path.replace(UNKNOWN, ':id')}: 405 with Allow`, async () => {
        const answer = await scim.scim(method, path, method === 'DELETE' ? undefined : {});
        expectScimError(answer, 405);
        expect(answer.headers.get('allow')).to.equal(allow);
      });
    }

    it('L2 /Me: 501 for every method, since no User is behind a token', async () => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        expectScimError(await scim.scim(method, '/Me', method === 'GET' || method === 'DELETE' ? undefined : {}), 501);
      }
    });

    it('L9 answers that are errors keep the connection alive and come once', async () => {
      for (let index = 0; index < 5; index += 1) expect((await scim.get('/Me')).headers.get('connection')).not.to.equal('close');
      expect(server().logged.filter((line) => line.level === 'error')).to.deep.equal([]);
    });

    it('L12/D-S4 Accept decides the media type of every answer, errors too', async () => {
      for (const [accept, wanted] of [
        ['*/*', 'application/scim+json'],
        ['application/scim+json', 'application/scim+json'],
        ['application/json', 'application/json'],
        ['application/json, application/scim+json', 'application/scim+json'],
        ['application/*', 'application/scim+json'],
        ['application/json;q=0.5, */*;q=0.1', 'application/json'],
      ] as const) {
        for (const path of ['/Users', `/Users/${ann}`, `/Users/${UNKNOWN}`, '/Schemas']) {
          expect((await scim.get(path, { accept })).headers.get('content-type'), `${accept} ${path}`).to.be.oneOf([
            wanted,
            'application/json',
          ]);
        }
      }
      expect((await scim.get('/Users', { accept: 'application/json' })).headers.get('content-type')).to.equal('application/json');
      expect((await scim.get(`/Users/${UNKNOWN}`, { accept: 'application/json' })).headers.get('content-type')).to.equal(
        'application/json',
      );
      expect((await scim.get('/Users', { accept: 'application/scim+json' })).headers.get('content-type')).to.equal('application/scim+json');
    });

    it('L13 no charset on any answer; no store; no X-Powered-By', async () => {
      for (const path of ['/Users', `/Users/${ann}`, '/nope', '/Schemas', '/ServiceProviderConfig']) {
        const { headers } = await scim.get(path);
        expect(headers.get('content-type'), path).to.equal('application/scim+json');
        expect(headers.get('cache-control'), path).to.equal('no-store');
        expect(headers.get('x-powered-by'), path).to.equal(null);
      }
    });

    it('HEAD is GET without the body', async () => {
      for (const path of ['/Users', `/Users/${ann}`, '/ServiceProviderConfig']) {
        const [head, get] = [await scim.scim('HEAD', path), await scim.get(path)];
        expect([head.status, head.text], path).to.deep.equal([200, '']);
        expect(head.headers.get('content-length'), path).to.equal(get.headers.get('content-length'));
        expect(head.headers.get('etag'), path).to.equal(get.headers.get('etag'));
      }
      expect((await scim.scim('HEAD', `/Users/${UNKNOWN}`)).status).to.equal(404);
    });

    it('L23/L24/L25 a userName in another case, with the core URN, and with quotes inside', async () => {
      await scim.addUser('a"b\\c');
      for (const [filter, name] of [
        ['userName eq "bjensen"', 'Bjensen'],
        [`${USER_URN}:userName eq "BJENSEN"`, 'Bjensen'],
        ['userName eq "a\\"b\\\\c"', 'a"b\\c'],
        ['((userName eq "nobody") and (active eq true)) or displayName eq "barbara"', 'Bjensen'],
        ['(displayName eq "x)y") or userName sw "bj"', 'Bjensen'],
      ] as const) {
        expect(userNamesIn(await scim.find('/Users', filter)), filter).to.deep.equal([name]);
      }
    });

    it('L20/L21 not, and, or and value paths mean what they say', async () => {
      const cid = { emails: [{ value: 'c@y.example', type: 'home', primary: true }] };
      await scim.addUser('cid', cid);
      await scim.addUser('dot');
      for (const [filter, names] of [
        ['not (userName eq "cid" or userName eq "dot")', ['Bjensen']],
        ['not (emails.type eq "work")', ['cid', 'dot']],
        ['emails[type eq "work" and (value co "y.example" or primary eq true)]', []],
        ['emails[type eq "home" and (value co "x.example" or primary eq true)]', ['cid']],
        ['emails[not (type eq "work")]', ['cid']],
        ['userName eq "cid" or userName eq "dot" and active eq false', ['cid']],
        ['(userName eq "cid" or userName eq "dot") and active eq false', []],
        ['emails pr', ['Bjensen', 'cid']],
        ['not (emails pr)', ['dot']],
      ] as const) {
        expect(userNamesIn(await scim.find('/Users', filter)), filter).to.deep.equal(names);
      }
    });

    it('L26/D-F2 a multi-valued attribute without a part: its value is compared', async () => {
      const group = await scim.addGroup('Cleaners', [ann]);
      for (const filter of ['emails eq "b@x.example"', 'emails co "@x."', `groups eq "${group}"`]) {
        expect(userNamesIn(await scim.find('/Users', filter)), filter).to.deep.equal(['Bjensen']);
      }
      expect(resourcesIn(await scim.find('/Groups', `members eq "${ann}"`))).to.have.length(1);
      expectScimError(await scim.find('/Users', 'name eq "x"'), 400, 'invalidFilter');
      expectScimError(await scim.find('/Users', 'pr'), 400, 'invalidFilter');
    });

    it('L38 attributes=userName keeps schemas and id; excludedAttributes=id keeps id', async () => {
      const only = await scim.get(`/Users/${ann}?attributes=userName`);
      expect(Object.keys(only.body).sort()).to.deep.equal(['id', 'schemas', 'userName']);
      const [listed] = resourcesIn(await scim.get('/Users?attributes=USERNAME'));
      expect(Object.keys(listed ?? {}).sort()).to.deep.equal(['id', 'schemas', 'userName']);
      const without = await scim.get(`/Users/${ann}?excludedAttributes=id,schemas,emails`);
      expect(without.body).to.include.keys('id', 'schemas', 'userName').and.not.to.have.property('emails');
    });

    it('J1 projection on POST, PUT and PATCH, with parts and URNs', async () => {
      const body = {
        schemas: [USER_URN],
        userName: 'x',
        name: { givenName: 'A', familyName: 'B' },
        [ENTERPRISE_URN]: { department: 'D', division: 'V' },
      };
      const created = await scim.post(`/Users?attributes=name.givenName,${ENTERPRISE_URN}:department`, body);
      const id = idOf(created, 201);
      expect(created.body).to.deep.include({ name: { givenName: 'A' }, [ENTERPRISE_URN]: { department: 'D' } });
      expect(created.body).not.to.have.any.keys('userName', 'meta');
      expect((await scim.put(`/Users/${id}?excludedAttributes=name`, body)).body)
        .to.include({ userName: 'x' })
        .and.not.to.have.property('name');
      const group = await scim.addGroup('Cleaners', [ann]);
      const patch = {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', value: { displayName: 'Cleaners' } }],
      };
      const answer = await scim.scim('PATCH', `/Groups/${group}?attributes=displayName`, patch);
      expect([answer.status, answer.body['displayName'], answer.body['members']]).to.deep.equal([200, 'Cleaners', undefined]);
    });

    it('L40/D-L1 a boolean as a text: taken in any case, returned as a boolean', async () => {
      const created = await scim.post('/Users', {
        schemas: [USER_URN],
        userName: 'x',
        active: 'FALSE',
        emails: [{ value: 'a@x.example', primary: 'True' }],
      });
      expect(created.body).to.deep.include({ active: false, emails: [{ value: 'a@x.example', primary: true }] });
      const id = idOf(created, 201);
      expect((await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: 'tRuE' })).body['active']).to.equal(true);
      expect((await scim.put(`/Users/${id}`, { schemas: [USER_URN], userName: 'x', active: 'false' })).body['active']).to.equal(false);
    });

    it('L41/D-L8 null, [] and absent are one', async () => {
      const created = await scim.post('/Users', {
        schemas: [USER_URN],
        userName: 'x',
        emails: null,
        phoneNumbers: [],
        name: null,
        title: null,
        externalId: null,
      });
      idOf(created, 201);
      expect(created.body).not.to.have.any.keys('emails', 'phoneNumbers', 'name', 'title', 'externalId');
    });

    it('D-L4 an extra unknown schema URI is accepted and not kept; extension data without its URN gets it', async () => {
      const answer = await scim.post('/Users', {
        schemas: [USER_URN, 'urn:x:unknown'],
        userName: 'x',
        [ENTERPRISE_URN]: { department: 'D' },
      });
      expect(idOf(answer, 201)).not.to.equal(ann);
      expect(answer.body['schemas']).to.deep.equal([USER_URN, ENTERPRISE_URN]);
      await scim.patchSettings({ scim: { missingSchemas: 'derive' } });
      expect((await scim.post('/Users', { userName: 'y' })).body['schemas']).to.deep.equal([USER_URN]);
    });

    it('L39 canonical values are suggestions: any type is taken', async () => {
      const body = {
        schemas: [USER_URN],
        userName: 'x',
        roles: [{ value: 'a', type: 'odd' }],
        emails: [{ value: 'a@x.example', type: 'holiday' }],
        x509Certificates: [{ value: 'YQ==', type: 'odd' }],
      };
      expect((await scim.post('/Users', body)).body).to.deep.include({
        roles: body.roles,
        emails: body.emails,
        x509Certificates: body.x509Certificates,
      });
    });

    it('D-P4 PATCH without effect: 200, version and lastModified unchanged, no event', async () => {
      const before = await scim.get(`/Users/${ann}`);
      await scim.newEvents();
      server().setTime('2026-05-02T12:00:00.000Z');
      for (const operation of [
        { op: 'replace', path: 'displayName', value: 'Barbara' },
        { op: 'add', path: 'emails', value: [{ value: 'B@X.example', type: 'work' }] },
        { op: 'remove', path: 'title' },
        { op: 'replace', value: { active: 'True' } },
      ]) {
        const answer = await scim.patch(`/Users/${ann}`, operation);
        expect([answer.status, answer.text]).to.deep.equal([200, before.text]);
      }
      expect(await scim.newEvents()).to.deep.equal([]);
    });

    it('D-S1 what a PATCH answers can be switched', async () => {
      await scim.patchSettings({ scim: { patchUser: 'none', patchGroup: 'representation' } });
      const user = await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'title', value: 'x' });
      expect([user.status, user.text, user.headers.get('etag')]).to.deep.equal([204, '', 'W/"2"']);
      const group = await scim.addGroup('Cleaners');
      const answer = await scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: ann }] });
      expect([answer.status, answer.body['displayName']]).to.deep.equal([200, 'Cleaners']);
    });

    it('L50/L51 the core URN in a path, and a whole extension added, replaced and removed', async () => {
      const patch = async (operation: object) => (await scim.patch(`/Users/${ann}`, operation)).body;
      expect(await patch({ op: 'replace', path: `${USER_URN}:displayName`, value: 'A' })).to.include({ displayName: 'A' });
      expect(await patch({ op: 'replace', path: USER_URN, value: { displayName: 'B' } })).to.include({ displayName: 'B' });
      const value = { schemas: [ENTERPRISE_URN], department: 'D' };
      expect((await patch({ op: 'add', path: ENTERPRISE_URN, value }))[ENTERPRISE_URN]).to.deep.equal({ department: 'D' });
      expect((await patch({ op: 'replace', path: ENTERPRISE_URN, value: { division: 'V' } }))[ENTERPRISE_URN]).to.include({
        division: 'V',
      });
      const removed = await patch({ op: 'remove', path: ENTERPRISE_URN });
      expect(removed).not.to.have.property(ENTERPRISE_URN);
      expect(removed['schemas']).to.deep.equal([USER_URN]);
    });

    it('L54 a readOnly attribute by path: 400 mutability; inside a pathless value it is ignored', async () => {
      expectScimError(await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'groups', value: [] }), 400, 'mutability');
      expectScimError(await scim.patch(`/Users/${ann}`, { op: 'remove', path: 'userName' }), 400, 'mutability');
      const answer = await scim.patch(`/Users/${ann}`, {
        op: 'replace',
        value: { id: 'x', meta: { version: 'x' }, groups: [], schemas: [], title: 'T' },
      });
      expect(answer.body).to.deep.include({ id: ann, title: 'T' });
    });

    it('D-P5 a new primary takes the place of the old one', async () => {
      await scim.patch(`/Users/${ann}`, { op: 'replace', path: 'emails[type eq "work"].primary', value: true });
      const answer = await scim.patch(`/Users/${ann}`, {
        op: 'add',
        path: 'emails',
        value: [{ value: 'n@x.example', type: 'home', primary: true }],
      });
      expect(answer.body['emails']).to.deep.equal([
        { value: 'b@x.example', type: 'work', primary: false },
        { value: 'n@x.example', type: 'home', primary: true },
      ]);
    });

    it('nested Groups show on the User as indirect, and end with the nesting', async () => {
      const [inner, outer] = [await scim.addGroup('Inner', [ann]), await scim.addGroup('Outer')];
      await scim.map(outer, 'Outer door');
      await scim.patch(`/Groups/${outer}`, { op: 'add', path: 'members', value: [{ value: inner }] });
      const groups = (await scim.get(`/Users/${ann}`)).body['groups'];
      expect(groups).to.have.deep.members([
        { value: inner, $ref: `${SCIM_BASE}/Groups/${inner}`, display: 'Inner', type: 'direct' },
        { value: outer, $ref: `${SCIM_BASE}/Groups/${outer}`, display: 'Outer', type: 'indirect' },
      ]);
      expect((await scim.get(`/Groups/${outer}`)).body['members']).to.deep.equal([
        { value: inner, $ref: `${SCIM_BASE}/Groups/${inner}`, type: 'Group' },
      ]);
      expect((await scim.member('Bjensen'))?.groups).to.have.property('Outer door');
      expect((await scim.delete(`/Groups/${inner}`)).status).to.equal(204);
      expect(await scim.member('Bjensen')).to.deep.include({ status: 'ended', groups: {}, pins: [] });
    });

    it('D-X1 unknown query parameters are ignored', async () => {
      expect(userNamesIn(await scim.get('/Users?aadOptscim062020&x=y&__proto__=z&count=10'))).to.deep.equal(['Bjensen']);
    });

    describe('discovery', () => {
      const stranger = () => new ScimClient(server().url, null);

      it('with a token and without one; a wrong token is wrong here too', async () => {
        for (const path of ['/ServiceProviderConfig', '/Schemas', `/Schemas/${USER_URN}`, '/ResourceTypes', '/ResourceTypes/Group']) {
          expect((await scim.get(path)).status, path).to.equal(200);
          expect((await stranger().get(path)).status, path).to.equal(200);
          expectScimError(await stranger().get(path, { authorization: 'Bearer wrong' }), 401);
        }
        expectScimError(await stranger().get('/Schemas/urn:x'), 404);
        expectScimError(await stranger().get('/ResourceTypes/Device'), 404);
      });

      it('D-A9 the PIN attribute is described to who has a token only', async () => {
        expect((await stranger().get('/Schemas')).text).not.to.include('"pin"');
        expect((await scim.get('/Schemas')).text).to.include('"pin"');
      });

      it('D4/L4/L15 ServiceProviderConfig tells the truth, and one authentication scheme', async () => {
        const { body } = await scim.get('/ServiceProviderConfig');
        expect(body).to.deep.include({
          patch: { supported: true },
          filter: { supported: true, maxResults: 500 },
          sort: { supported: true },
          etag: { supported: true },
          changePassword: { supported: false },
        });
        expect(body['authenticationSchemes']).to.have.length(1);
        expect(metaOf({ ...(await scim.get('/ServiceProviderConfig')) })['location']).to.equal(`${SCIM_BASE}/ServiceProviderConfig`);
      });

      it('D2 a filter on discovery: 403, other parameters are ignored', async () => {
        for (const path of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig']) {
          expectScimError(await scim.get(`${path}?filter=id%20pr`), 403);
          expect((await scim.get(`${path}?count=1&attributes=id`)).status).to.equal(200);
        }
        const list = await scim.get('/Schemas');
        expect(list.body).to.include({ totalResults: 4, itemsPerPage: 4, startIndex: 1 });
        expect(list.body['schemas']).to.deep.equal([LIST_RESPONSE_URN]);
      });
    });
  });
});
