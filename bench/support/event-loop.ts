import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** Loaded into a server by `--import`, so that the event loop of that process is measured and not ours. */
export const EVENT_LOOP_PROBE = resolve('bench/support/event-loop.mjs');

/** How late the event loop was, in milliseconds. */
export interface LoopDelay {
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Since the last time that `request` was asked for, or since the start. */
export async function loopDelay(child: ChildProcess, which: 'request' | 'whole'): Promise<LoopDelay> {
  const told = once(child, 'message');
  child.send(which);
  const [delay] = (await told) as [LoopDelay];
  return delay;
}
