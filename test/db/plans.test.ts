import { expect } from 'chai';
import { listGroups, listUsers } from '../../src/directory/list.js';
import { findUser } from '../../src/directory/user-store.js';
import { groupsByUser, membersByGroup } from '../../src/directory/groups-of-users.js';
import { ACCESS_URN } from '../../src/domain/scim.js';
import { shift } from '../../src/domain/time.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { type Recorded, recording } from '../support/recording.js';
import { DAY_MS, HOUR_MS, worldOf } from '../support/world.js';

/** Tables that grow with the number of people, or with time. */
const LARGE =
  /\bSCAN (users|groups|group_members|group_groups|user_emails|members|member_emails|associations|pins|magic_links|cards|events|mappings|directory_blocks|gm|gg|g|u|r|m)\b/;
/** Everything of one integration: what a list may read, and nothing that knows an id. */
const WHOLE_DIRECTORY = /SEARCH (users|groups|r|members) USING (COVERING )?INDEX \S+ \(integration_id=\?\)/;

describe('plans', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const world = worldOf(engine);
    let statements: readonly Recorded[];

    /** A day in the life of a directory, with each kind of operation and of reading that is done all the time. */
    async function live(): Promise<void> {
      const plain = await Core.create(world().db);
      const recorded = recording(world().db);
      const core = new Core(recorded.db, plain.integrationId);
      const until = shift(core.now, 2 * DAY_MS);
      const ann = await core.createUser({ userName: 'ann', externalId: 'a', emails: [{ value: 'ann@example.com' }] });
      const bo = await core.createUser({ userName: 'bo', externalId: 'b', [ACCESS_URN]: { pin: '730518', card: 'C1', validUntil: until } });
      const low = await core.createGroup('low', [ann]);
      const top = await core.createGroup('top', [low, bo]);
      await plain.map(top, await plain.memberGroup('Pool'), await plain.memberGroup('Gate'));
      await core.timekeeper.tick();
      await core.patchUser(ann, { displayName: 'Ann', emails: [{ value: 'new@example.com' }] });
      await core.changeMembers(low, { op: 'add', ids: [bo] }, { op: 'remove', ids: [ann] });
      await core.changeMembers(low, { op: 'replace', ids: [ann] });
      await core.changeMembers(top, { op: 'remove', ids: [low] }, { op: 'add', ids: [low] });
      await core.patchUser(ann, { active: false });
      await core.patchUser(ann, { active: true });
      await core.preview(ann);
      await core.deleteUser(bo);
      await core.createUser({ userName: 'bo', externalId: 'b', [ACCESS_URN]: { pin: '730518', card: 'C1' } });
      core.advance(3 * DAY_MS);
      await core.timekeeper.tick();
      core.advance(60 * DAY_MS + HOUR_MS);
      await core.timekeeper.tick();
      await findUser(core.db.read, core.integrationId, ann);
      await groupsByUser(core.db.read, [ann]);
      await membersByGroup(core.db.read, [low, top]);
      for (const list of [listUsers, listGroups]) {
        await list(core.db.read, { integrationId: core.integrationId, where: null, orderBy: null, startIndex: 1, count: 10 });
      }
      await core.deleteGroup(low);
      statements = recorded.statements;
    }

    const plansOf = async () => {
      const plans = new Map<string, string[]>();
      for (const { name, sql, bindings } of statements) {
        if (plans.has(name) || !/^\s*(with|select|insert|update|delete)/i.test(sql)) continue;
        const steps = await world().query<{ detail: string }>(`explain query plan ${sql}`, ...bindings);
        plans.set(
          name,
          steps.map(({ detail }) => detail),
        );
      }
      return plans;
    };
    const matching = (plans: Map<string, string[]>, pattern: RegExp) =>
      [...plans].flatMap(([name, steps]) => steps.filter((step) => pattern.test(step)).map((step) => `${name}: ${step}`));

    it('of what is done all the time walk no table, and no directory but to list it', async () => {
      await live();
      const plans = await plansOf();

      expect(plans.size).to.be.greaterThan(50);
      expect(matching(plans, LARGE)).to.deep.equal([]);
      const listing = ['users.fromSeq', 'groups.fromSeq'];
      expect(matching(plans, WHOLE_DIRECTORY).filter((line) => !listing.some((name) => line.startsWith(name)))).to.deep.equal([]);
    });

    for (const [name, plan] of [
      ['users.byId', /SEARCH users USING INDEX users_id_unique \(id=\?\)/],
      ['users.fromSeq', /SEARCH users USING INDEX users_integration_id_seq_index \(integration_id=\? AND seq>\?\)/],
      ['reconcile.waiting', /USING (COVERING )?INDEX users_dirty/],
      ['reconcile.waiting', /USING INDEX users_next_at \(next_at>\? AND next_at<\?\)/],
      ['memberships.pathsOfUser', /SEARCH group_members USING (COVERING )?INDEX group_members_user_id_group_id_index \(user_id=\?\)/],
      [
        'mappings.of-resources',
        /SEARCH mappings USING (COVERING )?INDEX sqlite_autoindex_mappings_1 \(integration_id=\? AND resource_id=\?\)/,
      ],
      ['members.of-user', /SEARCH members USING INDEX members_user_id_unique \(user_id=\?\)/],
      ['pins.taken', /SEARCH pins USING INDEX pins_hash_unique \(hash=\?\)/],
    ] as const) {
      it(`${name} is a look-up in its index`, async () => {
        await live();

        const steps = (await plansOf()).get(name) ?? [];
        expect(
          steps.some((step) => plan.test(step)),
          steps.join('; '),
        ).to.equal(true);
      });
    }
  });
});
