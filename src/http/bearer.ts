import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './problem.js';

const SCHEME = 'bearer ';
/** Far above our own tokens; nothing longer is looked at. */
const HEADER_MAX = 512;

/**
 * The bearer token of a request; null for none, or what cannot be one. `isThere`: something was presented. Two headers are
 * refused: whichever were taken, somebody may have meant the other. `wanted`: what a refusal asks for.
 *
 * @see RFC 6750 section 2.1
 */
export function presentedToken(request: IncomingMessage, wanted: string): { readonly token: string | null; readonly isThere: boolean } {
  const { rawHeaders } = request;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') count += 1;
  }
  if (count > 1) throw unauthorized(true, wanted);
  const header = request.headers.authorization;
  if (header === undefined) return { token: null, isThere: false };
  const isBearer = header.length <= HEADER_MAX && header.slice(0, SCHEME.length).toLowerCase() === SCHEME;
  return { token: isBearer ? header.slice(SCHEME.length) : null, isThere: true };
}

/** @see RFC 6585 section 4 */
export function tooManyRequests(seconds: number): HttpRefusal {
  return new HttpRefusal(429, `Too many requests; please ask again in ${seconds} s.`, { headers: { 'Retry-After': String(seconds) } });
}

/** The same words whether the token is missing, malformed, unknown, revoked or expired: nobody learns which. @see RFC 6750 section 3 */
export function unauthorized(presented: boolean, wanted: string): HttpRefusal {
  const challenge = presented ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
  return new HttpRefusal(401, wanted, { headers: { 'WWW-Authenticate': challenge } });
}
