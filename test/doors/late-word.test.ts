import { expect } from 'chai';
import { USER_URN } from '../../src/domain/scim.js';
import { shift } from '../../src/domain/time.js';
import { requestOpen } from '../../src/doors/commands.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { T0 } from '../support/running-server.js';

const DAY_MS = 86_400_000;

interface Told {
  readonly accepted: number;
  readonly duplicates: number;
}

describe('a late word of a controller on commands and check-ins', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let gate: string;
    let controller: TestController;
    let guest: string;

    beforeEach(async () => {
      world = current();
      gate = await world.doorAt(await world.site());
      controller = await world.controller(gate);
      guest = (await world.guest(await world.group([{ doorId: gate }]))).id;
    });
    const tell = async (event: object) => (await world.door<Told>(controller, 'POST', '/events', { events: [event] })).body;

    it('of a command whose acknowledgement was lost is the press that is written down already', async () => {
      const { server } = world;
      const id = await server.parts.db.transaction((tx) => requestOpen(tx, server.context, { doorId: gate, memberId: guest }));
      server.setTime(shift(T0, 60_000));

      const opening = {
        ...{ id, doorId: gate, occurredAt: shift(T0, 1_000), granted: true },
        credential: { type: 'magic_link', memberId: guest },
      };
      expect(await tell(opening)).to.include({ accepted: 0, duplicates: 1 });
      expect(await tell(opening)).to.include({ accepted: 0, duplicates: 1 });
      expect(await world.uses(gate), 'whoever had the command made wrote its event').to.deep.equal([]);
    });

    it('of a command for the door of another controller is an attempt of its own', async () => {
      const { server } = world;
      const other = await world.doorAt(await world.site(), 'Cellar');
      const id = await server.parts.db.transaction((tx) => requestOpen(tx, server.context, { doorId: other, memberId: guest }));

      const credential = { type: 'magic_link', memberId: guest };
      expect(await tell({ id, doorId: gate, occurredAt: T0, granted: true, credential })).to.include({ accepted: 1 });
      expect(await world.uses(gate)).to.have.length(1);
    });

    it('is granted or denied, and never both', async () => {
      const credential = { type: 'pin' };
      await tell({ id: 'a', doorId: gate, occurredAt: T0, granted: false, reason: 'granted', credential });
      await tell({ id: 'b', doorId: gate, occurredAt: T0, granted: true, reason: 'unknown_credential', credential });

      const uses = (await world.uses(gate)).map(({ result, details }) => [result, details['reason']]);
      expect(uses).to.deep.equal([
        ['ok', 'granted'],
        ['denied', 'unknown_credential'],
      ]);
    });

    describe('checks in', () => {
      let visitor: string;

      // A source that wants to be told, without its system: what is looked at is what would be sent there.
      beforeEach(async () => {
        const { server } = world;
        const source = await server.connect();
        const [userId = ''] = await source.seed([{ schemas: [USER_URN], userName: `ada-${source.id}` }]);
        await source.mapAllUsers();
        const settings = JSON.stringify({ checkInOnOpen: true });
        await server.parts.db.transaction(async (tx) => {
          await tx.execute("update integrations set kind = 'nexudus', settings = ? where id = ?", [settings, source.id]);
          await tx.execute('delete from check_ins', []);
        });
        const [member] = await server.query<{ id: string }>('select id from members where user_id = ?', userId);
        visitor = member?.id ?? '';
        await world.make(`/members/${visitor}/associations`, { memberGroupId: await world.group([{ doorId: gate }]) });
      });
      const daysOf = async () => (await world.server.query<{ day: string }>('select day from check_ins')).map(({ day }) => day);

      it('for an opening of the last month, and for none before: a clock that began anew in another year would cost visits', async () => {
        const credential = { type: 'pin', memberId: visitor };
        for (const days of [10_000, 31, 29])
          await tell({ id: `days-${days}`, doorId: gate, occurredAt: shift(T0, -days * DAY_MS), granted: true, credential });

        expect(await world.uses(gate)).to.have.length(3);
        expect(await daysOf()).to.deep.equal(['2026-04-02']);
      });

      it('by a command whose acknowledgement was lost, on the day on which the door opened', async () => {
        const { server } = world;
        const id = await server.parts.db.transaction((tx) => requestOpen(tx, server.context, { doorId: gate, memberId: visitor }));
        server.setTime(shift(T0, DAY_MS));
        await tell({ id, doorId: gate, occurredAt: T0, granted: true, credential: { type: 'magic_link' } });

        expect(await daysOf()).to.deep.equal(['2026-05-01']);
      });
    });
  });
});
