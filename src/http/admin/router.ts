import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { NotFound } from '../../errors.js';
import { HttpRefusal, sendBody, sendProblems } from '../problem.js';
import { authenticate, callerOf } from './authenticate.js';
import { mayActAs } from './caller.js';
import type { AdminParts } from './parts.js';
import { Query } from './query.js';
import type { Answer, Route } from './route.js';
import { ROUTES } from './routes.js';
import { noStore, parseJson, readBody, refuseUnreadable, requireJson } from './transport.js';

/** Where the router is mounted: locations of created things begin with it. */
const API_BASE = '/api/v1';

const ID = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * The admin API, mounted at `/api/v1`. The caller and their role are settled before a byte of the body is read, and a
 * route that is not in the table does not exist.
 */
export function adminRouter(parts: AdminParts, routes: readonly Route[] = ROUTES): Router {
  const router = express.Router({ caseSensitive: true });
  router.use(noStore, authenticate(parts));
  for (const [path, ofPath] of byPath(routes)) {
    for (const route of ofPath) {
      const steps: RequestHandler[] = route.body === null ? [] : [requireJson, readBody];
      router[lower(route.method)](path, requireRole(route), ...steps, answerWith(parts, route));
    }
    router.all(path, refuseMethod(ofPath));
  }
  router.use(() => {
    throw new NotFound('There is no such endpoint.');
  });
  router.use(refuseUnreadable, sendProblems(parts.logger));
  return router;
}

/** Routes by path in Express's spelling, in the order of the table. */
function byPath(routes: readonly Route[]): Map<string, Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) {
    const path = route.path.replaceAll('{', ':').replaceAll('}', '');
    paths.set(path, [...(paths.get(path) ?? []), route]);
  }
  return paths;
}

function requireRole({ role }: Route): RequestHandler {
  return (request, _response, next) => {
    if (!mayActAs(callerOf(request).role, role)) throw new HttpRefusal(403, `This needs the role ${role}.`);
    next();
  };
}

function refuseMethod(routes: readonly Route[]): RequestHandler {
  const allowed = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return () => {
    throw new HttpRefusal(405, `This endpoint answers ${allowed}.`, { headers: { Allow: allowed } });
  };
}

function answerWith(parts: AdminParts, route: Route): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const answer = await route.handle({
      parts,
      caller,
      param: (name) => idOf(request, name),
      query: new Query(request.url),
      body: route.body === null ? undefined : parseJson(request.body),
      change: () => ({ actor: caller.actor, now: parts.clock.now() }),
    });
    send(parts, response, answer);
  };
}

/** What cannot be an id names nothing; no database need be asked. */
function idOf(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string' || !ID.test(value)) throw new NotFound('There is nothing with this id.');
  return value;
}

function send({ config }: AdminParts, response: Response, { status, body, location }: Answer): void {
  if (location !== undefined) response.setHeader('Location', `${config.publicUrl}${API_BASE}${location}`);
  if (body === undefined) response.status(status).end();
  else sendBody(response, status, 'application/json', body);
}

type RouterMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';
const LOWER: Readonly<Record<Route['method'], RouterMethod>> = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' };

function lower(method: Route['method']): RouterMethod {
  return LOWER[method];
}
