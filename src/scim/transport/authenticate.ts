import type { Request, RequestHandler } from 'express';
import { rateLimitOf } from '../../domain/integration.js';
import type { ScimConnection, ScimParts } from '../call.js';
import { disabled, TooManyRequests, Unauthorized } from './refusals.js';

const SCHEME = 'bearer ';
/** Far above our own tokens; nothing longer is looked at. */
const TOKEN_MAX = 512;

const connections = new WeakMap<Request, ScimConnection>();

/** null: the request came without a token, on a route that allows that. */
export function connectionIfAny(request: Request): ScimConnection | null {
  return connections.get(request) ?? null;
}

/** The connection that `authenticate` found. Errors: `Unauthorized` on a route that was reached without a token. */
export function connectionOf(request: Request): ScimConnection {
  const connection = connections.get(request);
  if (connection === undefined) throw new Unauthorized(false);
  return connection;
}

/**
 * Finds the integration of the bearer token, and whether it may ask again already, before a byte of the body is read. `optional`: discovery answers without a
 * token too (D-T3), but a wrong one is wrong everywhere.
 *
 * @see RFC 6750 section 2.1, RFC 7644 section 2
 */
export function authenticate(parts: ScimParts, mode: 'required' | 'optional'): RequestHandler {
  return async (request, _response, next) => {
    const header = soleAuthorization(request);
    if (header === null && mode === 'optional') return next();
    const token = header === null ? null : bearerToken(header);
    const connection = token === null ? null : await parts.findConnection(token);
    if (connection === null) throw refusal(parts, request, header !== null);
    connections.set(request, connection);
    parts.noteRequest(connection, request.headers['user-agent'] ?? null);
    const { settings } = connection.integration;
    const wait = parts.limits.scimToken(connection.tokenId, rateLimitOf(settings));
    if (wait > 0) throw new TooManyRequests(wait);
    if (!settings.enabled) throw disabled();
    next();
  };
}

/** Who presents one wrong token after the other is told to slow down; a request without any guesses nothing. */
function refusal(parts: ScimParts, request: Request, presented: boolean): Unauthorized | TooManyRequests {
  const wait = presented ? parts.limits.wrongToken(request) : 0;
  return wait > 0 ? new TooManyRequests(wait) : new Unauthorized(presented);
}

/** null without the header. Two of them are refused: whichever were taken, somebody may have meant the other. */
function soleAuthorization(request: Request): string | null {
  const { rawHeaders } = request;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') count += 1;
  }
  if (count > 1) throw new Unauthorized(true);
  return request.headers.authorization ?? null;
}

function bearerToken(header: string): string | null {
  if (header.length > TOKEN_MAX || header.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return null;
  const token = header.slice(SCHEME.length);
  return token === '' ? null : token;
}
