import { expect } from 'chai';
import {
  addAssociation,
  createManualMember,
  deleteMember,
  patchMember,
  removeAssociation,
  restoreMember,
} from '../../src/access/members.js';
import { deleteMemberGroup } from '../../src/access/member-group-store.js';
import { ACCESS_URN } from '../../src/domain/scim.js';
import { OPEN_WINDOW, shift } from '../../src/domain/time.js';
import { deleteIntegration } from '../../src/integrations/delete-integration.js';
import { listEvents } from '../../src/events/list.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { DAY_MS, HOUR_MS, worldOf } from '../support/world.js';

interface Row {
  readonly verb: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly member_id: string | null;
}

const OF_MEMBERS = ['member', 'association', 'pin', 'magic_link', 'card'];

describe('events of members', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);

    /** Everything that makes, changes and ends members and what they open with, by a source, by hand and by time. */
    async function live(): Promise<void> {
      const core = await Core.create(world().db);
      const left = await Core.create(world().db);
      const [pool, gate] = [await core.memberGroup('Pool'), await core.memberGroup('Gate')];
      const until = shift(core.now, 2 * DAY_MS);
      const ann = await core.createUser({ userName: 'ann', externalId: 'a', [ACCESS_URN]: { pin: '730518', card: 'C1' } });
      const bo = await core.createUser({ userName: 'bo', externalId: 'b', [ACCESS_URN]: { validUntil: until } });
      const all = await core.createGroup('all', [ann, bo]);
      await core.map(all, pool, gate);
      await core.timekeeper.tick();
      await core.patchUser(ann, { displayName: 'Ann', active: false });
      await core.patchUser(ann, { active: true });
      await core.patchUser(bo, { [ACCESS_URN]: { validUntil: shift(until, DAY_MS) } });
      await byHand(core, pool);
      await core.inTx((tx) => deleteMemberGroup(tx, core.context, gate));
      for (const choice of ['keep', 'revoke'] as const) {
        const leaving = choice === 'keep' ? left : await Core.create(world().db);
        const cy = await leaving.createUser({ userName: 'cy', externalId: 'c', [ACCESS_URN]: { card: `card ${choice}` } });
        await leaving.map(await leaving.createGroup('stay', [cy]), pool);
        await leaving.timekeeper.tick();
        await core.inTx((tx) => deleteIntegration(tx, core.context, leaving.integrationId, { members: choice, coolDownDays: 30 }));
      }
      await core.deleteUser(ann);
      for (const hours of [72, 49, 31 * 24, 95 * 24, 95 * 24]) {
        core.advance(hours * HOUR_MS);
        await core.timekeeper.tick();
      }
    }

    async function byHand(core: Core, memberGroupId: string): Promise<void> {
      const { stores, context } = core;
      await core.inTx(async (tx) => {
        const id = await createManualMember(tx, context, { name: 'Di', emails: [], window: OPEN_WINDOW });
        const wanted = { member: { id, name: 'Di', integrationId: null }, managedBy: 'manual', because: 'a test' };
        const { id: pinId } = await stores.pins.generatePin(tx, context, wanted);
        const { id: linkId } = await stores.links.createLink(tx, context, wanted);
        await stores.cards.createCard(tx, context, { ...wanted, uid: 'C2' });
        await stores.pins.revealPin(tx, context, id, pinId);
        await stores.links.revealLink(tx, context, id, linkId);
        const associationId = await addAssociation(tx, context, id, { memberGroupId, window: OPEN_WINDOW });
        await removeAssociation(tx, context, id, associationId);
        await patchMember(tx, context, id, { name: 'Dina' });
        await deleteMember(tx, context, id, 30);
        await restoreMember(tx, context, id);
      });
    }

    it('say whom they concern, whoever wrote them', async () => {
      await live();

      const rows = await world().query<Row>('select verb, object_type, object_id, member_id from events order by seq');
      const members = new Set(rows.filter(({ object_type }) => object_type === 'member').map(({ object_id }) => object_id));
      const concerned = rows.filter(({ object_type }) => OF_MEMBERS.includes(object_type));
      const kinds = new Set(concerned.map(({ verb, object_type }) => `${verb} ${object_type}`));
      expect([...kinds].sort()).to.deep.equal([
        ...['create association', 'create card', 'create magic_link', 'create member', 'create pin'],
        ...['delete association', 'delete card', 'delete magic_link', 'delete member', 'delete pin'],
        ...['edit card', 'edit magic_link', 'edit member', 'edit pin', 'reveal magic_link', 'reveal pin'],
      ]);
      for (const row of concerned) {
        expect(members.has(row.member_id ?? ''), JSON.stringify(row)).to.equal(true);
        if (row.object_type === 'member') expect(row.member_id).to.equal(row.object_id);
      }
      expect(rows.filter((row) => row.member_id !== null && !OF_MEMBERS.includes(row.object_type))).to.deep.equal([]);
      for (const memberId of members) {
        const { data } = await listEvents(world().db.read, { memberId }, { limit: 100, after: null });
        expect(data.map(({ object }) => object.id)).to.have.members(
          concerned.filter((row) => row.member_id === memberId).map((row) => row.object_id),
        );
      }
    });
  });
});
