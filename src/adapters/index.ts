import type { JsonObject } from '../domain/scim.js';
import type { Adapter, PulledKind } from './adapter.js';
import { googleWorkspaceAdapter } from './google-workspace/adapter.js';
import { guestyAdapter } from './guesty/adapter.js';
import { nexudusAdapter } from './nexudus/adapter.js';

const adapters: readonly Adapter<JsonObject, JsonObject, JsonObject>[] = [guestyAdapter, nexudusAdapter, googleWorkspaceAdapter];

/** Every kind that is pulled, one line each. */
export const ADAPTERS: ReadonlyMap<PulledKind, Adapter<JsonObject, JsonObject, JsonObject>> = new Map(
  adapters.map((adapter) => [adapter.kind, adapter]),
);
