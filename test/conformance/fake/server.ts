import { isObject, type Json, type JsonObject, objectAt, parseJson, stringsAt } from '../../../conformance/json.js';
import { ERROR, GROUP, LIST_RESPONSE, SCIM_JSON, USER } from '../../../conformance/names.js';
import { bulkAnswer } from './bulk.js';
import { listAnswer, type Query, readProjection, readQuery, searchQuery } from './list.js';
import { project, readResource } from './model.js';
import { patched } from './patch.js';
import { CONFIG, type Kind, MAX_PAYLOAD, RESOURCE_TYPES, SCHEMAS } from './schemas.js';
import { Store } from './store.js';
import { type FakeAnswer, type FakeRequest, Refusal } from './wire.js';

export const TOKEN = 'fake-token-7c1e';

/** A small SCIM server in memory that keeps the RFCs, unless a fault is switched on. */
export class FakeServer {
  readonly store: Store;
  readonly #faults: ReadonlySet<string>;
  readonly #me: string;

  constructor(faults: ReadonlySet<string> = new Set()) {
    this.#faults = faults;
    this.store = new Store(faults);
    this.#me = this.store.create('User', { userName: 'me@fake.example' });
  }

  handle(request: FakeRequest): FakeAnswer {
    const type = answerType(request.headers['accept'] ?? '*/*');
    const answer = this.#answer(request, type);
    return answer.body === undefined ? answer : { ...answer, headers: { 'content-type': type ?? SCIM_JSON, ...answer.headers } };
  }

  #answer(request: FakeRequest, type: string | null): FakeAnswer {
    try {
      if (type === null) throw new Refusal(406);
      if (request.path.length + JSON.stringify(request.query).length > 16_384) throw new Refusal(414);
      const found = discovery(request) ?? this.#authorized(request);
      return found;
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  #authorized(request: FakeRequest): FakeAnswer {
    const { method, path, headers, query } = request;
    if (!/^bearer /i.test(headers['authorization'] ?? '') || headers['authorization']?.slice(7) !== TOKEN)
      throw new Refusal(401, undefined, { 'www-authenticate': 'Bearer' });
    if (path === '/' && method === 'GET') return this.#listed(['User', 'Group'], readQuery(query), true);
    if (path === '/.search') return this.#listed(['User', 'Group'], searchQuery(bodyOf(request)), true);
    if (path === '/Me' && method === 'GET') return this.#shown('User', this.#me, 200, query);
    if (path === '/Bulk' && method === 'POST') return this.#bulk(request);
    const [, endpoint = '', id, ...more] = path.split('/');
    const kind: Kind | null = endpoint === 'Users' ? 'User' : endpoint === 'Groups' ? 'Group' : null;
    if (kind === null || more.length > 0) throw new Refusal(404);
    if (id === undefined) return this.#collection(request, kind);
    if (id === '.search' && method === 'POST') return this.#listed([kind], searchQuery(bodyOf(request)), false);
    return this.#one(request, kind, decoded(id));
  }

  #listed(kinds: readonly Kind[], query: Query, atRoot: boolean): FakeAnswer {
    const options = { caseSensitive: this.#faults.has('case-sensitive-filter'), flat: this.#faults.has('flat-filter') };
    return { status: 200, headers: {}, body: listAnswer(this.store, kinds, query, atRoot, options) };
  }

  #collection(request: FakeRequest, kind: Kind): FakeAnswer {
    if (request.method === 'GET') return this.#listed([kind], readQuery(request.query), false);
    if (request.method !== 'POST') throw new Refusal(405, undefined, { allow: 'GET, POST' });
    const id = this.store.create(kind, readResource(checkSchemas(bodyOf(request), kind), kind));
    const answer = this.#shown(kind, id, 201, request.query);
    return { ...answer, headers: { ...answer.headers, location: String(objectAt(this.store.get(kind, id)['meta'])['location']) } };
  }

  #one(request: FakeRequest, kind: Kind, id: string): FakeAnswer {
    const { method, headers, query } = request;
    const version = this.store.version(kind, id);
    if (method === 'GET')
      return headers['if-none-match'] === version
        ? { status: 304, headers: { etag: version }, body: undefined }
        : this.#shown(kind, id, 200, query);
    const wanted = headers['if-match'];
    if (wanted !== undefined && wanted !== '*' && wanted !== version) throw new Refusal(412);
    if (method === 'DELETE') {
      this.store.delete(kind, id);
      return { status: 204, headers: {}, body: undefined };
    }
    if (method === 'PUT') this.store.update(kind, id, readResource(checkSchemas(bodyOf(request), kind), kind));
    else if (method === 'PATCH') this.#patch(kind, id, bodyOf(request));
    else throw new Refusal(405, undefined, { allow: 'GET, PUT, PATCH, DELETE' });
    const bare = method === 'PATCH' && kind === 'Group' && Object.keys(query).length === 0;
    return bare ? { status: 204, headers: { etag: this.store.version(kind, id) }, body: undefined } : this.#shown(kind, id, 200, query);
  }

  #patch(kind: Kind, id: string, body: JsonObject): void {
    const { Operations } = body;
    if (!this.#faults.has('patch-not-atomic') || !Array.isArray(Operations)) {
      this.store.update(kind, id, patched(this.store.raw(kind, id), body, kind));
      return;
    }
    for (const operation of Operations as readonly Json[]) {
      this.store.update(kind, id, patched(this.store.raw(kind, id), { ...body, Operations: [operation] }, kind));
    }
  }

  #shown(kind: Kind, id: string, status: number, query: Readonly<Record<string, string>>): FakeAnswer {
    const body = project(this.store.get(kind, id), kind, readProjection(query));
    return { status, headers: { etag: this.store.version(kind, id) }, body };
  }

  #bulk(request: FakeRequest): FakeAnswer {
    if (String(request.body).length > MAX_PAYLOAD) throw new Refusal(413);
    const { authorization = '' } = request.headers;
    const perform = (method: string, path: string, body: string | null, headers: Readonly<Record<string, string>>): FakeAnswer =>
      this.handle({ method, path, query: {}, body, headers: { authorization, 'content-type': SCIM_JSON, ...headers } });
    return { status: 200, headers: {}, body: bulkAnswer(bodyOf(request), perform, refused) };
  }
}

function refused({ status, scimType, headers, message }: Refusal): FakeAnswer {
  const body = { schemas: [ERROR], status: String(status), ...(scimType === undefined ? {} : { scimType }), detail: message };
  return { status, headers, body };
}

function answerType(accept: string): string | null {
  if (accept.includes(SCIM_JSON) || accept.includes('*/*')) return SCIM_JSON;
  return accept.includes('application/json') ? 'application/json' : null;
}

/** null: not a discovery endpoint. A wrong token is looked at by nobody here. */
function discovery({ method, path, query }: FakeRequest): FakeAnswer | null {
  const [, name = '', id] = path.split('/');
  const documents = name === 'Schemas' ? SCHEMAS : name === 'ResourceTypes' ? RESOURCE_TYPES : null;
  if (name !== 'ServiceProviderConfig' && documents === null) return null;
  if (method !== 'GET') throw new Refusal(405, undefined, { allow: 'GET' });
  if (query['filter'] !== undefined) throw new Refusal(403);
  const headers = {};
  if (documents === null) return { status: 200, headers, body: CONFIG };
  if (id === undefined)
    return { status: 200, headers, body: { schemas: [LIST_RESPONSE], totalResults: documents.length, Resources: documents } };
  const found = documents.find((document) => document['id'] === decoded(id));
  if (found === undefined) throw new Refusal(404);
  return { status: 200, headers, body: found };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, 'invalidValue');
  }
}

function bodyOf({ headers, body }: FakeRequest): JsonObject {
  const type = (headers['content-type'] ?? '').toLowerCase();
  if (!/^application\/(?:scim\+)?json(?:;\s*charset=utf-8)?$/.test(type)) throw new Refusal(415);
  const json = parseJson(textOf(body));
  if (!isObject(json)) throw new Refusal(400, 'invalidSyntax');
  return json;
}

function textOf(body: string | Uint8Array | null): string {
  if (typeof body === 'string' || body === null) return body ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal(400, 'invalidSyntax');
  }
}

function checkSchemas(body: JsonObject, kind: Kind): JsonObject {
  if (!stringsAt(body['schemas']).includes(kind === 'User' ? USER : GROUP)) throw new Refusal(400, 'invalidSyntax');
  return body;
}
