import express, { type RequestHandler, type Router } from 'express';
import { type Answer, sendAnswer } from './answer.js';
import type { ScimConnection, ScimParts } from './call.js';
import { list } from './handlers/list.js';
import { listAll } from './handlers/list-all.js';
import { type ListRequest, listRequestOf, parseSearchRequest } from './list-request.js';
import { GROUP_RESOURCE, USER_RESOURCE } from './resource-kinds.js';
import { connectionOf } from './transport/authenticate.js';
import { queryOf } from './transport/query.js';

type Lister = (parts: ScimParts, connection: ScimConnection, request: ListRequest) => Promise<Answer>;

/**
 * Queries beside those of the resource endpoints: the root, and every list by POST, which keeps what is searched for out
 * of URLs and their logs.
 *
 * @see RFC 7644 sections 3.4.2.1, 3.4.3 and 7.5.2
 */
export function queryRoutes(parts: ScimParts): Router {
  const router = express.Router({ caseSensitive: true });
  const answer = (lister: Lister, read: (request: Parameters<RequestHandler>[0]) => ListRequest): RequestHandler => {
    return async (request, response) => sendAnswer(response, await lister(parts, connectionOf(request), read(request)));
  };
  const search = (lister: Lister) => answer(lister, (request) => parseSearchRequest(request.body));
  router.get(
    '/',
    answer(listAll, (request) => listRequestOf(queryOf(request))),
  );
  router.post('/.search', search(listAll));
  router.post(
    '/Users/.search',
    search((...given) => list(...given, USER_RESOURCE)),
  );
  router.post(
    '/Groups/.search',
    search((...given) => list(...given, GROUP_RESOURCE)),
  );
  return router;
}
