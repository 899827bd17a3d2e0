import { expect } from 'chai';
import { generateKeyRing } from '../../../src/credentials/key-ring.js';
import { SEARCH_REQUEST_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, runServer, serverOf } from '../../support/running-server.js';
import { expectScimError, type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { byGet, bySearch, cursorOf, namesOn } from '../../support/walk.js';

const HOUR = 3_600_000;

forEachEngine((engine) => {
  describe('cursors that are refused (RFC 9865 section 2.1)', () => {
    const server = serverOf(engine);
    let scim: Connection;
    before(async () => {
      scim = await server().connect();
      for (const name of ['ann', 'bob', 'cid', 'dan']) {
        await scim.addUser(name, { title: 'x' });
        await scim.addGroup(name);
      }
    });

    it('made up, cut, lengthened or changed in any character: invalidCursor', async () => {
      const cursor = cursorOf(await byGet(scim, '/Users', { count: 1 })(''));
      const changed = Array.from(cursor, (letter, at) => `${cursor.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`);
      const garbage = ['0', '1', ' ', '%00', 'v1', 'v1.k.a.b', '....', 'é', '../../x', "' or 1=1 --", '__proto__', 'x'.repeat(9_000)];
      const parts = cursor.split('.');
      const forms = [
        cursor.slice(0, -1),
        `${cursor}A`,
        `${cursor}.`,
        ` ${cursor}`,
        `${cursor}=`,
        parts.slice(1).join('.'),
        cursor.toUpperCase(),
      ];
      const sample = changed.filter((_, at) => at % 7 === 0 || at < 5 || at > cursor.length - 5);
      for (const text of [...garbage, ...forms, ...sample]) expectScimError(await byGet(scim, '/Users')(text), 400, 'invalidCursor');
      expectScimError(await bySearch(scim, '/Users')('x'.repeat(200_000)), 400, 'invalidCursor');
    });

    it('D22 of another integration, another type, another filter, another sort: invalidCursor', async () => {
      const parameters = { filter: 'title eq "x"', sortBy: 'userName', count: 1 };
      const cursor = cursorOf(await byGet(scim, '/Users', parameters)(''));
      const stranger = await server().connect();
      for (const turn of [
        byGet(stranger, '/Users', parameters),
        byGet(scim, '/Users', { ...parameters, filter: 'title eq "y"' }),
        byGet(scim, '/Users', { ...parameters, sortBy: 'title' }),
        byGet(scim, '/Users', { ...parameters, sortOrder: 'descending' }),
        byGet(scim, '/Users', { count: 1 }),
        bySearch(scim, '', parameters),
      ])
        expectScimError(await turn(cursor), 400, 'invalidCursor');
      const ofGroups = cursorOf(await byGet(scim, '/Groups', { count: 1 })(''));
      expectScimError(await byGet(scim, '/Users', { count: 1 })(ofGroups), 400, 'invalidCursor');
      expect(namesOn([await byGet(scim, '/Users', parameters)(cursor)])).to.deep.equal([['bob']]);
    });

    it('after an hour: expiredCursor, while each page gives an hour anew', async () => {
      const turn = byGet(scim, '/Users', { count: 1 });
      const first = cursorOf(await turn(''));
      const start = server().now;
      server().setTime(new Date(Date.parse(start) + HOUR - 1).toISOString());
      const second = cursorOf(await turn(first));
      server().setTime(new Date(Date.parse(start) + HOUR).toISOString());
      expectScimError(await turn(first), 400, 'expiredCursor');
      expect(namesOn([await turn(second)])).to.deep.equal([['cid']]);
    });

    it('count 0, below 0 or no integer beside a cursor: invalidCount', async () => {
      const cursor = cursorOf(await byGet(scim, '/Users', { count: 1 })(''));
      for (const count of ['0', '-1', 'abc', '1.5', '', '1e2', '0x10', 'Infinity'])
        for (const at of ['', cursor]) expectScimError(await byGet(scim, '/Users', { count })(at), 400, 'invalidCount');
      for (const count of [0, -1, 1.5, '2', true, [2], 1e300])
        for (const path of ['/Users', '/Groups', '']) {
          const body = { schemas: [SEARCH_REQUEST_URN], cursor: '', count };
          expectScimError(await scim.post(`${path}/.search`, body), 400, 'invalidCount');
        }
      expectScimError(await scim.get('/Users?count=abc'), 400, 'invalidValue');
    });

    it('a cursor beside a startIndex, even an empty one: invalidValue', async () => {
      const cursor = cursorOf(await byGet(scim, '/Users', { count: 1 })(''));
      for (const at of ['', cursor]) {
        expectScimError(await byGet(scim, '/Users', { startIndex: 1 })(at), 400, 'invalidValue');
        expectScimError(await bySearch(scim, '/Users', { startIndex: 1 })(at), 400, 'invalidValue');
        expectScimError(await bySearch(scim, '', { startIndex: 2 })(at), 400, 'invalidValue');
      }
    });

    it('twice or in brackets: invalidValue; in a body anything but a text: invalidCursor; null is none', async () => {
      for (const query of ['cursor=&cursor=', 'cursor=a&CURSOR=a', 'cursor[]=', 'cursor[a]=b'])
        expectScimError(await scim.get(`/Users?${query}`), 400, 'invalidValue');
      for (const cursor of [0, 1, true, [], {}, ['']])
        expectScimError(await scim.post('/Users/.search', { schemas: [SEARCH_REQUEST_URN], cursor }), 400, 'invalidCursor');
      expect((await scim.post('/Users/.search', { schemas: [SEARCH_REQUEST_URN], cursor: null })).body).to.include({ startIndex: 1 });
    });

    it('what is wrong with the query itself is said in its own words', async () => {
      expectScimError(await byGet(scim, '/Users', { filter: 'nope' })(''), 400, 'invalidFilter');
      expectScimError(await byGet(scim, '/Users', { sortBy: 'nope' })(''), 400, 'invalidValue');
      expectScimError(await byGet(scim, '/Users', { sortOrder: 'up' })(''), 400, 'invalidValue');
      expectScimError(await byGet(scim, '/', { sortBy: 'nope' })(''), 400, 'invalidValue');
    });

    it('who calls is asked again on every page', async () => {
      const leaver = await scim.withToken({});
      const turn = byGet(leaver, '/Users', { count: 1 });
      const cursor = cursorOf(await turn(''));
      await server().revokeToken(leaver.id, leaver.tokenId);
      expectScimError(await turn(cursor), 401);
    });

    it('a resource and discovery know no cursor', async () => {
      const id = await scim.addUser('eve');
      expect((await scim.get(`/Users/${id}?cursor=x`)).status).to.equal(200);
      expect((await scim.get('/Schemas?cursor=x')).status).to.equal(200);
    });

    it('/ServiceProviderConfig says what holds', async () => {
      expect((await scim.get('/ServiceProviderConfig')).body['pagination']).to.deep.equal({
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 500,
        cursorTimeout: 3600,
      });
    });
  });

  describe('cursors of several servers', () => {
    it('go from one to another that has the key, also as an older one, and end where it is gone', async () => {
      const url = await engine.migrated();
      const [old, young] = [generateKeyRing(), generateKeyRing()];
      const first = await runServer(url, old);
      const scim = await first.connect();
      await scim.seed(['ann', 'bob', 'cid'].map((userName) => ({ userName })));
      const cursor = cursorOf(await byGet(scim, '/Users', { count: 1 })(''));
      await first.stop();
      const pageFrom = async (keys: string): Promise<ScimAnswer> => {
        const other = await runServer(url, keys);
        try {
          return await byGet(new ScimClient(other.url, scim.token), '/Users', { count: 1 })(cursor);
        } finally {
          await other.stop();
        }
      };

      expect(namesOn([await pageFrom(old)])).to.deep.equal([['bob']]);
      expect(namesOn([await pageFrom(`${young},${old}`)])).to.deep.equal([['bob']]);
      expectScimError(await pageFrom(young), 400, 'invalidCursor');
    });
  });
});
