import { expect } from 'chai';
import { createMember } from '../../src/access/member-store.js';
import type { MemberRef } from '../../src/credentials/member-credentials.js';
import { PinStore } from '../../src/credentials/pin-store.js';
import { isTrivialPin, isValidPin } from '../../src/credentials/pin-rules.js';
import type { ChangeContext } from '../../src/domain/events.js';
import { OPEN_WINDOW } from '../../src/domain/time.js';
import { NotFound } from '../../src/errors.js';
import { forEachEngine } from '../support/engines.js';
import { at, DAY_MS, NOW, type World, worldOf } from '../support/world.js';

const because = 'a test';

describe('pin store', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let pins: PinStore;
    let ana: MemberRef;
    let bo: MemberRef;

    const memberNamed = async (name: string, integrationId: string): Promise<MemberRef> => {
      const fields = { integrationId, userId: null, externalId: null, name, emails: [], window: OPEN_WINDOW };
      return { id: await world.db.transaction((tx) => createMember(tx, NOW, fields)), name, integrationId };
    };
    const generate = (member: MemberRef, store = pins) =>
      world.db.transaction((tx) => store.generatePin(tx, NOW, { member, managedBy: 'int_x', because }));
    const set = (member: MemberRef, pin: string, context: ChangeContext = NOW, managedBy = 'manual') =>
      world.db.transaction((tx) => pins.setPin(tx, context, { member, managedBy, because, pin }));
    const revoke = (member: MemberRef, id: string, context: ChangeContext = NOW, managedBy = 'manual') =>
      world.db.transaction((tx) => pins.revokePin(tx, context, { member, managedBy, id, because }));
    const resume = (member: MemberRef, id: string, context: ChangeContext, managedBy = 'manual') =>
      world.db.transaction((tx) => pins.resumePin(tx, context, { member, managedBy, id, because }));
    const reveal = (member: MemberRef, id: string) => world.db.transaction((tx) => pins.revealPin(tx, NOW, member.id, id));
    const idOf = (result: { id: string } | 'taken'): string => {
      if (result === 'taken') throw new Error('the PIN is taken');
      return result.id;
    };

    beforeEach(async () => {
      world = current();
      pins = new PinStore(world.keys);
      const integrationId = await world.integration();
      ana = await memberNamed('Ana', integrationId);
      bo = await memberNamed('Bo', integrationId);
      await world.newEvents();
    });

    describe('generates a PIN', () => {
      it('of the usual length, not trivial, kept only as hash and sealed text', async () => {
        const { id, pin, length } = await generate(ana);

        expect(isValidPin(pin)).to.equal(true);
        expect(isTrivialPin(pin)).to.equal(false);
        expect([pin.length, length]).to.deep.equal([6, 6]);
        const [row] = await world.query<Record<string, unknown>>('select * from pins where id = ?', id);
        expect(row).to.include({ hash: pins.pinHash(pin), managed_by: 'int_x', revoked_at: null, cooling_until: null });
        expect(JSON.stringify(row)).not.to.include(pin);
      });

      it('with exactly one event, which names the member and never the digits', async () => {
        const { id, pin } = await generate(ana);

        const events = await world.newEventRows();
        expect(events).to.have.length(1);
        expect(events[0]).to.include({
          verb: 'create',
          object_type: 'pin',
          object_id: id,
          object_name: 'Ana',
          integration_id: ana.integrationId,
        });
        const log = await world.log();
        expect(log).not.to.include(pin);
        expect(log).not.to.include(pins.pinHash(pin));
      });

      it('for 200 members at once out of a nearly full space of four digits, each its own', async function () {
        this.timeout(60_000);
        const short = new PinStore(world.keys, { length: 4, coolDownDays: 30 });
        await world.db.transaction(async (tx) => {
          for (let n = 0; n < 9_500; n += 1) {
            const hash = short.pinHash(String(n).padStart(4, '0'));
            await tx.execute(
              `insert into pins (id, member_id, managed_by, created_at, hash, sealed, length) values (?, ?, 'x', ?, ?, '', 4)`,
              [`full_${n}`, bo.id, NOW.now, hash],
            );
          }
        });

        // Ten at a time are as many as a pool has connections; more would only wait for one.
        const made: { pin: string }[] = [];
        const worker = async () => {
          for (let n = 0; n < 20; n += 1) made.push(await generate(ana, short));
        };
        await Promise.all(Array.from({ length: 10 }, worker));

        expect(new Set(made.map(({ pin }) => pin))).to.have.length(200);
        expect(made.filter(({ pin }) => pin.length === 4).every(({ pin }) => Number(pin) >= 9_500)).to.equal(true);
        expect(made.some(({ pin }) => pin.length === 4)).to.equal(true);
        expect(await world.count('pins where member_id = ?', ana.id)).to.equal(200);
      });

      it('one digit longer when the usual length is full', async () => {
        const short = new PinStore(world.keys, { length: 4, coolDownDays: 30 });
        await world.db.transaction(async (tx) => {
          const [all, atOnce] = [10_000, 500];
          for (let from = 0; from < all; from += atOnce) {
            const numbers = Array.from({ length: atOnce }, (_, n) => from + n);
            await tx.execute(
              `insert into pins (id, member_id, managed_by, created_at, hash, sealed, length)
               values ${numbers.map(() => "(?, ?, 'x', ?, ?, '', 4)").join(', ')}`,
              numbers.flatMap((n) => [`full_${n}`, bo.id, NOW.now, short.pinHash(String(n).padStart(4, '0'))]),
            );
          }
        });

        expect((await generate(ana, short)).length).to.equal(5);
      });
    });

    describe('sets digits that somebody chose', () => {
      it('and refuses those of another member without a word about them', async () => {
        await set(bo, '483920');
        await world.newEvents();

        expect(await set(ana, '483920')).to.equal('taken');
        expect(await world.newEvents()).to.deep.equal([]);
        expect(await world.count('pins where member_id = ?', ana.id)).to.equal(0);
      });

      it('and refuses those that the member has already', async () => {
        await set(ana, '483920');

        expect(await set(ana, '483920')).to.equal('taken');
      });

      it('for one of two who ask at the same time', async () => {
        const results = await Promise.all([set(ana, '483920'), set(bo, '483920')]);

        expect(results.filter((result) => result === 'taken')).to.have.length(1);
        expect(await world.count('pins')).to.equal(1);
      });

      it('gives a member back the digits that cool down for its own sake, as the same PIN', async () => {
        const first = await set(ana, '483920', NOW, 'int_x');
        await revoke(ana, idOf(first), at(DAY_MS), 'int_x');
        await world.newEvents();

        expect(await set(ana, '483920', at(2 * DAY_MS))).to.deep.equal(first);
        expect(await world.newEvents()).to.deep.equal(['edit pin']);
        expect((await pins.pinsOf(world.db.read, ana.id))[0]).to.include({ managedBy: 'manual', revokedAt: null });
      });
    });

    describe('takes a source PIN from the sealed text of its User', () => {
      const rowId = 'user_1';
      const fromUser = (member: MemberRef, digits: string) =>
        world.db.transaction((tx) =>
          pins.setSealedPin(tx, NOW, {
            ...{ member, managedBy: 'int_x', because, hash: pins.pinHash(digits) },
            sealed: world.keys.seal(digits, 'users', rowId),
            sealedFor: { table: 'users', rowId },
          }),
        );

      it('and seals it anew for its own row, with its own length', async () => {
        expect(await fromUser(ana, '90817263')).to.equal('set');

        const [row] = await world.query<{ id: string; sealed: string; length: number }>('select id, sealed, length from pins');
        expect(row?.length).to.equal(8);
        expect(world.keys.open(row?.sealed ?? '', 'pins', row?.id ?? '').expose()).to.equal('90817263');
        expect(await world.newEvents()).to.deep.equal(['create pin']);
      });

      it('unless somebody else holds it', async () => {
        await set(bo, '90817263');

        expect(await fromUser(ana, '90817263')).to.equal('taken');
      });
    });

    describe('revokes and resumes', () => {
      it('the very same PIN within the cool-down', async () => {
        const { id, pin } = await generate(ana);

        expect(await revoke(ana, id, at(DAY_MS), 'int_x')).to.equal(true);
        expect(await pins.pinsOf(world.db.read, ana.id)).to.deep.equal([
          {
            id,
            managedBy: 'int_x',
            key: pins.pinHash(pin),
            revokedAt: at(DAY_MS).now,
            coolingUntil: at(31 * DAY_MS).now,
            fromSource: false,
          },
        ]);
        expect(await resume(ana, id, at(31 * DAY_MS - 1), 'int_x')).to.equal(true);
        expect(await reveal(ana, id)).to.equal(pin);
        expect(await world.newEvents()).to.deep.equal(['create pin', 'delete pin', 'edit pin', 'reveal pin']);
      });

      it('not at the instant when the cool-down is over', async () => {
        const { id } = await generate(ana);
        await revoke(ana, id, NOW, 'int_x');
        await world.newEvents();

        expect(await resume(ana, id, at(30 * DAY_MS), 'int_x')).to.equal(false);
        expect(await world.newEvents()).to.deep.equal([]);
      });

      it('once: a second time is no change and no event', async () => {
        const { id } = await generate(ana);
        await revoke(ana, id, NOW, 'int_x');
        await world.newEvents();

        expect(await revoke(ana, id, at(DAY_MS), 'int_x')).to.equal(false);
        expect(await resume(ana, id, at(DAY_MS), 'int_x')).to.equal(true);
        expect(await resume(ana, id, at(DAY_MS), 'int_x')).to.equal(false);
        expect(await world.newEvents()).to.deep.equal(['edit pin']);
      });

      it('only for its owner and only for its member', async () => {
        const { id } = await generate(ana);

        expect(await revoke(ana, id, NOW, 'manual')).to.equal(false);
        expect(await revoke(bo, id, NOW, 'int_x')).to.equal(false);
        expect((await pins.pinsOf(world.db.read, ana.id))[0]?.revokedAt).to.equal(null);
      });
    });

    describe('keeps digits away from others while they cool down', () => {
      it('for thirty days and not a millisecond longer', async () => {
        const first = idOf(await set(bo, '483920'));
        await revoke(bo, first);
        const before = await pins.pinsOf(world.db.read, bo.id);

        expect(await set(ana, '483920', at(30 * DAY_MS - 1), 'int_x')).to.equal('taken');
        expect(await pins.pinsOf(world.db.read, bo.id)).to.deep.equal(before);
        await world.newEvents();
        expect(await set(ana, '483920', at(30 * DAY_MS))).to.have.property('length', 6);
        expect(await world.newEvents()).to.deep.equal(['edit pin', 'create pin']);
        expect(await resume(bo, first, at(30 * DAY_MS))).to.equal(false);
      });

      it('and says so to whoever asks, but not to the member itself', async () => {
        const first = idOf(await set(bo, '483920'));
        const hash = pins.pinHash('483920');
        const taken = (except: string | null, context: ChangeContext) => pins.isTaken(world.db.read, hash, except, context.now);

        expect(await taken(ana.id, NOW)).to.equal(true);
        expect(await taken(null, NOW)).to.equal(true);
        expect(await taken(bo.id, NOW)).to.equal(false);
        await revoke(bo, first);
        expect(await taken(ana.id, at(30 * DAY_MS - 1))).to.equal(true);
        expect(await taken(ana.id, at(30 * DAY_MS))).to.equal(false);
      });
    });

    describe('reveals', () => {
      it('the digits, as an event that does not hold them', async () => {
        const { id, pin } = await generate(ana);
        await world.newEvents();

        expect(await reveal(ana, id)).to.equal(pin);
        const events = await world.newEventRows();
        expect(events.map(({ verb, object_id }) => [verb, object_id])).to.deep.equal([['reveal', id]]);
        expect(await world.log()).not.to.include(pin);
      });

      it('nothing of another member, and nothing that was revoked', async () => {
        const { id } = await generate(ana);

        expect(await reveal(bo, id).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
        await revoke(ana, id, NOW, 'int_x');
        expect(await reveal(ana, id).catch((error: unknown) => error)).to.be.instanceOf(NotFound);
      });
    });
  });
});
