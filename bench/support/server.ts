import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Agent, fetch as request } from 'undici';

/** A server in a process of its own, so that its CPU time is its own. */
export interface BenchServer {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  /** Sends one request and reads its answer whole. Errors: any status but the expected one. */
  send(method: string, path: string, body?: object, expected?: number): Promise<string>;
  stop(): Promise<void>;
}

/** @param probe a module that is loaded before the server's own code and may talk to this process */
export async function startBenchServer(dataDir: string, token: string, probe?: string): Promise<BenchServer> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), LATCHKEY_DATA_DIR: dataDir, LATCHKEY_LOG_LEVEL: 'error' };
  const options = probe === undefined ? [] : [`--import=${pathToFileURL(probe)}`];
  const child = spawn(process.execPath, ['--disable-proto=delete', ...options, resolve('dist/main.js')], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', ...(probe === undefined ? [] : (['ipc'] as const))],
  });
  const gone = once(child, 'exit');
  const agent = new Agent({ connections: 1 });
  const base = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  await ready(`${base}/readyz`, gone);
  return {
    child,
    pid: child.pid ?? 0,
    url: base,
    async send(method, path, body, expected = 200) {
      const init = { method, headers, dispatcher: agent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await request(`${base}/scim/v2${path}`, init);
      const text = await response.text();
      if (response.status !== expected) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
      return text;
    },
    async stop() {
      await agent.close();
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const TICK_US = 10_000;

/** CPU time that the process has used, in microseconds; the kernel counts in ticks of 10 ms, so measure many requests. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

async function ready(url: string, gone: Promise<unknown>): Promise<void> {
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  for (;;) {
    if (ended) throw new Error('the server ended while it was starting');
    const response = await request(url).catch(() => null);
    if (response?.ok) return;
    await delay(50);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
