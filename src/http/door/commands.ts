import { hashToken } from '../../credentials/tokens.js';
import type { PendingCommand } from '../../doors/command-store.js';
import type { Call } from './route.js';

const SEQ = /^\d{1,15}$/;
/** Whoever does not read for so long gets no more; it connects anew and is sent what still waits. */
const UNREAD_MAX_BYTES = 65_536;
/** How long a controller waits before it connects anew. */
const RETRY_MS = 1_000;

/**
 * `GET /commands`: server-sent events, one for each command to open a door. Ends when the token opens nothing any more.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function streamCommands({ parts, caller, request, response }: Call): Promise<undefined> {
  response.status(200);
  response.setHeader('Content-Type', 'text/event-stream');
  // Proxies that collect an answer before they pass it on would keep doors closed.
  response.setHeader('X-Accel-Buffering', 'no');
  if (request.method === 'HEAD') {
    response.end();
    return undefined;
  }
  response.write(`retry: ${RETRY_MS}\n: connected\n\n`);
  const write = (text: string): void => {
    if (response.writableLength > UNREAD_MAX_BYTES) response.destroy();
    else response.write(text);
  };
  const last = request.headers['last-event-id'];
  const close = parts.streams.add({
    controllerId: caller.controller.id,
    tokenHash: hashToken(caller.token),
    lastSeq: typeof last === 'string' && SEQ.test(last) ? Number(last) : null,
    sink: { send: (command) => write(eventOf(command)), beat: () => write(': still here\n\n'), end: () => response.end() },
  });
  response.once('close', close);
  return undefined;
}

function eventOf({ seq, id, doorId, memberId, createdAt, expiresAt }: PendingCommand): string {
  return `id: ${seq}\nevent: open\ndata: ${JSON.stringify({ id, doorId, memberId, createdAt, expiresAt })}\n\n`;
}
