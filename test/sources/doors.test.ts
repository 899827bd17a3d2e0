import { expect } from 'chai';
import { instant } from '../../src/domain/time.js';
import { GUEST_TEXTS } from '../../src/guest/texts.js';
import { browserOf } from '../support/browser.js';
import { DOORED_KINDS, type Doored } from '../support/doored-sources.js';
import { forEachEngine } from '../support/engines.js';
import { type AtDoors, GuardedHouse } from '../support/guarded-house.js';
import { GuestPhone } from '../support/guest-phone.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const NOBODYS = 'unknown_credential';

/** Of a guest whose rooms are *Front door* and *Room*. */
function atDoors(mapped: string, others: string): AtDoors {
  return { 'Front door': mapped, Room: mapped, 'Next room': others, Cellar: others };
}

for (const kind of DOORED_KINDS) {
  describe(`a guest of ${kind.name} at the doors`, () => {
    forEachEngine((engine) => {
      // What differs between the engines lies below all kinds alike.
      if (engine.name === 'postgres' && kind.name !== 'Guesty') return;
      let world: SourceWorld;
      let house: GuardedHouse;
      let source: Doored;
      after(() => house?.controller.stop());
      const open = sourceWorlds(engine);
      before(async () => {
        world = await open();
        house = await GuardedHouse.build(world, kind.hours);
        source = await kind.connect(house);
      });
      afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

      const phoneOf = async (link: string) => (await GuestPhone.open(link)) ?? expect.fail('the link opens no page');
      const press = async (link: string) => {
        const phone = await phoneOf(link);
        return house.pressed((id) => phone.press(id));
      };

      it('opens what is mapped for them and nothing else, by PIN and by link, from the first moment to the last', async () => {
        const { startsAt, endsAt, pin, link } = await source.invite();
        const [early, late] = [atDoors(kind.early, NOBODYS), atDoors(kind.late, NOBODYS)];
        const open = atDoors('granted', NOBODYS);
        await house.controller.sync();

        world.setTime(startsAt - SECOND_MS);
        expect([await house.online(pin), await house.offline(pin)]).to.deep.equal([early, early]);
        if (kind.bindsMember) expect(await GuestPhone.open(link)).to.equal(null);
        else expect(await press(link)).to.deep.equal(atDoors(`denied ${kind.early}`, '404'));

        world.setTime(startsAt);
        expect([await house.online(pin), await house.offline(pin)]).to.deep.equal([open, open]);
        expect((await phoneOf(link)).doors).to.deep.equal(['Front door', 'Room']);
        expect(await press(link)).to.deep.equal(atDoors('opened granted', '404'));
        expect([...house.controller.doors.values()].map(({ openings }) => openings.map(({ by }) => by))).to.deep.equal([
          ['server', 'list', 'command'],
          ['server', 'list', 'command'],
          [],
          [],
        ]);

        world.setTime(endsAt - SECOND_MS);
        const phone = await phoneOf(link);
        expect([await house.online(pin), await house.offline(pin)]).to.deep.equal([open, open]);
        expect(await house.pressed((id) => phone.press(id))).to.deep.equal(atDoors('opened granted', '404'));

        world.setTime(endsAt);
        expect([await house.online(pin), await house.offline(pin)]).to.deep.equal([late, late]);
        expect(await house.pressed((id) => phone.press(id))).to.deep.equal(atDoors(`denied ${kind.late}`, '404'));
        if (kind.bindsMember) expect(await GuestPhone.open(link)).to.equal(null);
        expect(house.controller.refusals).to.deep.equal([]);
      });

      it('opens nothing at the next request once the source has ended it, and nothing offline once the list was fetched', async () => {
        const guest = await source.invite();
        const { startsAt, pin, link } = guest;
        await house.controller.sync();
        world.setTime(startsAt + MINUTE_MS);
        // What a running server has done by then: subscriptions that ran out meanwhile are new.
        await world.poll();
        const phone = await phoneOf(link);
        expect(await house.online(pin)).to.deep.equal(atDoors('granted', NOBODYS));
        expect(await phone.press(house.door('Room'))).to.equal('opened granted');

        const messages = world.webhooks.length;
        await source.revoke(guest);
        if (kind.name !== 'SCIM') expect(world.webhooks.length, 'by a message alone').to.be.greaterThan(messages);
        expect(await house.online(pin)).to.deep.equal(atDoors(NOBODYS, NOBODYS));
        expect(await phone.press(house.door('Room'))).to.equal('403');
        expect(await GuestPhone.open(link)).to.equal(null);
        expect(await house.offline(pin), 'the list of before').to.deep.equal(atDoors('granted', NOBODYS));
        expect(await house.offline(pin)).to.deep.equal(atDoors(NOBODYS, NOBODYS));
      });

      if (kind.name !== 'Guesty') return;

      it('cut off for an hour is let in by the list; each opening is told once, in its place', async () => {
        const { controller, doors } = house;
        const { startsAt, endsAt, pin, memberId } = await source.invite();
        await controller.sync();
        const since = instant(endsAt - 30 * MINUTE_MS);
        world.setTime(startsAt);
        await world.settle();
        expect(await controller.enter(house.door('Room'), 'pin', pin)).to.include({ granted: true, by: 'server' });

        controller.cut();
        const other = await anotherController();
        for (const minutes of [0, 20, 40, 60]) {
          world.setTime(endsAt - 30 * MINUTE_MS + minutes * MINUTE_MS);
          const reason = minutes < 30 ? 'granted' : 'after_window';
          expect(await controller.enter(house.door('Room'), 'pin', pin)).to.deep.equal({ granted: minutes < 30, reason, by: 'list' });
          // Meanwhile somebody tries elsewhere, and the server is told at once.
          world.pass(5 * MINUTE_MS);
          await other.guess();
        }
        controller.kept.reverse();
        const kept = [...controller.kept];
        await controller.restore();
        expect(controller.kept).to.deep.equal([]);
        controller.kept.push(...kept);
        expect(await controller.upload(), 'told once more').to.equal(0);

        const names = new Map([...doors].map(([name, id]) => [id, name]));
        const found = (await house.uses(since)).map(({ occurredAt, result, object, memberId: who }) => [
          (Date.parse(occurredAt) - Date.parse(since)) / MINUTE_MS,
          `${names.get(object.id) ?? 'elsewhere'}: ${result}`,
          who,
        ]);
        expect(found).to.deep.equal([
          [0, 'Room: ok', memberId],
          [5, 'elsewhere: denied', null],
          [20, 'Room: ok', memberId],
          [25, 'elsewhere: denied', null],
          [40, 'Room: denied', memberId],
          [45, 'elsewhere: denied', null],
          [60, 'Room: denied', memberId],
          [65, 'elsewhere: denied', null],
        ]);
      });

      async function anotherController(): Promise<{ guess(): Promise<void> }> {
        const site = await world.api.take<{ id: string }>('POST', '/sites', { name: 'Annex', timeZone: 'Europe/Madrid' });
        const { id: doorId } = await world.api.take<{ id: string }>('POST', '/doors', { name: 'Annex', siteId: site.id });
        const { token } = await world.api.take<{ token: string }>('POST', '/controllers', { name: 'Annex', doorIds: [doorId] });
        return {
          guess: async () => {
            const answer = await fetch(`${world.url}/door/v1/verify`, {
              method: 'POST',
              headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
              body: JSON.stringify({ doorId, credential: { type: 'pin', value: '90210' } }),
            });
            expect(await answer.json()).to.include({ granted: false, reason: NOBODYS });
          },
        };
      }

      if (engine.name !== 'sqlite') return;

      describe('in a browser', function () {
        this.timeout(120_000);
        const browser = browserOf();

        it('opens the room until the stay is cancelled', async () => {
          const guest = await source.invite();
          world.setTime(guest.startsAt);
          await world.settle();
          const { page, complaints } = await browser.open(guest.link);
          const room = page.locator('.door').filter({ has: page.getByRole('heading', { name: 'Room', exact: true }) });
          await room.getByRole('button').click();
          await room.getByRole('status').filter({ hasText: GUEST_TEXTS.en.opened }).waitFor();
          expect(await page.locator('.door h3').allTextContents()).to.deep.equal(['Front door', 'Room']);
          expect(house.controller.doors.get(house.door('Room'))?.openings.at(-1)).to.include({ by: 'command' });
          expect(complaints).to.deep.equal([]);

          await source.revoke(guest);
          await room.getByRole('button').click();
          await page.getByRole('heading', { name: GUEST_TEXTS.en.refusedTitle }).waitFor();
        });
      });
    });
  });
}
