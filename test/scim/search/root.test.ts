import { expect } from 'chai';
import { GROUP_URN, SEARCH_REQUEST_URN, USER_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, SCIM_BASE, serverOf } from '../../support/running-server.js';
import { expectScimError, resourcesIn, type ScimAnswer } from '../../support/scim-client.js';

const nameOf = (one: object): string => String(('userName' in one && one.userName) || ('displayName' in one && one.displayName));
const namesIn = (answer: ScimAnswer): string[] => resourcesIn(answer).map(nameOf);
const typesIn = (answer: ScimAnswer): string[] =>
  resourcesIn(answer).map((one) => (Array.isArray(one['schemas']) && one['schemas'].includes(GROUP_URN) ? 'Group' : 'User'));

forEachEngine((engine) => {
  describe('a query at the root (RFC 7644 section 3.4.2.1)', () => {
    const server = serverOf(engine);
    let scim: Connection;
    let ann: string;
    const query = (filter: string, more = ''): Promise<ScimAnswer> => scim.get(`/?filter=${encodeURIComponent(filter)}${more}`);
    before(async () => {
      const other = await server().connect();
      await other.addGroup('of another directory', [await other.addUser('a stranger')]);
      scim = await server().connect();
      ann = await scim.addUser('ann', { displayName: 'M', externalId: 'e3', title: 'Cook', active: true });
      await scim.addUser('bob', { displayName: 'c', externalId: 'e1', active: false });
      await scim.addUser('cid', { title: 'Porter' });
      await scim.addGroup('alpha', [ann]);
      await scim.post('/Groups', { schemas: [GROUP_URN], displayName: 'Zulu', externalId: 'e2' });
    });

    it('lists all Users, then all Groups, each in the order of their creation, with the exact total', async () => {
      const answer = await scim.get('/');
      expect(answer.body).to.include({ totalResults: 5, startIndex: 1, itemsPerPage: 5 });
      expect(namesIn(answer)).to.deep.equal(['ann', 'bob', 'cid', 'alpha', 'Zulu']);
      expect(resourcesIn(answer)[3]).to.deep.include({ members: [{ value: ann, $ref: `${SCIM_BASE}/Users/${ann}`, type: 'User' }] });
      expect((await scim.get('')).text, 'with and without a slash').to.equal(answer.text);
    });

    it('pages over the seam: every page of every size is a slice of the whole', async () => {
      for (const more of ['', '&sortBy=displayName', '&sortBy=displayName&sortOrder=descending', '&filter=id%20pr']) {
        const whole = namesIn(await scim.get(`/?count=500${more}`));
        expect(whole).to.have.length(5);
        for (let count = 0; count <= 6; count += 1) {
          for (let startIndex = 1; startIndex <= 7; startIndex += 1) {
            const page = await scim.get(`/?startIndex=${startIndex}&count=${count}${more}`);
            expect(page.body).to.include({ totalResults: 5, startIndex });
            expect(namesIn(page), `${startIndex}/${count}${more}`).to.deep.equal(whole.slice(startIndex - 1, startIndex - 1 + count));
          }
        }
      }
    });

    for (const [filter, names] of [
      ['meta.resourceType eq "User"', ['ann', 'bob', 'cid']],
      ['meta.resourceType eq "Group"', ['alpha', 'Zulu']],
      ['meta.resourceType eq "Group" or userName eq "BOB"', ['bob', 'alpha', 'Zulu']],
      ['userName eq "ann"', ['ann']],
      ['userName ne "ann"', ['bob', 'cid', 'alpha', 'Zulu']],
      ['not (userName pr)', ['alpha', 'Zulu']],
      ['not (members pr)', ['ann', 'bob', 'cid', 'Zulu']],
      ['displayName pr', ['ann', 'bob', 'alpha', 'Zulu']],
      ['displayName eq "ALPHA" or displayName eq "m"', ['ann', 'alpha']],
      ['externalId sw "e"', ['ann', 'bob', 'Zulu']],
      ['active eq true', ['ann', 'cid']],
      ['title pr and displayName pr', ['ann']],
      ['emails[type eq "work" and value co "x"]', []],
      ['not (emails[type eq "work"])', ['ann', 'bob', 'cid', 'alpha', 'Zulu']],
      [`${USER_URN}:userName eq "cid"`, ['cid']],
      [`${GROUP_URN}:displayName eq "zulu"`, ['Zulu']],
      [`${USER_URN}:displayName pr`, ['ann', 'bob']],
    ] as const) {
      it(`${filter} → ${names.join(', ') || 'nobody'}`, async () => {
        const answer = await query(filter);
        expect(namesIn(answer)).to.deep.equal(names);
        expect(answer.body).to.include({ totalResults: names.length, itemsPerPage: names.length });
        const sorted = await query(filter, '&sortBy=externalId');
        expect(namesIn(sorted)).to.have.members([...names]);
        const searched = await scim.post('/.search', { schemas: [SEARCH_REQUEST_URN], filter });
        expect(searched.text).to.equal(answer.text);
      });
    }

    it('members and groups find each other from the root', async () => {
      expect(namesIn(await query(`members.value eq "${ann}"`))).to.deep.equal(['alpha']);
      expect(namesIn(await query('groups.display eq "alpha"'))).to.deep.equal(['ann']);
      expect(namesIn(await query(`id eq "${ann}"`))).to.deep.equal(['ann']);
    });

    for (const filter of [
      'nobody eq "x"',
      'userName eq "ann" or nobody pr',
      'emails[nobody eq "x"]',
      'members.nobody pr',
      'name.nobody eq "x"',
      'urn:example:none:userName pr',
      'active gt true',
      'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:pin eq "1234"',
      'password pr',
    ]) {
      it(`${filter} is known to neither type, or to nobody: 400`, async () => expectScimError(await query(filter), 400, 'invalidFilter'));
    }

    it('sorts over both types by the value of each, those without one last, then first', async () => {
      expect(namesIn(await scim.get('/?sortBy=displayName'))).to.deep.equal(['alpha', 'bob', 'ann', 'Zulu', 'cid']);
      expect(namesIn(await scim.get('/?sortBy=displayName&sortOrder=descending'))).to.deep.equal(['cid', 'Zulu', 'ann', 'bob', 'alpha']);
      expect(namesIn(await scim.get('/?sortBy=externalId'))).to.deep.equal(['bob', 'Zulu', 'ann', 'cid', 'alpha']);
      expect(namesIn(await scim.get('/?sortBy=userName&sortOrder=descending'))).to.deep.equal(['alpha', 'Zulu', 'cid', 'bob', 'ann']);
      expect(namesIn(await scim.get('/?sortBy=active'))).to.deep.equal(['bob', 'ann', 'cid', 'alpha', 'Zulu']);
      expect(typesIn(await scim.get('/?sortBy=meta.created'))).to.have.members(['User', 'User', 'User', 'Group', 'Group']);
      expect(namesIn(await scim.get('/?sortBy=emails'))).to.deep.equal(['ann', 'bob', 'cid', 'alpha', 'Zulu']);
    });

    for (const sortBy of ['nobody', 'members', 'groups', 'password', 'meta', '']) {
      it(`sortBy=${sortBy} → 400`, async () => expectScimError(await scim.get(`/?sortBy=${sortBy}`), 400, 'invalidValue'));
    }

    it('projects each type by its own schema', async () => {
      for (const one of resourcesIn(await scim.get('/?attributes=userName,displayName'))) {
        const isUser = 'userName' in one;
        expect(Object.keys(one), JSON.stringify(one)).to.include.members(['id', 'schemas', ...(isUser ? ['userName'] : ['displayName'])]);
        expect(one).not.to.have.any.keys('meta', 'title', 'members', 'active');
      }
      for (const one of resourcesIn(await scim.get('/?excludedAttributes=members,title,meta')))
        expect(one).not.to.have.any.keys('meta', 'title', 'members');
    });

    it('HEAD answers as GET does, without the body; any other method gets 405', async () => {
      const head = await scim.scim('HEAD', '/?count=1');
      expect([head.status, head.text]).to.deep.equal([200, '']);
      expect(head.headers.get('content-length')).to.equal(String((await scim.get('/?count=1')).text.length));
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const refused = await scim.scim(method, '/', method === 'DELETE' ? undefined : {});
        expectScimError(refused, 405);
        expect(refused.headers.get('allow')).to.equal('GET, HEAD');
      }
    });

    it('an empty directory is an empty list', async () => {
      const empty = await server().connect();
      for (const path of ['/', '/?sortBy=displayName', '/?filter=id%20pr'])
        expect((await empty.get(path)).body).to.include({ totalResults: 0, itemsPerPage: 0 });
    });
  });
});
