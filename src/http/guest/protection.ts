import type { Request, RequestHandler } from 'express';
import { HttpRefusal } from '../problem.js';

/** Nothing but our own files, no inline script or style, no frame around it, and no text that becomes code. */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ');

/** On every answer behind a link, refusals included. */
export const protect: RequestHandler = (_request, response, next) => {
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Robots-Tag', 'noindex, nofollow');
  next();
};

/**
 * Refuses what another site makes a browser send. The cookie is `SameSite=Strict` already; this holds for browsers that do
 * not know the word, and for a page on another port of the same host. Programs send neither header.
 */
export function sameOrigin(publicUrl: string): RequestHandler {
  const ours = new URL(publicUrl).host;
  return (request, _response, next) => {
    if (isForeign(request, ours)) throw new HttpRefusal(403, 'This was sent by another site.');
    next();
  };
}

function isForeign({ headers }: Request, ours: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== ours && host !== headers.host;
}
