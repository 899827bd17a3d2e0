import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '../db/ids.js';

const HEADER = 'X-Request-Id';
/** The header of W3C Trace Context, version 00: trace, span, flags. */
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** What others call a request, when it can be put in a log as it is. */
const FOREIGN_ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Gives the request an id of our own and answers with it. An id that came along is for the log alone: anybody can write one. */
export function giveRequestId(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
  response.setHeader(HEADER, newId('req'));
  next();
}

/** The id that the answer carries. */
export function requestIdOf(response: ServerResponse): string {
  const id = response.getHeader(HEADER);
  return typeof id === 'string' ? id : '';
}

/** What a line of the log says, so that it is found again from the answer or from the caller's own traces. */
export function correlation(request: IncomingMessage, response: ServerResponse): Readonly<Record<string, string>> {
  const trace = TRACEPARENT.exec(String(request.headers['traceparent'] ?? ''))?.[1];
  const foreign = String(request.headers['x-request-id'] ?? '');
  return {
    requestId: requestIdOf(response),
    ...(trace === undefined ? {} : { traceId: trace }),
    ...(FOREIGN_ID.test(foreign) ? { clientRequestId: foreign } : {}),
  };
}
