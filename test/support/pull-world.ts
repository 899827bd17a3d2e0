import type { Database } from '../../src/db/database.js';
import type { ChangeContext } from '../../src/domain/events.js';
import type { JsonObject } from '../../src/domain/scim.js';
import { sourceModel } from '../../src/scim/model/source-resource.js';
import type { EngineParts } from '../../src/sync/engine-parts.js';
import { SyncEngine } from '../../src/sync/engine.js';
import { HintWorker } from '../../src/sync/hints.js';
import type { Run } from '../../src/sync/run-store.js';
import { type AccessView, accessOf } from './access-view.js';
import { Core } from './core.js';
import { FakeSource } from './fake-source.js';

/** An integration of a pulled kind with a source in memory, and everything that pulls it. */
export class PullWorld {
  readonly core: Core;
  readonly source: FakeSource;
  readonly engine: SyncEngine;
  readonly hints: HintWorker;
  readonly parts: EngineParts;

  constructor(core: Core, source = new FakeSource(core.db.read, () => core.now)) {
    this.core = core;
    this.source = source;
    const { db, clock, logger, stores, worker } = core;
    this.parts = {
      ...{ db, clock, logger, stores, sources: this.source, model: sourceModel, pins: core.vault },
      ...{ wake: () => undefined, random: () => 0.5, holder: 'the test', drain: () => worker.drain() },
    };
    this.engine = new SyncEngine(this.parts);
    this.hints = new HintWorker(this.parts, this.engine);
  }

  /** Alone in the database: what an earlier test left there is gone. */
  static async open(db: Database, settings: JsonObject = {}): Promise<PullWorld> {
    const tables = ['integrations', 'members', 'member_groups', 'alerts', 'outbox', 'events', 'leases'];
    await db.transaction(async (tx) => {
      for (const table of tables) await tx.execute(`delete from ${table}`, []);
    });
    const scim = { duplicateGroupName: 'allow', unknownMember: 'skip' };
    return new PullWorld(await Core.create(db, { scim, ...settings }, 'guesty'));
  }

  get id(): string {
    return this.core.integrationId;
  }

  get context(): ChangeContext {
    return this.core.context;
  }

  /** One run to its end. */
  async run(full = true): Promise<Run> {
    const { done } = await this.engine.start(this.id, { trigger: 'manual', full });
    return done;
  }

  /** Maps a Group, by the source's id, to a new member group of this name, and reconciles whom it concerns. */
  async map(groupExternalId: string, name: string): Promise<void> {
    const { id } = await this.core.one<{ id: string }>(
      'select id from groups where integration_id = ? and external_id = ?',
      this.id,
      groupExternalId,
    );
    await this.core.map(id, await this.core.memberGroup(name));
    await this.core.worker.drain();
  }

  /** The access of a User by the source's id; null when there is none, or none that is not over. */
  async access(externalId: string): Promise<AccessView | null> {
    const [row] = await this.core.query<{ user_id: string }>(
      'select user_id from members where integration_id = ? and external_id = ?',
      this.id,
      externalId,
    );
    const view = row === undefined ? null : await accessOf(this.core, row.user_id);
    return view === null || view.ended ? null : view;
  }

  /** A room that is mapped, and so many guests in it who have access. */
  async guests(count: number): Promise<void> {
    this.source.group('1');
    for (let n = 1; n <= count; n += 1) this.source.user(`g${n}`);
    await this.run();
    await this.map('1', 'Room 1');
  }
}
