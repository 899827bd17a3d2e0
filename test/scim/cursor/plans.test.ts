import { expect } from 'chai';
import type { SqlFragment } from '../../../src/directory/sql-fragment.js';
import type { Position, Side } from '../../../src/directory/keyset.js';
import { compileFilter } from '../../../src/scim/filter/compile.js';
import { parseFilter } from '../../../src/scim/filter/parse.js';
import { resolveFilter } from '../../../src/scim/filter/resolve.js';
import { GROUP_RESOURCE, type ResourceKind, USER_RESOURCE } from '../../../src/scim/resource-kinds.js';
import { parseSortOrder } from '../../../src/scim/sort.js';
import { forEachEngine } from '../../support/engines.js';
import { recording } from '../../support/recording.js';
import { worldOf } from '../../support/world.js';

describe('the plan of a page by cursor', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const world = worldOf(engine);

    interface Asked {
      readonly sortBy?: string;
      readonly sortOrder?: string;
      readonly filter?: string;
      readonly key?: Position['key'];
      readonly side?: Side;
    }

    function whereOf<Row>(kind: ResourceKind<Row>, filter: string | undefined): SqlFragment | null {
      if (filter === undefined) return null;
      return compileFilter(resolveFilter(parseFilter(filter, { bareValues: false }), kind.schema), kind.target('sqlite'));
    }

    /** What SQLite does for the page behind a place in the middle. */
    async function planOf<Row>(
      kind: ResourceKind<Row>,
      { sortBy, sortOrder, filter, key = null, side = 'after' }: Asked,
    ): Promise<string[]> {
      const { db, statements } = recording(world().db);
      const order = parseSortOrder(sortBy, sortOrder, kind, 'sqlite');
      const from: Position = { type: kind.schema.resourceType === 'User' ? 'User' : 'Group', seq: 50_000, key };
      await kind.walk(db.read, { integrationId: 'one', where: whereOf(kind, filter), order, from, side, count: 101 });
      const [statement, ...more] = statements.filter(({ name }) => !name.endsWith('.span'));
      expect(more).to.deep.equal([]);
      expect(statement?.sql).not.to.match(/offset/i);
      const steps = await world().query<{ detail: string }>(`explain query plan ${statement?.sql ?? ''}`, ...(statement?.bindings ?? []));
      return steps.map(({ detail }) => detail);
    }

    for (const [side, range] of [
      ['after', 'seq>?'],
      ['before', 'seq<?'],
    ] as const) {
      it(`in the order of creation starts in the index at the place, ${side} it, filtered or not`, async () => {
        const plan = (table: string) => [`SEARCH r USING INDEX ${table}_integration_id_seq_index (integration_id=? AND ${range})`];
        expect(await planOf(USER_RESOURCE, { side })).to.deep.equal(plan('users'));
        expect(await planOf(GROUP_RESOURCE, { side })).to.deep.equal(plan('groups'));
        expect(await planOf(USER_RESOURCE, { side, filter: 'title eq "cook" and active eq true' })).to.deep.equal(plan('users'));
        expect(await planOf(GROUP_RESOURCE, { side, filter: 'displayName co "x"' })).to.deep.equal(plan('groups'));
      });

      it(`by userName starts in its index at the place, ${side} it`, async () => {
        const plan = await planOf(USER_RESOURCE, { sortBy: 'userName', key: 'm', side });
        expect(plan[0]).to.match(
          /^SEARCH r USING INDEX users_integration_id_user_name_key_unique \(integration_id=\? AND user_name_key[<>]\?\)$/,
        );
      });
    }

    it('of somebody who is looked up is the look-up', async () => {
      expect((await planOf(USER_RESOURCE, { filter: 'userName eq "ann"' }))[0]).to.match(/user_name_key=\?/);
    });
  });
});
