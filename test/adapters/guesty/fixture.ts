import { guestyAdapter } from '../../../src/adapters/guesty/adapter.js';
import type { GuestySettings } from '../../../src/adapters/guesty/context.js';
import { GuestySandbox } from '../../../sandbox/guesty/server.js';
import { adapterContext, MemoryVault } from '../../support/adapter-context.js';

/** The moment at which the clocks of these tests stand: the one of the signature vectors. */
export const NOW = Date.parse('2026-11-23T14:00:00.000Z');

export type TestContext = ReturnType<typeof contextFor>;

/** A context of its own; with the same vault it is another process, or the same after a restart. */
export function contextFor(
  sandbox: GuestySandbox,
  given: {
    readonly settings?: GuestySettings;
    readonly vault?: MemoryVault;
    readonly clientId?: string;
    readonly clientSecret?: string;
  } = {},
) {
  return {
    ...adapterContext(sandbox.server.clock, guestyAdapter.limits, {
      config: { apiBaseUrl: sandbox.apiBaseUrl, tokenUrl: sandbox.tokenUrl },
      secrets: { clientId: given.clientId ?? sandbox.clientId, clientSecret: given.clientSecret ?? sandbox.clientSecret },
      settings: given.settings ?? {},
      vault: given.vault ?? new MemoryVault(),
    }),
  };
}

export async function startSandbox(): Promise<GuestySandbox> {
  const sandbox = new GuestySandbox();
  sandbox.server.clock.freeze(NOW);
  return sandbox.start();
}

/** What a call throws. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
