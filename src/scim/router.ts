import express, { type RequestHandler, type Router } from 'express';
import type { ScimParts } from './call.js';
import { bulkRoute } from './bulk/route.js';
import { discoveryRoutes } from './discovery-routes.js';
import { mountResources } from './mount/router.js';
import { queryRoutes } from './query-routes.js';
import { authenticate } from './transport/authenticate.js';
import { parseBody, readBody, refuseUnreadable } from './transport/body.js';
import { negotiateAnswer, requireJsonBody } from './transport/media-type.js';
import { readQuery } from './transport/query.js';
import { keepRequests } from './transport/keep-requests.js';
import { EndpointNotFound, MethodNotAllowed, NotImplementedHere } from './transport/refusals.js';
import { sendErrors } from './transport/respond.js';

const DISCOVERY = /^\/(?:ServiceProviderConfig|Schemas|ResourceTypes)(?:\/|$)/;

/** What each endpoint answers; any other method gets 405 with this list. @see RFC 7644 section 3.2 */
const METHODS: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
  [/^\/$/, ['GET', 'HEAD']],
  [/^\/Bulk\/?$/, ['POST']],
  [/^(?:\/(?:Users|Groups))?\/\.search\/?$/, ['POST']],
  [/^\/(?:Users|Groups)\/?$/, ['GET', 'HEAD', 'POST']],
  [/^\/(?:Users|Groups)\/[^/]+\/?$/, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  [/^\/ServiceProviderConfig\/?$/, ['GET', 'HEAD']],
  [/^\/(?:Schemas|ResourceTypes)(?:\/[^/]+)?\/?$/, ['GET', 'HEAD']],
];

/**
 * The SCIM server, mounted once at `/scim/v2`. Reading the steps is reading what happens to a request: nothing of it is
 * read before the caller is known, and scimmy never sees a query or a filter.
 *
 * @see RFC 7644 section 3
 */
export function scimRouter(parts: ScimParts): Router {
  const router = express.Router({ caseSensitive: true });
  router.use(keepRequests(parts), noStore, negotiateAnswer);
  router.use(discoveryFirst(authenticate(parts, 'optional'), authenticate(parts, 'required')));
  router.use(readQuery, refuseMe, refuseOtherMethods, requireJsonBody);
  router.use(readBody, refuseUnreadable, parseBody);
  router.use(discoveryRoutes(parts), queryRoutes(parts), bulkRoute(parts));
  router.use(...mountResources(parts));
  router.use(sendErrors(parts.logger));
  return router;
}

/** Answers hold personal data: no cache on the way may keep them. @see RFC 7644 section 7.6 */
const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

function discoveryFirst(discovery: RequestHandler, everythingElse: RequestHandler): RequestHandler {
  return (request, response, next) => (DISCOVERY.test(request.path) ? discovery : everythingElse)(request, response, next);
}

/** A token stands for an integration, not for a User (D-M1). @see RFC 7644 section 3.11 */
const refuseMe: RequestHandler = (request, _response, next) => {
  if (request.path === '/Me' || request.path.startsWith('/Me/'))
    throw new NotImplementedHere('There is no User behind a token of this server.');
  next();
};

const refuseOtherMethods: RequestHandler = (request, _response, next) => {
  // Throws a URIError, which is a mistake of the client; deeper down the router would call it a missing endpoint.
  decodeURIComponent(request.path);
  const endpoint = METHODS.find(([path]) => path.test(request.path));
  if (endpoint === undefined) throw new EndpointNotFound();
  if (!endpoint[1].includes(request.method)) throw new MethodNotAllowed(endpoint[1]);
  next();
};
