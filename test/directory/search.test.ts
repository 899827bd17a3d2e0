import { expect } from 'chai';
import fc from 'fast-check';
import type { Side } from '../../src/directory/keyset.js';
import { listAll } from '../../src/directory/list-all.js';
import { listUsers } from '../../src/directory/list.js';
import type { SqlFragment } from '../../src/directory/sql-fragment.js';
import { among, search } from '../../src/directory/search.js';
import { walkUsers } from '../../src/directory/walk.js';
import type { Database } from '../../src/db/database.js';
import { parseSort, parseSortOrder } from '../../src/scim/sort.js';
import { USER_RESOURCE } from '../../src/scim/resource-kinds.js';
import { Core } from '../support/core.js';
import { forEachEngine } from '../support/engines.js';
import { recording } from '../support/recording.js';
import { worldOf } from '../support/world.js';

const USERS = 400;

/** A condition that no index answers: the number behind the name, by its last digits. */
function where(digits: readonly number[]): SqlFragment {
  const condition = digits.map(() => `r.user_name like ?`).join(' or ');
  return { sql: digits.length === 0 ? 'r.user_name = r.id' : condition, bindings: digits.map((digit) => `%${digit}`) };
}

describe('what no index answers', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    let core: Core;
    let seqs: number[];
    beforeEach(async () => {
      core = await Core.create(world().db);
      const other = await Core.create(world().db);
      const ids: string[] = [];
      for (let n = 0; n < USERS; n += 100) {
        ids.push(...(await core.createUsers(100, `from ${n}`)));
        await other.createUsers(30, `other ${n}`);
      }
      for (const id of ids.slice(200, 270)) await core.deleteUser(id);
      const rows = await core.query<{ seq: number }>('select seq from users where integration_id = ? order by seq', core.integrationId);
      seqs = rows.map(({ seq }) => seq);
    });
    const all = { limit: Number.POSITIVE_INFINITY, from: null };
    const find = (db: Database, more: Partial<Parameters<typeof search>[2]>) =>
      search(db.read, 'users', { integrationId: core.integrationId, where: where([7]), ...all, ...more });

    if (engine.name === 'postgres') {
      it('is left to the engine, which has threads of its own', async () => {
        expect(await find(world().db, {})).to.equal(null);
      });
      return;
    }

    it('is looked for in slices, and others have their turn in between', async () => {
      const { db, statements } = recording(world().db);
      let turns = 0;
      let isDone = false;
      const count = (): void => {
        turns += 1;
        if (!isDone) setImmediate(count);
      };
      setImmediate(count);
      const found = await find(db, {});
      isDone = true;

      const slices = statements.filter(({ sql }) => sql.includes('between'));
      expect(found).to.have.length(33);
      expect(slices.length).to.be.at.least(2);
      expect(turns).to.be.at.least(slices.length - 1);
      const plan = await core.query<{ detail: string }>(`explain query plan ${slices[0]?.sql}`, ...(slices[0]?.bindings ?? []));
      expect(plan.map(({ detail }) => detail)).to.deep.equal([
        'SEARCH r USING INDEX users_integration_id_seq_index (integration_id=? AND seq>? AND seq<?)',
      ]);
    });

    it('is found both ways from any place, as many as are wanted, whatever was deleted', async () => {
      const matching = (await find(world().db, {})) ?? [];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom<Side>('after', 'before'), fc.nat(seqs.length - 1), fc.nat(20), async (side, at, limit) => {
          const seq = seqs[at] ?? 0;
          const beyond = side === 'after' ? matching.filter((one) => one > seq) : matching.filter((one) => one < seq).reverse();
          expect(await find(world().db, { from: { seq, side }, limit })).to.deep.equal(beyond.slice(0, limit));
        }),
        { numRuns: 100 },
      );
    });

    it('is one statement where an index helps, and in a small directory', async () => {
      const small = await Core.create(world().db);
      await small.createUsers(20);
      expect(await find(world().db, { where: { ...where([7]), indexed: true } })).to.equal(null);
      expect(await find(world().db, { integrationId: small.integrationId })).to.equal(null);
      expect(await find(world().db, { integrationId: 'nobody' })).to.equal(null);
    });

    const digits = fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const sortBy = fc.constantFrom(undefined, 'userName', 'displayName', 'meta.created');
    const sortOrder = fc.constantFrom('ascending', 'descending');
    const asked = fc.record({ digits, sortBy, sortOrder, startIndex: fc.integer({ min: 1, max: 400 }), count: fc.nat(150) });

    it('makes the list that one statement makes', async () => {
      const { read } = world().db;
      await fc.assert(
        fc.asyncProperty(asked, async ({ digits, sortBy, sortOrder, startIndex, count }) => {
          const orderBy = parseSort(sortBy, sortOrder, USER_RESOURCE, 'sqlite');
          const list = (indexed: boolean) =>
            listUsers(read, { integrationId: core.integrationId, where: { ...where(digits), indexed }, orderBy, startIndex, count });
          expect(await list(false)).to.deep.equal(await list(true));
        }),
        { numRuns: 80 },
      );
    });

    it('makes the stretch from any place that one statement makes, both ways', async () => {
      const { read } = world().db;
      await fc.assert(
        fc.asyncProperty(
          asked,
          fc.constantFrom<Side>('after', 'before'),
          async ({ digits, sortBy, sortOrder, startIndex, count }, side) => {
            const order = parseSortOrder(sortBy, sortOrder, USER_RESOURCE, 'sqlite');
            const walk = { integrationId: core.integrationId, order, side, count: count + 1 };
            const everybody = await walkUsers(read, { ...walk, where: null, from: null, side: 'after', count: USERS });
            const from = everybody[startIndex]?.position ?? null;
            const stretch = (indexed: boolean) => walkUsers(read, { ...walk, where: { ...where(digits), indexed }, from });
            expect(await stretch(false)).to.deep.equal(await stretch(true));
          },
        ),
        { numRuns: 80 },
      );
    });

    it('makes the sorted list of Users and Groups that one statement makes', async () => {
      const { read } = world().db;
      await fc.assert(
        fc.asyncProperty(asked, async ({ digits, sortOrder, startIndex, count }) => {
          const list = (indexed: boolean) => {
            const users = { where: { ...where(digits), indexed }, sortKey: 'r.user_name_key' };
            const order = sortOrder === 'ascending' ? 'asc' : 'desc';
            return listAll(read, {
              integrationId: core.integrationId,
              users,
              groups: { where: null, sortKey: null },
              order,
              startIndex,
              count,
            });
          };
          expect(await list(false)).to.deep.equal(await list(true));
        }),
        { numRuns: 50 },
      );
    });

    it('is not there any more when it goes while others are looked at, and a stretch is as long as ever', async () => {
      const { db } = world();
      const [first = 0] = (await find(db, {})) ?? [];
      const { read } = db;
      let isGone = false;
      // Goes between the search and the reading of the rows.
      const racing: typeof read = {
        engine: read.engine,
        all: (statement, params) => read.all(statement, params),
        first: (statement, params) => read.first(statement, params),
        query: async (sql, bindings) => {
          if (!isGone && sql.includes('json_each')) {
            isGone = true;
            await core.inTx((tx) => tx.execute('update users set user_name = ? where seq = ?', ['renamed', first]));
          }
          return read.query(sql, bindings);
        },
      };
      const walk = { integrationId: core.integrationId, where: where([7]), order: null, from: null, side: 'after', count: 5 } as const;
      const found = await walkUsers(racing, walk);

      expect(isGone).to.equal(true);
      expect(found.map(({ row }) => row.seq))
        .to.have.length(5)
        .and.not.include(first);
    });

    it('among these rows means these', async () => {
      const { sql, bindings } = among(seqs.slice(5, 8));
      const rows = await core.query<{ seq: number }>(`select r.seq from users r where ${sql} order by r.seq`, ...bindings);
      expect(rows.map(({ seq }) => seq)).to.deep.equal(seqs.slice(5, 8));
    });
  });
});
