import { expect } from 'chai';
import { forEachEngine } from '../../support/engines.js';
import { rawHttp, statusOf } from '../../support/raw-http.js';
import { type Connection, runServer, T0, type TestServer } from '../../support/running-server.js';
import { expectScimError, ScimClient } from '../../support/scim-client.js';

const WRONG = `lks_${'0'.repeat(43)}`;

forEachEngine((engine) => {
  // Limits live in memory.
  if (engine.name === 'postgres') return;
  describe('rate limits', () => {
    /** What the limits take for the time that has passed; it stands still unless a test moves it. */
    const elapsed = { ms: 0 };
    let server: TestServer;
    let scim: Connection;
    before(async () => {
      server = await runServer(await engine.migrated(), undefined, { stopwatch: () => elapsed.ms });
    });
    beforeEach(async () => {
      elapsed.ms += 3_600_000;
      server.setTime(T0);
      scim = await server.connect();
    });
    after(() => server.stop());

    /** How often each status is answered to so many requests, one behind the other on one connection. */
    async function flood(count: number, token: string | null): Promise<Record<number, number>> {
      const line = `GET /scim/v2/nope HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
      const answers = await rawHttp(server.url, `${`${line}\r\n`.repeat(count - 1)}${line}Connection: close\r\n\r\n`);
      const seen: Record<number, number> = {};
      for (const [, status = ''] of answers.matchAll(/HTTP\/1\.1 (\d{3})/g)) seen[Number(status)] = (seen[Number(status)] ?? 0) + 1;
      return seen;
    }

    describe('requests per second (D-R1)', () => {
      beforeEach(() => scim.patchSettings({ rateLimit: { perSecond: 25, burst: 100 } }));

      it('a burst, then the rate; 429 as a SCIM error with whole seconds to wait, and who waits gets in', async () => {
        expect(await flood(101, scim.token)).to.deep.equal({ 404: 100, 429: 1 });
        const refused = await scim.get('/Users');
        expectScimError(refused, 429);
        expect(refused.headers.get('retry-after')).to.equal('1');
        elapsed.ms += 1_000;
        expect(await flood(26, scim.token)).to.deep.equal({ 404: 25, 429: 1 });
      });

      it('no other token is slowed by it, not even another of the same integration', async () => {
        const second = await scim.withToken({});
        const other = await server.connect();
        expect(await flood(110, scim.token)).to.deep.equal({ 404: 100, 429: 10 });
        expect((await second.get('/Users')).status).to.equal(200);
        expect((await other.get('/Users')).status).to.equal(200);
      });

      it('the body of a refused request is not read: neither its type nor its content counts', async () => {
        await flood(100, scim.token);
        expectScimError(await scim.post('/Users', '{"broken'), 429);
        expectScimError(await scim.post('/Users', 'x', { 'content-type': 'text/plain' }), 429);
        const head = `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${scim.token}\r\nContent-Length: 1000\r\n\r\n`;
        expect(statusOf(await rawHttp(server.url, head, (received) => received.includes('\r\n\r\n')))).to.equal(429);
      });

      it('7.2 the pace of Entra, 25 a second for a minute after a burst of 100, is never refused by the lowest limit', async () => {
        expect(await flood(100, scim.token)).to.deep.equal({ 404: 100 });
        for (let second = 0; second < 60; second += 1) {
          elapsed.ms += 1_000;
          expect(await flood(25, scim.token)).to.deep.equal({ 404: 25 });
        }
      });

      it('a limit below the floor, however it was stored, counts as the floor', async () => {
        await server.parts.db.transaction((tx) =>
          tx.execute('update integrations set settings = ? where id = ?', ['{"rateLimit":{"perSecond":1,"burst":1}}', scim.id]),
        );
        expect(await flood(101, scim.token)).to.deep.equal({ 404: 100, 429: 1 });
      });

      it('a new limit holds from the next request on', async () => {
        expect(await flood(101, scim.token)).to.deep.equal({ 404: 100, 429: 1 });
        await scim.patchSettings({ rateLimit: { burst: 150 } });
        expect(await flood(51, scim.token)).to.deep.equal({ 404: 50, 429: 1 });
      });

      it('a disabled integration answers 403, and 429 beyond its rate', async () => {
        await scim.patchSettings({ enabled: false });
        expect(await flood(101, scim.token)).to.deep.equal({ 403: 100, 429: 1 });
      });
    });

    describe('wrong tokens from one address', () => {
      const guess = (headers: Record<string, string> = {}) => new ScimClient(server.url, WRONG).get('/Users', headers);

      it('are answered 401 as long as an IdP’s own pace lasts, then 429; a spoofed X-Forwarded-For does not reset it (A31)', async () => {
        expect(await flood(510, WRONG)).to.deep.equal({ 401: 500, 429: 10 });
        expectScimError(await guess({ 'x-forwarded-for': '198.51.100.7' }), 429);
        expectScimError(await guess({ 'x-forwarded-for': Array.from({ length: 400 }, (_, n) => `198.51.100.${n % 250}`).join(', ') }), 429);
        expectScimError(await guess({ forwarded: 'for=198.51.100.7' }), 429);
        expect((await new ScimClient(server.url, WRONG).get('/Schemas')).headers.get('retry-after')).to.equal('1');
        expect((await fetch(`${server.url}/api/v1/members`, { headers: { authorization: `Bearer ${WRONG}` } })).status).to.equal(429);
      });

      it('never lock out a right one, nor one that is made meanwhile, nor who comes without', async () => {
        await flood(505, WRONG);
        expect((await scim.get('/Users')).status).to.equal(200);
        expect((await (await scim.withToken({})).get('/Users')).status).to.equal(200);
        expectScimError(await new ScimClient(server.url, null).get('/Users'), 401);
        expect((await new ScimClient(server.url, null).get('/Schemas')).status).to.equal(200);
      });
    });
  });
});
