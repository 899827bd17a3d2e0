import type { Adapter, PulledKind } from './adapter.js';

/** Every kind that is pulled, one line each. */
export const ADAPTERS: ReadonlyMap<PulledKind, Adapter<never, never, never>> = new Map([]);
