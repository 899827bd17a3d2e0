import { type JsonObject, objectAt, objectsAt, parseJson, stringsAt } from '../../../conformance/json.js';
import { ENTERPRISE, GROUP, USER } from '../../../conformance/names.js';
import type { FakeAnswer, FakeRequest } from '../fake/wire.js';
import {
  A_GROUP,
  A_USER,
  answers,
  bodies,
  both,
  fault,
  type Fault,
  headers,
  resources,
  scimError,
  sentBodies,
  status,
  to,
  USERS,
} from './fault.js';

const CREATED = to('POST', /^\/(?:Users|Groups)$/);
const WRITES = (request: FakeRequest): boolean => ['POST', 'PUT'].includes(request.method) && /^\/(?:Users|Groups)/.test(request.path);
const refusedWith =
  (code: number, scimType?: string) =>
  (_request: FakeRequest, answer: FakeAnswer): boolean =>
    answer.status === code && (scimType === undefined || objectAt(answer.body)['scimType'] === scimType);
const meta = (resource: JsonObject, change: JsonObject): JsonObject =>
  resource['meta'] === undefined ? resource : { ...resource, meta: { ...objectAt(resource['meta']), ...change } };
const without = (resource: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
const sent = ({ body }: FakeRequest): JsonObject => objectAt(parseJson(String(body)));
const emailsOf = (body: JsonObject): readonly JsonObject[] => objectsAt(body['emails']);

const CREATE_FAULTS: readonly Fault[] = [
  fault(
    'answers 200 for 201',
    status((request, answer) => CREATED(request) && answer.status === 201, 200),
  ),
  fault('sends no Location', headers(CREATED, { location: null })),
  fault('sends a Location of another host', headers(CREATED, { location: 'http://other.example/Users/1' })),
  fault(
    'writes relative locations',
    both(
      resources((resource) => meta(resource, { location: `/Users/${String(resource['id'])}` })),
      answers(CREATED, (answer) => ({
        ...answer,
        headers: { ...answer.headers, location: String(objectAt(objectAt(answer.body)['meta'])['location']) },
      })),
    ),
  ),
  fault(
    'answers a POST with the id alone',
    bodies(
      (request, answer) => to('POST', USERS)(request) && answer.status === 201,
      ({ id }) => ({ id }),
    ),
  ),
  fault(
    'loses last names',
    resources((resource) =>
      resource['name'] === undefined ? resource : { ...resource, name: without(objectAt(resource['name']), 'familyName') },
    ),
  ),
  fault(
    'loses all addresses but the first',
    sentBodies(WRITES, (body) => (body['emails'] === undefined ? body : { ...body, emails: emailsOf(body).slice(0, 1) })),
  ),
  fault(
    'writes dates without a zone',
    resources((resource) => meta(resource, { created: '2026-01-01 00:00:00', lastModified: '2026-01-01 00:00:00' })),
  ),
  fault(
    'has no resourceType',
    resources((resource) => meta(resource, { resourceType: null })),
  ),
  fault(
    'echoes the id of the client',
    bodies(
      (request, answer) => WRITES(request) && answer.status < 300,
      (body, request) => ({ ...body, ...(sent(request)['id'] === undefined ? {} : { id: sent(request)['id'] ?? null }) }),
    ),
  ),
  fault(
    'echoes the meta of the client',
    bodies(
      (request, answer) => WRITES(request) && answer.status < 300,
      (body, request) => ({ ...body, meta: { ...objectAt(body['meta']), ...objectAt(sent(request)['meta']) } }),
    ),
  ),
  fault('gives every User the same id', {
    inside: [],
    ...bodies(
      (request, answer) => to('POST', USERS)(request) && answer.status === 201,
      (body) => ({ ...body, id: 'id-2' }),
    ),
  }),
  fault(
    'folds the case of externalId',
    resources((resource) =>
      typeof resource['externalId'] === 'string' ? { ...resource, externalId: resource['externalId'].toLowerCase() } : resource,
    ),
  ),
  fault(
    'answers a duplicate with 404',
    answers(refusedWith(409), () => scimError(404)),
  ),
  fault(
    'answers a duplicate with 400',
    answers(refusedWith(409), () => scimError(400, 'uniqueness')),
  ),
  fault('minds the case of userName', { inside: ['case-exact-names'] }),
  fault('takes no two Users of one address', () => {
    const known = new Set<string>();
    return {
      instead: (request: FakeRequest) => {
        if (!to('POST', USERS)(request)) return null;
        const [address] = emailsOf(sent(request)).map(({ value }) => String(value));
        if (address === undefined || !known.has(address)) known.add(address ?? '');
        else return scimError(409, 'uniqueness');
        return null;
      },
    };
  }),
  fault(
    'breaks down over a missing userName',
    answers(
      (request, answer) =>
        WRITES(request) && answer.status === 400 && sent(request)['userName'] === undefined && sent(request)['USERNAME'] === undefined,
      () => scimError(500),
    ),
  ),
  fault(
    'makes up a userName',
    sentBodies(to('POST', USERS), (body) =>
      typeof body['userName'] === 'string' && body['userName'] !== ''
        ? body
        : { ...body, userName: `made-up-${JSON.stringify(body).length}-${JSON.stringify(body['displayName'])}` },
    ),
  ),
  fault(
    'reads any value as text',
    sentBodies(WRITES, (body) => ({
      ...body,
      ...(body['userName'] === undefined || body['userName'] === null
        ? {}
        : { userName: typeof body['userName'] === 'string' ? body['userName'] : JSON.stringify(body['userName']) }),
      ...(body['active'] === undefined ? {} : { active: String(body['active']) !== 'false' }),
    })),
  ),
  fault(
    'does not look at schemas',
    sentBodies(WRITES, (body, { path }) => ({
      ...body,
      schemas: [path.startsWith('/Users') ? USER : GROUP, ...stringsAt(body['schemas'])],
    })),
  ),
  fault('refuses schemas that it does not know', {
    instead: (request) => (WRITES(request) && /unknown:1\.0/.test(String(request.body)) ? scimError(400, 'invalidSyntax') : null),
  }),
  fault(
    'takes two primary addresses',
    sentBodies(WRITES, (body) =>
      emailsOf(body).length < 2
        ? body
        : { ...body, emails: emailsOf(body).map((email, index) => (index === 0 ? email : { ...email, primary: false })) },
    ),
  ),
  fault(
    'shows passwords',
    resources((resource) => (resource['userName'] === undefined ? resource : { ...resource, password: 'Pw-9f!conformance-Long' })),
  ),
  fault(
    'minds the case of attribute names',
    sentBodies(WRITES, (body) => without(body, 'USERNAME', 'displayname')),
  ),
  fault('is polluted by __proto__', () => {
    let polluted = false;
    return both(
      {
        request: (request) => {
          polluted ||= /__proto__/.test(String(request.body));
          return request;
        },
      },
      resources((resource) => (polluted ? { ...resource, nickName: 'polluted' } : resource)),
    );
  }),
];

const CHANGE_FAULTS: readonly Fault[] = [
  fault(
    'forgets displayName after a POST',
    bodies(to('GET', A_USER), (body) => without(body, 'displayName')),
  ),
  fault(
    'answers an unknown User with 200',
    answers(
      (request, answer) => to('GET', A_USER)(request) && answer.status === 404,
      (answer) => ({ ...answer, status: 200 }),
    ),
  ),
  fault('reads an id as a filter', {
    request: (request) =>
      to('GET', A_USER)(request) && /%22|'|%25|\*/.test(request.path) ? { ...request, path: '/Users', query: {} } : request,
  }),
  fault('shows Users as Groups', () => {
    const users = new Set<string>();
    return {
      answer: (answer, request) => {
        if (to('POST', USERS)(request)) users.add(String(objectAt(answer.body)['id']));
        return answer;
      },
      request: (request) =>
        to('GET', A_GROUP)(request) && users.has(request.path.slice(8)) ? { ...request, path: `/Users/${request.path.slice(8)}` } : request,
    };
  }),
  fault(
    'answers PUT with 204',
    answers(
      (request, answer) => request.method === 'PUT' && answer.status === 200,
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault('does not store what a PUT says', {
    instead: (request) => (to('PUT', A_USER)(request) ? { status: 200, headers: {}, body: sent(request) } : null),
  }),
  fault('refuses id and meta in a PUT', {
    instead: (request) =>
      request.method === 'PUT' && (sent(request)['id'] !== undefined || sent(request)['meta'] !== undefined)
        ? scimError(400, 'mutability')
        : null,
  }),
  fault(
    'creates by PUT',
    answers(
      (request, answer) => to('PUT', A_USER)(request) && answer.status === 404,
      () => ({ status: 201, headers: {}, body: {} }),
    ),
  ),
  fault(
    'moves created with a PUT',
    resources((resource) =>
      objectAt(resource['meta'])['created'] === undefined
        ? resource
        : meta(resource, { created: objectAt(resource['meta'])['lastModified'] ?? null }),
    ),
  ),
  fault(
    'keeps a cleared nickName',
    sentBodies(to('PUT', A_USER), (body) => (body['nickName'] === null ? { ...body, nickName: 'Con' } : body)),
  ),
  fault(
    'adds addresses by PUT',
    sentBodies(to('PUT', A_USER), (body) => ({ ...body, emails: [...emailsOf(body), { value: 'kept@fake.example' }] })),
  ),
  fault('does not let a userName be changed', () => {
    const names = new Map<string, string>();
    return {
      instead: (request) => {
        const name = names.get(request.path);
        const wanted = sent(request)['userName'];
        const differs = name !== undefined && typeof wanted === 'string' && wanted !== name;
        return request.method === 'PUT' && differs ? scimError(400, 'mutability') : null;
      },
      answer: (answer, request) => {
        const { id, userName } = objectAt(answer.body);
        if (to('POST', USERS)(request)) names.set(`/Users/${String(id)}`, String(userName));
        return answer;
      },
    };
  }),
  fault(
    'turns lastModified back',
    bodies(to('PUT', A_USER), (body) => meta(body, { lastModified: '1999-01-01T00:00:00Z' })),
  ),
  fault(
    'answers DELETE with 200 and a body',
    answers(
      (request, answer) => request.method === 'DELETE' && answer.status === 204,
      () => ({ status: 200, headers: {}, body: {} }),
    ),
  ),
  fault('does not delete', {
    instead: (request) =>
      request.method === 'DELETE' && /^\/(?:Users|Groups)\/id-/.test(request.path) ? { status: 204, headers: {}, body: undefined } : null,
  }),
  fault(
    'answers the DELETE of nobody with 204',
    answers(
      (request, answer) => request.method === 'DELETE' && answer.status === 404,
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault('keeps the names of deleted Users', { inside: ['keeps-deleted-names'] }),
  fault(
    'lists only active Users',
    bodies(
      (request) => to('GET', USERS)(request),
      (body) => {
        const Resources = objectsAt(body['Resources']).filter(({ active }) => active !== false);
        return Resources.length === objectsAt(body['Resources']).length ? body : { ...body, totalResults: Resources.length, Resources };
      },
    ),
  ),
  fault('refuses parameters that it does not know', {
    instead: ({ query }) => (query['aadOptscim062020'] === undefined ? null : scimError(400)),
  }),
];

const EXTENSION_FAULTS: readonly Fault[] = [
  fault(
    'loses the extension',
    resources((resource) => without(resource, ENTERPRISE)),
  ),
  fault('does not name the extension in schemas', { inside: ['no-schema-of-extension'] }),
  fault(
    'keeps the name that was sent for a manager',
    bodies(
      (request) => to('GET', A_USER)(request),
      (body) => {
        const part = objectAt(body[ENTERPRISE]);
        return part['manager'] === undefined
          ? body
          : { ...body, [ENTERPRISE]: { ...part, manager: { ...objectAt(part['manager']), displayName: 'planted' } } };
      },
    ),
  ),
  fault(
    'writes $ref of a manager without an id',
    resources((resource) => {
      const part = objectAt(resource[ENTERPRISE]);
      return part['manager'] === undefined
        ? resource
        : { ...resource, [ENTERPRISE]: { ...part, manager: { ...objectAt(part['manager']), $ref: '../Users' } } };
    }),
  ),
  fault('knows no URN in PATCH', {
    instead: (request) =>
      request.method === 'PATCH' && /urn:ietf:params:scim:schemas:extension/.test(String(request.body))
        ? scimError(400, 'invalidPath')
        : null,
  }),
  fault('knows no URN in a filter', {
    instead: ({ query }) => (/urn:/.test(query['filter'] ?? '') ? scimError(400, 'invalidFilter') : null),
  }),
];

export const RESOURCE_FAULTS: readonly Fault[] = [...CREATE_FAULTS, ...CHANGE_FAULTS, ...EXTENSION_FAULTS];
