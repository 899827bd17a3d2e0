import { expect } from 'chai';
import { BULK_REQUEST_URN, GROUP_URN, PATCH_OP_URN, SEARCH_REQUEST_URN, USER_URN } from '../../../src/domain/scim.js';
import { shift } from '../../../src/domain/time.js';
import { deleteIntegration } from '../../../src/integrations/delete-integration.js';
import { listScimTokens, revokeScimToken } from '../../../src/integrations/scim-token-store.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, runServer, T0, type TestServer } from '../../support/running-server.js';
import { expectScimError, ScimClient } from '../../support/scim-client.js';

forEachEngine((engine) => {
  describe('the life of a token', () => {
    let server: TestServer;
    let scim: Connection;
    before(async () => {
      server = await runServer(await engine.migrated());
    });
    beforeEach(async () => {
      server.setTime(T0);
      scim = await server.connect();
    });
    after(() => server.stop());

    it('R5 an empty, blank or meaningless bearer opens nothing, whatever is stored', async () => {
      for (const bearer of [
        'Bearer',
        'Bearer ',
        'Bearer    ',
        'Bearer undefined',
        'Bearer null',
        'Bearer 0',
        'Bearer NaN',
        'Bearer []',
        '',
      ]) {
        expect((await new ScimClient(server.url, null).get('/Users', { authorization: bearer })).status, JSON.stringify(bearer)).to.equal(
          401,
        );
      }
    });

    it('is taken to the very millisecond of its expiry, and not a moment longer', async () => {
      const token = await scim.withToken({ expiresAt: shift(T0, 86_400_000) });
      server.setTime(shift(T0, 86_399_999));
      expect((await token.get('/Users')).status).to.equal(200);
      server.setTime(shift(T0, 86_400_000));
      expectScimError(await token.get('/Users'), 401);
      expect((await scim.get('/Users')).status).to.equal(200);
    });

    it('an expired one gives its place to the next, and two live ones do not', async () => {
      await scim.withToken({ expiresAt: shift(T0, 1_000) });
      const third = await scim.withToken({}).catch((error: unknown) => error);
      expect(third).to.be.instanceOf(Error);
      server.setTime(shift(T0, 1_000));
      expect((await (await scim.withToken({})).get('/Users')).status).to.equal(200);
      expect(await listScimTokens(server.parts.db.read, scim.id)).to.have.length(2);
    });

    it('rotation leaves no gap: while one token takes the other’s place, a request without end never fails', async () => {
      let current: Connection = scim;
      let isOver = false;
      const seen = new Set<number>();
      const working = (async () => {
        while (!isOver) seen.add((await current.get('/Users?count=1')).status);
      })();
      for (let turn = 0; turn < 5; turn += 1) {
        const before = current;
        const next = await scim.withToken({});
        expect((await next.get('/Users?count=1')).status, 'before anybody knows it').to.equal(200);
        expect((await before.get('/Users?count=1')).status, 'the old one still').to.equal(200);
        current = next;
        // One more of the worker's requests may be on its way with the old one.
        await next.get('/Users?count=1');
        await next.get('/Users?count=1');
        isOver = true;
        await working;
        await server.revokeToken(scim.id, before.tokenId);
        expectScimError(await before.get('/Users?count=1'), 401);
        isOver = false;
      }
      expect([...seen]).to.deep.equal([200]);
    });

    it('revoked, it opens nothing from the next request on, and what was on its way writes nothing more', async () => {
      const { db } = server.parts;
      let admit = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        admit = resolve;
      });
      const { transaction } = db;
      let begun = (): void => undefined;
      const hasBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      Object.assign(db, {
        transaction: async (...args: Parameters<typeof transaction>) => {
          begun();
          await gate;
          return transaction.call(db, ...args);
        },
      });
      const running = scim.post('/Users', { schemas: [USER_URN], userName: 'late' });
      // The first transaction is that of the POST or of the note that it was heard of: either way its token has been let in.
      await hasBegun;
      await transaction.call(db, (tx) => revokeScimToken(tx, server.context, scim.id, scim.tokenId));
      Object.assign(db, { transaction });
      expectScimError(await scim.get('/Users'), 401);
      admit();
      expectScimError(await running, 401);
      expect(await server.count('users where integration_id = ?', scim.id)).to.equal(0);
    });

    it('read-only, it reads everything and is refused every write, whatever is written', async () => {
      const reader = await scim.withToken({ readOnly: true });
      const user = await scim.addUser('ann');
      const group = await scim.addGroup('Staff', [user]);
      const patch = { schemas: [PATCH_OP_URN], Operations: [{ op: 'replace', value: { displayName: 'x' } }] };
      const asUser = { schemas: [USER_URN], userName: 'bob' };
      const asGroup = { schemas: [GROUP_URN], displayName: 'Other' };
      for (const [method, path, body] of [
        ['POST', '/Users', asUser],
        ['PUT', `/Users/${user}`, asUser],
        ['PATCH', `/Users/${user}`, patch],
        ['DELETE', `/Users/${user}`],
        ['POST', '/Groups', asGroup],
        ['PUT', `/Groups/${group}`, asGroup],
        ['PATCH', `/Groups/${group}`, patch],
        ['DELETE', `/Groups/${group}`],
        ['POST', '/Bulk', { schemas: [BULK_REQUEST_URN], Operations: [{ method: 'POST', path: '/Users', bulkId: 'a', data: asUser }] }],
      ] as const) {
        expectScimError(await reader.scim(method, path, body), 403);
      }
      for (const path of ['/Users', '/Groups', `/Users/${user}`, `/Groups/${group}`, '/Schemas', '/ServiceProviderConfig']) {
        expect((await reader.get(path)).text, path).to.equal((await scim.get(path)).text);
      }
      const search = { schemas: [SEARCH_REQUEST_URN], filter: 'userName eq "ann"' };
      expect((await reader.post('/Users/.search', search)).body['totalResults']).to.equal(1);
      await scim.patchSettings({ scim: { requireIfMatch: true } });
      expectScimError(await reader.delete(`/Users/${user}`), 403);
    });

    it('R11 of a deleted integration it is 401, and never a wider view', async () => {
      const other = await server.connect();
      await other.addUser('stays');
      const reader = await scim.withToken({ readOnly: true });
      await server.parts.db.transaction((tx) => deleteIntegration(tx, server.context, scim.id, { members: 'revoke', coolDownDays: 30 }));
      for (const client of [scim, reader]) {
        for (const path of ['/Users', '/Groups', '/ServiceProviderConfig', '/nope']) expectScimError(await client.get(path), 401);
      }
      expect((await other.get('/Users')).body['totalResults']).to.equal(1);
    });

    it('is shown with when it was made, used last and ends', async () => {
      const ends = shift(T0, 86_400_000);
      const token = await scim.withToken({ expiresAt: ends, readOnly: true });
      const shown = async () => (await listScimTokens(server.parts.db.read, scim.id)).find(({ id }) => id === token.tokenId);
      expect(await shown()).to.deep.equal({ id: token.tokenId, readOnly: true, createdAt: T0, expiresAt: ends, lastUsedAt: null });
      server.setTime(shift(T0, 5_000));
      await token.get('/Users');
      while ((await shown())?.lastUsedAt === null) await new Promise((resolve) => setImmediate(resolve));
      expect((await shown())?.lastUsedAt).to.equal(shift(T0, 5_000));
    });
  });
});
