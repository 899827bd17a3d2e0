import type { Check } from '../check.js';
import { expectError, expectErrorBody, expectNoBreakdown, expectStatus, expectThat } from '../expect.js';
import { stringsAt } from '../json.js';
import { ERROR, SCIM_JSON } from '../names.js';

const UNKNOWN = '/Users/no-such-user-of-scimcheck';

/** Words that only the inside of a server would say. */
const LEAKS = [
  'node_modules',
  '    at ',
  'Traceback',
  'SQLITE',
  'SELECT ',
  'TypeError',
  'NullPointer',
  'Cannot read prop',
  '.java:',
  '.py"',
];

export const ERRORS: readonly Check[] = [
  {
    id: 'errors.schemas',
    section: '7644 3.12',
    title: 'an error names the schema of errors',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(UNKNOWN);
      expectThat(answer, stringsAt(answer.body['schemas']).includes(ERROR), `schemas [${ERROR}]`);
    },
  },
  {
    id: 'errors.status',
    section: '7644 3.12',
    title: 'status in an error is the HTTP status as a string',
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(UNKNOWN);
      expectThat(answer, answer.body['status'] === String(answer.status), `"status": "${answer.status}"`, answer.body['status']);
    },
  },
  {
    id: 'errors.detail',
    section: '7644 3.12',
    title: 'an error has a detail for people',
    level: 'SHOULD',
    run: async (client) => {
      const answer = await client.get(UNKNOWN);
      expectThat(answer, typeof answer.body['detail'] === 'string' && answer.body['detail'] !== '', 'a detail', answer.body['detail']);
    },
  },
  {
    id: 'errors.media-type',
    section: '7644 3.1',
    title: `an error is ${SCIM_JSON}`,
    level: 'MUST',
    run: async (client) => {
      const answer = await client.get(UNKNOWN);
      const type = answer.headers.get('content-type') ?? '';
      expectThat(answer, type.toLowerCase().startsWith(SCIM_JSON), SCIM_JSON, type);
    },
  },
  {
    id: 'errors.broken-json',
    section: '7644 3.12',
    title: 'JSON that cannot be read is 400 invalidSyntax, on POST, PUT and PATCH',
    level: 'MUST',
    run: async (client, world) => {
      const { path } = await world.user();
      for (const [method, at] of [['POST', '/Users'], ['PUT', path], ...(world.facts.missing.has('patch') ? [] : [['PATCH', path]])]) {
        const answer = await client.send(String(method), String(at), '{"schemas": [');
        expectError(answer, 400, 'invalidSyntax');
        expectErrorBody(answer);
      }
    },
  },
  {
    id: 'errors.empty-body',
    section: '7644 3.12',
    title: 'a POST without a body is 400',
    level: 'MUST',
    run: async (client) => {
      expectStatus(await client.post('/Users', ''), 400);
    },
  },
  {
    id: 'errors.not-an-object',
    section: '7644 3.12',
    title: 'a body that is JSON but no object is 400',
    level: 'MUST',
    run: async (client) => {
      for (const body of ['[]', '"user"', '1', 'null', 'true']) expectStatus(await client.post('/Users', body), 400);
    },
  },
  {
    id: 'errors.lax-json',
    section: '7644 3.8',
    title: 'trailing commas, comments, single quotes and NaN are no JSON: 400',
    level: 'MUST',
    run: async (client) => {
      for (const body of ['{"userName":"x",}', '{/* x */}', "{'userName':'x'}", '{"count":NaN}'])
        expectStatus(await client.post('/Users', body), 400);
    },
  },
  {
    id: 'errors.unknown-endpoint',
    section: '7644 3.12',
    title: 'an endpoint that does not exist is 404 with a SCIM error body',
    level: 'SHOULD',
    run: async (client) => {
      const answer = await client.get('/Nothings');
      expectStatus(answer, 404, 501);
      expectErrorBody(answer);
    },
  },
  {
    id: 'errors.wrong-method',
    section: '7644 3.2',
    title: 'a method that an endpoint does not have is 405, 404 or 501 with a SCIM error body',
    level: 'MUST',
    run: async (client) => {
      // PUT of a body that is no resource: not even a server that takes it could replace anything.
      const answer = await client.put('/Users', {});
      expectStatus(answer, 405, 404, 501);
      expectErrorBody(answer);
    },
  },
  {
    id: 'errors.allow',
    section: '9110 15.5.6',
    title: 'a wrong method is 405 with an Allow header',
    level: 'SHOULD',
    run: async (client) => {
      const answer = await client.put('/Users', {});
      expectStatus(answer, 405);
      expectThat(answer, (answer.headers.get('allow') ?? '').includes('POST'), 'Allow with POST', answer.headers.get('allow'));
    },
  },
  {
    id: 'errors.odd-paths',
    section: '7644 3.12',
    title: 'odd ids are 404 or 400, never a breakdown',
    level: 'MUST',
    run: async (client) => {
      for (const id of ['%00', '%ZZ', '%2e%2e%2f', '%F0%9F%9A%AA', "'", '%22', 'a'.repeat(1000), '__proto__', '-1', '1e999']) {
        const answer = await client.get(`/Users/${id}`);
        expectStatus(answer, 404, 400, 414);
      }
    },
  },
  {
    id: 'errors.long-url',
    section: '9110 15.5.15',
    title: 'a URL of 20 kB is refused (400, 414 or 431) or read, never a breakdown',
    level: 'SHOULD',
    run: async (client) => {
      expectNoBreakdown(await client.get('/Users', { filter: `userName eq "${'x'.repeat(20_000)}"` }));
    },
  },
  {
    id: 'errors.no-inside',
    section: '7644 7.5',
    title: 'no error tells of the inside of the server',
    level: 'SHOULD',
    run: async (client, world) => {
      const answers = [
        await client.get(UNKNOWN),
        await client.post('/Users', '{"broken'),
        await client.get('/Users', { filter: '((((' }),
        await client.post('/Users', { ...world.userBody(), userName: { $ne: null } }),
        await client.post('/Users', '{}', { 'content-type': 'application/json; charset=x-none' }),
      ];
      for (const answer of answers) {
        const leak = answer.status >= 400 ? LEAKS.find((word) => answer.text.includes(word)) : undefined;
        expectThat(answer, leak === undefined, `an error without "${leak}"`);
      }
    },
  },
];
