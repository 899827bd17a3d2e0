import { expect } from 'chai';
import { ENTERPRISE_URN, SEARCH_REQUEST_URN, USER_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { resourcesIn, type ScimAnswer } from '../../support/scim-client.js';

const search = (more: object = {}): object => ({ schemas: [SEARCH_REQUEST_URN], ...more });

const namesIn = (answer: ScimAnswer): string[] => resourcesIn(answer).map((one) => String(one['userName'] ?? one['displayName']));

forEachEngine((engine) => {
  describe('/.search (RFC 7644 section 3.4.3)', () => {
    const server = serverOf(engine);
    let scim: Connection;
    before(async () => {
      scim = await server().connect();
      await (await server().connect()).addUser('of another directory');
      for (const name of ['dan', 'ann', 'cid', 'bob'])
        await scim.addUser(name, { title: name < 'c' ? 'Cook' : 'Porter', [ENTERPRISE_URN]: { department: name } });
      await scim.addGroup('Porters');
      await scim.addGroup('Cooks');
    });

    it('gives what the GET of the same query gives, in every parameter', async () => {
      for (const [query, body] of [
        ['', {}],
        ['filter=title eq "cook"', { filter: 'title eq "cook"' }],
        ['sortBy=userName', { sortBy: 'userName' }],
        [
          'sortBy=userName&sortOrder=descending&startIndex=2&count=2',
          { sortBy: 'userName', sortOrder: 'descending', startIndex: 2, count: 2 },
        ],
        ['attributes=userName,title', { attributes: ['userName', 'title'] }],
        [`attributes=${ENTERPRISE_URN}:department`, { attributes: [`${ENTERPRISE_URN}:department`] }],
        ['excludedAttributes=meta,title', { excludedAttributes: ['meta', 'title'] }],
        ['startIndex=-3&count=1', { startIndex: -3, count: 1 }],
        ['count=0', { count: 0 }],
        ['count=-1', { count: -1 }],
        ['startIndex=100', { startIndex: 100 }],
        ['count=5000', { count: 5000 }],
        ['', { filter: null, count: null, attributes: null, excludedAttributes: [], unknown: { deep: [1] } }],
        ['count=2', { COUNT: 2 }],
      ] as const) {
        const byGet = await scim.get(`/Users?${query.replaceAll(' ', '%20').replaceAll('"', '%22')}`);
        const byPost = await scim.post('/Users/.search', search(body));
        expect(byGet.status, byGet.text).to.equal(200);
        expect([byPost.status, byPost.text], JSON.stringify(body)).to.deep.equal([200, byGet.text]);
      }
    });

    it('L37 count 0 is legal and gives the total alone', async () => {
      const answer = await scim.post('/Users/.search', search({ count: 0 }));
      expect(answer.body).to.include({ totalResults: 4, itemsPerPage: 0 });
      expect(resourcesIn(answer)).to.deep.equal([]);
    });

    it('searches Groups, and both types at the root', async () => {
      expect(namesIn(await scim.post('/Groups/.search', search({ filter: 'displayName sw "p"' })))).to.deep.equal(['Porters']);
      const both = await scim.post('/.search', search());
      expect(both.body).to.include({ totalResults: 6, startIndex: 1, itemsPerPage: 6 });
      expect(namesIn(both)).to.deep.equal(['dan', 'ann', 'cid', 'bob', 'Porters', 'Cooks']);
      expect((await scim.get('/')).text).to.equal(both.text);
    });

    it('answers in plain JSON too, and a token that may only read may search', async () => {
      const reader = await scim.withToken({ readOnly: true });
      for (const path of ['/.search', '/Users/.search', '/Groups/.search']) {
        const answer = await reader.scim('POST', path, search(), { accept: 'application/json', 'content-type': 'application/json' });
        expect(answer.status, answer.text).to.equal(200);
        expect(answer.headers.get('content-type')).to.equal('application/json');
      }
    });

    it('a PIN never comes out of a search, whatever is asked for', async () => {
      const access = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
      await scim.addUser('with-pin', { schemas: [USER_URN, access], [access]: { pin: '834126' } });
      for (const path of ['/Users/.search', '/.search']) {
        const answer = await scim.post(path, search({ attributes: [`${access}:pin`, access, 'password'] }));
        expect(answer.status).to.equal(200);
        expect(answer.text).not.to.contain('834126');
      }
    });
  });
});
