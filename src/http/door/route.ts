import type { Request, Response } from 'express';
import type { ChangeContext } from '../../domain/events.js';
import { type Bodies, type BodyName, checkBody } from './bodies.js';
import type { DoorCaller } from './authenticate.js';
import type { DoorParts } from './parts.js';

/** One request of a controller, once who it is and its body have been checked. */
export interface Call<Body = unknown> {
  readonly parts: DoorParts;
  readonly caller: DoorCaller;
  readonly param: (name: string) => string;
  readonly body: Body;
  /** Who tells or asks something, and now. */
  readonly change: () => ChangeContext;
  readonly request: Request;
  readonly response: Response;
}

/** One line of the table of routes. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below `/door/v1`, parameters as `{name}`. */
  readonly path: string;
  readonly body: BodyName | null;
  /** What is answered with 200; undefined: the route has answered by itself, or begun to. */
  readonly handle: (call: Call) => Promise<object | undefined>;
}

export function post<Name extends BodyName>(path: string, body: Name, handle: (call: Call<Bodies[Name]>) => Promise<object>): Route {
  return { method: 'POST', path, body, handle: (call) => handle({ ...call, body: checkBody(body, call.body) }) };
}

export function stream(path: string, handle: (call: Call) => Promise<undefined>): Route {
  return { method: 'GET', path, body: null, handle };
}
