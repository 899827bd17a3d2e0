import express, { type Router } from 'express';
import { sendAnswer } from '../answer.js';
import type { ScimParts } from '../call.js';
import { connectionOf } from '../transport/authenticate.js';
import { bulk } from './bulk.js';

/** `POST /Bulk`. It goes on to its end when the client hangs up: half a request is what nobody has asked for (D-B2). */
export function bulkRoute(parts: ScimParts): Router {
  const router = express.Router({ caseSensitive: true });
  router.post('/Bulk', async (request, response) => {
    sendAnswer(response, await bulk(parts, connectionOf(request), request.body));
  });
  return router;
}
