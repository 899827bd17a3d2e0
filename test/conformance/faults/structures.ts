import { isObject, type Json, type JsonObject, objectAt, objectsAt } from '../../../conformance/json.js';
import { BULK_REQUEST } from '../../../conformance/names.js';
import type { FakeAnswer, FakeRequest } from '../fake/wire.js';
import {
  A_GROUP,
  A_USER,
  answers,
  bodies,
  both,
  fault,
  type Fault,
  GROUPS,
  headers,
  type Hooks,
  resources,
  scimError,
  sentBodies,
  sentHeaders,
  status,
  to,
  USERS,
} from './fault.js';

const BULK = to('POST', /^\/Bulk$/);
const done = (request: FakeRequest, answer: FakeAnswer): boolean => BULK(request) && answer.status === 200;
const operationsOf = (body: JsonObject): readonly JsonObject[] => objectsAt(body['Operations']);
const meta = (resource: JsonObject, change: JsonObject): JsonObject =>
  resource['meta'] === undefined ? resource : { ...resource, meta: { ...objectAt(resource['meta']), ...change } };

/** Changes the results of a bulk. */
function results(change: (result: JsonObject) => JsonObject): Hooks {
  return bodies(done, (body) => ({ ...body, Operations: operationsOf(body).map(change) }));
}

function bulk(change: (operations: readonly JsonObject[], body: JsonObject) => JsonObject): Hooks {
  return sentBodies(BULK, (body) => (Array.isArray(body['Operations']) ? { ...body, ...change(operationsOf(body), body) } : body));
}

const BULK_FAULTS: readonly Fault[] = [
  fault('answers a bulk with 207', status(done, 207)),
  fault(
    'answers a bulk without its schema',
    bodies(done, ({ schemas: _schemas, ...body }) => body),
  ),
  fault(
    'repeats no bulkId',
    results(({ bulkId: _bulkId, ...result }) => result),
  ),
  fault(
    'repeats no method',
    results(({ method: _method, ...result }) => result),
  ),
  fault(
    'tells no location',
    results(({ location: _location, ...result }) => result),
  ),
  fault(
    'tells status as a number',
    results((result) => ({ ...result, status: Number(result['status']) })),
  ),
  fault(
    'tells no error of an operation',
    results(({ response: _response, ...result }) => result),
  ),
  fault(
    'does the first operation alone',
    bulk((operations) => ({ Operations: operations.slice(0, 1) })),
  ),
  fault(
    'answers in another order',
    bodies(done, (body) => ({ ...body, Operations: [...operationsOf(body)].reverse() })),
  ),
  fault(
    'ends at the first failure always',
    bulk(() => ({ failOnErrors: 1 })),
  ),
  fault(
    'does not know failOnErrors',
    bulk(() => ({ failOnErrors: 99 })),
  ),
  fault(
    'knows no references',
    bulk((operations) => ({ Operations: JSON.parse(JSON.stringify(operations).replaceAll('"bulkId:', '"unknown:')) as Json })),
  ),
  fault('knows no references ahead', {
    instead: (request) => (BULK(request) && /bulkId:u"[\s\S]*"bulkId":"u"/.test(String(request.body)) ? scimError(409) : null),
  }),
  fault(
    'knows no references in paths',
    bulk((operations) => ({ Operations: JSON.parse(JSON.stringify(operations).replaceAll('/bulkId:', '/unknown-')) as Json })),
  ),
  fault('breaks down over a circle', {
    instead: (request) =>
      BULK(request) && /bulkId:a/.test(String(request.body)) && /bulkId:b/.test(String(request.body)) ? scimError(500) : null,
  }),
  fault(
    'takes a POST without a bulkId',
    bulk((operations) => ({
      Operations: operations.map((one, index) => (one['method'] === 'POST' ? { bulkId: `made-up-${index}`, ...one } : one)),
    })),
  ),
  fault(
    'does anything in a bulk',
    results((result) => (result['status'] === '400' || result['status'] === '404' ? { ...result, status: '200' } : result)),
  ),
  fault(
    'does not look at the schema of a bulk',
    bulk(() => ({ schemas: [BULK_REQUEST] })),
  ),
  fault(
    'takes a bulk without operations',
    answers(
      (request, answer) => BULK(request) && answer.status === 400,
      () => ({ status: 200, headers: {}, body: {} }),
    ),
  ),
  fault(
    'lets strangers send a bulk',
    sentHeaders((sent, request) => (BULK(request) ? { ...sent, authorization: 'Bearer fake-token-7c1e' } : sent)),
  ),
  fault(
    'does not look at versions in a bulk',
    bulk((operations) => ({ Operations: operations.map(({ version: _version, ...one }) => one) })),
  ),
  fault(
    'tells no version in a bulk',
    results(({ version: _version, ...result }) => result),
  ),
  fault(
    'takes more than its limits',
    answers(
      (request, answer) => BULK(request) && answer.status === 413,
      () => ({ status: 200, headers: {}, body: {} }),
    ),
  ),
];

const VERSION_FAULTS: readonly Fault[] = [
  fault(
    'has no ETag header',
    headers(() => true, { etag: null }),
  ),
  fault(
    'has no version in meta',
    resources((resource) => meta(resource, { version: null })),
  ),
  fault(
    'has other versions in lists',
    bodies(to('GET', USERS), (body) => ({
      ...body,
      ...(body['Resources'] === undefined
        ? {}
        : { Resources: objectsAt(body['Resources']).map((row) => meta(row, { version: 'W/"list"' })) }),
    })),
  ),
  fault(
    'never changes a version',
    both(
      resources((resource) => meta(resource, { version: 'W/"1"' })),
      headers((_request, answer) => answer.headers['etag'] !== undefined, { etag: 'W/"1"' }),
    ),
  ),
  fault('gives a new version to every reader', () => {
    let count = 0;
    return {
      answer: (answer, request) => {
        if (!to('GET', A_USER)(request) || !isObject(answer.body) || answer.status !== 200) return answer;
        count += 1;
        const version = `W/"read-${count}"`;
        return { ...answer, headers: { ...answer.headers, etag: version }, body: meta(answer.body, { version }) };
      },
    };
  }),
  fault(
    'ignores If-None-Match',
    sentHeaders(({ 'if-none-match': _none, ...sent }) => sent),
  ),
  fault('answers 304 to any If-None-Match', {
    instead: (request) => (request.headers['if-none-match'] === undefined ? null : { status: 304, headers: {}, body: undefined }),
  }),
  fault(
    'loses updates',
    sentHeaders(({ 'if-match': _match, ...sent }) => sent),
  ),
  fault('refuses every If-Match', { instead: (request) => (request.headers['if-match'] === undefined ? null : scimError(412)) }),
  fault('does not know If-Match: *', { instead: (request) => (request.headers['if-match'] === '*' ? scimError(412) : null) }),
  fault(
    'deletes whatever the version',
    sentHeaders(({ 'if-match': match, ...sent }, request) => ({
      ...sent,
      ...(match === undefined || request.method === 'DELETE' ? {} : { 'if-match': match }),
    })),
  ),
  fault('refuses an old version, and writes', () => {
    let stale: FakeRequest | null = null;
    return {
      request: ({ headers: { 'if-match': match, ...sent }, ...request }) => {
        stale = match === undefined ? null : { ...request, headers: { ...sent, 'if-match': match } };
        return { ...request, headers: sent };
      },
      answer: (answer) => (stale !== null && answer.status < 300 ? scimError(412) : answer),
    };
  }),
  fault(
    'says 412 in a form of its own',
    bodies(
      (_request, answer) => answer.status === 412,
      () => ({ error: 'precondition' }),
    ),
  ),
];

const members = (change: (member: JsonObject) => JsonObject): Hooks =>
  resources((resource) =>
    resource['members'] === undefined ? resource : { ...resource, members: objectsAt(resource['members']).map(change) },
  );
const sentMembers = (method: string, change: (members: readonly JsonObject[]) => readonly JsonObject[]): Hooks =>
  sentBodies(to(method, /^\/Groups/), (body) =>
    Array.isArray(body['members']) ? { ...body, members: change(objectsAt(body['members'])) } : body,
  );
const memberChange = (pattern: RegExp, code: number): Hooks => ({
  instead: (request) =>
    to('PATCH', A_GROUP)(request) && pattern.test(String(request.body))
      ? code < 300
        ? { status: code, headers: {}, body: undefined }
        : scimError(code, 'invalidValue')
      : null,
});

const GROUP_FAULTS: readonly Fault[] = [
  fault(
    'makes up a displayName',
    sentBodies(to('POST', GROUPS), (body) => ({ displayName: 'made up', ...body })),
  ),
  fault(
    'shows no members',
    resources(({ members: _members, ...resource }) => resource),
  ),
  fault(
    'shows members by value alone',
    members(({ value }) => ({ value: value ?? null })),
  ),
  fault(
    'calls every member a User',
    members((member) => ({ ...member, type: 'User' })),
  ),
  fault('refuses an empty Group', {
    instead: (request) => (to('POST', GROUPS)(request) && !/"members":\[\{/.test(String(request.body)) ? scimError(400) : null),
  }),
  fault(
    'keeps a member twice',
    resources((resource) => {
      const [only, ...more] = objectsAt(resource['members']);
      return only === undefined || more.length > 0 ? resource : { ...resource, members: [only, only] };
    }),
  ),
  fault(
    'skips members who are not there',
    sentMembers('POST', (sent) => sent.filter(({ value }) => /^id-|^bulkId/.test(String(value)))),
  ),
  fault(
    'drops externalId of Groups',
    sentBodies(to('POST', GROUPS), ({ externalId: _external, ...body }) => body),
  ),
  fault(
    'shows no groups of a User',
    resources(({ groups: _groups, ...resource }) => resource),
  ),
  fault(
    'shows direct groups alone',
    resources((resource) =>
      resource['groups'] === undefined
        ? resource
        : { ...resource, groups: objectsAt(resource['groups']).filter(({ type }) => type === 'direct') },
    ),
  ),
  fault(
    'calls all groups direct',
    resources((resource) =>
      resource['groups'] === undefined
        ? resource
        : { ...resource, groups: objectsAt(resource['groups']).map((group) => ({ ...group, type: 'direct' })) },
    ),
  ),
  fault('remembers groups that a User left', () => {
    const seen = new Map<string, Map<string, JsonObject>>();
    return {
      request: (request) => request,
      answer: (answer, request) => {
        if (!isObject(answer.body)) return answer;
        if (to('POST', GROUPS)(request) && answer.status === 201) {
          for (const { value } of objectsAt(answer.body['members'])) {
            const known = seen.get(String(value)) ?? new Map<string, JsonObject>();
            seen.set(String(value), known.set(String(answer.body['id']), { value: answer.body['id'] ?? null, type: 'direct' }));
          }
        }
        const kept = to('GET', A_USER)(request) ? seen.get(String(answer.body['id'])) : undefined;
        return kept === undefined ? answer : { ...answer, body: { ...answer.body, groups: [...kept.values()] } };
      },
    };
  }),
  fault(
    'takes groups from a User',
    bodies(
      (request, answer) => to('POST', USERS)(request) && answer.status === 201 && /"groups":\[/.test(String(request.body)),
      (body, { body: sent }) => ({ ...body, groups: objectAt(JSON.parse(String(sent)) as Json)['groups'] ?? null }),
    ),
  ),
  fault('keeps deleted Users and Groups as members', { inside: ['keeps-deleted-members'] }),
  fault('refuses to delete a Group', { instead: (request) => (to('DELETE', A_GROUP)(request) ? scimError(403) : null) }),
  fault('keeps members that a PUT leaves out', () => {
    const known = new Map<string, readonly JsonObject[]>();
    return {
      answer: (answer) => {
        if (!isObject(answer.body) || (answer.body['members'] === undefined && answer.body['displayName'] === undefined)) return answer;
        const path = `/Groups/${String(answer.body['id'])}`;
        if (answer.status === 201) known.set(path, objectsAt(answer.body['members']));
        return answer;
      },
      request: (request) => {
        const before = to('PUT', A_GROUP)(request) ? known.get(request.path) : undefined;
        if (before === undefined) return request;
        const body = objectAt(JSON.parse(String(request.body)) as Json);
        return { ...request, body: JSON.stringify({ ...body, members: [...before, ...objectsAt(body['members'])] }) };
      },
    };
  }),
  fault('does not remove by value', memberChange(/"op":"remove","path":"members","value"/, 400)),
  fault(
    'empties a Group for one member',
    sentBodies(
      to('PATCH', A_GROUP),
      (body) => JSON.parse(JSON.stringify(body).replaceAll(/members\[value eq [^\]]*\]"/g, 'members"')) as JsonObject,
    ),
  ),
  fault('does not empty a Group', memberChange(/"op":"remove","path":"members"\}/, 204)),
  fault(
    'adds by replace',
    sentBodies(
      to('PATCH', A_GROUP),
      (body) => JSON.parse(JSON.stringify(body).replaceAll('"op":"replace","path":"members"', '"op":"add","path":"members"')) as JsonObject,
    ),
  ),
  fault(
    'replaces members by add',
    sentBodies(to('PATCH', A_GROUP), (body) => JSON.parse(JSON.stringify(body).replaceAll('"op":"add"', '"op":"replace"')) as JsonObject),
  ),
  fault('refuses a member who is there', () => {
    const known = new Map<string, string>();
    return {
      answer: (answer, request) => {
        if (to('POST', GROUPS)(request) && isObject(answer.body))
          known.set(`/Groups/${String(answer.body['id'])}`, JSON.stringify(answer.body['members'] ?? []));
        return answer;
      },
      instead: (request) => {
        const member = /"op":"add","path":"members","value":\[\{"value":"([^"]+)"\}\]/.exec(String(request.body))?.[1];
        return member !== undefined && known.get(request.path)?.includes(`"${member}"`) === true ? scimError(409) : null;
      },
    };
  }),
  fault('refuses to rename a Group', memberChange(/"path":"displayName","value"/, 400)),
  fault('refuses an id in a rename', memberChange(/"value":\{"id"/, 400)),
  fault(
    'adds those members who are there',
    sentBodies(
      to('PATCH', A_GROUP),
      (body) => JSON.parse(JSON.stringify(body).replaceAll(/,\{"value":"scimcheck[^}]*\}/g, '')) as JsonObject,
    ),
  ),
  fault('lets a member be turned into another', memberChange(/members\[value eq [^\]]*\]\.value/, 204)),
  fault('takes no Groups as members', {
    instead: (request) => (/^\/Groups/.test(request.path) && /"type":"Group"/.test(String(request.body)) ? scimError(400) : null),
  }),
  fault('takes a Group into itself', () => ({
    instead: (request) =>
      to('PATCH', A_GROUP)(request) && String(request.body).includes(`"path":"members","value":[{"value":"${request.path.slice(8)}"}]`)
        ? { status: 204, headers: {}, body: undefined }
        : null,
  })),
  fault(
    'breaks down over Groups in a circle',
    answers(
      (request, answer) =>
        to('PATCH', A_GROUP)(request) &&
        answer.status === 400 &&
        /"op":"add","path":"members","value":\[\{"value":"id-\d+"\}\]\}\]\}/.test(String(request.body)),
      () => scimError(500),
    ),
  ),
];

export const STRUCTURE_FAULTS: readonly Fault[] = [...BULK_FAULTS, ...VERSION_FAULTS, ...GROUP_FAULTS];
