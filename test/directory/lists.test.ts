import { expect } from 'chai';
import fc from 'fast-check';
import { type ListQuery, listGroups, listUsers, type Page } from '../../src/directory/list.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { group, groupBody, user, userBody } from '../support/scim-bodies.js';
import { worldOf } from '../support/world.js';
import { runs, timeLimit } from '../support/runs.js';

/** A step of a directory's life. `jump`: so many row numbers go to nobody, as when others create, or creations fail. */
type Step =
  | { readonly what: 'create'; readonly where: number }
  | { readonly what: 'delete'; readonly where: number; readonly which: number }
  | { readonly what: 'jump'; readonly by: number };

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('create' as const), where: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('delete' as const), where: fc.nat(1), which: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('jump' as const), by: fc.constantFrom(1, 100, 511, 512, 513, 5_000) }) },
);

describe('lists', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    let core: Core;
    let count = 0;
    const newUser = async (of: Core, fields: object = {}) => {
      count += 1;
      return (await of.applyOnly({ kind: 'user.create', user: user(userBody({ userName: `user ${count}`, ...fields })) })).id;
    };
    const query = (of: Core, more: Partial<ListQuery>): ListQuery => ({
      ...{ integrationId: of.integrationId, where: null, orderBy: null, startIndex: 1, count: 100 },
      ...more,
    });
    const ids = (page: Page<{ readonly id: string }>) => page.rows.map(({ id }) => id);

    beforeEach(async () => {
      core = await Core.create(world().db);
    });

    const jump = (by: number) =>
      core.inTx((tx) =>
        engine.name === 'sqlite'
          ? tx.execute("update sqlite_sequence set seq = seq + ? where name = 'users'", [by])
          : tx.execute("select setval('users_seq_seq', (select last_value from users_seq_seq) + cast(? as bigint))", [by]),
      );

    it('have the exact total and the right rows at every startIndex, whatever was created and deleted', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 40 }), async (steps) => {
          const directories = [await Core.create(world().db), await Core.create(world().db)] as const;
          const model: [string[], string[]] = [[], []];
          for (const step of steps) {
            if (step.what === 'jump') {
              await jump(step.by);
              continue;
            }
            const at = step.where === 0 ? 0 : 1;
            if (step.what === 'create') model[at].push(await newUser(directories[at]));
            const which = step.what === 'delete' && model[at].length > 0 ? step.which % model[at].length : -1;
            for (const id of which < 0 ? [] : model[at].splice(which, 1)) {
              await directories[at].applyOnly({ kind: 'user.delete', id, ifMatch: null });
            }
          }
          for (const at of [0, 1] as const) {
            const expected = model[at];
            for (let startIndex = 1; startIndex <= expected.length + 2; startIndex += 1) {
              const page = await listUsers(world().db.read, query(directories[at], { startIndex, count: 3 }));
              expect(page.total).to.equal(expected.length);
              expect(ids(page)).to.deep.equal(expected.slice(startIndex - 1, startIndex + 2));
            }
          }
        }),
        { numRuns: engine.name === 'sqlite' ? runs(30, 2_000) : runs(6, 200) },
      );
    }).timeout(timeLimit(60_000));

    it('count Groups apart from Users', async () => {
      await newUser(core);
      for (const displayName of ['a', 'b']) {
        await core.applyOnly({ kind: 'group.create', group: group(groupBody({ displayName })), members: [] });
      }

      expect((await listUsers(world().db.read, query(core, {}))).total).to.equal(1);
      expect((await listGroups(world().db.read, query(core, {}))).total).to.equal(2);
    });

    it('of no rows, of rows beyond the end, and of the total alone', async () => {
      expect(await listUsers(world().db.read, query(core, {}))).to.deep.equal({ total: 0, rows: [] });
      await newUser(core);
      for (const more of [{ count: 0 }, { startIndex: 2 }, { startIndex: 1_000_000_000 }]) {
        expect(await listUsers(world().db.read, query(core, more))).to.deep.equal({ total: 1, rows: [] });
      }
    });

    describe('with a condition or an order', () => {
      const where = { sql: 'r.user_name_key >= ? and r.user_name_key < ?', bindings: ['b', 'e'] };
      const orderBy = { sql: 'r.user_name_key desc', bindings: [] };
      let known: Map<string, string>;
      const names = (page: Page<{ readonly id: string }>) => ids(page).map((id) => known.get(id));

      beforeEach(async () => {
        known = new Map();
        for (const userName of ['c', 'a', 'd', 'b', 'e']) known.set(await newUser(core, { userName }), userName);
        await newUser(await Core.create(world().db), { userName: 'c' });
      });

      it('have the order of creation unless another is asked for', async () => {
        expect(names(await listUsers(world().db.read, query(core, { where })))).to.deep.equal(['c', 'd', 'b']);
        expect(names(await listUsers(world().db.read, query(core, { where, orderBy })))).to.deep.equal(['d', 'c', 'b']);
        expect(names(await listUsers(world().db.read, query(core, { orderBy })))).to.deep.equal(['e', 'd', 'c', 'b', 'a']);
      });

      it('have the total of what fulfils the condition on every page, full, short or empty', async () => {
        for (const ordered of [null, orderBy]) {
          const whole = names(await listUsers(world().db.read, query(core, { where, orderBy: ordered })));
          for (let startIndex = 1; startIndex <= 5; startIndex += 1) {
            for (const size of [0, 1, 2, 3, 4]) {
              const page = await listUsers(world().db.read, query(core, { where, orderBy: ordered, startIndex, count: size }));
              expect(page.total, `${startIndex}, ${size}`).to.equal(3);
              expect(names(page)).to.deep.equal(whole.slice(startIndex - 1, startIndex - 1 + size));
            }
          }
        }
      });

      it('of equal values have the order of creation, so that no row is on two pages', async () => {
        const constant = { sql: 'r.active', bindings: [] };
        const pages = await Promise.all(
          [1, 2, 3, 4, 5].map((startIndex) => listUsers(world().db.read, query(core, { orderBy: constant, startIndex, count: 1 }))),
        );

        expect(pages.flatMap(names)).to.deep.equal(['c', 'a', 'd', 'b', 'e']);
      });
    });
  });
});
