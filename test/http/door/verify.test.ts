import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { deleteDoor } from '../../../src/access/door-store.js';
import { NotFound } from '../../../src/errors.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../../support/door-world.js';
import { forEachEngine } from '../../support/engines.js';
import { T0 } from '../../support/running-server.js';
import { shift } from '../../../src/domain/time.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WRONG = '918273645546372819';

describe('POST /door/v1/verify', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let [siteId, gate, pool]: string[] = [];
    let controller: TestController;
    let group: string;

    beforeEach(async () => {
      world = current();
      siteId = await world.site();
      gate = await world.doorAt(siteId, 'Gate');
      pool = await world.doorAt(siteId, 'Pool');
      controller = await world.controller(gate, pool);
      group = await world.group([{ doorId: gate }]);
    });
    const guess = (value: string) => {
      const actor = { type: 'controller', id: controller.id, name: 'Lobby' } as const;
      const attempt = { doorId: gate ?? '', credential: { type: 'pin', value } } as const;
      return world.server.parts.doors.verifier.verify({ actor, now: world.server.now }, attempt);
    };
    const verify = (value: string, doorId = gate ?? '', type = 'pin') => world.verify(controller, doorId, value, type);

    it('opens to who may enter, and writes one event that says who', async () => {
      const { id, pin } = await world.guest(group);

      const answer = await verify(pin);

      const [use, ...others] = await world.uses(gate ?? '');
      expect(answer).to.deep.equal({ granted: true, reason: 'granted', memberId: id, eventId: use?.id });
      expect(others).to.deep.equal([]);
      const [stored] = await world.server.query<{ id: string }>('select id from pins where member_id = ?', id);
      expect(use?.subject).to.deep.equal({ type: 'member', id, name: 'Ann', credential: { type: 'pin', id: stored?.id } });
      expect(use).to.include({ result: 'ok', memberId: id, siteId });
      expect(use?.details).to.include({ method: 'pin', controllerId: controller.id });
      expect(JSON.stringify(use)).not.to.contain(pin);
    });

    it('knows no door that goes while it is asked, and stores nothing', async () => {
      const { server } = world;
      const { db } = server.parts;
      let answer: Promise<unknown> | undefined;
      await db.transaction(async (tx) => {
        await deleteDoor(tx, server.context, gate ?? '');
        answer = guess(WRONG).catch((error: unknown) => error);
        const waits = "pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        while (engine.name === 'postgres' && (await server.count(waits)) === 0) await turn();
      });

      expect(await answer).to.be.instanceOf(NotFound);
      expect(await server.count('door_attempts')).to.equal(0);
      expect(await server.count("events where verb = 'use' and object_id = ?", gate ?? '')).to.equal(0);
    });

    it('opens to a live card, and to no card that was taken away', async () => {
      const { id } = await world.guest(group);
      const card = await world.make(`/members/${id}/cards`, { uid: '04:A1:B2' });
      expect(await verify('04:A1:B2', gate, 'card')).to.include({ granted: true, memberId: id });

      await world.admin('DELETE', `/members/${id}/cards/${card}`);

      expect(await verify('04:A1:B2', gate, 'card')).to.include({ granted: false, reason: 'unknown_credential' });
    });

    it('tells a rightful guest at another time when, and nobody who it is', async () => {
      const early = await world.guest(group, { startsAt: shift(T0, HOUR_MS) });
      const late = await world.guest(group, { endsAt: T0 });

      const [before, after] = [await verify(early.pin), await verify(late.pin)];

      expect(before).to.include({ granted: false, reason: 'before_window' }).and.not.to.have.property('memberId');
      expect(after).to.include({ granted: false, reason: 'after_window' }).and.not.to.have.property('memberId');
      expect(await world.server.count('door_attempts')).to.equal(0);
    });

    it('answers a PIN that opens nothing here as one that nobody has, and counts both as wrong', async () => {
      const elsewhere = await world.guest(group, { startsAt: shift(T0, HOUR_MS) });
      const known = await verify(elsewhere.pin, pool);
      const unknown = await verify(WRONG, pool);

      expect({ ...known, eventId: '' }).to.deep.equal({ ...unknown, eventId: '' });
      expect(known).to.include({ granted: false, reason: 'unknown_credential' });
      expect(await world.server.count('door_attempts')).to.equal(2);
      const [, logged] = await world.uses(pool ?? '');
      expect(logged?.memberId, 'the log, which admins read, says whose it was').to.equal(elsewhere.id);
    });

    it('stops in the very next request after a PIN was revoked or its member deleted', async () => {
      const first = await world.guest(group);
      const second = await world.guest(group);
      expect(await verify(first.pin)).to.include({ granted: true });

      const { body } = await world.admin<{ pins: { id: string }[] }>('GET', `/members/${first.id}`);
      await world.admin('DELETE', `/members/${first.id}/pins/${body.pins[0]?.id}`);
      await world.admin('DELETE', `/members/${second.id}`);

      expect(await verify(first.pin)).to.include({ granted: false, reason: 'unknown_credential' });
      expect(await verify(second.pin)).to.include({ granted: false, reason: 'unknown_credential' });
    });

    it('answers 404 with the same words for the door of another controller and for one that does not exist', async () => {
      const other = await world.doorAt(siteId ?? '', 'Cellar');
      const ask = (doorId: string) =>
        world.door<object>(controller, 'POST', '/verify', { doorId, credential: { type: 'pin', value: WRONG } });

      const [foreign, nobody] = [await ask(other), await ask('door_nobody')];

      expect(foreign.status).to.equal(404);
      expect(foreign.body).to.deep.equal(nobody.body);
      expect(await world.server.count('door_attempts')).to.equal(0);
    });

    it('evaluates five of a hundred wrong PINs at once, and the right one again after a minute', async () => {
      const { pin } = await world.guest(group);
      const answers = await Promise.all(Array.from({ length: 100 }, () => verify(WRONG)));

      expect(answers.filter(({ reason }) => reason === 'unknown_credential')).to.have.length(5);
      expect(answers.filter(({ reason }) => reason === 'too_many_attempts')).to.have.length(95);
      expect(await world.uses(gate ?? '')).to.have.length(6);
      expect(await verify(pin)).to.include({ granted: false, reason: 'too_many_attempts' });

      await world.pass(MINUTE_MS);
      expect(await verify(pin)).to.include({ granted: true });
    });

    it('S6 evaluates 20 of 10,000 guesses in an hour, raises the alert once, and leaves the guest of another door alone', async () => {
      const everywhere = await world.group([{ siteId }]);
      const { pin } = await world.guest(everywhere);
      let evaluated = 0;
      for (let round = 0; round < 100; round += 1) {
        // The first round by HTTP; then what is behind it, since ten thousand requests take a while.
        const one = round === 0 ? () => verify(WRONG) : () => guess(WRONG);
        const answers = await Promise.all(Array.from({ length: 100 }, one));
        evaluated += answers.filter(({ reason }) => reason !== 'too_many_attempts').length;
        world.server.setTime(shift(world.server.now, 35_000));
      }

      expect(evaluated).to.equal(20);
      expect(await verify(pin, pool), 'at another door').to.include({ granted: true });
      const [alert, ...more] = await world.alerts('pin_guessing');
      expect(more).to.deep.equal([]);
      expect(alert).to.include({ siteId, closedAt: null });

      await world.pass(HOUR_MS);
      const [closed] = await world.alerts('pin_guessing');
      expect(closed?.closedAt).to.equal(world.server.now);
      expect(await verify(pin)).to.include({ granted: true });
    });

    it('tells of a hundred wrong ones over many doors in an hour, and locks none of them', async () => {
      const { pin } = await world.guest(await world.group([{ siteId }]));
      const doors = await Promise.all(Array.from({ length: 25 }, (_, index) => world.doorAt(siteId ?? '', `Room ${index}`)));
      const many = await world.controller(...doors);
      await Promise.all(doors.flatMap((door) => [1, 2, 3, 4].map(() => world.verify(many, door, WRONG))));

      const [alert, ...more] = await world.alerts('pin_guessing');
      expect(more).to.deep.equal([]);
      expect(alert).to.include({ siteId: null, closedAt: null });
      expect(await world.verify(many, doors[0] ?? '', pin)).to.include({ granted: true });
      await world.pass(HOUR_MS);
      expect((await world.alerts('pin_guessing'))[0]?.closedAt).to.equal(world.server.now);
    });
  });
});
