import { isObject, type Json, type JsonObject, objectAt, objectsAt, stringsAt } from '../../../conformance/json.js';
import { BULK_REQUEST, BULK_RESPONSE } from '../../../conformance/names.js';
import { BASE, MAX_OPERATIONS } from './schemas.js';
import { type FakeAnswer, Refusal } from './wire.js';

type Perform = (method: string, path: string, body: string | null, headers: Readonly<Record<string, string>>) => FakeAnswer;

/** @see RFC 7644 section 3.7 */
export function bulkAnswer(body: JsonObject, perform: Perform, fail: (refusal: Refusal) => FakeAnswer): JsonObject {
  const { Operations, failOnErrors } = body;
  if (!stringsAt(body['schemas']).includes(BULK_REQUEST)) throw new Refusal(400, 'invalidSyntax');
  if (!Array.isArray(Operations) || !(Operations as readonly Json[]).every(isObject)) throw new Refusal(400, 'invalidSyntax');
  if (Operations.length > MAX_OPERATIONS) throw new Refusal(413);
  const limit = typeof failOnErrors === 'number' ? failOnErrors : Number.POSITIVE_INFINITY;
  const ids = new Map<string, string>();
  const results = new Map<JsonObject, JsonObject>();
  let waiting = objectsAt(Operations);
  let failures = 0;
  for (let moved = true; moved && failures < limit; ) {
    moved = false;
    for (const operation of waiting) {
      if (failures >= limit || !resolvable(operation, ids)) continue;
      const result = run(operation, ids, perform, fail);
      results.set(operation, result);
      if (Number(result['status']) >= 400) failures += 1;
      moved = true;
    }
    waiting = waiting.filter((operation) => !results.has(operation));
  }
  // What still waits refers to nothing, or in a circle.
  if (failures < limit)
    for (const operation of waiting) results.set(operation, resultOf(operation, fail(new Refusal(409, 'invalidValue'))));
  return {
    schemas: [BULK_RESPONSE],
    Operations: objectsAt(Operations).flatMap((operation): readonly JsonObject[] => {
      const result = results.get(operation);
      return result === undefined ? [] : [result];
    }),
  };
}

const REFERENCE = /bulkId:([A-Za-z0-9_-]+)/g;

function resolvable(operation: JsonObject, ids: ReadonlyMap<string, string>): boolean {
  const text = JSON.stringify([operation['path'], operation['data']]);
  return [...text.matchAll(REFERENCE)].every(([, name = '']) => ids.has(name));
}

function run(operation: JsonObject, ids: Map<string, string>, perform: Perform, fail: (refusal: Refusal) => FakeAnswer): JsonObject {
  const { method, bulkId, version } = operation;
  const replace = (text: string): string => text.replaceAll(REFERENCE, (whole, name: string) => ids.get(name) ?? whole);
  const path = replace(String(operation['path']));
  const known = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(String(method)) && /^\/(?:Users|Groups)(?:\/[^/]+)?$/.test(path);
  if (!known || (method === 'POST' && typeof bulkId !== 'string')) return resultOf(operation, fail(new Refusal(400, 'invalidValue')));
  const data = operation['data'] === undefined ? null : replace(JSON.stringify(operation['data']));
  const answer = perform(String(method), path, data, typeof version === 'string' ? { 'if-match': version } : {});
  const id = objectAt(answer.body)['id'];
  if (typeof bulkId === 'string' && typeof id === 'string') ids.set(bulkId, id);
  return resultOf(operation, answer, path);
}

function resultOf({ method, bulkId }: JsonObject, { status, headers, body }: FakeAnswer, path?: string): JsonObject {
  const location = headers['location'] ?? (path === undefined || status === 404 ? undefined : BASE + path);
  return {
    ...(method === undefined ? {} : { method }),
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(location === undefined || (method === 'POST' && status >= 400) ? {} : { location }),
    ...(headers['etag'] === undefined ? {} : { version: headers['etag'] }),
    status: String(status),
    ...(status >= 400 && body !== undefined ? { response: body } : {}),
  };
}
