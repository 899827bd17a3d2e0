import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { isNestedDeeper, JSON_DEPTH_MAX } from '../../transport/json-depth.js';
import { BodyRefused, hasBody, readBody as readBytes } from '../../transport/read-body.js';
import { InvalidSyntax, InvalidValue } from '../errors.js';
import { BODY_DEPTH_MAX } from '../schema/forbidden-names.js';
import { PayloadTooLarge } from './refusals.js';

export { BODY_MAX_BYTES } from '../../transport/read-body.js';

const sizes = new WeakMap<Request, number>();

/** Bytes of the body that has been read, decompressed. */
export function bodyBytesOf(request: Request): number {
  return sizes.get(request) ?? 0;
}

/** Reads the raw body up to the limit; authentication and media type have been settled by then. */
export const readBody: RequestHandler = (request, _response, next) => {
  if (!hasBody(request)) return next();
  return readBytes(request).then((bytes) => {
    request.body = bytes;
    sizes.set(request, bytes.length);
    next();
  });
};

/** A body that was not taken, in the words of SCIM. */
export const refuseUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  if (!(error instanceof BodyRefused)) return next(error);
  return next(error.reason === 'too_large' ? new PayloadTooLarge(error.publicMessage) : new InvalidSyntax(error.publicMessage));
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON from bytes: UTF-8 without faults (a byte order mark is passed over), one JSON value.
 * Depth and forbidden names are the model's business.
 *
 * @see RFC 7644 section 3.12 (invalidSyntax)
 */
export function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new InvalidSyntax('The request needs a JSON body.');
  if (isNestedDeeper(body, JSON_DEPTH_MAX)) throw new InvalidValue(`The body is nested deeper than ${BODY_DEPTH_MAX} levels.`);
  let text: string;
  try {
    text = utf8.decode(body);
  } catch (error) {
    throw new InvalidSyntax('The body is not valid UTF-8.', { cause: error });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidSyntax('The body is not valid JSON.', { cause: error });
  }
}

export const parseBody: RequestHandler = (request, _response, next) => {
  if (request.method === 'POST' || request.method === 'PUT' || request.method === 'PATCH') request.body = parseJson(request.body);
  next();
};
