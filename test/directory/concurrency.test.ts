import { expect } from 'chai';
import { CircularNesting } from '../../src/directory/apply-members.js';
import { applyOperation } from '../../src/directory/apply-operation.js';
import { membersByGroup } from '../../src/directory/groups-of-users.js';
import { NotUnique } from '../../src/errors.js';
import { reconcileUser } from '../../src/reconcile/reconcile.js';
import { Core } from '../support/core.js';
import { counting } from '../support/counting.js';
import { forEachEngine } from '../support/engines.js';
import { openedTwice } from '../support/fresh-database.js';

describe('the directory under many hands', () => {
  forEachEngine((engine) => {
    const opened = openedTwice(engine);
    /** Two processes with the same directory, as two replicas, or the server and the command line. */
    let one: Core;
    let two: Core;
    let counts: readonly { asked: number; attempts: number }[];
    let users: string[];
    const both = () => [one, two] as const;
    const members = async (id: string) => ((await membersByGroup(one.db.read, [id])).get(id) ?? []).map((member) => member.id).sort();
    const at = (index: number) => users[index] ?? '';
    /** Nobody had to try again: locks are taken in one order, and a deadlock would have cost a second. */
    const expectNoConflict = () => expect(counts.map(({ asked, attempts }) => attempts - asked)).to.deep.equal([0, 0]);

    /** PostgreSQL: until a transaction waits for a lock. */
    const somebodyWaits = async () => {
      const waiting = "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      while ((await one.count(waiting)) === 0) await new Promise((next) => setImmediate(next));
    };

    beforeEach(async () => {
      const { db, other } = opened();
      const plain = await Core.create(db);
      users = [];
      for (let n = 0; n < 12; n += 1) users.push(await plain.createUser({ userName: `user ${n}` }));
      const counted = [counting(db), counting(other)] as const;
      counts = counted.map(({ count }) => count);
      one = new Core(counted[0].db, plain.integrationId);
      two = new Core(counted[1].db, plain.integrationId);
    });

    it('one name is created once, whoever asks', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) => both()[n % 2 === 0 ? 0 : 1].createUser({ userName: n % 3 === 0 ? 'SAME' : 'same' })),
      );

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).to.be.instanceOf(NotUnique);
      expect(await one.count("users where integration_id = ? and user_name_key = 'same'", one.integrationId)).to.equal(1);
    });

    it('every change of one Group survives, with a version each', async () => {
      const id = await one.createGroup('G', users.slice(0, 4));

      await Promise.all([
        ...users.slice(4).map((user, n) => both()[n % 2 === 0 ? 0 : 1].changeMembers(id, { op: 'add', ids: [user] })),
        ...users.slice(0, 3).map((user, n) => both()[n % 2 === 0 ? 0 : 1].changeMembers(id, { op: 'remove', ids: [user] })),
      ]);

      expect(await members(id)).to.deep.equal(users.slice(3).sort());
      expect((await one.one<{ version: number }>('select version from groups where id = ?', id)).version).to.equal(12);
      expect(await one.count("events where object_id = ? and verb = 'edit'", id)).to.equal(11);
      expectNoConflict();
    });

    it('the same people put into many Groups at once, in any order', async () => {
      const groups: string[] = [];
      for (let n = 0; n < 8; n += 1) groups.push(await one.createGroup(`g ${n}`));

      await Promise.all(
        groups.map((id, n) =>
          both()[n % 2 === 0 ? 0 : 1].changeMembers(id, { op: 'add', ids: n % 3 === 0 ? users : [...users].reverse() }),
        ),
      );

      for (const id of groups) expect(await members(id)).to.deep.equal([...users].sort());
      expectNoConflict();
    });

    it('people changed and renamed while they are put into Groups', async () => {
      const id = await one.createGroup('G');

      await Promise.all([
        ...users.map((user) => one.changeMembers(id, { op: 'add', ids: [user, at(0)] })),
        ...users.map((user, n) => two.patchUser(user, { displayName: 'New', userName: `renamed ${n}` })),
      ]);

      expect(await members(id)).to.deep.equal([...users].sort());
      expect(
        await one.count("users where integration_id = ? and version = 2 and user_name_key like 'renamed%'", one.integrationId),
      ).to.equal(12);
      expectNoConflict();
    });

    it('people deleted while their Groups change: nobody of them is left in one, and each Group has a version per change', async () => {
      const groups: string[] = [];
      for (let n = 0; n < 4; n += 1) groups.push(await one.createGroup(`g ${n}`, users.slice(0, 8)));

      await Promise.all([
        ...users.slice(0, 8).map((user) => one.deleteUser(user)),
        ...groups.flatMap((id) => users.slice(8).map((user) => two.changeMembers(id, { op: 'add', ids: [user] }))),
        ...groups.flatMap((id) => users.slice(0, 8).map((user) => two.changeMembers(id, { op: 'remove', ids: [user] }))),
      ]);

      for (const id of groups) {
        expect(await members(id)).to.deep.equal(users.slice(8).sort());
        expect((await one.one<{ version: number }>('select version from groups where id = ?', id)).version).to.equal(13);
      }
      expectNoConflict();
    });

    it('somebody added to a Group while he is deleted is unknown or gone, never a member without a User', async () => {
      const id = await one.createGroup('G');

      const outcomes = await Promise.allSettled(
        users.flatMap((user) => [one.deleteUser(user), two.changeMembers(id, { op: 'add', ids: [user] })]),
      );

      for (const [n, outcome] of outcomes.entries()) {
        if (outcome.status === 'rejected') expect(outcome.reason).to.have.property('name', n % 2 === 0 ? '' : 'UnknownMember');
      }
      expect(await members(id)).to.deep.equal([]);
      expect(await one.count('group_members where user_id not in (select id from users)')).to.equal(0);
    });

    for (const size of [2, 3]) {
      it(`${size} Groups put into each other in a ring at once: the last one is refused, and nobody waits for ever`, async () => {
        for (let round = 0; round < 5; round += 1) {
          const ring: string[] = [];
          for (let n = 0; n < size; n += 1) ring.push(await one.createGroup(`round ${round} group ${n}`, [at(n)]));

          const outcomes = await Promise.allSettled(
            ring.map((id, n) => both()[n % 2 === 0 ? 0 : 1].changeMembers(id, { op: 'add', ids: [ring[(n + 1) % size] ?? ''] })),
          );

          const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
          expect(refused).to.have.length(1);
          expect(refused[0]?.reason).to.be.instanceOf(CircularNesting);
        }
        expectNoConflict();
      });
    }

    it('Groups with Groups in them created at once do not wait for each other in a circle', async () => {
      const children: string[] = [];
      for (let n = 0; n < 6; n += 1) children.push(await one.createGroup(`child ${n}`, [at(n)]));

      await Promise.all(children.map((child, n) => both()[n % 2 === 0 ? 0 : 1].createGroup(`parent ${n}`, [child])));

      expect(
        await one.count('group_groups where child_id in (select id from groups where integration_id = ?)', one.integrationId),
      ).to.equal(6);
      expectNoConflict();
    });

    it('a mark set while its User is being reconciled is not lost', async () => {
      const [child, parent] = [await one.createGroup('child', [at(0)]), await one.createGroup('parent')];
      await one.map(parent, await one.memberGroup('Pool'));
      await one.inTx((tx) => tx.execute('update users set dirty = 1 where id = ?', [at(0)]));
      let marked: Promise<unknown> = Promise.resolve();
      await one.inTx(async (tx) => {
        await reconcileUser(tx, one.context, one.stores, at(0));
        // The other one sees what was before this one, and waits for it or is through before it ends.
        const context = await two.directoryContext();
        marked = two.inTx((other) =>
          applyOperation(other, context, {
            ...{ kind: 'group.change', id: parent, ifMatch: null, change: null },
            members: [{ op: 'add', ids: [child] }],
          }),
        );
        if (engine.name === 'postgres') await Promise.race([marked, somebodyWaits()]);
      });
      await marked;

      expect(await one.one('select dirty from users where id = ?', at(0))).to.deep.equal({ dirty: 1 });
      await two.worker.drain();
      expect(await one.count('associations a join members m on m.id = a.member_id where m.user_id = ?', at(0))).to.equal(1);
    });
  });
});
