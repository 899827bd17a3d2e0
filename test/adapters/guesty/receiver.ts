import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { WebhookRequest } from '../../../src/adapters/adapter.js';

/** Stands where our webhook address would be, and keeps what comes. */
export class Receiver {
  readonly received: WebhookRequest[] = [];
  /** What it answers. */
  status = 204;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        this.received.push({ headers, path: '', query: {}, body: Buffer.concat(chunks) });
        response.writeHead(this.status).end();
      });
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}/webhooks/int_1/s3cret`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
