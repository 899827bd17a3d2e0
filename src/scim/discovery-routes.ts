import express, { type Request, type Router } from 'express';
import type { JsonObject } from '../domain/scim.js';
import { NotFound } from '../errors.js';
import { BULK_OPERATIONS_MAX } from './bulk/request.js';
import type { ScimParts } from './call.js';
import { listResponse } from './handlers/list.js';
import { resourceTypeDocuments, schemaDocuments, serviceProviderConfig } from './schema/discovery.js';
import { connectionIfAny } from './transport/authenticate.js';
import { BODY_MAX_BYTES } from './transport/body.js';
import { queryOf } from './transport/query.js';
import { NotAllowedHere } from './transport/refusals.js';
import { sendJson, sendText } from './transport/respond.js';

/**
 * What this server is, readable with a token or without one (D-T3). A caller without a token gets the profile that
 * leaves the write-only PIN out (D-A9).
 *
 * @see RFC 7644 section 4
 */
export function discoveryRoutes(parts: ScimParts): Router {
  const router = express.Router({ caseSensitive: true });
  const resourceTypes = resourceTypeDocuments(parts.baseUrl);
  const generic = schemaDocuments(parts.baseUrl, { hidePin: true });
  const full = schemaDocuments(parts.baseUrl, { hidePin: false });
  const schemasFor = (request: Request) => (connectionIfAny(request) === null ? generic : full);

  router.get('/ServiceProviderConfig', (request, response) => {
    refuseFilter(request);
    sendJson(response, 200, serviceProviderConfig(parts.baseUrl, { maxOperations: BULK_OPERATIONS_MAX, maxPayloadSize: BODY_MAX_BYTES }));
  });
  router.get('/ResourceTypes', (request, response) => {
    refuseFilter(request);
    sendText(response, 200, listOf(resourceTypes));
  });
  router.get('/ResourceTypes/:id', (request, response) => sendJson(response, 200, oneOf(resourceTypes, request.params.id)));
  router.get('/Schemas', (request, response) => {
    refuseFilter(request);
    sendText(response, 200, listOf(schemasFor(request)));
  });
  router.get('/Schemas/:id', (request, response) => sendJson(response, 200, oneOf(schemasFor(request), request.params.id)));
  return router;
}

/** "Not a filterable resource": anything else would let a client think that it got the matching ones. @see RFC 7644 section 4 */
function refuseFilter(request: Request): void {
  if (queryOf(request).filter !== undefined) throw new NotAllowedHere('Discovery cannot be filtered.');
}

function listOf(documents: readonly JsonObject[]): string {
  return listResponse(
    documents.length,
    1,
    documents.map((document) => JSON.stringify(document)),
  );
}

function oneOf(documents: readonly JsonObject[], id: string): JsonObject {
  const found = documents.find((document) => document['id'] === id);
  if (found === undefined) throw new NotFound('There is no such document.');
  return found;
}
