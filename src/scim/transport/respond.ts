import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from '../../domain/logger.js';
import { SCIM_JSON } from './media-type.js';
import { errorBody, toWireError } from './wire-error.js';

/** Sends JSON that is already text. As a Buffer, because Express would add a charset parameter, which the media type does not have. */
export function sendText(response: Response, status: number, text: string): void {
  const body = Buffer.from(text, 'utf8');
  response.status(status);
  response.setHeader('Content-Type', mediaTypeOf(response));
  response.setHeader('Content-Length', body.length);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(response: Response, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body));
}

export function sendNothing(response: Response, status: 204 | 304): void {
  response.status(status).end();
}

/** The last handler: whatever went wrong leaves as a SCIM error, and what was not foreseen is logged. */
export function sendErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const wire = toWireError(error);
    if (wire.status >= 500) logger.error('scim request failed', { method: request.method, path: request.path, status: wire.status, error });
    // The answer has begun: nothing can be added to it that would not break it.
    if (response.headersSent) return response.destroy();
    for (const [name, value] of Object.entries(wire.headers)) response.setHeader(name, value);
    response.removeHeader('ETag');
    sendJson(response, wire.status, errorBody(wire));
  };
}

function mediaTypeOf(response: Response): string {
  const negotiated: unknown = response.locals['mediaType'];
  return typeof negotiated === 'string' ? negotiated : SCIM_JSON;
}
