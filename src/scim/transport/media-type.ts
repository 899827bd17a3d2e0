import type { RequestHandler } from 'express';
import { NotAcceptable, UnsupportedMediaType } from './refusals.js';

export const SCIM_JSON = 'application/scim+json';
export const PLAIN_JSON = 'application/json';

const BODY_METHODS = new Set(['POST', 'PUT', 'PATCH']);
const CHARSETS = new Set(['utf-8', 'utf8']);
const ENCODINGS = new Set(['', 'identity', 'gzip', 'deflate']);

/** Decides the media type of the answer before anything can fail, so that errors have it too. @see RFC 7644 section 3.8, decision D-S4 */
export const negotiateAnswer: RequestHandler = (request, response, next) => {
  response.locals['mediaType'] = SCIM_JSON;
  const accepted = request.accepts([SCIM_JSON, PLAIN_JSON]);
  if (accepted === false) throw new NotAcceptable();
  response.locals['mediaType'] = accepted;
  next();
};

/** A body in anything but JSON as UTF-8 is refused before it is read. @see RFC 7644 section 8.1 */
export const requireJsonBody: RequestHandler = (request, _response, next) => {
  if (!BODY_METHODS.has(request.method)) return next();
  const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const mediaType = type?.trim();
  if (mediaType !== SCIM_JSON && mediaType !== PLAIN_JSON)
    throw new UnsupportedMediaType('Send application/scim+json or application/json.');
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=');
    if (name?.trim() === 'charset' && !CHARSETS.has(value.trim().replaceAll('"', '')))
      throw new UnsupportedMediaType('The charset must be UTF-8.');
  }
  if (!ENCODINGS.has((request.headers['content-encoding'] ?? '').trim().toLowerCase())) {
    throw new UnsupportedMediaType('The content encoding must be gzip, deflate or none.');
  }
  next();
};
