import type { Request, Response } from 'express';
import type { Secret } from '../../credentials/secret.js';

const COOKIE = 'latchkey_guest';
const BEARER = /^bearer ([\w-]{1,100})$/i;

/** The token of the request: the header counts, else the cookie of this link. Empty when there is neither. */
export function sessionToken(request: Request): string {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1] ?? '';
  for (const pair of (cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === COOKIE) return pair.slice(at + 1).trim();
  }
  return '';
}

/** Kept from scripts, sent by our own pages alone, and only to this link. */
export function setSessionCookie(response: Response, publicUrl: string, linkId: string, token: Secret, seconds: number): void {
  const { protocol, pathname } = new URL(publicUrl);
  const path = `${pathname.replace(/\/$/, '')}/m/${linkId}`;
  const secure = protocol === 'https:' ? '; Secure' : '';
  const value = `${COOKIE}=${token.expose()}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  response.setHeader('Set-Cookie', value);
}
