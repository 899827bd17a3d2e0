import type { AdapterContext } from '../adapters/adapter.js';
import { UpstreamUnavailable } from '../adapters/upstream-errors.js';
import type { JsonObject } from '../domain/scim.js';
import { accountJson } from '../sync/account.js';
import type { AnyAdapter } from '../sync/source.js';

/** Somebody waits for the answer, with the Users that it concerns, and a connection without a byte is cut after a minute. */
const TEST_MS = 20_000;
const SUBSCRIBE_MS = 15_000;

/** An adapter with what it is tried with. */
export interface Attempt {
  readonly adapter: AnyAdapter;
  readonly context: AdapterContext<JsonObject, JsonObject, JsonObject>;
}

export function testSignal(): AbortSignal {
  return AbortSignal.timeout(TEST_MS);
}

export function subscribeSignal(): AbortSignal {
  return AbortSignal.timeout(SUBSCRIBE_MS);
}

/** Whom the attempt reaches, as it is stored. Errors: those of adapters; what was cut off by `signal` is `UpstreamUnavailable`. */
export async function reached({ adapter, context }: Attempt, signal: AbortSignal): Promise<JsonObject> {
  return accountJson(await inTime(adapter.account(context), signal));
}

/** Errors: those of `work`; `UpstreamUnavailable` instead when it was cut off by `signal`. */
export async function inTime<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) throw new UpstreamUnavailable('The other system did not answer in time.', { cause: error });
    throw error;
  }
}
