import type { SandboxServer } from '../../sandbox/kernel/server.js';
import type { PulledKind } from '../../src/adapters/adapter.js';
import type { JsonObject } from '../../src/domain/scim.js';

/** A simulated system that an integration can be connected to. */
export interface SimulatedSource {
  readonly kind: PulledKind;
  /** Its clock goes with that of the world that it is connected to. */
  readonly server: SandboxServer;
  /** What an admin gives to connect it. */
  readonly config: JsonObject;
  readonly secrets: JsonObject;
  readonly settings: JsonObject;
  /** Sends the webhooks that wait, each once; how they are answered is the sender's affair. */
  deliver(): Promise<void>;
  stop(): Promise<void>;
}

/** How many requests of each method came while the work went on, but those for tokens. */
export async function requestsDuring(
  source: Pick<SimulatedSource, 'server'>,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const { seen } = source.server;
  const before = seen.length;
  await work();
  const counts: Record<string, number> = {};
  for (const { method, path } of seen.slice(before)) {
    if (!path.includes('token')) counts[method] = (counts[method] ?? 0) + 1;
  }
  return counts;
}
