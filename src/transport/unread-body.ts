import type { IncomingMessage, ServerResponse } from 'node:http';

/** Twice as large as any body that we take: one that is too large by mistake may end, and its connection stays of use. */
const LINGER_BYTES = 2 * 1_048_576;
const LINGER_MS = 2_000;

/**
 * An answer may leave before the body has come: 401, 413, 415, 429. Node would then read on, whatever comes and for as
 * long as the request may take. Here the rest is read to a limit and for a moment, because a connection that is closed
 * while its client still writes can take the answer with it; then it is closed.
 *
 * @see RFC 9112 section 9.6
 */
export function endUnreadBody(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  // Before `finish`, when Node would throw away the listeners and read on by itself.
  response.once('prefinish', () => {
    if (!request.complete) linger(request);
  });
  next();
}

function linger(request: IncomingMessage): void {
  const { socket } = request;
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(cut));
  let left = LINGER_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left >= 0 || socket.writableEnded) return;
    request.pause();
    socket.end();
  });
  // Marks the body as read by us; `resume` alone would do so after Node has looked.
  request.read(0);
  request.resume();
}
