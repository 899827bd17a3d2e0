import { expect } from 'chai';
import { redacted } from '../../src/logger/redaction.js';
import { forEachEngine } from '../support/engines.js';
import { doorWorldOf, type DoorWorld } from '../support/door-world.js';

interface Link {
  readonly id: string;
  readonly secret: string;
  readonly memberId: string;
}

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Ask {
  readonly token?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every route behind a link, with the methods that it answers. */
const ROUTES = [
  { path: '/{id}', methods: ['GET', 'HEAD'] },
  { path: '/{id}/session', methods: ['POST'] },
  { path: '/{id}/doors', methods: ['GET', 'HEAD'] },
  { path: '/{id}/doors/{doorId}/open', methods: ['POST'] },
] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** What tells one answer from another without telling anything of what was asked. */
const OF_EACH_ANSWER = ['date', 'x-request-id', 'set-cookie'];
const WRONG = 'A'.repeat(32);

describe('the routes behind a Magic Link', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let doorId: string;
    let mine: Link;
    let theirs: Link;
    let revoked: Link;
    let session: string;

    beforeEach(async () => {
      world = current();
      doorId = await world.doorAt(await world.site());
      const group = await world.group([{ doorId }]);
      [mine, theirs, revoked] = [await invite(group), await invite(group), await invite(group)];
      session = await sessionOf(mine);
      await world.admin('DELETE', `/members/${revoked.memberId}/magic-links/${revoked.id}`);
    });

    const invite = async (group: string): Promise<Link> => {
      const { id: memberId } = await world.guest(group);
      const { body } = await world.admin<{ id: string; url: string }>('POST', `/members/${memberId}/magic-links`, {});
      return { id: body.id, secret: body.url.split('#')[1] ?? '', memberId };
    };
    const send = async (method: string, path: string, { token, body, headers }: Ask = {}): Promise<Told> => {
      world.elapsedMs += 1_000;
      const response = await fetch(`${world.server.url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    const sessionOf = async ({ id, secret }: Link): Promise<string> =>
      (JSON.parse((await send('POST', `/m/${id}/session`, { body: JSON.stringify({ secret }) })).text) as { session: string }).session;
    const pathOf = (path: string, id = mine.id, door = doorId) => `/m${path.replace('{id}', id).replace('{doorId}', door)}`;
    const headersOf = ({ headers }: Told) => [...headers].filter(([name]) => !OF_EACH_ANSWER.includes(name));

    const expectGuarded = (what: string, { status, headers }: Told) => {
      expect(headers.get('content-security-policy'), what).to.match(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers.get('referrer-policy'), what).to.equal('no-referrer');
      expect(headers.get('cache-control'), what).to.equal('no-store');
      expect(headers.get('x-robots-tag'), what).to.equal('noindex, nofollow');
      expect(headers.get('x-content-type-options'), what).to.equal('nosniff');
      expect(headers.get('strict-transport-security'), what).to.contain('max-age');
      expect(headers.get('x-powered-by'), what).to.equal(null);
      expect(
        [...headers.keys()].filter((name) => name.startsWith('access-control-')),
        what,
      ).to.deep.equal([]);
      if (status >= 400) {
        expect(headers.get('content-type'), what).to.equal('application/problem+json');
        expect(headers.get('set-cookie'), what).to.equal(null);
      }
    };

    it('guards every answer of every method: the page, what it asks, and each refusal', async () => {
      let refusals = 0;
      for (const { path, methods } of ROUTES) {
        for (const method of METHODS) {
          const body = method === 'POST' ? JSON.stringify({ secret: WRONG }) : undefined;
          const answer = await send(method, pathOf(path), body === undefined ? {} : { body });
          expectGuarded(`${method} ${path}`, answer);
          if (method === 'OPTIONS') expect([answer.status, answer.headers.get('allow')]).to.deep.equal([204, methods.join(', ')]);
          else if (!methods.some((known) => known === method)) {
            expect([answer.status, answer.headers.get('allow')], `${method} ${path}`).to.deep.equal([405, methods.join(', ')]);
            refusals += 1;
          }
        }
      }
      expect(refusals).to.equal(4 + 5 + 4 + 5);
      const broken: readonly (readonly [number, string, Ask])[] = [
        [400, '/{id}/session', { body: '{' }],
        [400, '/{id}/session', { body: '{"secret":1}' }],
        [413, '/{id}/session', { body: JSON.stringify({ secret: 'x'.repeat(1_100_000) }) }],
        [415, '/{id}/session', { body: 'secret=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
        [403, '/{id}/session', { body: '{"secret":"x"}', headers: { origin: 'https://evil.example' } }],
        [403, '/{id}/doors/{doorId}/open', { body: '{}', token: session, headers: { 'sec-fetch-site': 'cross-site' } }],
        [404, '/{id}/nothing', { body: '{}' }],
        [404, '/{id}/Session', { body: '{}' }],
      ];
      for (const [status, path, ask] of broken) {
        const answer = await send('POST', pathOf(path), ask);
        expect(answer.status, path).to.equal(status);
        expectGuarded(`${status} ${path}`, answer);
      }
    });

    it('answers alike for a link that is right, unknown, revoked, or of somebody else, to whoever may not come in', async () => {
      const ids = [mine.id, 'ml_unknown', revoked.id, theirs.id];
      const asks: readonly (readonly [string, string, Ask])[] = [
        ['GET', '/{id}', {}],
        ['POST', '/{id}/session', { body: JSON.stringify({ secret: WRONG }) }],
        ['GET', '/{id}/doors', {}],
        ['GET', '/{id}/doors', { token: `lkg_${'0'.repeat(43)}` }],
        ['POST', '/{id}/doors/{doorId}/open', { body: '{}' }],
        ['POST', '/{id}/doors/{doorId}/open', { body: '{}', token: `lkg_${'0'.repeat(43)}` }],
      ];
      for (const [method, path, ask] of asks) {
        const answers: Told[] = [];
        for (const id of ids) answers.push(await send(method, pathOf(path, id), ask));
        const [first] = answers;
        for (const answer of answers) {
          expect([answer.status, answer.text, headersOf(answer)], `${method} ${path}`).to.deep.equal([
            ...[first?.status, first?.text],
            first === undefined ? [] : headersOf(first),
          ]);
        }
      }
      expect(
        (await send('POST', pathOf('/{id}/session', revoked.id), { body: JSON.stringify({ secret: revoked.secret }) })).status,
      ).to.equal(403);
    });

    it('takes no other token for a session, and a session for no other token', async () => {
      const scim = await world.server.connect();
      const api = await world.admin<{ token: string }>('POST', '/api-tokens', { name: 'x', role: 'admin' });
      const controller = await world.controller(doorId);
      const tokens = [scim.token ?? '', api.body.token, controller.token, mine.secret, mine.id, await sessionOf(theirs)];
      for (const token of tokens) {
        expect((await send('GET', pathOf('/{id}/doors'), { token })).status).to.equal(403);
        expect((await send('POST', pathOf('/{id}/doors/{doorId}/open'), { token, body: '{}' })).status).to.equal(403);
      }
      for (const path of ['/api/v1/members', '/door/v1/access-list', '/scim/v2/Users']) {
        expect((await send('GET', path, { token: session })).status, path).to.equal(401);
      }
      expect(await world.uses(doorId)).to.deep.equal([]);
    });

    it('is told no secret that it says again: in no answer, no header, no line of the log and no row', async () => {
      const { id, secret } = mine;
      const referer = `${world.server.url}/m/${id}#${secret}`;
      const query = `?secret=${secret}&session=${session}`;
      const told: Told[] = [];
      for (const { path } of ROUTES) {
        for (const method of ['GET', 'POST', 'PUT']) {
          // A right secret in the wrong place, and a right session beside it.
          const ask = { headers: { referer }, ...(method === 'GET' ? {} : { body: JSON.stringify({ wrong: secret, session }) }) };
          told.push(await send(method, `${pathOf(path)}${query}`, ask));
        }
      }
      for (const path of [`/m/${secret}`, `/m/${id}/doors/${secret}/open`, `/m/${id}/${secret}`]) {
        told.push(await send('POST', path, { token: session, body: secret }));
      }
      const { parts } = world.server;
      const { transaction } = parts.db;
      Object.assign(parts.db, { transaction: () => Promise.reject(new Error(`what nobody foresaw, with ${secret}`)) });
      try {
        told.push(await send('POST', pathOf('/{id}/session'), { body: JSON.stringify({ secret }) }));
        told.push(await send('POST', pathOf('/{id}/doors/{doorId}/open'), { token: session, body: '{}' }));
      } finally {
        Object.assign(parts.db, { transaction });
      }
      expect(told.slice(-2).map(({ status }) => status)).to.deep.equal([500, 500]);

      const rows = await Promise.all(
        ['events', 'guest_sessions', 'magic_links', 'door_commands'].map((table) => world.server.query(`select * from ${table}`)),
      );
      // The error of the last two is the test's own; all else that is logged of a request is the program's.
      const lines = world.server.logged.map(({ fields, ...line }) => ({ ...line, fields: { ...fields, error: null } }));
      const places = new Map([
        ['an answer', told.map(({ text, headers }) => `${text}${JSON.stringify([...headers])}`).join('\n')],
        ['the log', JSON.stringify(redacted(lines))],
        ['a table', JSON.stringify(rows)],
      ]);
      for (const [place, text] of places) {
        for (const [what, one] of [['the secret', secret] as const, ['the session', session] as const])
          expect(text.includes(one), `${what} in ${place}`).to.equal(false);
      }
    });
  });
});
