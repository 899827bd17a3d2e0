import type { Request, RequestHandler, Response } from 'express';
import type { RequestRecord } from '../../integrations/request-log.js';
import { requestIdOf } from '../../transport/request-id.js';
import type { ScimConnection, ScimParts } from '../call.js';
import { connectionIfAny } from './authenticate.js';
import { bodyBytesOf } from './body.js';
import { redactAnswer, redactBody, redactText, redactUrl } from './redact.js';
import { sentOf } from './respond.js';

const USER_AGENT_MAX = 200;
const ERROR_FROM = 400;

/** Hands each request of a known integration, once it is over, to whoever keeps them for its admin. */
export function keepRequests(parts: ScimParts): RequestHandler {
  return (request, response, next) => {
    const started = { at: parts.clock.now(), ms: parts.stopwatch() };
    response.once('close', () => {
      const connection = connectionIfAny(request);
      if (connection === null || !isKept(connection, response)) return;
      const durationMs = Math.round((parts.stopwatch() - started.ms) * 10) / 10;
      parts.keepRequest({ ...recordOf(connection, request, response), at: started.at, durationMs });
    });
    next();
  };
}

function isKept({ integration }: ScimConnection, response: Response): boolean {
  const { requestLog } = integration.settings;
  return requestLog === 'all' || (requestLog === 'errors' && (response.statusCode >= ERROR_FROM || !response.writableFinished));
}

function recordOf(connection: ScimConnection, request: Request, response: Response): Omit<RequestRecord, 'at' | 'durationMs'> {
  const sent = sentOf(response);
  const userAgent = request.headers['user-agent'];
  const detail = response.writableFinished ? (sent?.failure?.detail ?? null) : 'The client went away before it had the answer.';
  return {
    id: requestIdOf(response),
    integrationId: connection.integration.id,
    tokenId: connection.tokenId,
    method: request.method,
    path: redactUrl(request.originalUrl),
    status: response.statusCode,
    scimType: sent?.failure?.scimType ?? null,
    detail: detail === null ? null : redactText(detail),
    requestBytes: bodyBytesOf(request),
    responseBytes: sent?.bytes ?? 0,
    userAgent: userAgent === undefined ? null : redactText(userAgent).slice(0, USER_AGENT_MAX),
    requestBody: bodyOf(request),
    responseBody: sent === null ? null : redactAnswer(sent.text),
  };
}

function bodyOf(request: Request): string | null {
  const body: unknown = request.body;
  if (body === undefined || bodyBytesOf(request) === 0) return null;
  // Bytes that did not become JSON could hold anything.
  return Buffer.isBuffer(body) ? '[not JSON]' : redactBody(body);
}
