import type { ErrorRequestHandler, RequestHandler } from 'express';
import { isNestedDeeper, JSON_DEPTH_MAX } from '../../transport/json-depth.js';
import { BodyRefused, hasBody, readBody as readBytes } from '../../transport/read-body.js';
import { HttpRefusal } from '../problem.js';

/** Answers hold personal data and sometimes secrets: no cache on the way may keep them. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

const ENCODINGS = new Set(['', 'identity', 'gzip', 'deflate', 'br']);

/** A body in anything but JSON is refused before it is read. No body at all needs no media type. */
export const requireJson: RequestHandler = (request, _response, next) => {
  const length = request.headers['content-length'];
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return next();
  const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (type?.trim() !== 'application/json') throw new HttpRefusal(415, 'Send application/json.');
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=');
    if (name?.trim() === 'charset' && value.trim().replaceAll('"', '') !== 'utf-8')
      throw new HttpRefusal(415, 'The charset must be UTF-8.');
  }
  if (!ENCODINGS.has((request.headers['content-encoding'] ?? '').trim().toLowerCase())) {
    throw new HttpRefusal(415, 'The content encoding must be gzip, deflate, br or none.');
  }
  next();
};

export const readBody: RequestHandler = (request, _response, next) => {
  if (!hasBody(request)) return next();
  return readBytes(request).then((bytes) => {
    request.body = bytes;
    next();
  });
};

/** A body that was not taken, in our words. */
export const refuseUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  if (!(error instanceof BodyRefused)) return next(error);
  return next(new HttpRefusal(error.reason === 'too_large' ? 413 : 400, error.publicMessage));
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON from bytes; undefined when there are none. @throws HttpRefusal 400 */
export function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (isNestedDeeper(body, JSON_DEPTH_MAX)) throw new HttpRefusal(400, 'The body is nested too deep.');
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new HttpRefusal(400, 'The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpRefusal(400, 'The body is not valid JSON.');
  }
}
