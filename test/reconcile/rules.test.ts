import { expect } from 'chai';
import { deleteMemberGroup } from '../../src/access/member-group-store.js';
import { ACCESS_URN } from '../../src/domain/scim.js';
import { NotFound } from '../../src/errors.js';
import { deleteIntegration } from '../../src/integrations/delete-integration.js';
import { accessOf } from '../support/access-view.js';
import { Core } from '../support/core.js';
import { counting } from '../support/counting.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';

describe('rules changed beside pushes', () => {
  forEachEngine((engine) => {
    const opened = openedTwice(engine);
    /** The server that takes pushes, and another process (a replica, or the command line) in which an admin works. */
    let server: Core;
    let admin: Core;
    let counts: readonly { asked: number; attempts: number }[];
    let guests: string;
    let pool: string;
    let gate: string;
    let users: string[];
    /** No transaction had to be run again: on PostgreSQL a deadlock would have cost a second and one of the two. */
    const expectNoConflict = () => expect(counts.map(({ asked, attempts }) => attempts - asked)).to.deep.equal([0, 0]);
    const expectSettled = async () => {
      await server.worker.drain();
      for (const { id } of await server.query<{ id: string }>('select id from users where integration_id = ?', server.integrationId)) {
        expect((await server.preview(id))?.changes).to.deep.equal([]);
      }
      expect(server.errors.concat(admin.errors)).to.deep.equal([]);
    };

    beforeEach(async () => {
      const { db, other } = opened();
      const plain = await Core.create(db);
      users = await plain.createUsers(10);
      guests = await plain.createGroup('Guests', users);
      [pool, gate] = [await plain.memberGroup('Pool'), await plain.memberGroup('Gate')];
      const counted = [counting(db), counting(other)] as const;
      counts = counted.map(({ count }) => count);
      server = new Core(counted[0].db, plain.integrationId);
      admin = new Core(counted[1].db, plain.integrationId);
    });

    it('mappings: in the end everybody has what the last mapping says, and nobody waited in a circle', async () => {
      const targets = [[pool], [gate], [pool, gate], [], [gate], [pool]];
      await Promise.all([
        ...users.flatMap((id, n) => [server.patchUser(id, { displayName: `a ${n}` }), server.patchUser(id, { active: n % 3 !== 0 })]),
        (async () => {
          for (const target of targets) {
            await admin.map(guests, ...target);
            await admin.worker.drain();
          }
        })(),
        server.worker.drain(),
      ]);

      await expectSettled();
      for (const [n, id] of users.entries()) {
        expect((await accessOf(server, id))?.associations ?? []).to.deep.equal(n % 3 === 0 ? [] : ['Pool']);
      }
      expectNoConflict();
    });

    it('settings: the same', async () => {
      await admin.map(guests, pool);
      await Promise.all([
        ...users.map((id, n) => server.patchUser(id, { displayName: `a ${n}` })),
        ...users.map((id) => server.changeMembers(guests, { op: 'remove', ids: [id] }, { op: 'add', ids: [id] })),
        (async () => {
          for (const magicLink of [false, true, false, true, false]) {
            await admin.set({ credentials: { magicLink } });
            await admin.worker.drain();
          }
        })(),
      ]);

      await expectSettled();
      expect(await server.count('magic_links where revoked_at is null and managed_by = ?', server.integrationId)).to.equal(0);
      expect(await server.count('associations where managed_by = ?', server.integrationId)).to.equal(10);
      expectNoConflict();
    });

    it('Users created and Groups filled while their mapping comes: nobody is left by the old one', async () => {
      for (let round = 0; round < 4; round += 1) {
        const group = await server.createGroup(`round ${round}`);
        await Promise.all([
          ...users.map((id) => server.changeMembers(group, { op: 'add', ids: [id] })),
          ...[1, 2, 3].map((n) => server.createUser({ userName: `round ${round} user ${n}` })),
          admin.map(group, gate),
          admin.map('all_users', ...(round % 2 === 0 ? [pool] : [])),
        ]);
        await expectSettled();
      }
      expectNoConflict();
    });

    it('a member group deleted: nobody fails, and nobody keeps it', async () => {
      await admin.map(guests, pool, gate);
      await admin.worker.drain();

      await Promise.all([
        ...users.flatMap((id, n) => [server.patchUser(id, { displayName: `x ${n}` }), server.patchUser(id, { active: n % 2 === 0 })]),
        admin.inTx((tx) => deleteMemberGroup(tx, admin.context, pool)),
      ]);

      await expectSettled();
      for (const [n, id] of users.entries())
        expect((await accessOf(server, id))?.associations ?? []).to.deep.equal(n % 2 === 0 ? ['Gate'] : []);
      expectNoConflict();
    });

    it('the integration deleted: what is pushed meanwhile is stored before it or refused, and nothing opens after it', async () => {
      await admin.map(guests, pool);
      await admin.worker.drain();

      const pushes = users.map((id, n) => server.patchUser(id, { displayName: `x ${n}` }));
      const deleted = admin.inTx((tx) =>
        deleteIntegration(tx, admin.context, admin.integrationId, { members: 'revoke', coolDownDays: 30 }),
      );
      const outcomes = await Promise.allSettled(pushes);
      await deleted;

      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).to.be.instanceOf(NotFound);
      expect(await server.count('users where integration_id = ?', server.integrationId)).to.equal(0);
      expect(await server.count('associations where managed_by = ?', server.integrationId)).to.equal(0);
      expect(await server.count('pins where revoked_at is null and managed_by = ?', server.integrationId)).to.equal(0);
    });

    it('PINs that several sources want at once: one has them, whichever transaction was first', async () => {
      const others = [server, await Core.create(opened().db), await Core.create(opened().other)];
      await Promise.all(
        others.map(async (core) => {
          await core.set({ credentials: { pin: 'source' } });
          await core.map('all_users', pool);
        }),
      );
      await server.worker.drain();

      const wanted = ['730518', '815307', '264913'];
      const made = await Promise.all(
        others.flatMap((core) => wanted.map((pin) => core.createUser({ userName: `wants ${pin}`, [ACCESS_URN]: { pin } }))),
      );

      expect(
        await server.count(
          'pins where revoked_at is null and hash is not null and length = 6 and managed_by in (select integration_id from users where pin_hash is not null)',
        ),
      ).to.equal(3);
      const warned = await server.query<{ id: string }>(`select id from users where warnings like '%pin_conflict%'`);
      expect(warned.filter(({ id }) => made.includes(id))).to.have.length(6);
    });
  });
});
