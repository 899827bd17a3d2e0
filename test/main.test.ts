import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../src/db/open.js';
import { SYSTEM } from '../src/domain/events.js';
import { createIntegration } from '../src/integrations/integration-store.js';
import { createScimToken } from '../src/integrations/scim-token-store.js';
import { whyNotStarted } from '../src/main/why-not-started.js';
import { DatabaseUnavailable } from '../src/errors.js';
import { ignore } from './support/fresh-database.js';
import { type Spawned, spawnScript } from './support/processes.js';
import { userBody } from './support/scim-bodies.js';
import { T0 } from './support/world.js';

const MAIN = resolve('src/main.ts');
const PASSWORD = 'correct-horse-7f3a';

describe('the program', function () {
  this.timeout(60_000);
  let folder: string;
  const spawned: Spawned[] = [];
  const servers: Server[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-main-'));
  });
  afterEach(async () => {
    for (const { child, ended } of spawned.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (env: NodeJS.ProcessEnv = {}): Spawned => {
    const child = spawnScript(MAIN, [], {
      ...{
        PORT: '0',
        HOST: '127.0.0.1',
        LATCHKEY_DATA_DIR: folder,
        LATCHKEY_PUBLIC_URL: 'https://doors.example.com',
        LATCHKEY_LOG_LEVEL: 'info',
      },
      ...{ DATABASE_URL: '', LATCHKEY_SECRET_KEYS: '', ...env },
    });
    spawned.push(child);
    return child;
  };
  /** The address that it says it listens at. */
  const listening = async (child: Spawned): Promise<string> => {
    for (;;) {
      const found = /"address":"(http:[^"]+)"/.exec(child.errors());
      if (found?.[1] !== undefined) return found[1];
      if (child.child.exitCode !== null) throw new Error(`it ended: ${child.errors()}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  };
  const openData = () => openDatabase({ engine: 'sqlite', at: join(folder, 'latchkey.db') }, ignore);
  /** A POST of a User with half its body sent; `finish` sends the rest and returns the answer. */
  const halfOfARequest = async (url: string): Promise<{ finish: () => Promise<string> }> => {
    const db = openData();
    const { token } = await db.transaction(async (tx) => {
      const context = { actor: SYSTEM, now: T0 };
      const id = await createIntegration(tx, context, { kind: 'scim', name: 'Hotel', settings: {} });
      return createScimToken(tx, context, id, { readOnly: false, expiresAt: null });
    });
    await db.close();
    const body = JSON.stringify(userBody({ userName: 'ann' }));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => {
      answer += String(text);
    });
    const headers = [
      'POST /scim/v2/Users HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${token.expose()}`,
      'Content-Type: application/scim+json',
    ];
    socket.write(`${[...headers, `Content-Length: ${body.length}`, 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`);
    while (!answer.includes('100 Continue')) await once(socket, 'data');
    answer = '';
    socket.write(body.slice(0, 10));
    const finish = async () => {
      socket.write(body.slice(10));
      await once(socket, 'close');
      return answer;
    };
    return { finish };
  };
  const occupied = async (onConnection: () => void = ignore): Promise<number> => {
    const server = createServer(onConnection).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  it('starts, answers /livez and /readyz, finishes what runs on SIGTERM, and ends with 0', async () => {
    const child = start();
    const url = await listening(child);
    for (const path of ['/livez', '/readyz']) {
      const answer = await fetch(`${url}${path}`);
      expect([answer.status, await answer.json()]).to.deep.equal([200, { status: 'ok' }]);
    }
    const request = await halfOfARequest(url);

    child.child.kill('SIGTERM');
    while (!child.errors().includes('"stopping"')) await new Promise((next) => setTimeout(next, 5));
    const answer = await request.finish();

    expect(answer).to.match(/^HTTP\/1\.1 201 /);
    expect(await fetch(`${url}/livez`).catch(() => 'refused')).to.equal('refused');
    expect(await child.ended).to.equal(0);
    expect(child.errors()).to.include('"stopped"');
    expect(child.lines).to.deep.equal([]);
    const db = openData();
    expect(await db.read.query('select user_name from users', [])).to.deep.equal([{ user_name: 'ann' }]);
    await db.close();
  });

  it('says that its port is in use and what to do, and ends with 1', async () => {
    const port = await occupied();
    const child = start({ PORT: `${port}` });

    expect(await child.ended).to.equal(1);
    const said = child
      .errors()
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    expect(said).to.have.length(2);
    expect(said[0]).to.include('set PORT to another one');
    expect(child.errors()).to.include('EADDRINUSE').and.include(`${port}`).and.not.include('    at ');
  });

  describe('H10 with a wrong DATABASE_URL ends by itself, with a sentence and without the password:', () => {
    const wrong: readonly (readonly [string, () => Promise<string>])[] = [
      ['a port where nobody listens', async () => `postgres://latchkey:${PASSWORD}@127.0.0.1:1/doors`],
      ['a server that never answers', async () => `postgres://latchkey:${PASSWORD}@127.0.0.1:${await occupied()}/doors`],
    ];
    for (const [what, url] of wrong) {
      it(what, async () => {
        const child = start({ DATABASE_URL: await url() });

        // It ends by itself, whatever the operating system's own patience is; how soon is a matter of the machine.
        expect(await child.ended).to.equal(1);
        expect(child.errors()).to.include('cannot reach its database').and.not.include('    at ');
        expect(child.errors()).not.to.include(PASSWORD);
      });
    }
  });

  it('says that a data folder cannot be used', async () => {
    const child = start({ LATCHKEY_DATA_DIR: MAIN });

    expect(await child.ended).to.equal(1);
    expect(child.errors()).to.include(MAIN).and.not.include('    at ');
  });
});

describe('why the program did not start', () => {
  it('is the sentence of the error and what the driver says', () => {
    const cause = new AggregateError([new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 127.0.0.1:1')]);

    expect(whyNotStarted(new DatabaseUnavailable({ cause }))).to.equal(
      'The service cannot reach its database at the moment; nothing was changed.\nconnect ECONNREFUSED ::1:1\nconnect ECONNREFUSED 127.0.0.1:1',
    );
    expect(whyNotStarted(new DatabaseUnavailable())).to.equal('The service cannot reach its database at the moment; nothing was changed.');
  });

  it('is the whole error when it is a bug', () => {
    const bug = new TypeError('x is not a function');

    expect(whyNotStarted(bug)).to.equal(bug);
    expect(whyNotStarted('text')).to.equal('text');
  });
});
