import type { Page, SourceGroup, SourceResource, SourceUser } from '../../src/adapters/adapter.js';
import type { Reader } from '../../src/db/database.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { OPEN_WINDOW, type Window } from '../../src/domain/time.js';
import { getIntegration } from '../../src/integrations/integration-store.js';
import type { AnyAdapter, Source, Sources } from '../../src/sync/source.js';

/** A stay in a room, or a person, as a test thinks of it. */
export interface FakeUser {
  readonly name?: string;
  readonly groups?: readonly string[] | null;
  readonly window?: Window;
  readonly skipReason?: SourceUser['skipReason'];
  readonly pin?: string | null;
  readonly key?: string;
  readonly userName?: string;
  readonly periods?: SourceUser['periods'];
  readonly unclear?: string;
}

/** A source in memory, whose every read a test can make fail, change or hold up. */
export class FakeSource implements Sources {
  readonly users = new Map<string, SourceUser>();
  readonly groups = new Map<string, SourceGroup>();
  pageSize = 3;
  hasOne = true;
  hasChanges = false;
  /** Called before each page is given out, with its number from 0. */
  beforePage: (page: number) => Promise<void> | void = () => undefined;
  /** Called before it is opened. */
  beforeOpen: () => void = () => undefined;
  beforeOne: (key: string) => Promise<void> | void = () => undefined;
  reads = 0;
  asked: string[] = [];
  /** What `changes` gives out. */
  changed: SourceResource[] = [];
  cursor = 0;
  readonly #reader: Reader;
  readonly #now: () => string;

  constructor(reader: Reader, now: () => string) {
    this.#reader = reader;
    this.#now = now;
  }

  group(externalId: string, members: readonly string[] | null = null, displayName = `Room ${externalId}`): void {
    this.groups.set(externalId, { resourceType: 'Group', externalId, displayName, kind: 'room', members });
  }

  user(externalId: string, { name = externalId, ...given }: FakeUser = {}): SourceUser {
    const user: SourceUser = {
      resourceType: 'User',
      externalId,
      sourceKey: given.key ?? externalId,
      attributes: { userName: given.userName ?? `stay-${externalId}`, displayName: name },
      skipReason: given.skipReason ?? (given.unclear === undefined ? null : 'invalid_window'),
      ...(given.unclear === undefined ? {} : { unclear: given.unclear }),
      window: given.window ?? OPEN_WINDOW,
      periods: given.periods ?? [],
      groups: given.groups === undefined ? ['1'] : given.groups,
      pin: given.pin ?? null,
      card: null,
    };
    this.users.set(externalId, user);
    return user;
  }

  remove(externalId: string): void {
    this.users.delete(externalId);
  }

  async open(integrationId: string): Promise<Source> {
    const integration = await getIntegration(this.#reader, integrationId);
    this.beforeOpen();
    return { integration, adapter: this.#adapter(), context: this.#context() };
  }

  #context(): Source['context'] {
    const silent = () => undefined;
    return {
      ...{ config: {}, secrets: {}, settings: {} as JsonObject },
      http: { request: () => Promise.reject(new Error('a fake source asks nobody')) },
      vault: { get: async () => null, put: async () => undefined, exclusive: (_, work) => work() },
      logger: { debug: silent, info: silent, warn: silent, error: silent },
      now: this.#now,
    };
  }

  #adapter(): AnyAdapter {
    return {
      kind: 'guesty',
      limits: { windows: [], concurrent: 1 },
      account: async () => ({ id: 'fake', name: 'Fake', details: [] }),
      resources: () => this.#pages([...this.groups.values(), ...this.users.values()]),
      ...(this.hasChanges ? { changes: () => this.#pages(this.changed) } : {}),
      ...(this.hasOne ? { one: (_: unknown, key: string) => this.#one(key) } : {}),
    };
  }

  async *#pages(resources: readonly SourceResource[]): AsyncIterable<Page> {
    this.reads += 1;
    const users = resources.filter(({ resourceType }) => resourceType === 'User');
    const groups = resources.filter(({ resourceType }) => resourceType === 'Group');
    // Groups whose members they list come after the Users.
    const ordered = this.#groupsFirst() ? [...groups, ...users] : [...users, ...groups];
    const pages = Math.max(1, Math.ceil(ordered.length / this.pageSize));
    for (let page = 0; page < pages; page += 1) {
      await this.beforePage(page);
      const last = page === pages - 1;
      this.cursor += last ? 1 : 0;
      yield {
        resources: ordered.slice(page * this.pageSize, (page + 1) * this.pageSize),
        cursor: last && this.hasChanges ? `cursor ${this.cursor}` : null,
        total: ordered.length,
      };
    }
  }

  #groupsFirst(): boolean {
    return [...this.groups.values()].every(({ members }) => members === null);
  }

  async #one(key: string): Promise<readonly SourceUser[]> {
    await this.beforeOne(key);
    this.asked.push(key);
    return [...this.users.values()].filter(({ sourceKey }) => sourceKey === key);
  }
}
