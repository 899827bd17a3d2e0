import type { ChangeContext } from '../../domain/events.js';
import { type Bodies, type BodyName, checkBody } from './bodies.js';
import type { Role } from '../../integrations/api-token-store.js';
import type { Caller } from './caller.js';
import type { AdminParts } from './parts.js';
import type { Query } from './query.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request, once its caller and its body have been checked. */
export interface Call<Body = unknown> {
  readonly parts: AdminParts;
  readonly caller: Caller;
  /** A part of the path by its name. Errors: `NotFound` for what can be no id of ours. */
  readonly param: (name: string) => string;
  readonly query: Query;
  readonly body: Body;
  /** Who changes something, and now. */
  readonly change: () => ChangeContext;
}

export interface Answer {
  readonly status: 200 | 201 | 204;
  readonly body?: object;
  /** Below `/api/v1`, of what was created. @see RFC 9110 section 10.2.2 */
  readonly location?: string;
}

/** One line of the table of routes: who may call what, and what answers. */
export interface Route {
  readonly method: Method;
  /** Below `/api/v1`, parameters as `{name}`. */
  readonly path: string;
  /** The least role that may call it. */
  readonly role: Role;
  /** The schema in `schemas/api` that the body must satisfy; null: no body is read. */
  readonly body: BodyName | null;
  readonly handle: (call: Call) => Promise<Answer>;
}

/** A route that reads no body. */
export function route(method: Method, path: string, role: Role, handle: (call: Call) => Promise<Answer>): Route {
  return { method, path, role, body: null, handle };
}

/** A route whose body is checked against a schema first. */
export function routeWithBody<Name extends BodyName>(
  method: Method,
  path: string,
  role: Role,
  body: Name,
  handle: (call: Call<Bodies[Name]>) => Promise<Answer>,
): Route {
  return { method, path, role, body, handle: (call) => handle({ ...call, body: checkBody(body, call.body) }) };
}

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (location: string, body: object): Answer => ({ status: 201, body, location });
export const nothing: Answer = { status: 204 };
