import type { Adapter, AdapterContext } from '../adapters/adapter.js';
import type { JsonObject } from '../domain/scim.js';
import type { StoredIntegration } from '../integrations/integration-rows.js';

/** Any adapter, where its own types of configuration play no part. */
export type AnyAdapter = Adapter<JsonObject, JsonObject, JsonObject>;

/** An integration with everything that its adapter needs, as of `integration.epoch`. */
export interface Source {
  readonly integration: StoredIntegration;
  readonly adapter: AnyAdapter;
  readonly context: AdapterContext<JsonObject, JsonObject, JsonObject>;
}

/** Opens sources. Pacing outlives a call: the same integration keeps its pacer while its process runs. */
export interface Sources {
  /** `signal` ends what is waiting upstream. Errors: `NotFound`; `InvalidInput` for a kind that is not pulled. */
  open(integrationId: string, signal?: AbortSignal): Promise<Source>;
}
