import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { HttpRefusal } from '../problem.js';

/** Largest request body, before and after decompression. */
export const BODY_MAX_BYTES = 1_048_576;

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

const read = express.raw({ type: () => true, limit: BODY_MAX_BYTES, inflate: true });

export const readBody: RequestHandler = (request, response, next) => read(request, response, next);

/** body-parser's refusals in our words; its own would carry what went wrong inside. */
export const refuseUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  if (!(error instanceof Error) || error instanceof HttpRefusal) return next(error);
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return next(new HttpRefusal(413, `The body may have ${BODY_MAX_BYTES} bytes at most.`));
  // zlib's errors come with a code and without a type.
  const isBodyError = 'status' in error && error.status === 400 && (type !== undefined || 'code' in error);
  return next(isBodyError ? new HttpRefusal(400, 'The body could not be read.') : error);
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON from bytes; undefined when there are none. @throws HttpRefusal 400 */
export function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
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
