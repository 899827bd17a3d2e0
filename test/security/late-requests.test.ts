import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { USER_URN } from '../../src/domain/scim.js';
import { SYSTEM } from '../../src/domain/events.js';
import { deleteIntegration } from '../../src/integrations/delete-integration.js';
import { forEachEngine } from '../support/engines.js';
import { statusOf } from '../support/raw-http.js';
import { type Connection, serverOf, type TestServer } from '../support/running-server.js';

/** A request that has been let in by its token, and whose body ends when the test says so. */
class SlowRequest {
  readonly #socket: Socket;
  readonly #rest: string;
  #received = '';

  private constructor(socket: Socket, rest: string) {
    this.#socket = socket;
    this.#rest = rest;
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
    });
  }

  static async start(scim: Connection, token: string, method: string, path: string, body: object): Promise<SlowRequest> {
    const { hostname, port } = new URL(scim.server.url);
    const text = JSON.stringify(body);
    const socket = connect(Number(port), hostname);
    const request = new SlowRequest(socket, text.slice(5));
    const noted = scim.server.parts.scim.findConnection;
    const letIn = new Promise<void>((resolve) => {
      Object.assign(scim.server.parts.scim, {
        findConnection: async (presented: string) => {
          const found = await noted(presented);
          resolve();
          return found;
        },
      });
    });
    socket.write(
      `${method} /scim/v2${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text.slice(0, 5)}`,
    );
    await letIn;
    Object.assign(scim.server.parts.scim, { findConnection: noted });
    return request;
  }

  async end(): Promise<number> {
    this.#socket.write(this.#rest);
    await once(this.#socket, 'close');
    return statusOf(this.#received);
  }
}

describe('a request that is on its way while its right is taken away', () => {
  forEachEngine((engine) => {
    const current = serverOf(engine);
    let server: TestServer;
    let scim: Connection;
    let token: { id: string; text: string };
    let ann: string;
    beforeEach(async () => {
      server = current();
      scim = await server.connect();
      await scim.mapAllUsers();
      token = await server.issueToken(scim.id);
      ann = await scim.addUser('ann');
    });

    const create = () => SlowRequest.start(scim, token.text, 'POST', '/Users', { schemas: [USER_URN], userName: 'late' });
    const change = () => SlowRequest.start(scim, token.text, 'PUT', `/Users/${ann}`, { schemas: [USER_URN], userName: 'renamed' });
    const late = () => server.count("users where integration_id = ? and user_name in ('late', 'renamed')", scim.id);

    it('writes what it says when nothing is taken away', async () => {
      expect(await (await create()).end()).to.equal(201);
      expect(await late()).to.equal(1);
    });

    it('is answered 401 and writes nothing once its token is revoked', async () => {
      for (const request of [await create(), await change()]) {
        await server.revokeToken(scim.id, token.id).catch(() => undefined);
        expect(await request.end()).to.equal(401);
      }
      expect(await late()).to.equal(0);
    });

    it('is answered 403 and writes nothing once its integration is disabled, whose members stay', async () => {
      for (const request of [await create(), await change()]) {
        await scim.patchSettings({ enabled: false });
        expect(await request.end()).to.equal(403);
        await scim.patchSettings({ enabled: true });
      }
      expect(await late()).to.equal(0);
      expect((await scim.member('ann'))?.status).to.equal('active');
    });

    it('R11 is answered 401 and writes nothing once its integration is deleted: never a 404, upon which it would create anew', async () => {
      const requests = [await create(), await change()];
      await server.parts.db.transaction((tx) =>
        deleteIntegration(tx, { actor: SYSTEM, now: server.now }, scim.id, { members: 'revoke', coolDownDays: 30 }),
      );
      for (const request of requests) expect(await request.end()).to.equal(401);
      expect(await late()).to.equal(0);
    });
  });
});
