import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { USER_URN } from '../../../../src/domain/scim.js';
import { shift } from '../../../../src/domain/time.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, hostileTable } from '../../../support/hostile.js';
import { TRANSPORT_REQUESTS } from '../../../support/hostile/transport.js';
import { rawHttp, statusOf } from '../../../support/raw-http.js';
import { type Connection, serverOf, T0 } from '../../../support/running-server.js';
import { expectNoLeak, expectScimError, ScimClient } from '../../../support/scim-client.js';

const USER = { schemas: [USER_URN], userName: 'new@example.com' };
const LIMIT = 1_048_576;

forEachEngine((engine) => {
  describe('hostile requests, A: transport and authentication', () => {
    const server = serverOf(engine);
    let connection: Connection;
    let user: string;
    before(async () => {
      connection = await server().connect();
      user = await connection.addUser('ann@example.com');
    });

    hostileTable('one request each', TRANSPORT_REQUESTS, async () => ({ connection, user, group: await connection.addGroup('Cleaners') }));

    describe('who calls', () => {
      const asking = (authorization: string | null, path = '/Users') =>
        new ScimClient(server().url, null).get(path, authorization === null ? {} : { authorization });

      for (const [label, authorization] of [
        ['A1 no Authorization', null],
        ['A2 an empty Bearer', 'Bearer'],
        ['A2 Bearer and blanks', 'Bearer   '],
        ['A3 Bearer undefined', 'Bearer undefined'],
        ['A3 Bearer null', 'Bearer null'],
        ['R5 Bearer of 8 kB', `Bearer ${'a'.repeat(8000)}`],
        ['another scheme', 'Basic YTpi'],
        ['a token alone', 'nothing'],
      ] as const) {
        it(`${label} → 401 with L11 WWW-Authenticate, discovery aside`, async () => {
          for (const path of ['/Users', '/Groups', '/Me', '/Users/x', '/Bulk', '/.search', '/nope']) {
            const answer = await asking(authorization, path);
            expectScimError(answer, 401);
            expect(answer.headers.get('www-authenticate')).to.match(/^Bearer realm="scim"/);
          }
        });
      }

      it('A4 bearer in lower case with the right token → 200', async () => {
        expect((await asking(`bearer ${connection.token}`)).status).to.equal(200);
        expect((await asking(`BEARER ${connection.token}`)).status).to.equal(200);
      });

      it('A5 two Authorization headers, both right → 401', async () => {
        const line = `Authorization: Bearer ${connection.token}\r\n`;
        const answer = await rawHttp(server().url, `GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${line}${line}\r\n`);
        expect(statusOf(answer)).to.equal(401);
        expectNoLeak(answer);
      });

      it('A6 a token with something behind it: text and tab inside → 401, NUL → 400', async () => {
        for (const wrong of ['x', '\tx', ' x', `, Bearer ${connection.token}`]) {
          expect((await asking(`Bearer ${connection.token}${wrong}`)).status, JSON.stringify(wrong)).to.equal(401);
        }
        const head = `GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${connection.token}`;
        expect(statusOf(await rawHttp(server().url, `${head}\u0000\r\n\r\n`))).to.equal(400);
        expect(statusOf(await rawHttp(server().url, `${head.replace('Bearer ', 'Bearer  ')}\r\n\r\n`)), 'two blanks').to.equal(401);
      });

      it('A7 a revoked and an expired token → 401, to the second', async () => {
        const other = await server().connect();
        const short = await other.withToken({ expiresAt: shift(T0, 1000) });
        expect((await short.get('/Users')).status).to.equal(200);
        server().setTime(shift(T0, 1000));
        expectScimError(await short.get('/Users'), 401);
        await server().revokeToken(other.id, other.tokenId);
        expectScimError(await other.get('/Users'), 401);
        expectScimError(await other.get('/ServiceProviderConfig'), 401);
      });

      it('R11 a token whose integration is gone → 401', async () => {
        const other = await server().connect();
        await server().parts.db.transaction((tx) => tx.execute('delete from integrations where id = ?', [other.id]));
        expectScimError(await other.get('/Users'), 401);
      });

      it('A8 a read-only token reads everything and changes nothing → 403', async () => {
        const reader = await connection.withToken({ readOnly: true });
        try {
          expect((await reader.get(`/Users/${user}`)).status).to.equal(200);
          for (const [method, path] of [
            ['POST', '/Users'],
            ['PUT', `/Users/${user}`],
            ['PATCH', `/Users/${user}`],
            ['DELETE', `/Users/${user}`],
            ['POST', '/Groups'],
          ] as const) {
            const patch = {
              schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
              Operations: [{ op: 'replace', value: { active: false } }],
            };
            const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'x' };
            const body = method === 'PATCH' ? patch : path === '/Groups' ? group : USER;
            expectScimError(await reader.scim(method, path, method === 'DELETE' ? undefined : body), 403);
          }
          expect((await connection.get(`/Users/${user}`)).body['active']).to.equal(true);
        } finally {
          await server().revokeToken(connection.id, reader.tokenId);
        }
      });

      it('A9 a token in the query → 401, and nothing of it in the log', async () => {
        expectScimError(await asking(null, `/Users?access_token=${connection.token}`), 401);
        expect(JSON.stringify(server().logged)).not.to.include(connection.token);
      });

      it('A10/L5 broken JSON, a wrong type and a huge body without a token → 401', async () => {
        const stranger = new ScimClient(server().url, null);
        expectScimError(await stranger.post('/Users', '{"schemas":'), 401);
        expectScimError(await stranger.post('/Users', 'x', { 'content-type': 'text/plain' }), 401);
        expectScimError(await stranger.get('/Users?filter=((', {}), 401);
      });
    });

    describe('bytes that no client sends', () => {
      const head = (method: string, path: string, more = ''): string =>
        `${method} /scim/v2${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nAuthorization: Bearer ${connection.token}\r\n${more}\r\n`;
      const json = 'Content-Type: application/scim+json\r\n';

      it('A13 no content type at all → 415', async () => {
        const answer = await rawHttp(server().url, `${head('POST', '/Users', 'Content-Length: 2\r\n')}{}`);
        expect(statusOf(answer)).to.equal(415);
        expect(answer).to.include('application/scim+json');
      });

      it('A17 a gzip bomb of 1 MiB that unpacks to 1 GiB → 413, without unpacking it', async () => {
        const member = gzipSync(Buffer.alloc(16 * LIMIT));
        // Damaged behind its first megabytes: who unpacked more than is allowed would find it unreadable.
        const bomb = Buffer.concat(Array.from({ length: 64 }, () => member)).fill(0xff, member.length / 2, member.length);
        expect(() => gunzipSync(bomb)).to.throw();
        const answer = await connection.post('/Users', bomb, { 'content-encoding': 'gzip' });
        expectScimError(answer, 413);
        expect(answer.body['detail']).to.include(String(LIMIT));
      });

      it('A19 Content-Length and Transfer-Encoding → 400 and closed', async () => {
        const both = `${json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`;
        expect(statusOf(await rawHttp(server().url, `${head('POST', '/Users', both)}0\r\n\r\n`))).to.equal(400);
      });

      it('A20 a chunked body over the limit, without a length → 413', async () => {
        const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
        const answer = await rawHttp(
          server().url,
          `${head('POST', '/Users', `${json}Transfer-Encoding: chunked\r\n`)}${chunk.repeat(20)}0\r\n\r\n`,
        );
        expect(statusOf(answer)).to.equal(413);
        expect(answer).to.include('application/scim+json');
      });

      it('A21 two different lengths → 400', async () => {
        const lengths = `${json}Content-Length: 2\r\nContent-Length: 3\r\n`;
        expect(statusOf(await rawHttp(server().url, `${head('POST', '/Users', lengths)}{} `))).to.equal(400);
      });

      it('A27 BREW → 400, TRACE → 405, CONNECT is closed', async () => {
        expect(statusOf(await rawHttp(server().url, head('BREW', '/Users')))).to.equal(400);
        expect(statusOf(await rawHttp(server().url, head('TRACE', '/Users')))).to.equal(405);
        expect(statusOf(await rawHttp(server().url, 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'))).to.equal(0);
      });

      it('A28 a URL of 20 kB → 431', async () => {
        expect(statusOf(await rawHttp(server().url, head('GET', `/Users?x=${'a'.repeat(20_000)}`)))).to.equal(431);
      });

      it('A29 a NUL, a backslash and dots in the path as they are → never 500, never 200', async () => {
        for (const path of ['/Users/\u0000', '/Users\\x', '/../../etc/passwd', '/Users/../../x']) {
          expect(statusOf(await rawHttp(server().url, head('GET', path))), JSON.stringify(path)).to.be.oneOf([400, 404]);
        }
      });

      it('A30 X-HTTP-Method-Override is ignored', async () => {
        const answer = await connection.get(`/Users/${user}`, { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' });
        expect(answer.status).to.equal(200);
        expect((await connection.get(`/Users/${user}`)).status).to.equal(200);
      });

      it('L3 Host and X-Forwarded-Host are never echoed', async () => {
        const answer = await rawHttp(
          server().url,
          head('GET', '/Users', 'X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\n'),
        );
        expect(statusOf(answer)).to.equal(200);
        expect(answer).not.to.include('evil.example');
        expect(answer).to.include('https://doors.example.com/scim/v2/Users/');
      });

      it('A33 a hundred pipelined requests → all answered, in order', async () => {
        const one = (index: number): string =>
          `GET /scim/v2/Users/${index % 2 === 0 ? user : `missing-${index}`} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${connection.token}\r\n` +
          `${index === 99 ? 'Connection: close\r\n' : ''}\r\n`;
        const answer = await rawHttp(server().url, Array.from({ length: 100 }, (_, index) => one(index)).join(''));
        const statuses = answer
          .split('HTTP/1.1 ')
          .slice(1)
          .map((part) => Number(part.slice(0, 3)));
        expect(statuses).to.deep.equal(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 200 : 404)));
      });

      after(() => expectStillThere(connection));
    });
  });
});
