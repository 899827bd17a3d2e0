import type { RequestHandler, Router } from 'express';
import SCIMMYRouters from 'scimmy-routers';
import { Answer, sendAnswer } from '../answer.js';
import type { ScimParts } from '../call.js';
import { EndpointNotFound } from '../transport/refusals.js';
import { sendFailure, sendNothing } from '../transport/respond.js';
import { FAILURE, MountContext } from './resources.js';

/**
 * scimmy-routers finds the operation of a request; what it sends is taken over, since its own answers have the wrong
 * media type parameter, no Location, and know eleven statuses only.
 */
export function mountResources(parts: ScimParts): (RequestHandler | Router)[] {
  const router = new SCIMMYRouters({
    type: 'bearer',
    // Authentication, query, media type and body have been dealt with before: see scim/router.ts.
    handler: () => '',
    baseUri: () => '',
    context: (request) => new MountContext(parts, request, requireResponse(request)),
  });
  return [takeOverAnswers(parts), router];
}

function requireResponse(request: Parameters<RequestHandler>[0]): Parameters<RequestHandler>[1] {
  if (request.res === undefined) throw new TypeError('a request without a response');
  return request.res;
}

function takeOverAnswers(parts: ScimParts): RequestHandler {
  return (_request, response, next) => {
    response.send = (body: unknown) => {
      if (body instanceof Answer) {
        sendAnswer(response, body);
        return response;
      }
      if (response.statusCode === 204) {
        sendNothing(response, 204);
        return response;
      }
      // Not ours: an error on its way through the router, or a path that it does not know.
      const failure: unknown = response.locals[FAILURE] ?? new EndpointNotFound();
      sendFailure(response, parts.logger, failure);
      return response;
    };
    next();
  };
}
