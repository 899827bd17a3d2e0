import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Hostile, type Places, placed } from '../../test/support/hostile/request.js';
import type { ScimClient } from '../../test/support/scim-client.js';
import { type LoopDelay, loopDelay } from './event-loop.js';

/** One request, and what it did to everybody else. */
export interface Shot {
  readonly label: string;
  readonly status: number;
  /** From sending to the whole answer, in milliseconds. */
  readonly ms: number;
  readonly loop: LoopDelay;
}

/** A server under measurement, and somebody who asks it. */
export interface Range {
  readonly child: ChildProcess;
  readonly client: ScimClient;
  readonly places: Places;
}

/** A shot that takes this long is tried again, for the machine may have been busy with something else. */
const SUSPICIOUS_MS = 40;
const TRIES = 3;
const POLL_MS = 200;

/** Sends each row, and tells the best of three of those that take long and can be repeated. Errors: an answer that is not the row's. */
export async function shoot(range: Range, rows: readonly Hostile[]): Promise<Shot[]> {
  const shots: Shot[] = [];
  for (const row of rows) {
    let best = await shootOnce(range, row);
    const repeatable = row.status === 200 || row.status >= 400;
    for (let tries = 1; repeatable && tries < TRIES && Math.max(best.ms, best.loop.max) > SUSPICIOUS_MS; tries += 1) {
      const again = await shootOnce(range, row);
      if (again.ms < best.ms) best = again;
    }
    shots.push(best);
  }
  return shots;
}

/**
 * Sends each row once, and waits after it until nothing is left to do: what a write leaves for the time after its answer
 * delays the others too, and is told as a shot of its own.
 */
export async function shootAndSettle(range: Range, rows: readonly Hostile[], isQuiet: () => Promise<boolean>): Promise<Shot[]> {
  const shots: Shot[] = [];
  for (const row of rows) {
    shots.push(await shootOnce(range, row));
    const start = performance.now();
    while (!(await isQuiet())) await delay(POLL_MS);
    const loop = await loopDelay(range.child, 'request');
    const ms = performance.now() - start;
    if (ms > POLL_MS) shots.push({ label: '… and what follows', status: row.status, ms, loop });
  }
  return shots;
}

async function shootOnce({ child, client, places }: Range, row: Hostile): Promise<Shot> {
  const { path, body } = placed(row, places);
  const { label } = row;
  await loopDelay(child, 'request');
  const start = performance.now();
  const { status, text } = await client.scim(row.method, path, body, row.headers);
  const ms = performance.now() - start;
  const loop = await loopDelay(child, 'request');
  if (status !== row.status) throw new Error(`${label}: ${status} ${text.slice(0, 300)}`);
  return { label, status, ms, loop };
}
