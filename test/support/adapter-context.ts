import type { AdapterContext, Page, SourceGroup, SourceUser, Vault } from '../../src/adapters/adapter.js';
import { createUpstreamHttp, type HttpOptions } from '../../src/adapters/http.js';
import type { Logger } from '../../src/domain/logger.js';
import { instant } from '../../src/domain/time.js';
import type { SandboxClock } from '../../sandbox/kernel/clock.js';

/** A vault in memory: `exclusive` queues within the process. */
export class MemoryVault implements Vault {
  readonly values = new Map<string, string>();
  readonly #turns = new Map<string, Promise<unknown>>();

  async get(key: string): Promise<string | null> {
    return this.values.get(key) ?? null;
  }

  async put(key: string, value: string | null): Promise<void> {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    return turn;
  }
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * What the engine would hand an adapter, against a simulated system. Waiting moves the simulated clock instead of taking
 * time, so pacing and back-off are real and tests are fast.
 */
export function adapterContext<Config, Secrets, Settings>(
  clock: SandboxClock,
  limits: HttpOptions['limits'],
  given: { readonly config: Config; readonly secrets: Secrets; readonly settings: Settings; readonly vault?: Vault },
): AdapterContext<Config, Secrets, Settings> & { readonly slept: number[] } {
  const slept: number[] = [];
  const timer = {
    now: () => clock.now(),
    sleep: async (ms: number) => {
      slept.push(ms);
      clock.advance(ms);
    },
  };
  const http = createUpstreamHttp({ limits, allowPrivateUrls: true, timer, random: () => 0.5 });
  return {
    config: given.config,
    secrets: given.secrets,
    settings: given.settings,
    http,
    vault: given.vault ?? new MemoryVault(),
    logger: silent,
    now: () => instant(clock.now()),
    slept,
  };
}

/** A whole read: what it brought by externalId (the last one counts), and its last cursor. */
export async function readAll(pages: AsyncIterable<Page>): Promise<{
  readonly users: Map<string, SourceUser>;
  readonly groups: Map<string, SourceGroup>;
  readonly cursor: string | null;
  readonly pages: number;
}> {
  const users = new Map<string, SourceUser>();
  const groups = new Map<string, SourceGroup>();
  let cursor: string | null = null;
  let count = 0;
  for await (const page of pages) {
    count += 1;
    cursor = page.cursor ?? cursor;
    for (const resource of page.resources) {
      if (resource.resourceType === 'User') users.set(resource.externalId, resource);
      else groups.set(resource.externalId, resource);
    }
  }
  return { users, groups, cursor, pages: count };
}
