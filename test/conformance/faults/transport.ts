import { isObject, type JsonObject, parseJson } from '../../../conformance/json.js';
import { SCIM_JSON } from '../../../conformance/names.js';
import { TOKEN } from '../fake/server.js';
import type { FakeAnswer, FakeRequest } from '../fake/wire.js';
import { A_USER, answers, bodies, fault, type Fault, headers, resources, scimError, sentBodies, sentHeaders, to, USERS } from './fault.js';

const TRUSTED = `Bearer ${TOKEN}`;
const anonymous = ({ headers: sent }: FakeRequest): boolean => sent['authorization'] === undefined;
const isStatus =
  (code: number) =>
  (_request: FakeRequest, answer: FakeAnswer): boolean =>
    answer.status === code;
const failed = (_request: FakeRequest, answer: FakeAnswer): boolean => answer.status >= 400;
const isObjectText = (text: unknown): boolean => isObject(parseJson(String(text)));

/** Lets callers in whose header fits. */
function lets(when: (request: FakeRequest) => boolean) {
  return sentHeaders((sent, request) => (when(request) ? { ...sent, authorization: TRUSTED } : sent));
}

const AUTH_FAULTS: readonly Fault[] = [
  fault(
    'lets everybody read Users without a token',
    lets((request) => anonymous(request) && request.method === 'GET'),
  ),
  fault(
    'lets everybody write without a token',
    lets((request) => anonymous(request) && request.method !== 'GET'),
  ),
  fault('does not say how to authenticate', headers(isStatus(401), { 'www-authenticate': null })),
  fault(
    'says 401 in a form of its own',
    bodies(isStatus(401), () => ({ error: 'unauthorized' })),
  ),
  fault(
    'says 403 for 401',
    answers(isStatus(401), () => scimError(403)),
  ),
  fault(
    'looks only at the beginning of a token',
    lets((request) => request.headers['authorization']?.startsWith(TRUSTED) === true),
  ),
  fault(
    'takes a token without a scheme',
    lets((request) => request.headers['authorization'] === TOKEN),
  ),
  fault('knows Bearer in one case', {
    instead: (request) => (/^Bearer|^$/.test(request.headers['authorization'] ?? '') ? null : scimError(401)),
  }),
  fault(
    'takes a token in the URL',
    lets((request) => request.query['access_token'] === TOKEN),
  ),
  fault('reads bodies of strangers', {
    instead: (request) =>
      request.method === 'POST' && typeof request.body === 'string' && !isObjectText(request.body) ? scimError(400, 'invalidSyntax') : null,
  }),
  fault('tells strangers which ids are not there', { instead: (request) => (request.path === '/Users/nobody' ? scimError(404) : null) }),
  fault('honours X-HTTP-Method-Override', {
    request: (request) => ({ ...request, method: request.headers['x-http-method-override'] ?? request.method }),
  }),
];

const ERROR_FAULTS: readonly Fault[] = [
  fault(
    'sends errors without schemas',
    bodies(failed, ({ schemas: _schemas, ...body }) => body),
  ),
  fault(
    'sends status as a number',
    bodies(failed, (body) => ({ ...body, status: Number(body['status']) })),
  ),
  fault(
    'says nothing in detail',
    bodies(failed, ({ detail: _detail, ...body }) => body),
  ),
  fault('sends errors as problem+json', headers(failed, { 'content-type': 'application/problem+json' })),
  fault(
    'knows no scimType',
    bodies(failed, ({ scimType: _type, ...body }) => body),
  ),
  fault('breaks down over broken JSON', {
    instead: (request) => (typeof request.body === 'string' && request.body !== '' && !isObjectText(request.body) ? scimError(500) : null),
  }),
  fault('breaks down over an empty body', { instead: (request) => (request.body === '' ? scimError(500) : null) }),
  fault('reads JSON of its own kind', {
    instead: (request) => (/,}|\/\*|'user|NaN/.test(String(request.body)) ? { status: 201, headers: {}, body: {} } : null),
  }),
  fault(
    'answers unknown endpoints with a page',
    answers(
      (request) => request.path === '/Nothings',
      () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: undefined }),
    ),
  ),
  fault('answers a PUT on all Users with 200', {
    instead: (request) => (to('PUT', USERS)(request) ? { status: 200, headers: {}, body: {} } : null),
  }),
  fault('does not say what is allowed', headers(isStatus(405), { allow: null })),
  fault('breaks down over odd ids', { instead: (request) => (/%00|%ZZ|__proto__/.test(request.path) ? scimError(500) : null) }),
  fault(
    'breaks down over a long URL',
    answers(isStatus(414), () => scimError(500)),
  ),
  fault(
    'tells of its inside',
    bodies(isStatus(400), (body) => ({ ...body, detail: 'TypeError: x is not a function\n    at node_modules/x.js:1' })),
  ),
  fault('takes its own failure for an unknown User', { instead: (request) => (to('GET', USERS)(request) ? scimError(500) : null) }),
];

const MEDIA_FAULTS: readonly Fault[] = [
  fault(
    'answers application/json always',
    headers(() => true, { 'content-type': 'application/json' }),
  ),
  fault(
    'names a charset',
    headers((request) => to('GET', A_USER)(request), { 'content-type': `${SCIM_JSON}; charset=utf-8` }),
  ),
  fault('refuses to answer application/json', {
    instead: (request) => (request.headers['accept'] === 'application/json' ? scimError(406) : null),
  }),
  fault(
    'does not look at Accept',
    sentHeaders((sent) => ({ ...sent, accept: SCIM_JSON })),
  ),
  fault('takes scim+json alone', {
    instead: (request) => (request.headers['content-type'] === 'application/json' ? scimError(415) : null),
  }),
  fault('refuses charset=utf-8', {
    instead: (request) => (/charset=utf-8/.test(request.headers['content-type'] ?? '') ? scimError(415) : null),
  }),
  fault(
    'takes any media type for JSON',
    sentHeaders((sent) => (sent['content-type'] === undefined ? sent : { ...sent, 'content-type': SCIM_JSON })),
  ),
  fault('mends bytes that are no UTF-8', {
    request: (request) => (request.body instanceof Uint8Array ? { ...request, body: new TextDecoder().decode(request.body) } : request),
  }),
  fault(
    'keeps names in ASCII',
    sentBodies(
      () => true,
      (body) => JSON.parse(JSON.stringify(body).replaceAll(/[^ -~]/g, '?')) as JsonObject,
    ),
  ),
  fault('refuses null', {
    instead: (request) =>
      /:null/.test(String(request.body)) && !/"(?:Operations|userName)":null/.test(String(request.body))
        ? scimError(400, 'invalidValue')
        : null,
  }),
  fault(
    'shows attributes without a value as null',
    resources((resource) => ({ nickName: null, ...resource })),
  ),
  fault(
    'answers 304 with a body',
    answers(isStatus(304), (answer) => ({ ...answer, body: {} })),
  ),
  fault('is out of order', { instead: () => scimError(500) }),
];

export const TRANSPORT_FAULTS: readonly Fault[] = [...AUTH_FAULTS, ...ERROR_FAULTS, ...MEDIA_FAULTS];
