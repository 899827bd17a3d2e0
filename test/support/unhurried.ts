import { ADAPTERS } from '../../src/adapters/index.js';
import type { Clock } from '../../src/db/clock.js';
import { instant } from '../../src/domain/time.js';
import { Kinds } from '../../src/sync/kinds.js';

/** The kinds of the product without their pace: thousands of requests would take hours. For a sandbox that has no limits either. */
export function unhurried(): Kinds {
  return new Kinds(new Map([...ADAPTERS].map(([kind, adapter]) => [kind, { ...adapter, limits: { windows: [], concurrent: 12 } }])));
}

/** A clock that goes as every other but shows another time. */
export function startingAt(ms: number): Clock {
  const began = performance.now();
  return { now: () => instant(ms + performance.now() - began) };
}
