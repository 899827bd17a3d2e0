import { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import type { Vault } from '../../../src/adapters/adapter.js';
import { cloudbedsAdapter } from '../../../src/adapters/cloudbeds/adapter.js';
import type { CloudbedsConfig } from '../../../src/domain/generated/adapters/cloudbeds/config.js';
import type { CloudbedsSecrets } from '../../../src/domain/generated/adapters/cloudbeds/secrets.js';
import type { CloudbedsSettings } from '../../../src/domain/generated/adapters/cloudbeds/settings.js';
import { adapterContext, MemoryVault } from '../../support/adapter-context.js';

/** 2026-11-25 12:00 in Santiago, which is at -03:00 then. */
export const NOW = Date.parse('2026-11-25T15:00:00Z');

export interface Given {
  readonly config?: Partial<CloudbedsConfig>;
  readonly secrets?: CloudbedsSecrets;
  readonly settings?: CloudbedsSettings;
  readonly vault?: Vault;
}

/** A started property at a fixed time, with two rooms `501233-1` (101) and `501233-2` (102). */
export async function startedSandbox(): Promise<CloudbedsSandbox> {
  const sandbox = await new CloudbedsSandbox().start();
  sandbox.server.clock.freeze(NOW);
  sandbox.world.addRoom('101');
  sandbox.world.addRoom('102');
  return sandbox;
}

/** What the engine would hand over: API key, bases of the simulated system. */
export function contextOf(sandbox: CloudbedsSandbox, { config, secrets, settings, vault }: Given = {}) {
  return adapterContext(sandbox.server.clock, cloudbedsAdapter.limits, {
    config: { apiBaseUrl: sandbox.apiBaseUrl, servicesBaseUrl: sandbox.servicesBaseUrl, propertyId: sandbox.propertyId, ...config },
    secrets: secrets ?? { apiKey: sandbox.grants.apiKey },
    settings: settings ?? {},
    vault: vault ?? new MemoryVault(),
  });
}

/** What was thrown; throws itself when nothing was. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it went well');
}
