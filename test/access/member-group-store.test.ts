import { expect } from 'chai';
import { createAssociation } from '../../src/access/association-store.js';
import {
  createMemberGroup,
  deleteMemberGroup,
  getMemberGroup,
  listMemberGroups,
  renameMemberGroup,
} from '../../src/access/member-group-store.js';
import { createManualMember } from '../../src/access/members.js';
import type { Tx } from '../../src/db/database.js';
import { OPEN_WINDOW, shift } from '../../src/domain/time.js';
import { NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, NOW, T0, type World, worldOf } from '../support/world.js';

describe('member group store', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const failure = (work: (tx: Tx) => Promise<unknown>) => inTx(work).catch((error: unknown) => error);
    const create = (name: string) => inTx((tx) => createMemberGroup(tx, NOW, name));

    beforeEach(() => {
      world = current();
    });

    it('makes, shows and renames groups, with one event per change', async () => {
      const id = await create('Pool');
      await inTx((tx) => renameMemberGroup(tx, at(1), id, 'Pool & Spa'));
      await inTx((tx) => renameMemberGroup(tx, at(2), id, 'Pool & Spa'));

      expect(await getMemberGroup(world.db.read, id)).to.deep.equal({ id, name: 'Pool & Spa', createdAt: T0, updatedAt: shift(T0, 1) });
      expect(await world.newEvents()).to.deep.equal(['create member_group', 'edit member_group']);
    });

    it('lists them page by page', async () => {
      for (const name of ['a', 'b', 'c']) await create(name);

      const first = await listMemberGroups(world.db.read, { limit: 2, after: null });
      const second = await listMemberGroups(world.db.read, { limit: 2, after: first.next });

      expect([...first.data, ...second.data].map(({ name }) => name)).to.deep.equal(['a', 'b', 'c']);
      expect(second.next).to.equal(null);
    });

    it('knows no other group', async () => {
      expect(await getMemberGroup(world.db.read, 'mg_none').catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      expect(await failure((tx) => renameMemberGroup(tx, NOW, 'mg_none', 'x'))).to.be.instanceOf(NotFound);
      expect(await failure((tx) => deleteMemberGroup(tx, NOW, 'mg_none'))).to.be.instanceOf(NotFound);
    });

    describe('deletes a group', () => {
      const map = (integration_id: string, resource_id: string, member_group_id: string) =>
        world.insert('mappings', { integration_id, resource_id, member_group_id, resource_name: `Room ${resource_id}` });

      it('with the associations of every owner and its mappings, one event each', async () => {
        const [pool, gate] = [await create('Pool'), await create('Gate')];
        const integrationId = await world.integration();
        const memberId = await inTx((tx) => createManualMember(tx, NOW, { name: 'Ana', emails: [], window: OPEN_WINDOW }));
        for (const managedBy of ['manual', integrationId]) {
          await inTx((tx) => createAssociation(tx, NOW, { memberId, memberGroupId: pool, window: OPEN_WINDOW, managedBy, because: 'x' }));
        }
        await map(integrationId, 'g1', pool);
        await map(integrationId, 'g1', gate);
        await map(integrationId, 'g2', gate);
        await world.newEvents();

        await inTx((tx) => deleteMemberGroup(tx, NOW, pool));

        const events = await world.newEventRows();
        expect(events.map(({ verb, object_type }) => `${verb} ${object_type}`)).to.deep.equal([
          'edit mapping',
          'delete association',
          'delete association',
          'delete member_group',
        ]);
        expect(events[0]).to.include({ object_id: 'g1', object_name: 'Room g1', integration_id: integrationId });
        const { changes } = JSON.parse(events[0]?.details ?? '');
        expect(changes.memberGroupIds.before).to.have.members([pool, gate]);
        expect(changes.memberGroupIds.after).to.deep.equal([gate]);
        expect(await world.count('associations')).to.equal(0);
        expect(await world.query('select resource_id, member_group_id from mappings order by 1')).to.deep.equal([
          { resource_id: 'g1', member_group_id: gate },
          { resource_id: 'g2', member_group_id: gate },
        ]);
      });

      it('and marks the Users that were mapped to it, directly, through nested Groups or as all Users', async () => {
        const pool = await create('Pool');
        const [hotel, company] = [await world.integration('guesty'), await world.integration()];
        const [outer, inner, other] = [await world.group(hotel), await world.group(hotel), await world.group(hotel)];
        await world.insert('group_groups', { parent_id: outer, child_id: inner });
        const [direct, nested, elsewhere] = [await world.user(hotel), await world.user(hotel), await world.user(hotel)];
        await world.user(hotel);
        const colleague = await world.user(company);
        for (const [group_id, user_id] of [
          [outer, direct],
          [inner, nested],
          [other, elsewhere],
        ] as const) {
          await world.insert('group_members', { group_id, user_id });
        }
        await map(hotel, outer, pool);
        await map(company, 'all_users', pool);
        await map(hotel, other, await create('Gate'));

        await inTx((tx) => deleteMemberGroup(tx, NOW, pool));

        const dirty = await world.query<{ id: string }>('select id from users where dirty = 1');
        expect(dirty.map(({ id }) => id)).to.have.members([direct, nested, colleague]);
      });
    });
  });
});
