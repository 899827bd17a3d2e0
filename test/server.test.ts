import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { USER_URN } from '../src/domain/scim.js';
import { forEachEngine } from './support/engines.js';
import { rawHttp, statusOf } from './support/raw-http.js';
import { type Connection, runServer, type TestServer } from './support/running-server.js';
import { type Ending, heldConnections, pour, until, untilClosed } from './support/slow-client.js';

const LIMITS = { headersMs: 150, requestMs: 400, silenceMs: 600, keepAliveMs: 200, checkEveryMs: 20, connections: 12 };
const MiB = 1_048_576;

/** The beginning of a request; its body, if any, is to follow. */
function headOf(token: string | null, method: string, path: string, more: string): string {
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
  return `${method} /scim/v2${path} HTTP/1.1\r\nHost: x\r\n${authorization}${more}\r\n`;
}

forEachEngine((engine) => {
  // What is tested lies before the database.
  if (engine.name === 'postgres') return;
  describe('the server and its clients', () => {
    let server: TestServer;
    let scim: Connection;
    let user: string;
    let held: ReturnType<typeof heldConnections>;
    before(async () => {
      held = heldConnections();
      server = await runServer(await engine.migrated(), undefined, { limits: LIMITS });
      scim = await server.connect();
      user = await scim.addUser('ann');
    });
    after(async () => {
      held.stop();
      await server.stop();
    });

    const head = (method: string, path: string, more = '') => headOf(scim.token, method, path, more);
    const posting = (more: string): string => `Content-Type: application/scim+json\r\n${more}`;

    describe('A32 slow ones are closed by time', () => {
      it('who says nothing at all', async () => {
        const { received } = await untilClosed(server.url, () => undefined);
        expect(statusOf(received)).to.be.oneOf([0, 408]);
      });

      it('who sends headers a byte at a time', async () => {
        const { received } = await untilClosed(server.url, (socket) => {
          socket.write('GET /scim/v2/Users HTTP/1.1\r\n');
          const drip = setInterval(() => socket.write('X'), 20);
          socket.on('close', () => clearInterval(drip));
        });
        expect(statusOf(received)).to.equal(408);
      });

      it('who sends a body a byte at a time', async () => {
        const { received } = await untilClosed(server.url, (socket) => {
          socket.write(head('POST', '/Users', posting('Content-Length: 1000\r\n')));
          const drip = setInterval(() => socket.write(' '), 20);
          socket.on('close', () => clearInterval(drip));
        });
        expect(statusOf(received)).to.be.oneOf([0, 408]);
      });

      it('who never reads the answer', async () => {
        await scim.seed(Array.from({ length: 400 }, (_, n) => ({ userName: `user ${n}`, displayName: 'x'.repeat(900) })));
        await until(() => held.count() === 0);
        const { hostname, port } = new URL(server.url);
        const socket = connect(Number(port), hostname);
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.pause();
        // Some 18 MB of answers: more than what the kernel holds for both of us.
        for (let n = 0; n < 40; n += 1) socket.write(head('GET', '/Users?count=500'));
        await until(() => held.count() === 1);
        await until(() => held.count() === 0);
        let received = 0;
        socket.on('data', (bytes) => {
          received += bytes.length;
        });
        await once(socket.resume(), 'close');
        expect(received).to.be.below(14 * MiB);
      });

      it('who keeps a connection and asks nothing more', async () => {
        const { received } = await untilClosed(server.url, (socket) => socket.write(head('GET', `/Users/${user}`)));
        expect(statusOf(received)).to.equal(200);
      });
    });

    describe('a body that nobody reads', () => {
      // With the time limits of every day: none of them is what ends it.
      let server: TestServer;
      let scim: Connection;
      let user: string;
      before(async () => {
        server = await runServer(await engine.migrated());
        scim = await server.connect();
        user = await scim.addUser('ann');
      });
      after(() => server.stop());

      const head = (method: string, path: string, more = '', token: string | null = scim.token) => headOf(token, method, path, more);
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
      const huge = (socket: Parameters<Parameters<typeof untilClosed>[1]>[0], start: string): void => {
        socket.write(start);
        pour(socket, chunk, 100 * MiB);
      };
      const chunked = posting('Transfer-Encoding: chunked\r\n');

      const stranger = 'POST /api/v1/members HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
      const kinds: readonly (readonly [label: string, status: number, start: () => string])[] = [
        ['a stranger’s', 401, () => head('POST', '/Users', chunked, null)],
        ['one with a wrong token', 401, () => head('POST', '/Users', chunked, `lks_${'0'.repeat(43)}`)],
        ['one of another type', 415, () => head('POST', '/Users', 'Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n')],
        ['one that is too large', 413, () => head('POST', '/Users', chunked)],
        ['one for a path that is not there', 404, () => head('POST', '/nope', chunked)],
        ['one for the admin API', 401, () => stranger],
      ];
      describe('and that goes on for 100 MB', () => {
        // All at once, since each is given the same moment to notice that nobody reads it.
        let endings: Map<string, Promise<Ending>>;
        before(() => {
          endings = new Map(kinds.map(([label, , start]) => [label, untilClosed(server.url, (socket) => huge(socket, start()))]));
        });
        for (const [label, status] of kinds) {
          it(`${label} → ${status}, and no more than a few MB of it are read`, async () => {
            const ending = await endings.get(label);
            expect(statusOf(ending?.received ?? '')).to.equal(status);
            // Beside what is read: what fits into the buffers of both kernels.
            expect(ending?.sent).to.be.below(20 * MiB);
          });
        }
      });

      it('one that says its length is refused at once, before it comes', async () => {
        const answer = await rawHttp(server.url, head('POST', '/Users', posting(`Content-Length: ${2 * MiB}\r\n`)), (received) =>
          received.includes('\r\n\r\n'),
        );
        expect(statusOf(answer)).to.equal(413);
      });

      it('one of ordinary size is passed over, and the connection serves the next request', async () => {
        const refused = `${head('POST', '/Users', posting('Content-Length: 300000\r\n'), null)}${' '.repeat(300_000)}`;
        const answer = await rawHttp(server.url, `${refused}${head('GET', `/Users/${user}`, 'Connection: close\r\n')}`);
        expect(answer.match(/HTTP\/1\.1 \d{3}/g)).to.deep.equal(['HTTP/1.1 401', 'HTTP/1.1 200']);
      });

      it('one that stops half-way is given a moment and no more', async () => {
        const { received } = await untilClosed(server.url, (socket) =>
          socket.write(`${head('POST', '/Users', posting('Content-Length: 5000\r\n'), null)}half`),
        );
        expect(statusOf(received)).to.equal(401);
      });
    });

    it('a body that breaks off changes nothing, and is no error of ours', async () => {
      const text = JSON.stringify({ schemas: [USER_URN], userName: 'half' });
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(`${head('POST', '/Users', posting('Content-Length: 500\r\n'))}${text}`);
      socket.destroy();
      await until(() => held.count() === 0);
      expect((await scim.find('/Users', 'userName eq "half"')).body['totalResults']).to.equal(0);
      expect(server.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });

    it('never more connections than the limit are held: others are closed as they open, and later ones get in', async () => {
      const { hostname, port } = new URL(server.url);
      const sockets = Array.from({ length: 30 }, () => connect(Number(port), hostname));
      let closed = 0;
      for (const socket of sockets) {
        socket.resume();
        socket.on('error', () => undefined);
        socket.on('close', () => {
          closed += 1;
        });
      }
      await until(() => closed === 30);
      // The server counts one as gone a moment before we hear of it.
      expect(held.peak()).to.be.within(LIMITS.connections, LIMITS.connections + 4);
      await until(() => held.count() === 0);
      expect((await scim.get(`/Users/${user}`)).status).to.equal(200);
    });

    it('every answer carries an id of its own: SCIM, admin API, probes, errors', async () => {
      const ids = new Set<string | null>();
      const asked = ['/scim/v2/Users', '/scim/v2/Schemas', '/scim/v2/nope', '/api/v1/members', '/livez', '/readyz', '/nothing'];
      for (const path of asked) ids.add((await fetch(`${server.url}${path}`)).headers.get('x-request-id'));
      expect(ids.size).to.equal(asked.length);
      for (const id of ids) expect(id).to.match(/^req_[0-9a-z]{26}$/);
    });
  });
});
