import { type JsonObject, objectsAt } from '../../../conformance/json.js';
import {
  A_GROUP,
  answers,
  bodies,
  fault,
  type Fault,
  ignores,
  lists,
  parameter,
  rowsOf,
  scimError,
  sentBodies,
  status,
  to,
  USERS,
} from './fault.js';

const SORT_FAULTS: readonly Fault[] = [
  fault('does not sort', ignores('sortBy', 'sortOrder')),
  fault('sorts ascending always', ignores('sortOrder')),
  fault('sorts descending by default', {
    request: (request) =>
      request.query['sortBy'] !== undefined && request.query['sortOrder'] === undefined
        ? { ...request, query: { ...request.query, sortOrder: 'descending' } }
        : request,
  }),
  fault(
    'minds the case of sortBy',
    parameter('sortBy', (name) => (name === 'USERNAME' ? undefined : name)),
  ),
  fault(
    'minds case when it sorts',
    parameter('sortBy', (name) => (name === 'displayName' ? 'userType' : name)),
  ),
  fault(
    'knows no URN in sortBy',
    parameter('sortBy', (name) => (name.startsWith('urn:') ? undefined : name)),
  ),
  fault(
    'sorts by no sub-attribute',
    parameter('sortBy', (name) => (name.startsWith('name.') ? undefined : name)),
  ),
  fault(
    'sorts by no date',
    parameter('sortBy', (name) => (name.startsWith('meta.') ? 'userName' : name)),
  ),
  fault(
    'puts those without a value in the middle',
    lists((body, { query }) =>
      query['sortBy'] === 'title'
        ? {
            ...body,
            Resources: [...rowsOf(body)].sort((left, right) => (String(left['title'] ?? '-') < String(right['title'] ?? '-') ? -1 : 1)),
          }
        : body,
    ),
  ),
  fault(
    'sorts by the first value',
    lists((body, { query }) =>
      query['sortBy'] === 'emails.value'
        ? { ...body, Resources: [...rowsOf(body)].sort((left, right) => (first(left) < first(right) ? -1 : 1)) }
        : body,
    ),
  ),
  fault(
    'sorts each page',
    lists((body, { query }) =>
      query['sortBy'] === 'userName' && query['startIndex'] !== undefined ? { ...body, Resources: [...rowsOf(body)].reverse() } : body,
    ),
  ),
  fault(
    'breaks down over an unknown sortBy',
    answers(
      (request, answer) => answer.status === 400 && request.query['sortBy'] !== undefined,
      () => scimError(500),
    ),
  ),
];

function first(resource: JsonObject): string {
  return String(objectsAt(resource['emails'])[0]?.['value']);
}

const PAGING_FAULTS: readonly Fault[] = [
  fault('ignores startIndex', ignores('startIndex')),
  fault('ignores startIndex without count', {
    request: (request) =>
      request.query['count'] === undefined
        ? { ...request, query: Object.fromEntries(Object.entries(request.query).filter(([name]) => name !== 'startIndex')) }
        : request,
  }),
  fault('ignores count', ignores('count')),
  fault(
    'counts from 0',
    parameter('startIndex', (value) => (/^\d+$/.test(value) ? String(Number(value) + 1) : value)),
  ),
  fault('refuses a startIndex below 1', {
    instead: ({ query }) => (Number(query['startIndex'] ?? 1) < 1 ? scimError(400, 'invalidValue') : null),
  }),
  fault('refuses a negative count', { instead: ({ query }) => (Number(query['count'] ?? 1) < 0 ? scimError(400, 'invalidValue') : null) }),
  fault(
    'reads count 0 as no count',
    parameter('count', (value) => (value === '0' ? undefined : value)),
  ),
  fault(
    'counts the page for the total',
    lists((body) => ({ ...body, totalResults: rowsOf(body).length })),
  ),
  fault(
    'sends totalResults as a text',
    lists((body) => ({ ...body, totalResults: String(body['totalResults']) })),
  ),
  fault(
    'sends startIndex and itemsPerPage as texts',
    lists((body) => ({ ...body, startIndex: String(body['startIndex']), itemsPerPage: String(body['itemsPerPage']) })),
  ),
  fault(
    'sends no counts at all',
    lists(({ schemas, Resources }) => ({ schemas, Resources })),
  ),
  fault(
    'repeats the count that was asked for',
    lists((body, { query }) => ({ ...body, itemsPerPage: Number(query['count'] ?? 100) })),
  ),
  fault(
    'repeats the startIndex that was asked for',
    lists((body, { query }) => ({ ...body, ...(query['startIndex'] === undefined ? {} : { startIndex: Number(query['startIndex']) }) })),
  ),
  fault(
    'says startIndex 1 on every page',
    lists((body) => ({ ...body, startIndex: 1 })),
  ),
  fault('shuffles every list', () => {
    let turn = 0;
    const shuffled = lists((body) => {
      turn += 1;
      const rows = rowsOf(body);
      const cut = rows.length === 0 ? 0 : turn % rows.length;
      return rows.length < 2 ? body : { ...body, Resources: [...rows.slice(cut), ...rows.slice(0, cut)] };
    });
    return { inside: [], ...shuffled };
  }),
  fault(
    'breaks down over a count that is no number',
    answers(
      (request, answer) => answer.status === 400 && /[^-\d]|^$/.test(request.query['count'] ?? '1'),
      () => scimError(500),
    ),
  ),
  fault(
    'lists without a ListResponse',
    lists(({ schemas: _schemas, ...body }) => body),
  ),
  fault(
    'lists ids alone',
    lists((body) => ({
      ...body,
      ...(body['Resources'] === undefined ? {} : { Resources: rowsOf(body).map(({ id }) => ({ id: id ?? null })) }),
    })),
  ),
  fault(
    'lists without meta',
    lists((body) => ({
      ...body,
      ...(body['Resources'] === undefined ? {} : { Resources: rowsOf(body).map(({ meta: _meta, ...row }) => row) }),
    })),
  ),
  fault(
    'lists the first User where nobody matches',
    lists((body) => (body['totalResults'] === 0 ? { ...body, Resources: [{ id: 'id-1', userName: 'me@fake.example' }] } : body)),
  ),
];

const CURSOR_FAULTS: readonly Fault[] = [
  fault('ignores cursors', ignores('cursor')),
  fault(
    'pages in a circle',
    lists((body, { query }) =>
      query['cursor'] === undefined || body['nextCursor'] !== undefined
        ? body
        : { ...body, nextCursor: String(body['previousCursor'] ?? 'x') },
    ),
  ),
  fault(
    'answers previousCursor on the first page',
    lists((body, { query }) => (query['cursor'] === '' ? { ...body, previousCursor: 'x' } : body)),
  ),
  fault(
    'leads back to the wrong page',
    lists((body) =>
      body['previousCursor'] === undefined || body['nextCursor'] === undefined ? body : { ...body, previousCursor: body['nextCursor'] },
    ),
  ),
  fault('makes cursors that need encoding', () => ({
    request: (request) =>
      request.query['cursor'] === undefined
        ? request
        : { ...request, query: { ...request.query, cursor: request.query['cursor'].replace('==&/', '') } },
    ...lists((body) => (typeof body['nextCursor'] === 'string' ? { ...body, nextCursor: `${body['nextCursor']}==&/` } : body)),
  })),
  fault(
    'miscounts with cursors',
    lists((body, { query }) => (query['cursor'] === undefined ? body : { ...body, totalResults: rowsOf(body).length })),
  ),
  fault('takes any cursor for the first page', {
    request: (request) =>
      /^(?:forged|AAAA|1|%00)$/.test(request.query['cursor'] ?? '') ? { ...request, query: { ...request.query, cursor: '' } } : request,
  }),
  fault(
    'does not sign its cursors',
    answers(
      (request, answer) => /^\d+\./.test(request.query['cursor'] ?? '') && answer.status === 400,
      () => ({
        status: 200,
        headers: { 'content-type': 'application/scim+json' },
        body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0 },
      }),
    ),
  ),
  fault('takes a cursor for a credential', {
    request: (request) =>
      request.headers['authorization'] === undefined && request.query['cursor'] !== undefined
        ? { ...request, headers: { ...request.headers, authorization: 'Bearer fake-token-7c1e' } }
        : request,
  }),
  fault(
    'forgets the order between pages by cursor',
    lists((body, { query }) =>
      query['cursor'] === undefined || query['sortBy'] === undefined ? body : { ...body, Resources: [...rowsOf(body)].reverse() },
    ),
  ),
];

const PROJECTION_FAULTS: readonly Fault[] = [
  fault('ignores attributes', ignores('attributes')),
  fault('ignores excludedAttributes', ignores('excludedAttributes')),
  fault(
    'answers what was named and no more',
    bodies(
      (request) => request.query['attributes'] !== undefined,
      ({ id: _id, schemas: _schemas, ...body }) => body,
    ),
  ),
  fault(
    'leaves out the id when told to',
    bodies(
      (request) => request.query['excludedAttributes'] === 'id',
      ({ id: _id, ...body }) => body,
    ),
  ),
  fault(
    'answers whole attributes for their parts',
    parameter('attributes', (value) => value.replace(/\.\w+$/, '')),
  ),
  fault(
    'leaves out whole attributes for their parts',
    parameter('excludedAttributes', (value) => value.replace(/\.\w+$/, '')),
  ),
  fault(
    'knows no URN in attributes',
    parameter('attributes', (value) => (value.startsWith('urn:') ? 'userName' : value)),
  ),
  fault(
    'minds the case of attributes',
    parameter('attributes', (value) => (value === 'DISPLAYNAME,USERNAME' ? 'id' : value)),
  ),
  fault('projects no answer to a write', {
    request: (request) => (request.method === 'GET' || request.path.endsWith('.search') ? request : { ...request, query: {} }),
  }),
  fault(
    'shows a password when asked',
    bodies(
      (request) => (request.query['attributes'] ?? '').includes('password'),
      (body) => ({ ...body, password: 'secret' }),
    ),
  ),
  fault('breaks down over odd names', { instead: ({ query }) => (/__proto__|,,/.test(query['attributes'] ?? '') ? scimError(500) : null) }),
  fault('cannot leave members out', { request: (request) => (to('GET', A_GROUP)(request) ? { ...request, query: {} } : request) }),
];

const SEARCHES = /\/\.search$/;

const SEARCH_FAULTS: readonly Fault[] = [
  fault(
    'answers a search with 201',
    status((request, answer) => SEARCHES.test(request.path) && answer.status === 200, 201),
  ),
  fault(
    'searches without looking at the request',
    sentBodies(to('POST', SEARCHES), ({ schemas }) => ({ schemas: schemas ?? null })),
  ),
  fault(
    'searches without a filter',
    sentBodies(to('POST', SEARCHES), ({ filter: _filter, ...body }) => body),
  ),
  fault('refuses count 0 in a search', {
    instead: (request) => (SEARCHES.test(request.path) && /"count":0/.test(String(request.body)) ? scimError(400) : null),
  }),
  fault(
    'sorts no search',
    sentBodies(to('POST', SEARCHES), ({ sortBy: _by, sortOrder: _order, ...body }) => body),
  ),
  fault(
    'projects no search',
    sentBodies(to('POST', SEARCHES), ({ attributes: _only, excludedAttributes: _without, ...body }) => body),
  ),
  fault(
    'takes anything for a search',
    answers(
      (request, answer) => SEARCHES.test(request.path) && answer.status === 400,
      () => ({
        status: 200,
        headers: { 'content-type': 'application/scim+json' },
        body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0 },
      }),
    ),
  ),
  fault('lets strangers search', {
    request: (request) =>
      SEARCHES.test(request.path) ? { ...request, headers: { ...request.headers, authorization: 'Bearer fake-token-7c1e' } } : request,
  }),
  fault('searches no Groups', {
    request: (request) => (request.path === '/Groups/.search' ? { ...request, path: '/Users/.search' } : request),
  }),
  fault('searches only Users at the root', {
    request: (request) => (request.path === '/.search' ? { ...request, path: '/Users/.search' } : request),
  }),
  fault('queries only Users at the root', { request: (request) => (request.path === '/' ? { ...request, path: '/Users' } : request) }),
  fault(
    'shows nothing of what it lists',
    bodies(to('GET', USERS), (body) => ({ ...body, Resources: [] })),
  ),
];

export const QUERY_FAULTS: readonly Fault[] = [...SORT_FAULTS, ...PAGING_FAULTS, ...CURSOR_FAULTS, ...PROJECTION_FAULTS, ...SEARCH_FAULTS];
