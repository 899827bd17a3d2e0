import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Handle, requestOf } from './transport.js';

const PREFIX = '/scim/v2';

export interface FakeHttp {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Puts a fake behind a port of its own. `pause` may hold an answer back. */
export async function serve(handle: Handle, pause: (path: string) => Promise<void> = async () => undefined): Promise<FakeHttp> {
  const server: Server = createServer((request, response) => {
    void answer(request, response, handle, pause);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}${PREFIX}`, stop };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handle,
  pause: (path: string) => Promise<void>,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = chunks.length === 0 ? undefined : Buffer.concat(chunks);
  const target = (request.url ?? '').slice(PREFIX.length);
  await pause(target);
  const {
    status,
    headers: answered,
    body: json,
  } = handle(requestOf(request.method ?? 'GET', target, headers, body === undefined ? undefined : textIfPossible(body)));
  response.writeHead(status, answered);
  response.end(json === undefined || status === 204 || status === 304 ? undefined : JSON.stringify(json));
}

function textIfPossible(body: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return body;
  }
}
