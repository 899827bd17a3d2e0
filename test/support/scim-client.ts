import { expect } from 'chai';
import { ERROR_URN, GROUP_URN, LIST_RESPONSE_URN, PATCH_OP_URN, USER_URN } from '../../src/domain/scim.js';
import type { JsonObject } from '../../src/domain/scim.js';

export interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer; empty without a body. */
  readonly body: JsonObject;
  readonly text: string;
}

type Sent = Readonly<Record<string, string>>;

/** A SCIM client that shows everything it gets and forgives nothing. */
export class ScimClient {
  readonly base: string;
  readonly token: string | null;

  constructor(serverUrl: string, token: string | null) {
    this.base = `${serverUrl}/scim/v2`;
    this.token = token;
  }

  /** `body`: a text or bytes are sent as they are, anything else as JSON. `path` starts behind `/scim/v2`. */
  async scim(method: string, path: string, body?: unknown, headers: Sent = {}): Promise<ScimAnswer> {
    const authorization: Sent = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    const type: Sent = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { accept: '*/*', ...authorization, ...type, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: objectOf(text) };
  }

  get(path: string, headers?: Sent): Promise<ScimAnswer> {
    return this.scim('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers?: Sent): Promise<ScimAnswer> {
    return this.scim('POST', path, body, headers);
  }

  put(path: string, body: unknown, headers?: Sent): Promise<ScimAnswer> {
    return this.scim('PUT', path, body, headers);
  }

  delete(path: string, headers?: Sent): Promise<ScimAnswer> {
    return this.scim('DELETE', path, undefined, headers);
  }

  patch(path: string, ...operations: readonly unknown[]): Promise<ScimAnswer> {
    return this.scim('PATCH', path, { schemas: [PATCH_OP_URN], Operations: operations });
  }

  /** `GET /Users?filter=…`, encoded as IdPs do it. */
  find(endpoint: '/Users' | '/Groups', filter: string, more = ''): Promise<ScimAnswer> {
    return this.get(`${endpoint}?filter=${encodeURIComponent(filter)}${more}`);
  }

  /** Posts a User and returns its id. */
  async addUser(userName: string, more: object = {}): Promise<string> {
    return idOf(await this.post('/Users', { schemas: [USER_URN], userName, ...more }), 201);
  }

  /** Posts a Group and returns its id. */
  async addGroup(displayName: string, members: readonly string[] = []): Promise<string> {
    const body = { schemas: [GROUP_URN], displayName, members: members.map((value) => ({ value })) };
    return idOf(await this.post('/Groups', body), 201);
  }

  /** The ids of a Group's members, sorted. */
  async membersOf(groupId: string): Promise<string[]> {
    const { status, body } = await this.get(`/Groups/${groupId}`);
    expect(status).to.equal(200);
    return objectsIn(body['members'])
      .map((member) => String(member['value']))
      .sort();
  }
}

function objectOf(text: string): JsonObject {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

/** The id in the answer, which must have this status. */
export function idOf(answer: ScimAnswer, status: number): string {
  expect(answer.status, answer.text).to.equal(status);
  const { id } = answer.body;
  expect(id).to.be.a('string').that.is.not.empty;
  return String(id);
}

export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

export function resourcesIn(answer: ScimAnswer): JsonObject[] {
  expect(answer.status, answer.text).to.equal(200);
  expect(answer.body['schemas']).to.deep.equal([LIST_RESPONSE_URN]);
  return objectsIn(answer.body['Resources']);
}

export function userNamesIn(answer: ScimAnswer): string[] {
  return resourcesIn(answer).map((resource) => String(resource['userName']));
}

export function metaOf(answer: ScimAnswer): JsonObject {
  return answer.body['meta'] as JsonObject;
}

/** What must never reach a caller: places in our code, words of the database, names of our parts. */
const LEAKS = [
  '    at ',
  'node_modules',
  'SQLITE_',
  'select ',
  'SELECT ',
  'TypeError',
  '/src/',
  '.ts:',
  '.js:',
  'undefined',
  'stack',
  'Cannot read',
];

/** A SCIM error to the letter of RFC 7644 section 3.12, and nothing of our inside in it. */
export function expectScimError(answer: ScimAnswer, status: number, scimType: string | null = null): void {
  expect([answer.status, answer.body['scimType'] ?? null], answer.text).to.deep.equal([status, scimType]);
  expect(answer.headers.get('content-type')).to.equal('application/scim+json');
  expect(answer.body['schemas']).to.deep.equal([ERROR_URN]);
  expect(answer.body['status']).to.equal(String(status));
  expect(answer.body['detail']).to.be.a('string').that.is.not.empty;
  expect(answer.headers.get('etag')).to.equal(null);
  expectNoLeak(answer.text);
}

export function expectNoLeak(text: string): void {
  for (const leak of LEAKS) expect(text.includes(leak), `${leak} in ${text.slice(0, 500)}`).to.equal(false);
}
