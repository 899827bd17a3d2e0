import type { Check } from '../check.js';
import { expectErrorBody, expectStatus, expectThat, totalOf } from '../expect.js';

export const AUTH: readonly Check[] = [
  {
    id: 'auth.none',
    section: '7644 2',
    title: 'a request without credentials is 401',
    level: 'MUST',
    run: async (client) => {
      expectStatus(await client.get('/Users', {}, { authorization: null }), 401);
    },
  },
  {
    id: 'auth.challenge',
    section: '7235 3.1',
    title: 'a 401 has a WWW-Authenticate header that names a scheme',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get('/Users', {}, { authorization: null });
      const header = answer.headers.get('www-authenticate') ?? '';
      expectThat(answer, /^[!#$%&'*+.^_`|~0-9a-z-]+/i.test(header), 'WWW-Authenticate with a scheme', header);
    },
  },
  {
    id: 'auth.error-body',
    section: '7644 3.12',
    title: 'a 401 has a SCIM error body',
    level: 'MUST',
    run: async (client) => {
      expectErrorBody(await client.get('/Users', {}, { authorization: null }));
    },
  },
  {
    id: 'auth.wrong-token',
    section: '7644 2',
    title: 'a token that nobody issued is 401, as is the right one with one character more',
    level: 'MUST',
    run: async (client) => {
      for (const token of ['nobody-issued-this', `${client.token}x`, 'undefined', 'null'])
        expectStatus(await client.get('/Users', {}, { authorization: `Bearer ${token}` }), 401);
    },
  },
  {
    id: 'auth.empty-token',
    section: '7644 2',
    title: 'an Authorization header without a token is 401',
    level: 'MUST',
    run: async (client) => {
      for (const header of ['Bearer', 'Bearer ', client.token]) {
        const answer = await client.get('/Users', {}, { authorization: header });
        // RFC 6750 section 3.1 allows 400 for a malformed header.
        expectStatus(answer, 401, 400);
      }
    },
  },
  {
    id: 'auth.scheme-case',
    section: '7235 2.1',
    title: 'the name of the scheme counts in any case',
    level: 'MUST',
    run: async (client) => {
      for (const scheme of ['bearer', 'BEARER'])
        expectStatus(await client.get('/Users', { count: 1 }, { authorization: `${scheme} ${client.token}` }), 200);
    },
  },
  {
    id: 'auth.token-in-query',
    section: '6750 2.3',
    title: 'a token in the URL, where logs would keep it, opens nothing',
    level: 'SHOULD',
    run: async (client) => {
      expectStatus(await client.get('/Users', { access_token: client.token }, { authorization: null }), 401, 400);
    },
  },
  {
    id: 'auth.before-body',
    section: '7644 2',
    title: 'a body is not looked at before the caller is known: broken JSON without a token is 401',
    level: 'SHOULD',
    run: async (client) => {
      expectStatus(await client.post('/Users', '{"broken', { authorization: null }), 401);
    },
  },
  {
    id: 'auth.unknown-path',
    section: '7644 2',
    title: 'without a token nobody learns which ids exist: a known and an unknown one are both 401',
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.user();
      expectStatus(await client.get(path, {}, { authorization: null }), 401);
      expectStatus(await client.get('/Users/nobody', {}, { authorization: null }), 401);
    },
  },
  {
    id: 'auth.nothing-written',
    section: '7644 2',
    title: 'without a token nothing is created, changed or deleted',
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.newUser();
      const before = await client.get(path);
      const body = world.userBody();
      expectStatus(await client.post('/Users', body, { authorization: null }), 401);
      expectStatus(await client.put(path, body, { authorization: null }), 401);
      expectStatus(await client.delete(path, { authorization: null }), 401);
      const after = await client.get(path);
      expectThat(after, after.text === before.text, 'the User unchanged');
    },
  },
  {
    id: 'auth.method-override',
    section: '9110 9.2.1',
    title: 'X-HTTP-Method-Override does not turn a GET into a DELETE',
    level: 'SHOULD',
    run: async (client, world) => {
      const { path } = await world.newUser();
      await client.get(path, {}, { 'x-http-method-override': 'DELETE' });
      expectStatus(await client.get(path), 200);
    },
  },
  {
    id: 'auth.valid',
    section: '7644 2',
    title: 'the token that was given opens the list of Users',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get('/Users', { count: 1 });
      expectStatus(answer, 200);
      expectThat(answer, Number.isFinite(totalOf(answer)), 'a list with totalResults');
    },
  },
];
