import { connect } from 'node:net';

/** Sends bytes as no HTTP client would and returns all that comes back, until the server closes or `until` says that it is enough. */
export function rawHttp(serverUrl: string, bytes: string | Buffer, until: (received: string) => boolean = () => false): Promise<string> {
  const { hostname, port } = new URL(serverUrl);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer to the end: ${received.slice(0, 200)}`)));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (until(received)) socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close while we still write.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(received));
  });
}

export function statusOf(received: string): number {
  return Number(received.split(' ')[1] ?? 0);
}
