import { isObject, type Json, type JsonObject, objectAt, objectsAt, parseJson } from '../../../conformance/json.js';
import { SCIM_JSON } from '../../../conformance/names.js';
import { FakeServer } from '../fake/server.js';
import type { Handle } from '../fake/transport.js';
import type { FakeAnswer, FakeRequest } from '../fake/wire.js';

type Change<T> = (given: T, request: FakeRequest) => T;

/** One thing that a server does wrong. */
export interface Fault {
  readonly name: string;
  /** A function where the server keeps something in mind between requests. */
  readonly hooks: Hooks | (() => Hooks);
}

export interface Hooks {
  /** Faults inside the fake, by their names. With it, even if it is empty, every check is run; see `faultsFound`. */
  readonly inside?: readonly string[];
  readonly request?: (request: FakeRequest) => FakeRequest;
  /** Answers in place of the fake; null leaves it to the fake. */
  readonly instead?: (request: FakeRequest) => FakeAnswer | null;
  readonly answer?: Change<FakeAnswer>;
}

export function fault(name: string, hooks: Fault['hooks']): Fault {
  return { name, hooks };
}

export function hooksOf({ hooks }: Pick<Fault, 'hooks'>): Hooks {
  return typeof hooks === 'function' ? hooks() : hooks;
}

/** A fake with this fault in it. */
export function faulty({ hooks }: Pick<Fault, 'hooks'>): Handle {
  const { inside = [], request: change, instead, answer } = hooksOf({ hooks });
  const fake = new FakeServer(new Set(inside));
  return (sent) => {
    const request = change?.(sent) ?? sent;
    const given = instead?.(request) ?? fake.handle(request);
    return answer?.(given, request) ?? given;
  };
}

export type When = (request: FakeRequest, answer: FakeAnswer) => boolean;

/** Requests of this method, of paths that match. */
export function to(method: string, path: RegExp): (request: FakeRequest) => boolean {
  return (request) => (method === '*' || request.method === method) && path.test(request.path);
}

export const USERS = /^\/Users$/;
export const A_USER = /^\/Users\/[^/.]+$/;
export const GROUPS = /^\/Groups$/;
export const A_GROUP = /^\/Groups\/[^/.]+$/;

export function answers(when: When, change: Change<FakeAnswer>): Hooks {
  return { answer: (answer, request) => (when(request, answer) ? change(answer, request) : answer) };
}

export function status(when: When, code: number): Hooks {
  return answers(when, (answer) => ({ ...answer, status: code }));
}

export function headers(when: When, changed: Readonly<Record<string, string | null>>): Hooks {
  return answers(when, (answer) => {
    const kept = Object.entries<string | null>({ ...answer.headers, ...changed }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    return { ...answer, headers: Object.fromEntries(kept) };
  });
}

export function bodies(when: When, change: (body: JsonObject, request: FakeRequest) => Json | undefined): Hooks {
  return answers(when, (answer, request) => (isObject(answer.body) ? { ...answer, body: change(answer.body, request) } : answer));
}

/** Changes every User or Group that is shown, alone or in a list. */
export function resources(change: (resource: JsonObject) => JsonObject): Hooks {
  const changed = (one: JsonObject): JsonObject =>
    ['User', 'Group'].includes(String(objectAt(one['meta'])['resourceType'])) ? change(one) : one;
  return bodies(
    (_request, answer) => answer.status < 300,
    (body) => (Array.isArray(body['Resources']) ? { ...body, Resources: objectsAt(body['Resources']).map(changed) } : changed(body)),
  );
}

/** Changes the JSON that is sent; what is no JSON object stays. */
export function sentBodies(when: (request: FakeRequest) => boolean, change: (body: JsonObject, request: FakeRequest) => JsonObject): Hooks {
  return {
    request: (request) => {
      const json = typeof request.body === 'string' && when(request) ? parseJson(request.body) : undefined;
      return isObject(json) ? { ...request, body: JSON.stringify(change(json, request)) } : request;
    },
  };
}

export function sentHeaders(
  change: (headers: Readonly<Record<string, string>>, request: FakeRequest) => Readonly<Record<string, string>>,
): Hooks {
  return { request: (request) => ({ ...request, headers: change(request.headers, request) }) };
}

/** The server does not know these query parameters, nor the members of that name in a search. */
export function ignores(...names: readonly string[]): Hooks {
  const without = <T>(given: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
  const { request: inSearch } = sentBodies(to('POST', /\.search$/), (body) => without(body) as JsonObject);
  return { request: (request) => ({ ...(inSearch?.(request) ?? request), query: without(request.query) }) };
}

export function scimError(code: number, scimType?: string): FakeAnswer {
  const type = scimType === undefined ? {} : { scimType };
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(code), ...type, detail: 'refused' };
  return { status: code, headers: { 'content-type': SCIM_JSON }, body };
}

export function both(...hooks: readonly Hooks[]): Hooks {
  return {
    request: (request) => hooks.reduce((changed, one) => one.request?.(changed) ?? changed, request),
    instead: (request) => hooks.reduce<FakeAnswer | null>((found, one) => found ?? one.instead?.(request) ?? null, null),
    answer: (answer, request) => hooks.reduce((changed, one) => one.answer?.(changed, request) ?? changed, answer),
  };
}

/** Whatever answers a list of resources. */
export const LISTS = (request: FakeRequest): boolean =>
  (request.method === 'GET' && /^\/(?:Users|Groups)?$/.test(request.path)) || request.path.endsWith('/.search');

/** Changes a parameter wherever it is given; undefined leaves it out. */
export function parameter(name: string, change: (value: string) => string | undefined): Hooks {
  const { request: inSearch } = sentBodies(to('POST', /\.search$/), (body) => {
    const { [name]: value, ...rest } = body;
    return value === undefined || Array.isArray(value) || typeof value === 'object' ? body : { ...rest, [name]: change(String(value)) };
  });
  return {
    request: (sent) => {
      const request = inSearch?.(sent) ?? sent;
      const { [name]: value, ...rest } = request.query;
      const changed = value === undefined ? undefined : change(value);
      return { ...request, query: changed === undefined ? rest : { ...rest, [name]: changed } };
    },
  };
}

/** Changes the ListResponse of resources. */
export function lists(change: (body: JsonObject, request: FakeRequest) => Json): Hooks {
  return bodies((request, answer) => LISTS(request) && answer.status === 200, change);
}

export function rowsOf(body: JsonObject): readonly JsonObject[] {
  return objectsAt(body['Resources']);
}
