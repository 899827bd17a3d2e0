import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.js';
import { compose, type Overrides } from './compose.js';
import type { Config } from './config.js';

/** Limits against clients that send slowly or never end (hardening: slowloris). Milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
const HEADER_BYTES_MAX = 16_384;

export interface RunningServer {
  /** Where it listens; the port that was really taken when the configuration says 0. */
  readonly url: string;
  readonly parts: Awaited<ReturnType<typeof compose>>;
  /** Takes no new connection, finishes what runs, closes the database; connections that will not end are cut after the configured time. */
  stop(): Promise<void>;
}

/** Builds everything, listens, and starts the work of time. Errors: those of `compose`, and `EADDRINUSE` and the like. */
export async function startServer(config: Config, overrides: Overrides = {}): Promise<RunningServer> {
  const parts = await compose(config, overrides);
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, createApp(parts));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  try {
    server.listen(config.port, config.host);
    await once(server, 'listening');
  } catch (error) {
    await parts.close();
    throw error;
  }
  parts.timekeeper.start();
  return { url: urlOf(server), parts, stop: () => stop(server, parts, config.shutdownSeconds) };
}

async function stop(server: Server, parts: RunningServer['parts'], seconds: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  await closed;
  clearTimeout(cut);
  await parts.close();
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
