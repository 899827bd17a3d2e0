import type { Timer } from '../adapters/http.js';
import type { Config } from '../config.js';
import { Connections } from '../connect/connections.js';
import { OAuthConnections } from '../connect/oauth-connections.js';
import { Subscriptions } from '../connect/subscriptions.js';
import type { KeyRing } from '../credentials/sealed.js';
import { type Clock, systemRandom } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { OAuthStateStore } from '../integrations/oauth-state-store.js';
import { SecretStore } from '../integrations/secret-store.js';
import { VaultStore } from '../integrations/vault-store.js';
import type { Kinds } from '../sync/kinds.js';
import { AdapterSources } from '../sync/sources.js';
import { ConnectionUpkeep } from '../webhooks/upkeep.js';

interface ConnectingFrom {
  readonly config: Pick<Config, 'publicUrl' | 'allowPrivateUrls'>;
  readonly db: Database;
  readonly background: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly keys: KeyRing;
  readonly kinds: Kinds;
}

/** What connects integrations, and opens them as sources. */
export interface Connecting {
  readonly sources: AdapterSources;
  readonly vaults: VaultStore;
  readonly connections: Connections;
  readonly oauth: OAuthConnections;
  readonly subscriptions: Subscriptions;
  readonly upkeep: ConnectionUpkeep;
}

export function connectingParts(from: ConnectingFrom): Connecting {
  const { config, keys, background } = from;
  const [secrets, vaults, states] = [new SecretStore(keys), new VaultStore(keys), new OAuthStateStore(keys)];
  const { allowPrivateUrls, publicUrl } = config;
  const sources = new AdapterSources({ ...from, db: background, secrets, vaults, allowPrivateUrls, random: systemRandom });
  const subscriptions = new Subscriptions({ ...from, sources, vaults, publicUrl });
  const upkeep = new ConnectionUpkeep({ ...from, db: background, sources, vaults, publicUrl, random: systemRandom });
  const parts = { ...from, sources, secrets, vaults, subscriptions };
  return { sources, vaults, subscriptions, upkeep, connections: new Connections(parts), oauth: new OAuthConnections({ ...parts, states }) };
}
