import type { Adapter, PulledKind } from './adapter.js';
import { cloudbedsAdapter } from './cloudbeds/adapter.js';
import { googleWorkspaceAdapter } from './google-workspace/adapter.js';
import { guestyAdapter } from './guesty/adapter.js';
import { nexudusAdapter } from './nexudus/adapter.js';

/** An adapter whose own types of configuration play no part: it is handed what its own schemas have let through. */
type RegisteredAdapter = Adapter<never, never, never>;

const adapters: readonly RegisteredAdapter[] = [guestyAdapter, cloudbedsAdapter, nexudusAdapter, googleWorkspaceAdapter];

/** Every kind that is pulled, one line each. */
export const ADAPTERS: ReadonlyMap<PulledKind, RegisteredAdapter> = new Map(adapters.map((adapter) => [adapter.kind, adapter]));
