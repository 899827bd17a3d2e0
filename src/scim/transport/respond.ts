import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from '../../domain/logger.js';
import { correlation } from '../../transport/request-id.js';
import { SCIM_JSON } from './media-type.js';
import { errorBody, toWireError, type WireError } from './wire-error.js';

interface Sent {
  readonly text: string;
  readonly bytes: number;
  readonly failure: WireError | null;
}

const sent = new WeakMap<Response, Sent>();

/** The body that has been sent; null for an answer without one. */
export function sentOf(response: Response): Sent | null {
  return sent.get(response) ?? null;
}

/** Sends JSON that is already text. As a Buffer, because Express would add a charset parameter, which the media type does not have. */
export function sendText(response: Response, status: number, text: string, failure: WireError | null = null): void {
  const body = Buffer.from(text, 'utf8');
  sent.set(response, { text, bytes: body.length, failure });
  response.status(status);
  response.setHeader('Content-Type', mediaTypeOf(response));
  response.setHeader('Content-Length', body.length);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(response: Response, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body));
}

export function sendNothing(response: Response, status: 204 | 304): void {
  response.removeHeader('Content-Type');
  response.status(status).end();
}

/** Puts an error on the wire as a SCIM error. What nobody foresaw is logged; a refusal is not news. */
export function sendFailure(response: Response, logger: Logger, failure: unknown): void {
  const wire = toWireError(failure);
  const { req: request } = response;
  const fields = () => ({ ...correlation(request, response), method: request.method, path: request.path, error: failure });
  if (wire.status === 500) logger.error('scim request failed', fields());
  if (wire.status === 503) logger.warn('scim request refused: no database', fields());
  for (const [name, value] of Object.entries(wire.headers)) response.setHeader(name, value);
  response.removeHeader('ETag');
  sendText(response, wire.status, JSON.stringify(errorBody(wire)), wire);
}

/** The last handler: whatever went wrong leaves as a SCIM error. */
export function sendErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (!response.headersSent) return sendFailure(response, logger, error);
    logger.error('scim request failed after its answer had begun', { ...correlation(request, response), error });
    // Nothing can be added to an answer that has begun; cut off, it is at least not taken for whole.
    if (!response.writableEnded) response.destroy();
  };
}

function mediaTypeOf(response: Response): string {
  const negotiated: unknown = response.locals['mediaType'];
  return typeof negotiated === 'string' ? negotiated : SCIM_JSON;
}
