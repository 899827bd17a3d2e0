import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.js';
import { compose, type Overrides } from './compose.js';
import type { Config } from './config.js';

/** Limits against clients that send slowly, never end, never read, or come in masses. Times in milliseconds. */
export interface ConnectionLimits {
  /** Until the headers of a request are complete; counted from the opening of the connection for its first. */
  readonly headersMs: number;
  /** Until all of a request is there. */
  readonly requestMs: number;
  /** Without a byte in either direction while an answer is being made, sent or read. */
  readonly silenceMs: number;
  readonly keepAliveMs: number;
  /** How often the first two are looked at. */
  readonly checkEveryMs: number;
  readonly headerBytes: number;
  /** At once; more are closed as they open. */
  readonly connections: number;
}

const CONNECTION_LIMITS: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  silenceMs: 60_000,
  keepAliveMs: 5_000,
  checkEveryMs: 1_000,
  headerBytes: 16_384,
  connections: 2_000,
};

export interface RunningServer {
  /** Where it listens; the port that was really taken when the configuration says 0. */
  readonly url: string;
  readonly parts: Awaited<ReturnType<typeof compose>>;
  /** Takes no new connection, finishes what runs, closes the database; connections that will not end are cut after the configured time. */
  stop(): Promise<void>;
}

/** Builds everything, listens, and starts the work of time. Errors: those of `compose`, and `EADDRINUSE` and the like. */
export async function startServer(
  config: Config,
  overrides: Overrides = {},
  connectionLimits: Partial<ConnectionLimits> = {},
): Promise<RunningServer> {
  const parts = await compose(config, overrides);
  const server = limitedServer(parts, { ...CONNECTION_LIMITS, ...connectionLimits });
  try {
    server.listen(config.port, config.host);
    await once(server, 'listening');
  } catch (error) {
    await parts.close();
    throw error;
  }
  parts.timekeeper.start();
  parts.outbox.start();
  parts.doors.keeper.start();
  parts.sync.scheduler.start();
  return { url: urlOf(server), parts, stop: () => stop(server, parts, config.shutdownSeconds) };
}

function limitedServer(parts: RunningServer['parts'], limits: ConnectionLimits): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  };
  const server = createServer(options, createApp(parts));
  server.timeout = limits.silenceMs;
  server.maxConnections = limits.connections;
  return server;
}

async function stop(server: Server, parts: RunningServer['parts'], seconds: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // They would go on for ever: controllers connect anew, to whoever is there.
  await parts.doors.streams.stop();
  const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  await closed;
  clearTimeout(cut);
  await parts.close();
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
