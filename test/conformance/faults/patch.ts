import { isObject, type Json, type JsonObject, objectAt, objectsAt } from '../../../conformance/json.js';
import { PATCH_OP } from '../../../conformance/names.js';
import type { FakeAnswer, FakeRequest } from '../fake/wire.js';
import { A_GROUP, A_USER, answers, bodies, both, fault, type Fault, type Hooks, scimError, sentBodies, status, to } from './fault.js';

const PATCHES = to('PATCH', /./);

/** Changes each operation that is sent; null leaves it out. */
function operations(change: (operation: JsonObject) => JsonObject | null, path = /./): Hooks {
  return sentBodies(to('PATCH', path), (body) => {
    const { Operations } = body;
    if (!Array.isArray(Operations)) return body;
    const changed = (Operations as readonly Json[]).map((one) => (isObject(one) ? change(one) : one)).filter((one) => one !== null);
    return { ...body, Operations: changed };
  });
}

/** Refuses what this matches in an operation, as JSON. */
function refuses(pattern: RegExp, scimType = 'invalidPath'): Hooks {
  return { instead: (request) => (PATCHES(request) && pattern.test(String(request.body)) ? scimError(400, scimType) : null) };
}

const accepts = (pattern: RegExp): Hooks => ({
  instead: (request) => (PATCHES(request) && pattern.test(String(request.body)) ? { status: 204, headers: {}, body: undefined } : null),
});
const refused = (request: FakeRequest, answer: FakeAnswer): boolean => PATCHES(request) && answer.status === 400;
const isUser = (path: Json | undefined, ...names: readonly string[]): boolean => names.includes(String(path));

export const PATCH_FAULTS: readonly Fault[] = [
  fault('does not know PATCH', { instead: (request) => (PATCHES(request) ? scimError(501) : null) }),
  fault(
    'answers PATCH with 202',
    status((request, answer) => PATCHES(request) && answer.status < 300, 202),
  ),
  fault(
    'answers PATCH with a part',
    bodies(
      (request, answer) => to('PATCH', A_USER)(request) && answer.status === 200,
      ({ id }) => ({ id }),
    ),
  ),
  fault(
    'answers PATCH with 204 always',
    answers(
      (request, answer) => PATCHES(request) && answer.status === 200,
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault(
    'does not know replace',
    operations((one) => (one['op'] === 'replace' ? { ...one, op: 'add' } : one)),
  ),
  fault('refuses replace', refuses(/"op":"replace"/i, 'invalidSyntax')),
  fault(
    'replaces by add',
    operations((one) => (one['op'] === 'add' ? { ...one, op: 'replace' } : one)),
  ),
  fault('needs a path', {
    instead: (request) =>
      PATCHES(request) && /"op":"(?:add|replace)","value":\{/i.test(String(request.body)) ? scimError(400, 'noTarget') : null,
  }),
  fault(
    'does not remove',
    operations((one) => (String(one['op']).toLowerCase() === 'remove' && one['path'] !== undefined ? { op: 'add', value: {} } : one)),
  ),
  fault('minds the case of operations', refuses(/"op":"[A-Z]/, 'invalidSyntax')),
  fault('minds the case of paths', refuses(/DISPLAYNAME/)),
  fault('knows no URN of the core schema in paths', refuses(/core:2\.0:User:/)),
  fault(
    'knows no dots in keys',
    operations((one) => (isObject(one['value']) && one['value']['name.familyName'] !== undefined ? { ...one, value: {} } : one)),
  ),
  fault(
    'does the last operation alone',
    sentBodies(PATCHES, (body) =>
      Array.isArray(body['Operations']) ? { ...body, Operations: (body['Operations'] as readonly Json[]).slice(-1) } : body,
    ),
  ),
  fault(
    'does the operations backwards',
    sentBodies(PATCHES, (body) =>
      Array.isArray(body['Operations']) ? { ...body, Operations: [...(body['Operations'] as readonly Json[])].reverse() } : body,
    ),
  ),
  fault(
    'replaces the whole of a complex attribute',
    operations((one) => {
      if (isObject(one['value']) && one['path'] === 'name') return { ...one, value: { givenName: '', ...one['value'] } };
      return isUser(one['path'], 'name.familyName')
        ? { ...one, path: 'name', value: { givenName: '', familyName: one['value'] ?? null } }
        : one;
    }),
  ),
  fault(
    'adds what is there once more',
    sentBodies(
      to('PATCH', A_USER),
      (body) =>
        JSON.parse(
          JSON.stringify(body).replace(
            /"op":"add","path":"emails","value":\[\{"value":"home-/,
            '"op":"add","path":"emails","value":[{"value":"again-',
          ),
        ) as JsonObject,
    ),
  ),
  fault(
    'finds the first value for every filter',
    operations((one) =>
      typeof one['path'] === 'string'
        ? {
            ...one,
            path: one['path']
              .replace('[type eq "home"]', '[type eq "work"]')
              .replace('[type eq "home" and', '[type eq "work" or')
              .replace('[value co "@"]', '[type eq "work"]'),
          }
        : one,
    ),
  ),
  fault('knows value paths of one comparison', refuses(/\[[^\]]* and /)),
  fault('knows no value paths', refuses(/"path":"\w+\[/)),
  fault(
    'removes no last value',
    operations((one) => (one['path'] === 'emails[value pr]' ? { op: 'add', value: {} } : one)),
  ),
  fault('leaves two primary addresses', () => {
    const marked = new Set<string>();
    return {
      request: (request) => {
        if (/\.primary"/.test(String(request.body))) marked.add(request.path);
        return request;
      },
      answer: (answer, request) => {
        if (!marked.has(request.path) || !isObject(answer.body)) return answer;
        return {
          ...answer,
          body: { ...answer.body, emails: objectsAt(answer.body['emails']).map((email) => ({ ...email, primary: true })) },
        };
      },
    };
  }),
  fault(
    'does not switch anybody off',
    operations((one) => (one['path'] === 'active' && one['value'] !== 'perhaps' ? { ...one, value: true } : one)),
  ),
  fault('reads no booleans from texts', refuses(/"value":"False"/, 'invalidValue')),
  fault('stores the operations before a failure', { inside: ['patch-not-atomic'] }),
  fault('moves lastModified whenever it is asked', { inside: ['touches-always'] }),
  fault(
    'lets a PATCH take the name of another',
    answers(
      (request, answer) => PATCHES(request) && answer.status === 409,
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault(
    'patches what is not there',
    answers(
      (request, answer) => PATCHES(request) && answer.status === 404,
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault('is polluted by PATCH', () => {
    let polluted = false;
    return both(
      {
        request: (request) => {
          polluted ||= PATCHES(request) && /__proto__/.test(String(request.body));
          return request;
        },
      },
      bodies(
        (request) => polluted && to('GET', A_USER)(request),
        (body) => ({ ...body, nickName: 'polluted' }),
      ),
    );
  }),
  fault('takes remove without a path', accepts(/\{"op":"remove"\}/)),
  fault('takes add without a value', accepts(/"op":"add","path":"displayName"\}/)),
  fault('takes any operation', accepts(/"op":"move"/)),
  fault('takes a text without a path', accepts(/"op":"replace","value":"x"/)),
  fault('removes what is required', accepts(/"op":"remove","path":"(?:userName|displayName)"\}\]/)),
  fault('lets readOnly attributes be changed', accepts(/"path":"(?:id|meta\.created|groups)"/)),
  fault(
    'breaks down over a broken path',
    answers(
      (request) => /\[type eq"/.test(String(request.body)),
      () => scimError(500),
    ),
  ),
  fault('ignores paths that it does not know', accepts(/noSuchAttribute/)),
  fault('takes values of any type', accepts(/"value":"perhaps"/)),
  fault(
    'does nothing where nothing matches',
    answers(
      (request, answer) => refused(request, answer) && objectAt(answer.body)['scimType'] === 'noTarget' && /\[/.test(String(request.body)),
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault('creates what an eq filter names', accepts(/\[type eq \\"other\\"\]/)),
  fault(
    'does not look at the schema of a PATCH',
    sentBodies(PATCHES, (body) => ({ ...body, schemas: [PATCH_OP] })),
  ),
  fault(
    'takes a PATCH without operations',
    answers(
      (request, answer) => refused(request, answer) && !/"op"/.test(String(request.body)),
      () => ({ status: 204, headers: {}, body: undefined }),
    ),
  ),
  fault(
    'says nothing of mutability',
    answers(
      (_request, answer) => objectAt(answer.body)['scimType'] === 'mutability',
      () => scimError(400, 'invalidSyntax'),
    ),
  ),
  fault('reads no path of a Group', {
    instead: (request) => (to('PATCH', A_GROUP)(request) && /"path"/.test(String(request.body)) ? scimError(400, 'invalidPath') : null),
  }),
];
