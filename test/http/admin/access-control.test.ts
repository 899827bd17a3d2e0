import { expect } from 'chai';
import { ROUTES } from '../../../src/http/admin/routes.js';
import type { Route } from '../../../src/http/admin/route.js';
import { ROLES, type Role } from '../../../src/integrations/api-token-store.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';
import { shift } from '../../../src/domain/time.js';

const pathOf = (route: Route) => route.path.replaceAll(/\{(\w+)\}/g, 'nobody_$1');
const verbOf = (route: Route) => route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
/** The next role that may do less; null for the least. */
const below = (role: Role): Role | null => ROLES[ROLES.indexOf(role) + 1] ?? null;

describe('admin API: who may call what', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    beforeEach(() => {
      world = current();
    });

    it('every route of the table refuses a request without a token', async () => {
      for (const route of ROUTES) {
        const { status, headers, body } = await world.bare(verbOf(route), pathOf(route));
        expect(status, `${route.method} ${route.path}`).to.equal(401);
        expect(headers['www-authenticate']).to.equal('Bearer realm="latchkey"');
        expect(headers['content-type']).to.equal('application/problem+json');
        expect(body).to.include({ type: 'about:blank', title: 'Unauthorized', status: 401 });
      }
    });

    it('every route of the table refuses the role below the one it needs, and lets the one it needs through', async () => {
      for (const route of ROUTES) {
        const lower = below(route.role);
        const name = `${route.method} ${route.path}`;
        if (lower !== null) {
          const { status, body } = await world.as(lower, verbOf(route), pathOf(route), route.body === null ? undefined : { role: 'admin' });
          expect(status, name).to.equal(403);
          expect(body.detail, name).to.contain(route.role);
        }
        expect((await world.as(route.role, verbOf(route), pathOf(route))).status, name).not.to.be.oneOf([401, 403, 405, 500]);
      }
      expect(await world.count('events where verb <> ?', 'create')).to.equal(0);
    });

    it('what changes anything asks for more than a viewer, and API tokens are for admins alone', () => {
      // A question that needs a body; its test shows that nothing changes.
      const questions = new Set(['/access-checks']);
      for (const { method, path, role } of ROUTES) {
        if (method !== 'GET' && !questions.has(path)) expect(role, `${method} ${path}`).not.to.equal('viewer');
        if (path.startsWith('/api-tokens')) expect(role).to.equal('admin');
      }
    });

    it('no route exists twice', () => {
      const names = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
      expect(new Set(names).size).to.equal(names.length);
    });

    describe('answers 401', () => {
      const status = async (header: string, path = '/members') => (await world.bare('get', path).set('Authorization', header)).status;

      it('for a token that is malformed, unknown, of another kind, or in the query', async () => {
        const token = await world.token('admin');
        expect(await status(`Bearer ${token}`)).to.equal(200);
        expect(await status(`bearer ${token}`)).to.equal(200);
        for (const wrong of [
          '',
          'Bearer',
          'Bearer ',
          `Basic ${token}`,
          `Bearer ${token}x`,
          `Bearer  ${token}`,
          `Bearer ${token.slice(0, -1)}0`,
        ]) {
          expect(await status(wrong), wrong).to.equal(401);
        }
        expect(await status(`Bearer ${token.replace('lka_', 'lks_')}`)).to.equal(401);
        expect((await world.bare('get', `/members?access_token=${token}`)).status).to.equal(401);
      });

      it('for a token that has expired or was revoked, saying no more than for any other', async () => {
        const token = await world.token('admin', shift(START, 1_000));
        expect(await status(`Bearer ${token}`)).to.equal(200);
        world.advance(1_000);
        const expired = await world.bare('get', '/members').set('Authorization', `Bearer ${token}`);
        const unknown = await world.bare('get', '/members').set('Authorization', `Bearer lka_${'0'.repeat(43)}`);
        expect(expired.status).to.equal(401);
        expect(expired.body).to.deep.equal(unknown.body);
        expect(expired.headers['www-authenticate']).to.equal('Bearer realm="latchkey", error="invalid_token"');

        const { id, token: other } = (await world.post('/api-tokens', { name: 'x', role: 'viewer' })).body;
        expect(await status(`Bearer ${other}`)).to.equal(200);
        await world.delete(`/api-tokens/${id}`);
        expect(await status(`Bearer ${other}`)).to.equal(401);
      });

      it('before the body is looked at', async () => {
        const answer = await world.bare('post', '/members').set('Content-Type', 'application/json').send('{broken');
        expect(answer.status).to.equal(401);
      });
    });

    it('notes when a token was used, once a minute at most', async () => {
      const lastUse = async () => {
        const rows = await world.db.read.query<{ last_used_at: string | null }>(
          "select last_used_at from api_tokens where role = 'viewer'",
          [],
        );
        return rows[0]?.last_used_at;
      };
      const until = async (expected: string) => {
        while ((await lastUse()) !== expected) await new Promise((resolve) => setImmediate(resolve));
      };
      await world.as('viewer', 'get', '/members');
      await until(START);
      world.advance(59_000);
      await world.as('viewer', 'get', '/members');
      world.advance(2_000);
      await world.as('viewer', 'get', '/members');
      await until(shift(START, 61_000));
    });
  });
});
