import { expect } from 'chai';
import type { Tx } from '../../src/db/database.js';
import { NotFound } from '../../src/errors.js';
import { mappingsFor, mappingsOf, setMapping } from '../../src/integrations/mapping-store.js';
import { forEachEngine } from '../support/engines.js';
import { NOW, type World, worldOf } from '../support/world.js';

describe('mapping store', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let integrationId: string;
    let pool: string;
    let gate: string;
    const inTx = <Result>(work: (tx: Tx) => Promise<Result>) => world.db.transaction(work);
    const map = (id: string, memberGroupIds: readonly string[], integration = integrationId) =>
      inTx((tx) => setMapping(tx, NOW, integration, { id, name: `name of ${id}` }, memberGroupIds));
    const mapped = async () =>
      (await mappingsOf(world.db.read, integrationId)).map(({ resourceId, memberGroupId }) => [resourceId, memberGroupId]);
    const dirty = async () => (await world.query<{ id: string }>('select id from users where dirty = 1')).map(({ id }) => id);

    beforeEach(async () => {
      world = current();
      integrationId = await world.integration();
      [pool, gate] = [await world.memberGroup('Pool'), await world.memberGroup('Gate')];
    });

    it('maps a resource to these member groups and no others, telling before and after', async () => {
      await map('g1', [pool]);
      await world.newEvents();

      await map('g1', [gate, gate]);

      expect(await mapped()).to.deep.equal([['g1', gate]]);
      const [event, ...more] = await world.newEventRows();
      expect(more).to.deep.equal([]);
      expect(event).to.include({
        verb: 'edit',
        object_type: 'mapping',
        object_id: 'g1',
        object_name: 'name of g1',
        integration_id: integrationId,
      });
      expect(JSON.parse(event?.details ?? '')).to.deep.equal({ changes: { memberGroupIds: { before: [pool], after: [gate] } } });
    });

    it('does nothing when nothing differs', async () => {
      const [group, user] = [await world.group(integrationId), await world.user(integrationId)];
      await world.insert('group_members', { group_id: group, user_id: user });
      await map(group, [pool, gate]);
      await inTx((tx) => tx.execute('update users set dirty = 0', []));
      await world.newEvents();

      expect(await map(group, [gate, pool])).to.equal(0);
      expect(await dirty()).to.deep.equal([]);
      expect(await world.newEvents()).to.deep.equal([]);
    });

    it('takes a mapping away', async () => {
      await map('g1', [pool, gate]);
      await map('g1', []);

      expect(await mapped()).to.deep.equal([]);
    });

    it('refuses a member group or an integration that is not there, and stores nothing', async () => {
      expect(await map('g1', [pool, 'mg_none']).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      expect(await map('g1', [pool], 'int_none').catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      expect(await mapped()).to.deep.equal([]);
    });

    it('knows all Users as a resource of a directory alone', async () => {
      expect(await map('all_users', [pool], await world.integration('guesty')).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      expect(await map('all_users', [pool], await world.integration('google_workspace'))).to.equal(0);
    });

    it('finds the mappings of some resources, always with those of all Users', async () => {
      await map('g1', [pool]);
      await map('g2', [pool]);
      await map('all_users', [gate]);

      const found = async (ids: readonly string[]) =>
        (await mappingsFor(world.db.read, integrationId, ids)).map(({ resourceId }) => resourceId);
      expect(await found(['g2', 'g3'])).to.have.members(['g2', 'all_users']);
      expect(await found([])).to.deep.equal(['all_users']);
      expect(await mappingsFor(world.db.read, await world.integration(), ['g1'])).to.deep.equal([]);
    });

    describe('marks the Users whose access may change', () => {
      it('in the Group and in Groups nested in it, each once, and counts them', async () => {
        const [outer, middle, inner, beside] = [
          await world.group(integrationId),
          await world.group(integrationId),
          await world.group(integrationId),
          await world.group(integrationId),
        ];
        for (const [parent_id, child_id] of [
          [outer, middle],
          [middle, inner],
          // A ring: the walk has to end all the same.
          [inner, outer],
        ] as const) {
          await world.insert('group_groups', { parent_id, child_id });
        }
        const users: string[] = [];
        for (const group_id of [outer, middle, inner, beside]) {
          const user_id = await world.user(integrationId);
          users.push(user_id);
          await world.insert('group_members', { group_id, user_id });
        }
        await world.insert('group_members', { group_id: inner, user_id: users[0] ?? '' });

        expect(await map(outer, [pool])).to.equal(3);
        expect(await dirty()).to.have.members(users.slice(0, 3));
      });

      it('all of this integration for all Users', async () => {
        const [one, two] = [await world.user(integrationId), await world.user(integrationId)];
        await world.user(await world.integration());

        expect(await map('all_users', [pool])).to.equal(2);
        expect(await dirty()).to.have.members([one, two]);
      });

      it('of no other integration, even for a Group of that one', async () => {
        const other = await world.integration();
        const [group, user] = [await world.group(other), await world.user(other)];
        await world.insert('group_members', { group_id: group, user_id: user });

        expect(await map(group, [pool])).to.equal(0);
        expect(await dirty()).to.deep.equal([]);
      });
    });

    it('tells of what each of two admins changed who save the same mapping at the same time', async () => {
      const save = (memberGroupIds: readonly string[]) => (tx: Tx) =>
        setMapping(tx, NOW, integrationId, { id: 'g1', name: 'g1' }, memberGroupIds);

      await world.contend(save([pool]), save([gate]));

      const changes = (await world.newEventRows()).map(({ details }) => JSON.parse(details).changes.memberGroupIds);
      expect(changes).to.deep.equal([
        { before: [], after: [pool] },
        { before: [pool], after: [gate] },
      ]);
      expect(await mapped()).to.deep.equal([['g1', gate]]);
    });
  });
});
