import { expect } from 'chai';
import type { ChangeContext, Event, NewEvent } from '../../src/domain/events.js';
import { SYSTEM } from '../../src/domain/events.js';
import { shift } from '../../src/domain/time.js';
import { append } from '../../src/events/append.js';
import { appendEach } from '../../src/events/append-each.js';
import { type EventFilter, type EventPosition, listEvents } from '../../src/events/list.js';
import { forEachEngine } from '../support/engines.js';
import { at, NOW, T0, type World, worldOf } from '../support/world.js';

describe('event list', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine, { inventsEvents: true });
    let world: World;
    const tell = (event: Partial<NewEvent> & { name: string }, context: ChangeContext = NOW) => {
      const { name, ...rest } = event;
      const object = { type: 'member', id: `mem_${name}`, name } as const;
      return world.db.transaction((tx) => append(tx, context, { verb: 'edit', object, ...rest }));
    };
    const list = (filter: EventFilter = {}, limit = 100, after: EventPosition | null = null) =>
      listEvents(world.db.read, filter, { limit, after });
    const names = async (filter: EventFilter) => (await list(filter)).data.map(({ object }) => object.name);

    beforeEach(() => {
      world = current();
    });

    it('gives back what was told', async () => {
      const door: NewEvent = {
        verb: 'use',
        object: { type: 'door', id: 'door_1', name: 'Gate' },
        integrationId: 'int_1',
        siteId: 'site_1',
        memberId: 'mem_1',
        details: { method: 'pin', nested: { list: [1, null, 'ü'] } },
        result: 'denied',
        occurredAt: shift(T0, -5_000),
      };
      await world.db.transaction((tx) => append(tx, NOW, door));

      const { data, next } = await list();

      const { id, ...event } = data[0] as Event;
      expect(id).to.match(/^evt_/);
      expect(event).to.deep.equal({ ...door, createdAt: T0, subject: SYSTEM });
      expect(next).to.equal(null);
    });

    it('shows the newest first, page by page, undisturbed by what is told meanwhile', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await tell({ name });

      const first = await list({}, 2);
      await tell({ name: 'e' });
      const second = await list({}, 2, first.next);

      expect([...first.data, ...second.data].map(({ object }) => object.name)).to.deep.equal(['d', 'c', 'b', 'a']);
      expect(second.next).to.equal(null);
    });

    it('filters by each word, and by all that are given together', async () => {
      const ana = { actor: { type: 'admin', id: 'adm_1', name: 'Ana' }, now: T0 } as const;
      await tell({ name: 'a', verb: 'create', integrationId: 'int_1' });
      await tell({ name: 'b', integrationId: 'int_2', memberId: 'mem_b' }, ana);
      await tell({ name: 'c', verb: 'create', object: { type: 'pin', id: 'pin_1', name: 'c' } }, ana);

      expect(await names({ verb: 'create' })).to.deep.equal(['c', 'a']);
      expect(await names({ objectType: 'pin' })).to.deep.equal(['c']);
      expect(await names({ objectId: 'mem_b' })).to.deep.equal(['b']);
      expect(await names({ integrationId: 'int_1' })).to.deep.equal(['a']);
      expect(await names({ memberId: 'mem_b' })).to.deep.equal(['b']);
      expect(await names({ subjectId: 'adm_1' })).to.deep.equal(['c', 'b']);
      expect(await names({ subjectId: 'adm_1', verb: 'edit' })).to.deep.equal(['b']);
      expect(await names({ subjectId: 'adm_1', verb: 'delete' })).to.deep.equal([]);
    });

    it('filters by time: the start belongs to it, the end does not', async () => {
      for (const [ms, name] of ['a', 'b', 'c'].entries()) await tell({ name }, at(ms));

      expect(await names({ since: at(1).now })).to.deep.equal(['c', 'b']);
      expect(await names({ until: at(1).now })).to.deep.equal(['a']);
      expect(await names({ since: at(1).now, until: at(2).now })).to.deep.equal(['b']);
    });

    it('pages within a filter', async () => {
      for (const name of ['a', 'x', 'b', 'x', 'c']) await tell({ name });
      const filter = { objectId: 'mem_x' };

      const first = await list(filter, 1);
      const second = await list(filter, 1, first.next);

      expect([first.data.length, second.data.length, second.next]).to.deep.equal([1, 1, null]);
      expect(first.data[0]?.id).not.to.equal(second.data[0]?.id);
    });

    it('holds one event for each row of a set that changes at once', async () => {
      for (const name of ['Pool', 'Gate', 'Bar']) await world.memberGroup(name);

      const told = await world.db.transaction((tx) =>
        appendEach(tx, NOW, {
          ...{ verb: 'delete', objectType: 'member_group', integrationId: 'int_1', details: { because: 'a test' } },
          ...{ key: 'seq', id: 'id', name: 'name', from: 'member_groups where name <> ?', bindings: ['Bar'] },
        }),
      );

      const { data } = await list();
      expect(told).to.equal(2);
      expect(data.map(({ object }) => object.name)).to.have.members(['Pool', 'Gate']);
      expect(new Set(data.map(({ id }) => id))).to.have.length(2);
      expect(data[0]).to.deep.include({
        subject: SYSTEM,
        verb: 'delete',
        integrationId: 'int_1',
        details: { because: 'a test' },
        result: 'ok',
      });
    });
  });
});
