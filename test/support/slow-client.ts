import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';

/** What a client that misbehaves saw until the server was done with it. */
export interface Ending {
  readonly received: string;
  /** Bytes that the server's side has taken from us. */
  readonly sent: number;
}

/** Opens a connection, lets `act` misuse it, and waits until the server closes it: for ten seconds, then it is a failure. */
export function untilClosed(serverUrl: string, act: (socket: Socket) => void): Promise<Ending> {
  const { hostname, port } = new URL(serverUrl);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => act(socket));
    const giveUp = setTimeout(() => socket.destroy(new Error(`the server holds the connection: ${received.slice(0, 200)}`)), 10_000);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(giveUp);
      resolve({ received, sent: socket.bytesWritten - socket.writableLength });
    });
  });
}

/** Writes `piece` again and again, as fast as it is taken, until `total` bytes or the end of the connection. */
export function pour(socket: Socket, piece: string, total: number): void {
  let left = total;
  const more = (): void => {
    while (left > 0 && socket.writable) {
      left -= piece.length;
      if (!socket.write(piece)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}

/** Counts the connections that servers of this process hold, from their side; `stop` ends the counting. */
export function heldConnections(): { readonly count: () => number; readonly peak: () => number; readonly stop: () => void } {
  const held = new Set<Socket>();
  let peak = 0;
  const opened = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    held.add(socket);
    peak = Math.max(peak, held.size);
    socket.once('close', () => held.delete(socket));
  };
  subscribe('net.server.socket', opened);
  return { count: () => held.size, peak: () => peak, stop: () => unsubscribe('net.server.socket', opened) };
}

/** Looks again and again, for ten seconds at most. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!condition()) throw new Error('waited in vain');
}
