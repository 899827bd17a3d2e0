import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import express from 'express';
import supertest from 'supertest';
import { DatabaseUnavailable, ReferenceViolation, UniqueViolation, VersionMismatch } from '../../../src/errors.js';
import { adminRouter } from '../../../src/http/admin/router.js';
import { problemForUnknownPath, sendProblems } from '../../../src/http/problem.js';
import { type AdminWorld, adminWorldOf } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

describe('admin API: bodies, paths and problems', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let token: string;
    const send = (body: string | Buffer, type = 'application/json', headers: Record<string, string> = {}) => {
      const request = world.bare('post', '/members').set('Authorization', `Bearer ${token}`).set('Content-Type', type).set(headers);
      return request.serialize((given: string | Buffer) => given as string).send(body as string);
    };
    beforeEach(async () => {
      world = current();
      token = await world.token('admin');
    });

    it('answers problems as RFC 9457 has them, with every mistake of a body by its pointer', async () => {
      const { status, headers, body } = await world.post('/members', {
        emails: ['a@x.org', 'no address'],
        role: 'admin',
        startsAt: 'today',
        'a/b~': 1,
      });
      expect(status).to.equal(400);
      expect(headers['content-type']).to.equal('application/problem+json');
      expect(headers['cache-control']).to.equal('no-store');
      expect(body).to.include({ type: 'about:blank', title: 'Bad Request', status: 400 });
      expect(body.errors.map((error: { pointer: string }) => error.pointer)).to.have.members([
        '/name',
        '/emails/1',
        '/role',
        '/startsAt',
        '/a~1b~0',
      ]);
      const details = new Map(body.errors.map((error: { pointer: string; detail: string }) => [error.pointer, error.detail]));
      expect(details.get('/emails/1')).to.equal('must be an e-mail address');
      expect(details.get('/startsAt')).to.match(/^must be a date and time with its offset/);
      expect(JSON.stringify(body)).not.to.contain('no address');
    });

    it('takes no property that a schema does not name, however deep, and stores nothing', async () => {
      const integration = await world.integration();
      const bodies: [string, 'post' | 'patch' | 'put', object][] = [
        ['/members', 'post', { name: 'x', id: 'mem_1' }],
        ['/members', 'post', { name: 'x', status: 'active' }],
        ['/member-groups', 'post', { name: 'x', permissions: [], id: 'mg_1' }],
        ['/sites', 'post', { name: 'x', timeZone: 'UTC', id: 'site_1' }],
        ['/doors', 'post', { name: 'x', siteId: 'site_1', createdAt: '2026-05-01T12:00:00Z' }],
        ['/controllers', 'post', { name: 'x', doorIds: [], token: 'lkc_x' }],
        ['/controllers', 'post', { name: 'x', doorIds: [], tokenHash: 'x' }],
        ['/access-checks', 'post', { doorId: 'door_1', memberId: 'mem_1', method: 'pin', granted: true }],
        ['/integrations', 'post', { kind: 'scim', name: 'x', state: 'ok' }],
        [`/integrations/${integration}`, 'patch', { settings: { credentials: { pins: 1 } } }],
        [`/integrations/${integration}`, 'patch', { kind: 'guesty' }],
        [`/integrations/${integration}/tokens`, 'post', { token: 'lks_x' }],
        ['/api-tokens', 'post', { name: 'x', role: 'viewer', token: 'lka_x' }],
      ];
      const events = await world.count('events');
      for (const [path, verb, body] of bodies)
        expect((await world.as('admin', verb, path, body)).status, JSON.stringify(body)).to.equal(400);
      expect((await send('{"name":"x","__proto__":{"a":1}}')).status).to.equal(400);
      expect((await send('{"name":"x","constructor":{"prototype":{"a":1}}}')).status).to.equal(400);
      expect(await world.count('events')).to.equal(events + 1);
    });

    describe('answers 400', () => {
      it('for what is no JSON, no UTF-8, no object, or nothing at all', async () => {
        for (const body of ['{broken', '', '[]', 'null', '1', '"x"']) expect((await send(body)).status, body).to.equal(400);
        expect((await send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).status).to.equal(400);
        expect((await send('{"name":"x"}', 'application/json', { 'Content-Encoding': 'gzip' })).status).to.equal(400);
      });

      it('for the character U+0000, which no database text may hold', async () => {
        const { status, body } = await world.post('/members', { name: 'a\u0000b' });
        expect(status).to.equal(400);
        expect(body.errors[0].pointer).to.equal('/name');
        expect((await world.get('/members?search=%00')).status).to.equal(400);
      });

      it('for a limit, status or time that is none, and for a parameter given twice', async () => {
        for (const query of [
          'limit=0',
          'limit=101',
          'limit=ten',
          'limit=1e1',
          'status=gone',
          'limit=1&limit=2',
          `search=${'x'.repeat(501)}`,
        ]) {
          expect((await world.get(`/members?${query}`)).status, query).to.equal(400);
        }
        for (const query of ['since=yesterday', 'since=2026-05-01', 'since=2026-05-01T12:00:00', 'verb=eat', 'objectType=cat']) {
          expect((await world.get(`/events?${query}`)).status, query).to.equal(400);
        }
      });

      it('for a path that cannot be read', async () => {
        expect((await world.get('/members/%E0%A4%A')).status).to.equal(400);
      });

      it('for a time that cannot be kept', async () => {
        const { status, body } = await world.post('/members', { name: 'x', endsAt: '9999-12-31T23:59:59-05:00' });
        expect([status, body.errors?.[0].pointer]).to.deep.equal([400, '/endsAt']);
      });
    });

    it('takes a compressed body', async () => {
      expect((await send(gzipSync('{"name":"x"}'), 'application/json', { 'Content-Encoding': 'gzip' })).status).to.equal(201);
    });

    it('takes a body with a charset of UTF-8', async () => {
      expect((await send('{"name":"x"}', 'application/json; charset=UTF-8')).status).to.equal(201);
    });

    describe('answers 413', () => {
      it('for more than a mebibyte, compressed or not', async () => {
        const big = JSON.stringify({ name: 'x'.repeat(1_048_577) });
        expect((await send(big)).status).to.equal(413);
        expect((await send(gzipSync(big), 'application/json', { 'Content-Encoding': 'gzip' })).status).to.equal(413);
      });
    });

    describe('answers 415', () => {
      it('for anything but JSON', async () => {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', 'application/jsonp']) {
          expect((await send('{"name":"x"}', type)).status, type).to.equal(415);
        }
        expect((await send('{"name":"x"}', 'application/json', { 'Content-Encoding': 'compress' })).status).to.equal(415);
      });
    });

    describe('answers 404', () => {
      it('for a path that is not in the table, and for what can be no id', async () => {
        for (const path of [
          '/nothing',
          '/',
          '/members/a/b',
          '/Members',
          '/members/a%00b',
          `/members/${'x'.repeat(101)}`,
          '/members/..%2f',
        ]) {
          const { status, headers } = await world.get(path);
          expect([status, headers['content-type']], path).to.deep.equal([404, 'application/problem+json']);
        }
      });
    });

    describe('answers 405', () => {
      it('with what the path does answer', async () => {
        const { status, headers, body } = await world.put('/members', {});
        expect([status, headers['allow']]).to.deep.equal([405, 'GET, HEAD, POST']);
        expect(body.status).to.equal(405);
        expect((await world.post('/events', {})).headers['allow']).to.equal('GET, HEAD');
      });
    });

    it('answers HEAD as GET without the body', async () => {
      const { status, headers, text } = await world.bare('get', '/members').set('Authorization', `Bearer ${token}`);
      const head = await supertestHead();
      expect([head.status, head.headers['content-length']]).to.deep.equal([status, headers['content-length']]);
      expect(text).not.to.equal('');
      expect(head.text ?? '').to.equal('');
    });
    const supertestHead = () => world.bare('head', '/members').set('Authorization', `Bearer ${token}`);

    it('says nothing of what went wrong inside, and logs it', async () => {
      const logged: unknown[] = [];
      const logger = { ...world.parts.logger, error: (_message: string, fields?: object) => void logged.push(fields) };
      const clock = {
        now: (): string => {
          throw new Error('select * from secrets failed');
        },
      };
      const app = express();
      app.use(adminRouter({ ...world.parts, logger, clock }));
      const { status, text } = await supertest(app).get('/members').set('Authorization', `Bearer ${token}`);
      expect(status).to.equal(500);
      expect(text).not.to.contain('secrets');
      expect(logged).to.have.nested.property('[0].error.message', 'select * from secrets failed');
    });
  });
});

describe('problem details', () => {
  const logged: string[] = [];
  const keep = (message: string) => void logged.push(message);
  const logger = { debug: keep, info: keep, warn: keep, error: keep };
  const answerTo = (error: unknown) => {
    const app = express();
    app.get('/', () => {
      throw error;
    });
    app.use(sendProblems(logger));
    return supertest(app).get('/');
  };

  it('ask to come back soon while the database does not answer', async () => {
    const { status, headers, body } = await answerTo(new DatabaseUnavailable({ cause: new Error('password=hunter2') }));
    expect([status, headers['retry-after']]).to.deep.equal([503, '1']);
    expect(JSON.stringify(body)).not.to.contain('hunter2');
  });

  it('have a status for each error that may get that far', async () => {
    expect((await answerTo(new UniqueViolation('members', ['id']))).status).to.equal(409);
    expect((await answerTo(new ReferenceViolation())).status).to.equal(409);
    expect((await answerTo(new VersionMismatch('x'))).status).to.equal(412);
    expect((await answerTo('a thrown text')).status).to.equal(500);
  });

  it('stand for paths that no router took as well', async () => {
    const app = express();
    app.use(problemForUnknownPath(logger));
    const { status, headers, body } = await supertest(app).get('/nowhere');
    expect([status, headers['content-type'], body.title]).to.deep.equal([404, 'application/problem+json', 'Not Found']);
  });
});
