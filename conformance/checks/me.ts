import type { Check } from '../check.js';
import { expectEqual, expectErrorBody, expectStatus, expectThat } from '../expect.js';
import { objectAt } from '../json.js';

export const ME: readonly Check[] = [
  {
    id: 'me.answer',
    section: '7644 3.11',
    title: 'GET /Me answers the own resource, a redirect to it, 404 without one, or 501 or 403 where it is not offered',
    level: 'MUST',
    run: async (client) => {
      expectStatus(await client.get('/Me'), 200, 308, 307, 404, 501, 403);
    },
  },
  {
    id: 'me.error',
    section: '7644 3.12',
    title: 'where /Me is not answered, it says so in a SCIM error',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get('/Me');
      if (answer.status >= 400) expectErrorBody(answer);
    },
  },
  {
    id: 'me.no-token',
    section: '7644 2',
    title: '/Me without a token is 401',
    level: 'SHOULD',
    run: async (client) => {
      expectStatus(await client.get('/Me', {}, { authorization: null }), 401);
    },
  },
  {
    id: 'me.location',
    section: '7644 3.11',
    title: 'meta.location of /Me, and its Location where it redirects, is the resource itself',
    level: 'MUST',
    feature: 'me',
    run: async (client) => {
      const answer = await client.get('/Me');
      if (answer.status !== 200) {
        expectThat(
          answer,
          /\/Users\/[^/]+$/.test(answer.headers.get('location') ?? ''),
          'Location of a User',
          answer.headers.get('location'),
        );
        return;
      }
      const location = String(objectAt(answer.body['meta'])['location']);
      expectThat(answer, location.endsWith(`/${String(answer.body['id'])}`), 'meta.location of the User', location);
      const read = await client.get(`/Users/${encodeURIComponent(String(answer.body['id']))}`);
      expectEqual(read, 'userName', read.body['userName'], answer.body['userName']);
    },
  },
];
