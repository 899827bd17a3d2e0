import { expect } from 'chai';
import pg from 'pg';
import type { Database } from '../../../src/db/database.js';
import { BULK_REQUEST_URN, GROUP_URN, PATCH_OP_URN, SEARCH_REQUEST_URN, USER_URN } from '../../../src/domain/scim.js';
import { DatabaseUnavailable } from '../../../src/errors.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, runServer, type TestServer } from '../../support/running-server.js';
import { expectScimError, ScimClient } from '../../support/scim-client.js';

interface Broken {
  readonly db: Database;
  readonly ping: () => Promise<void>;
}

/** Has every use of the database fail, as it does when the file system or the server is gone. Returns what ends the outage. */
function breakDatabase(parts: Broken, error: () => Error): () => void {
  const { db, ping } = parts;
  const refuse = () => Promise.reject(error());
  const before = { transaction: db.transaction, all: db.read.all, first: db.read.first, query: db.read.query };
  Object.assign(parts, { ping: refuse });
  Object.assign(db, { transaction: refuse });
  Object.assign(db.read, { all: refuse, first: refuse, query: refuse });
  return () => {
    Object.assign(parts, { ping });
    Object.assign(db, { transaction: before.transaction });
    Object.assign(db.read, { all: before.all, first: before.first, query: before.query });
  };
}

forEachEngine((engine) => {
  describe('while the database is away (L17, L19, D-A4)', () => {
    let server: TestServer;
    let scim: Connection;
    let user: string;
    let group: string;
    before(async () => {
      server = await runServer(await engine.migrated());
      scim = await server.connect();
      user = await scim.addUser('ann');
      group = await scim.addGroup('Cleaners', [user]);
    });
    after(() => server.stop());

    const requests = (): readonly (readonly [string, string, object?])[] => {
      const patch = { schemas: [PATCH_OP_URN], Operations: [{ op: 'replace', value: { externalId: 'x' } }] };
      return [
        ['GET', '/Users'],
        ['GET', '/Users?filter=userName%20eq%20%22ann%22'],
        ['GET', '/Users?sortBy=title&count=0'],
        ['GET', `/Users/${user}`],
        ['POST', '/Users', { schemas: [USER_URN], userName: 'bob' }],
        ['PUT', `/Users/${user}`, { schemas: [USER_URN], userName: 'ann' }],
        ['PATCH', `/Users/${user}`, patch],
        ['DELETE', `/Users/${user}`],
        ['GET', '/Groups'],
        ['GET', `/Groups/${group}`],
        ['POST', '/Groups', { schemas: [GROUP_URN], displayName: 'New' }],
        ['PUT', `/Groups/${group}`, { schemas: [GROUP_URN], displayName: 'Cleaners' }],
        ['PATCH', `/Groups/${group}`, patch],
        ['DELETE', `/Groups/${group}`],
        ['GET', '/'],
        ['GET', '/?sortBy=displayName'],
        ['POST', '/.search', { schemas: [SEARCH_REQUEST_URN] }],
        ['POST', '/Bulk', { schemas: [BULK_REQUEST_URN], Operations: [{ method: 'DELETE', path: `/Users/${user}` }] }],
        ['GET', '/Schemas'],
        ['GET', '/Me'],
      ];
    };

    it('503 with Retry-After on every route, never 404, never an empty list; /readyz 503, /livez 200; and then all is as it was', async () => {
      const before = (await scim.get(`/Users/${user}`)).text;
      const repair = breakDatabase(server.parts, () => new DatabaseUnavailable());
      try {
        for (const [method, path, body] of requests()) {
          const answer = await scim.scim(method, path, body);
          expectScimError(answer, 503);
          expect(answer.headers.get('retry-after'), `${method} ${path}`).to.match(/^\d+$/);
        }
        expect((await fetch(`${server.url}/readyz`)).status).to.equal(503);
        expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
        expect((await new ScimClient(server.url, null).get('/Schemas')).status, 'needs no database').to.equal(200);
      } finally {
        repair();
      }
      expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
      expect((await scim.get(`/Users/${user}`)).text).to.equal(before);
    });

    it('the database goes between the look-up of the token and the work: 503 all the same', async () => {
      const { db } = server.parts;
      for (const [method, path, body] of requests().filter(([, at]) => at.startsWith('/Users') || at.startsWith('/Groups'))) {
        // The first read finds the token, the rest fails.
        const first = db.read.first.bind(db.read);
        let reads = 0;
        const repair = breakDatabase(server.parts, () => new DatabaseUnavailable());
        Object.assign(db.read, {
          first: (...args: Parameters<typeof first>) => {
            reads += 1;
            return reads === 1 ? first(...args) : Promise.reject(new DatabaseUnavailable());
          },
        });
        try {
          expectScimError(await scim.scim(method, path, body), 503);
        } finally {
          repair();
        }
      }
    });

    it('L17/L18 an error that nobody foresaw is a 500 that says nothing, never 404 or 400, and is logged', async () => {
      const { db } = server.parts;
      for (const error of [new Error('secret place /srv/x'), new TypeError('Cannot read properties of undefined'), new RangeError('x')]) {
        for (const [method, path, body] of requests()
          .filter(([verb]) => verb !== 'GET')
          .slice(0, 8)) {
          server.logged.splice(0);
          const { transaction } = db;
          Object.assign(db, { transaction: () => Promise.reject(error) });
          try {
            expectScimError(await scim.scim(method, path, body), 500);
          } finally {
            Object.assign(db, { transaction });
          }
          expect(server.logged.map((line) => line.level)).to.include('error');
        }
      }
    });

    if (engine.name === 'postgres') {
      it('PostgreSQL takes no connections and ends those there are: 503 until it does again', async () => {
        const url = new URL(server.parts.config.databaseUrl ?? '');
        const name = url.pathname.slice(1);
        url.pathname = '/postgres';
        const admin = new pg.Client({ connectionString: url.href });
        await admin.connect();
        try {
          await admin.query(`alter database ${name} with allow_connections false`);
          await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
          for (const [method, path, body] of requests()) {
            const answer = await scim.scim(method, path, body);
            expectScimError(answer, 503);
            expect(answer.headers.get('retry-after'), `${method} ${path}`).to.match(/^\d+$/);
          }
          expect((await fetch(`${server.url}/readyz`)).status).to.equal(503);
        } finally {
          await admin.query(`alter database ${name} with allow_connections true`);
          await admin.end();
        }
        expect((await scim.get(`/Users/${user}`)).status).to.equal(200);
        expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
      });
    }
  });
});
