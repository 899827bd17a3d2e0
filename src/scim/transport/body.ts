import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { InvalidSyntax } from '../errors.js';
import { PayloadTooLarge, UnsupportedMediaType } from './refusals.js';

/** Largest request body, before and after decompression. Also the `maxPayloadSize` that ServiceProviderConfig states. */
export const BODY_MAX_BYTES = 1_048_576;

const read = express.raw({ type: () => true, limit: BODY_MAX_BYTES, inflate: true });

/** Reads the raw body up to the limit; authentication and media type have been settled by then. */
export const readBody: RequestHandler = (request, response, next) => read(request, response, next);

/** body-parser's refusals in our words; its own would carry what went wrong inside. */
export const refuseUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  const type: unknown = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return next(new PayloadTooLarge(`The body may have ${BODY_MAX_BYTES} bytes at most.`));
  if (type === 'encoding.unsupported') return next(new UnsupportedMediaType('The content encoding must be gzip, deflate or none.'));
  const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
  const isBodyError = status === 400 && (type !== undefined || (error instanceof Error && 'code' in error));
  return next(isBodyError ? new InvalidSyntax('The body could not be read.') : error);
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
