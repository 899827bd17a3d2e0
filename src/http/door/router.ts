import express, { type Request, type RequestHandler, type Router } from 'express';
import { NotFound } from '../../errors.js';
import { noStore, parseJson, readBody, refuseUnreadable, requireJson } from '../admin/transport.js';
import { HttpRefusal, sendBody, sendProblems } from '../problem.js';
import { authenticate, callerOf, seenNoter } from './authenticate.js';
import type { DoorParts } from './parts.js';
import type { Route } from './route.js';
import { DOOR_ROUTES } from './routes.js';

const ID = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * The door API, mounted at `/door/v1`. Which controller it is, is settled before a byte of the body is read, and a route that
 * is not in the table does not exist.
 */
export function doorRouter(parts: DoorParts, routes: readonly Route[] = DOOR_ROUTES): Router {
  const router = express.Router({ caseSensitive: true });
  router.use(noStore, authenticate(parts, seenNoter(parts)));
  for (const route of routes) {
    const path = route.path.replaceAll('{', ':').replaceAll('}', '');
    const steps: RequestHandler[] = route.body === null ? [] : [requireJson, readBody];
    if (route.method === 'GET') router.get(path, ...steps, answerWith(parts, route));
    else router.post(path, ...steps, answerWith(parts, route));
    router.all(path, refuseMethod(route));
  }
  router.use(() => {
    throw new NotFound('There is no such endpoint.');
  });
  router.use(refuseUnreadable, sendProblems(parts.logger));
  return router;
}

function refuseMethod({ method }: Route): RequestHandler {
  const allowed = method === 'GET' ? 'GET, HEAD' : method;
  return () => {
    throw new HttpRefusal(405, `This endpoint answers ${allowed}.`, { headers: { Allow: allowed } });
  };
}

function answerWith(parts: DoorParts, route: Route): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { id, name } = caller.controller;
    const answer = await route.handle({
      ...{ parts, caller, request, response },
      param: (wanted) => idOf(request, wanted),
      body: route.body === null ? undefined : parseJson(request.body),
      change: () => ({ actor: { type: 'controller', id, name }, now: parts.clock.now() }),
    });
    if (answer !== undefined) sendBody(response, 200, 'application/json', answer);
  };
}

/** What cannot be an id names nothing; no database need be asked. */
function idOf(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string' || !ID.test(value)) throw new NotFound('There is nothing with this id.');
  return value;
}
