import { GuestySandbox } from '../../../sandbox/guesty/server.js';
import type { SimulatedSource } from '../simulated-source.js';

export interface GuestySource extends SimulatedSource {
  readonly sandbox: GuestySandbox;
}

/** A simulated Guesty that is as quick as a test wants it: no limits, and secrets of webhooks at once. */
export async function guestySource(): Promise<GuestySource> {
  const sandbox = await new GuestySandbox().start();
  Object.assign(sandbox.switches, { unlimited: true, secretDelayMs: 0 });
  const { apiBaseUrl, tokenUrl, clientId, clientSecret, server } = sandbox;
  return {
    ...{ kind: 'guesty', sandbox, server, settings: {} },
    config: { apiBaseUrl, tokenUrl },
    secrets: { clientId, clientSecret },
    deliver: () => sandbox.webhooks.deliveries.flush(),
    stop: () => sandbox.stop(),
  };
}
