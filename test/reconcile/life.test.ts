import { expect } from 'chai';
import fc from 'fast-check';
import { addAssociation } from '../../src/access/members.js';
import { ACCESS_URN, type JsonObject } from '../../src/domain/scim.js';
import { contains, epochMs, instant, OPEN_WINDOW } from '../../src/domain/time.js';
import { everything } from '../support/access-view.js';
import { expectOnlyOwn, expectToldOf, type Snapshot, snapshot } from '../support/access-snapshot.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { BEGINNING, MEMBER_GROUPS, type Person, sideOfGroup, sideOfUser, type Step, stepArbitrary, USERS } from '../support/life.js';
import { LifeModel } from '../support/life-model.js';
import { HOUR_MS, T0, type World, worldOf } from '../support/world.js';
import { runs, timeLimit } from '../support/runs.js';

/** Runs of the property; a nightly run asks for thousands. */
const RUNS = Number(process.env['LATCHKEY_TEST_LIVES'] ?? runs(40, 5_000));

interface UserRow {
  readonly id: string;
  readonly dirty: number;
  readonly next_at: string | null;
  readonly sync_status: string;
  readonly pin_hash: string | null;
}

/** Two integrations, an admin and a clock, beside a model of what they have said. */
class Life {
  readonly model = new LifeModel();
  readonly cores: readonly [Core, Core];
  readonly #memberGroups: readonly string[];
  readonly #userIds = new Map<number, string>();
  readonly #groupIds = new Map<number, string>();

  private constructor(cores: readonly [Core, Core], memberGroups: readonly string[]) {
    this.cores = cores;
    this.#memberGroups = memberGroups;
  }

  static async begin(world: World): Promise<Life> {
    const cores = [await Core.create(world.db), await Core.create(world.db)] as const;
    const memberGroups: string[] = [];
    for (let n = 0; n < MEMBER_GROUPS; n += 1) memberGroups.push(await cores[0].memberGroup(`member group ${n}`));
    return new Life(cores, memberGroups);
  }

  get #core(): Core {
    return this.cores[0];
  }

  get #hours(): number {
    return (epochMs(this.#core.now) - epochMs(T0)) / HOUR_MS;
  }

  /** Does the step and checks everything that must hold after any step. */
  async step(step: Step): Promise<void> {
    const before = await snapshot(this.#core);
    const usersBefore = await this.#users();
    const acting = await this.#act(step);
    if (acting === null) return;
    this.model.take(step);
    const after = await snapshot(this.#core);
    await expectToldOf(this.#core, before, after);
    if (step.what !== 'wait' && step.what !== 'drain') expectOnlyOwn(before, after, acting);
    await this.#expectUniquePins();
    const users = await this.#users();
    await this.#expectAccess(users, false);
    if (step.what !== 'set' && step.what !== 'wait') this.#expectSamePins(usersBefore, users, before, after);
    expect(this.cores.flatMap(({ errors }) => errors)).to.deep.equal([]);
  }

  /** Once nothing is left to do: everybody has exactly what the model says, there is nothing to plan, and a look changes nothing. */
  async converge(): Promise<void> {
    for (let look = 0; look < 4; look += 1) await this.#core.timekeeper.tick();
    const users = await this.#users();
    expect([...users.values()].filter(({ dirty }) => dirty === 1)).to.deep.equal([]);
    await this.#expectAccess(users, true);
    for (const { id } of users.values()) expect((await this.#core.preview(id))?.changes, 'nothing to plan').to.deep.equal([]);
    const whole = await everything(this.#core);
    await this.#core.timekeeper.tick();
    for (const { id } of users.values()) await this.#core.reconcile(id);
    expect(await everything(this.#core), 'a second look').to.equal(whole);
  }

  /** Whose rows it may change; null when the step means nothing now. */
  async #act(step: Step): Promise<readonly string[] | null> {
    switch (step.what) {
      case 'put user':
        return this.#putUser(step.user, step.person);
      case 'delete user':
        return this.#deleteUser(step.user);
      case 'create group':
      case 'delete group':
        return this.#setGroup(step.group, step.what === 'create group');
      case 'add':
      case 'remove':
        return this.#change(step.group, step.what, sideOfUser(step.user), this.#userIds.get(step.user));
      case 'nest':
        if (this.model.closesCircle(step.group, step.child)) return null;
        return this.#change(step.group, 'add', sideOfGroup(step.child), this.#groupIds.get(step.child));
      case 'unnest':
        return this.#change(step.group, 'remove', sideOfGroup(step.child), this.#groupIds.get(step.child));
      case 'map':
        return this.#map(step);
      case 'set':
        await this.cores[step.side].set(step.settings);
        return [];
      case 'by hand':
        return this.#byHand(step.user, step.to);
      case 'reconcile':
        return this.#reconcile(step.user);
      case 'wait':
        for (const core of this.cores) core.advance(step.hours * HOUR_MS);
        if (step.look) await this.#core.timekeeper.tick();
        return [];
      case 'drain':
        await this.#core.worker.drain();
        return [];
    }
  }

  async #putUser(user: number, person: Person): Promise<readonly string[]> {
    const core = this.cores[sideOfUser(user)];
    const id = this.#userIds.get(user);
    if (id === undefined) this.#userIds.set(user, await core.createUser(this.#fieldsOf(user, person)));
    else await core.replaceUser(id, this.#fieldsOf(user, person));
    return [core.integrationId];
  }

  #fieldsOf(user: number, { active, fromHour, untilHour, pin, card, named }: Person): object {
    const at = (hour: number | null): JsonObject[string] => (hour === null ? null : instant(epochMs(T0) + hour * HOUR_MS));
    return {
      ...{ userName: `user${user}@example.com`, externalId: `x${user}`, displayName: named, active },
      [ACCESS_URN]: { validFrom: at(fromHour), validUntil: at(untilHour), pin, card: card ? `C${user}` : null },
    };
  }

  async #deleteUser(user: number): Promise<readonly string[] | null> {
    const id = this.#userIds.get(user);
    if (id === undefined) return null;
    const core = this.cores[sideOfUser(user)];
    await core.deleteUser(id);
    this.#userIds.delete(user);
    return [core.integrationId];
  }

  async #setGroup(group: number, there: boolean): Promise<readonly string[] | null> {
    const core = this.cores[sideOfGroup(group)];
    const id = this.#groupIds.get(group);
    if ((id !== undefined) === there) return null;
    if (id === undefined) this.#groupIds.set(group, await core.createGroup(`group ${group}`));
    else {
      await core.deleteGroup(id);
      this.#groupIds.delete(group);
    }
    return [core.integrationId];
  }

  async #change(group: number, op: 'add' | 'remove', side: 0 | 1, member: string | undefined): Promise<readonly string[] | null> {
    const id = this.#groupIds.get(group);
    if (id === undefined || member === undefined || side !== sideOfGroup(group)) return null;
    await this.cores[side].changeMembers(id, { op, ids: [member] });
    return [this.cores[side].integrationId];
  }

  async #map({ group, side, to }: Extract<Step, { what: 'map' }>): Promise<readonly string[] | null> {
    const resource = group === 'all' ? 'all_users' : this.#groupIds.get(group);
    if (resource === undefined) return null;
    await this.cores[group === 'all' ? side : sideOfGroup(group)].map(resource, ...to.map((index) => this.#memberGroups[index] ?? ''));
    return [];
  }

  /** To a member whose access has not ended: what is given by hand opens together with the rest. */
  async #byHand(user: number, to: number): Promise<readonly string[] | null> {
    const live = 'select id from members where user_id = ? and ended_at is null and deleted_at is null';
    const [member] = await this.#core.query<{ id: string }>(live, this.#userIds.get(user) ?? '');
    if (member === undefined) return null;
    const wanted = { memberGroupId: this.#memberGroups[to] ?? '', window: OPEN_WINDOW };
    await this.#core.inTx((tx) => addAssociation(tx, this.#core.context, member.id, wanted));
    return ['manual'];
  }

  async #reconcile(user: number): Promise<readonly string[] | null> {
    const id = this.#userIds.get(user);
    if (id === undefined) return null;
    await this.#core.reconcile(id);
    return [this.cores[sideOfUser(user)].integrationId];
  }

  async #users(): Promise<Map<number, UserRow>> {
    const rows = await this.#core.query<UserRow>('select id, dirty, next_at, sync_status, pin_hash from users');
    const byId = new Map(rows.map((row) => [row.id, row]));
    const users = new Map<number, UserRow>();
    for (const [user, id] of this.#userIds) {
      const row = byId.get(id);
      if (row !== undefined) users.set(user, row);
    }
    return users;
  }

  /**
   * I1: nobody opens more than the model says, as soon as he has been reconciled, even when time has gone on since; and once
   * everything is done (`exact`), nobody opens less. I5: no association twice.
   */
  async #expectAccess(users: Map<number, UserRow>, exact: boolean): Promise<void> {
    const now = this.#core.now;
    const rows = await this.#core.query<Record<'user_id' | 'group_id', string> & Record<'m0' | 'm1' | 'a0' | 'a1', string | null>>(
      `select m.user_id, a.member_group_id as group_id, m.starts_at as m0, m.ends_at as m1, a.starts_at as a0, a.ends_at as a1
       from associations a join members m on m.id = a.member_id
       where m.ended_at is null and m.deleted_at is null and a.managed_by <> 'manual'`,
    );
    const open = rows.filter(
      ({ m0, m1, a0, a1 }) => contains({ startsAt: m0, endsAt: m1 }, now) && contains({ startsAt: a0, endsAt: a1 }, now),
    );
    for (let user = 0; user < USERS; user += 1) {
      const row = users.get(user);
      if (row === undefined || row.dirty === 1) continue;
      const opens = open.filter(({ user_id }) => user_id === row.id).map(({ group_id }) => this.#memberGroups.indexOf(group_id));
      const allowed = this.model.opens(user, this.#hours);
      expect(opens, 'I5').to.have.length(new Set(opens).size);
      if (exact) expect(opens.sort(), `user ${user}`).to.deep.equal(allowed);
      else expect(allowed, `I1 user ${user}`).to.include.members(opens);
    }
    const gone = open.filter(({ user_id }) => ![...users.values()].some(({ id }) => id === user_id));
    expect(gone, 'I1: Users who are gone').to.deep.equal([]);
  }

  /** I2: no digits twice, live or cooling down. */
  async #expectUniquePins(): Promise<void> {
    const pins = await this.#core.query<{ hash: string | null; revoked_at: string | null }>(
      'select hash, revoked_at from pins where revoked_at is null or cooling_until > ?',
      this.#core.now,
    );
    expect(
      pins.filter(({ hash, revoked_at }) => hash === null && revoked_at === null),
      'I2: a live PIN has its digits',
    ).to.deep.equal([]);
    const hashes = pins.map(({ hash }) => hash);
    expect(hashes, 'I2').to.have.length(new Set(hashes).size);
  }

  /** I8: whoever was synced and still is, and whose source says the same of his PIN, has the PIN and link that he had. */
  #expectSamePins(usersBefore: Map<number, UserRow>, users: Map<number, UserRow>, before: Snapshot, after: Snapshot): void {
    for (const [user, row] of users) {
      const old = usersBefore.get(user);
      const unchanged = old?.id === row.id && old.pin_hash === row.pin_hash && old.dirty === 0 && row.dirty === 0;
      if (!unchanged || old.sync_status !== 'synced' || row.sync_status !== 'synced') continue;
      expect(this.#liveOf(row.id, after), `I8 user ${user}`).to.include.members(this.#liveOf(row.id, before));
    }
  }

  #liveOf(userId: string, { rows }: Snapshot): string[] {
    const member = this.#memberOf.get(userId);
    return [...rows.values()]
      .filter(({ type, memberId, state }) => (type === 'pin' || type === 'magic_link') && memberId === member && state.endsWith('- -'))
      .map(({ id }) => id);
  }

  /** Filled by `remember`. */
  readonly #memberOf = new Map<string, string>();

  async remember(): Promise<void> {
    for (const { id, user_id } of await this.#core.query<{ id: string; user_id: string | null }>('select id, user_id from members')) {
      if (user_id !== null) this.#memberOf.set(user_id, id);
    }
  }
}

describe('the life of two directories', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    const limit = timeLimit(60_000 + RUNS * 500);
    const lives = engine.name === 'sqlite' ? RUNS : Math.ceil(RUNS / 5);

    it(`keeps I1, I2, I3, I5, I7 and I8 at every step and converges (${lives} lives)`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(stepArbitrary, { minLength: 5, maxLength: engine.name === 'sqlite' ? 40 : 20, size: 'max' }),
          async (steps) => {
            await world().empty();
            const life = await Life.begin(world());
            for (const step of [...BEGINNING, ...steps]) {
              await life.remember();
              await life.step(step);
            }
            await life.converge();
          },
        ),
        // On a busy machine fewer lives, and always a seed: the limit ends the search for a smaller example as well.
        { numRuns: lives, ...(limit === 0 ? {} : { interruptAfterTimeLimit: 15_000 + lives * 100 }) },
      );
    }).timeout(limit);
  });
});
