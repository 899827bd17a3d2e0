import { expect } from 'chai';
import type { Coworker } from '../../sandbox/nexudus/records.js';
import type { Space } from '../../sandbox/nexudus/space.js';
import type { Tables } from '../../sandbox/nexudus/tables.js';
import type { JsonObject } from '../../src/domain/scim.js';
import type { ConnectedSource } from '../support/connected-source.js';
import { forEachEngine } from '../support/engines.js';
import { requestsDuring } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { type NexudusSource, nexudusSource } from '../support/sources/nexudus.js';

const SINCE = '2026-11-01T08:00:00Z';
const OPEN_END = '2026-11-01 08:00 – …';
const OPEN = '… – …';
const MINUTE_MS = 60_000;

/** A coworking space that is connected: *Hot desk* opens the entrance, *Meeting room* the room, *Desk 7* the floor, *Day pass* the lobby. */
interface Coworking {
  readonly nexudus: ConnectedSource<NexudusSource>;
  readonly space: Space;
  readonly tables: Tables;
  readonly ids: { readonly hotDesk: number; readonly room: number; readonly desk: number; readonly pass: number };
  /** Somebody with a contract for a hot desk; @returns their id */
  join(given?: Partial<Coworker>): string;
  /** Somebody with nothing; @returns their id */
  visit(given?: Partial<Coworker>): string;
}

async function connected(world: SourceWorld, settings: JsonObject = {}): Promise<Coworking> {
  const source = world.join(await nexudusSource());
  const { space, tables } = source.sandbox;
  const ids = {
    hotDesk: space.addTariff('Hot desk').Id,
    room: space.addResource('Meeting room').Id,
    desk: space.addDesk('Desk 7').Id,
    pass: space.addTimePass('Day pass').Id,
  };
  const nexudus = await world.connect(source, { settings });
  await nexudus.sync();
  await nexudus.map('Hot desk', 'Entrance');
  await nexudus.map('Meeting room', 'Room');
  await nexudus.map('Desk 7', 'Floor');
  await nexudus.map('Day pass', 'Lobby');
  const visit = (given: Partial<Coworker> = {}) => String(space.addCoworker('Ada Park', given).Id);
  const join = (given: Partial<Coworker> = {}) => {
    const id = visit(given);
    space.addContract(Number(id), ids.hotDesk, { StartDate: SINCE });
    return id;
  };
  return { nexudus, space, tables, ids, join, visit };
}

describe('Nexudus, from coworkers to doors', () => {
  forEachEngine((engine) => {
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('a contract opens the doors of its tariff with the PIN of the coworker, and a second run changes nothing', async () => {
      const { nexudus, join } = await connected(world);
      const id = join({ AccessPincode: '482913' });
      expect(await nexudus.sync()).to.include({ state: 'succeeded', created: 1, changed: 0, removed: 0, unchanged: 0, skipped: 0 });
      const access = await nexudus.access(id);
      expect(access).to.deep.include({
        ...{ name: 'Ada Park', emails: ['ada.park@example.test'], status: 'active', window: OPEN, groups: { Entrance: [OPEN_END] } },
        ...{ pin: '482913', cards: 0 },
      });
      expect(access?.link).to.match(new RegExp(`^${world.url}/m/`));
      for (const full of [true, false]) {
        const requests = await requestsDuring(nexudus.source, async () => {
          expect(await nexudus.sync(full), `full: ${full}`).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0 });
        });
        expect(Object.keys(requests)).to.deep.equal(['GET']);
      }
      expect(await nexudus.access(id)).to.deep.equal(access);
    });

    it('a contract that is cancelled is over by the webhook alone, or with the next poll', async () => {
      const { nexudus, space, tables, join } = await connected(world);
      const [first, second] = [join(), join()];
      await nexudus.sync();
      expect([await nexudus.access(first), await nexudus.access(second)]).not.to.include(null);
      const contractOf = (id: string) => tables.all('CoworkerContract').find(({ CoworkerId }) => String(CoworkerId) === id)?.Id ?? 0;

      const runs = (await nexudus.runs()).length;
      space.cancelContract(contractOf(first), world.now);
      await world.settle();
      expect([await nexudus.verdict(first), await nexudus.access(first)]).to.deep.equal([['no_mapped_resource'], null]);
      expect(await nexudus.runs()).to.have.length(runs);

      for (const { Id } of tables.all('Webhook')) tables.remove('Webhook', Id);
      space.cancelContract(contractOf(second), world.now);
      await world.settle();
      expect(await nexudus.access(second)).not.to.equal(null);
      world.pass(10 * MINUTE_MS);
      await world.poll();
      expect([await nexudus.verdict(second), await nexudus.access(second)]).to.deep.equal([['no_mapped_resource'], null]);
      expect(await nexudus.runs()).to.have.length(runs + 1);
    });

    it('a booking has its own window for its resource alone, follows when it moves, and is over when it is cancelled', async () => {
      const { nexudus, space, ids, join, visit } = await connected(world);
      const [member, guest] = [join(), visit()];
      const booking = space.book(Number(member), ids.room, '2026-11-26T09:00:00Z', '2026-11-26T11:00:00Z');
      space.book(Number(guest), ids.room, '2026-11-27T09:00:00Z', '2026-11-27T11:00:00Z');
      await nexudus.sync();
      const access = await nexudus.access(member);
      expect(access?.groups).to.deep.equal({ Entrance: [OPEN_END], Room: ['2026-11-26 09:00 – 2026-11-26 11:00'] });
      expect((await nexudus.access(guest))?.groups).to.deep.equal({ Room: ['2026-11-27 09:00 – 2026-11-27 11:00'] });
      space.moveBooking(booking.Id, '2026-11-26T14:00:00Z', '2026-11-26T15:00:00Z');
      await world.settle();
      expect(await nexudus.access(member)).to.deep.equal({
        ...access,
        groups: { Entrance: [OPEN_END], Room: ['2026-11-26 14:00 – 2026-11-26 15:00'] },
      });
      space.cancelBooking(booking.Id);
      await world.settle();
      expect(await nexudus.access(member)).to.deep.equal({ ...access, groups: { Entrance: [OPEN_END] } });
    });
  });
});

describe('Nexudus, row by row', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('connects by e-mail and password, shows what was reached, and stores nothing with a wrong password', async () => {
      const { nexudus } = await connected(world);
      const { account } = await nexudus.view();
      expect(account).to.deep.include({ name: 'Harbour Works' });
      expect(JSON.stringify(account)).to.contain('harbour').and.contain('admin@example.test');
      const before = await world.api.all('/integrations');
      const { status, body } = await world.api.send('POST', '/integrations', {
        ...{ kind: 'nexudus', name: 'Wrong', config: nexudus.source.config, secrets: { email: 'admin@example.test', password: 'no' } },
      });
      expect([status, typeof body.detail]).to.deep.equal([422, 'string']);
      expect(await world.api.all('/integrations')).to.deep.equal(before);
    });

    it('connects by the key of an application too', async () => {
      const source = world.join(await nexudusSource());
      const nexudus = await world.connect(source, { secrets: { ...source.sandbox.signIn.application } });
      expect(await nexudus.view()).to.include({ state: 'ok', stateReason: null });
      expect(await nexudus.sync()).to.include({ state: 'succeeded' });
      expect(source.server.count('/api/token')).to.equal(0);
    });

    it('has tariffs, passes, desks and rooms as resources, under the name of their location as soon as there are two', async () => {
      const { nexudus, space, join } = await connected(world);
      const id = join();
      await nexudus.sync();
      const names = async () => (await nexudus.resources()).map(({ displayName, kind }) => `${kind}: ${displayName}`).sort();
      expect(await names()).to.deep.equal(['desk: Desk 7', 'resource: Meeting room', 'tariff: Hot desk', 'time_pass: Day pass']);
      const { Id: mill } = space.addBusiness('Mill House', 'mill');
      space.addTariff('Hot desk', mill);
      const before = await nexudus.access(id);
      await nexudus.sync();
      expect(await names()).to.deep.equal([
        'desk: Harbour Works / Desk / Desk 7',
        'resource: Harbour Works / Resource / Meeting room',
        'tariff: Harbour Works / Tariff / Hot desk',
        'tariff: Mill House / Tariff / Hot desk',
        'time_pass: Harbour Works / Time pass / Day pass',
      ]);
      expect(await nexudus.access(id), 'the mapping knows ids, not names').to.deep.equal(before);
    });

    it('contracts and passes last as long as they say, and bring their desks along', async () => {
      const { nexudus, space, ids, visit } = await connected(world);
      const people = Array.from({ length: 7 }, () => visit());
      const [seated, leaving, passing, forever, used, checkedIn, paused] = people.map(Number);
      space.addContract(seated ?? 0, ids.hotDesk, { StartDate: SINCE, Desks: [ids.desk] });
      space.cancelContract(space.addContract(leaving ?? 0, ids.hotDesk, { StartDate: SINCE }).Id, '2026-12-31T00:00:00Z');
      space.givePass(passing ?? 0, ids.pass, { RemainingUses: 2, ExpireDate: '2026-12-05T00:00:00Z' });
      space.givePass(forever ?? 0, ids.pass);
      space.usePass(space.givePass(used ?? 0, ids.pass).Id);
      space.givePass(checkedIn ?? 0, ids.pass);
      space.checkIn(checkedIn ?? 0, 0, world.now);
      const contract = space.addContract(paused ?? 0, ids.hotDesk, { StartDate: SINCE });
      space.pauseContract(contract.Id, '2026-12-01T00:00:00Z', '2026-12-10T00:00:00Z');
      await nexudus.sync();
      const found = await nexudus.everybody();
      expect(people.map((id) => found.get(id)?.access?.groups ?? found.get(id)?.verdict)).to.deep.equal([
        { Entrance: [OPEN_END], Floor: [OPEN_END] },
        { Entrance: ['2026-11-01 08:00 – 2026-12-31 00:00'] },
        { Lobby: ['… – 2026-12-05 00:00'] },
        { Lobby: [OPEN] },
        ['no_mapped_resource'],
        { Lobby: [OPEN] },
        { Entrance: ['2026-11-01 08:00 – 2026-12-01 00:00', '2026-12-10 00:00 – …'] },
      ]);
    });

    it('bookings count up to 90 days ahead, each of a series for itself, and later ones when their day has come', async () => {
      const { nexudus, space, ids, visit } = await connected(world);
      const id = visit();
      space.bookSeries(Number(id), ids.room, '2026-12-01T09:00:00Z', '2026-12-01T10:00:00Z', 2);
      space.book(Number(id), ids.room, '2027-03-10T09:00:00Z', '2027-03-10T10:00:00Z');
      space.book(null, ids.room, '2026-12-02T09:00:00Z', '2026-12-02T10:00:00Z');
      await nexudus.sync();
      const series = ['2026-12-01 09:00 – 2026-12-01 10:00', '2026-12-08 09:00 – 2026-12-08 10:00'];
      expect((await nexudus.access(id))?.groups).to.deep.equal({ Room: series });
      world.setTime(Date.parse('2026-12-12T09:30:00Z'));
      await nexudus.sync();
      expect((await nexudus.access(id))?.groups['Room']).to.include('2027-03-10 09:00 – 2027-03-10 10:00');
    });

    it('who has no access says why: inactive, archived, tentative, in a pause, nothing at all', async () => {
      const { nexudus, space, ids, join, visit } = await connected(world);
      const inactive = join({ Active: false });
      const archived = join({ Archived: true });
      const tentative = visit();
      space.book(Number(tentative), ids.room, '2026-12-14T09:00:00Z', '2026-12-14T10:00:00Z', { Tentative: true });
      const pausing = visit();
      const { Id } = space.addContract(Number(pausing), ids.hotDesk, { StartDate: SINCE });
      space.pauseContract(Id, '2026-11-20T00:00:00Z', null);
      const nobody = visit();
      const reasons = ['inactive', 'archived', 'tentative', 'suspended', 'no_mapped_resource'];
      expect(await nexudus.sync()).to.include({ created: 5, skipped: 5 });
      const people = [inactive, archived, tentative, pausing, nobody];
      expect(await Promise.all(people.map((id) => nexudus.verdict(id)))).to.deep.equal(reasons.map((reason) => [reason]));
      const [booking] = nexudus.source.sandbox.tables.all('Booking');
      space.approveBooking(booking?.Id ?? 0);
      space.resumeContract(Id);
      space.changeCoworker(Number(inactive), { Active: true });
      space.changeCoworker(Number(archived), { Archived: false });
      await world.settle();
      expect(await Promise.all(people.map((id) => nexudus.verdict(id)))).to.deep.equal([
        ...Array.from({ length: 4 }, () => ['synced']),
        ['no_mapped_resource'],
      ]);
    });

    it('who is suspended and comes back has the same member, PIN and link', async () => {
      const { nexudus, space, join } = await connected(world);
      const id = join({ AccessPincode: '662913' });
      await nexudus.sync();
      const before = await nexudus.access(id);
      space.suspend(Number(id));
      await world.settle();
      expect([await nexudus.verdict(id), await nexudus.access(id)]).to.deep.equal([['inactive'], null]);
      space.changeCoworker(Number(id), { Active: true });
      await world.settle();
      expect(await nexudus.access(id)).to.deep.equal(before);
    });

    it('the PIN is the access pincode of 4 to 20 digits, as long as it is there; anything else is warned of', async () => {
      const { nexudus, space, join } = await connected(world);
      const long = '90817263544536271809';
      const pins = [
        ['7392'],
        [long],
        ['1234', 'weak_source_pin'],
        ['12', 'invalid_source_pin'],
        ['99x482', 'invalid_source_pin'],
        [`${long}1`, 'invalid_source_pin'],
      ];
      const ids = pins.map(([AccessPincode = '']) => join({ AccessPincode }));
      const without = join({ AccessPincode: null });
      const [first = ''] = ids;
      const same = join({ AccessPincode: '7392' });
      await nexudus.sync();
      for (const [index, [pin = '', ...warnings]] of pins.entries()) {
        const id = ids[index] ?? '';
        expect(await nexudus.verdict(id), pin).to.deep.equal(['synced', ...warnings]);
        expect((await nexudus.access(id))?.pin, pin).to.equal(warnings.includes('invalid_source_pin') ? null : pin);
      }
      expect([await nexudus.verdict(without), (await nexudus.access(without))?.pin]).to.deep.equal([['synced'], null]);
      expect([await nexudus.verdict(same), (await nexudus.access(same))?.pin]).to.deep.equal([['synced', 'pin_conflict'], null]);
      space.changeCoworker(Number(first), { AccessPincode: '580246' });
      await world.settle();
      expect((await nexudus.access(first))?.pin).to.equal('580246');
    });

    it('cards come along when that is on; who has no PIN there is given one, or nobody has any, when that is wanted', async () => {
      const { nexudus, space, join } = await connected(world);
      const id = join({ AccessCardId: '04A1B2C3', AccessPincode: '771304' });
      const without = join({ AccessPincode: null });
      await nexudus.sync();
      expect((await nexudus.access(id))?.cards).to.equal(0);
      await world.api.take('PATCH', nexudus.path, { settings: { syncCards: true, credentials: { pin: 'generate' } } });
      await nexudus.sync();
      expect(await nexudus.access(id)).to.include({ cards: 1, pin: '771304' });
      expect((await nexudus.access(without))?.pin).to.match(/^\d{6}$/);
      await world.api.take('PATCH', nexudus.path, { settings: { credentials: { pin: 'none' } } });
      await world.settle();
      expect([(await nexudus.access(id))?.pin, (await nexudus.access(without))?.pin]).to.deep.equal([null, null]);
      space.changeCoworker(Number(id), { AccessCardId: null });
      await world.settle();
      expect((await nexudus.access(id))?.cards).to.equal(0);
    });

    it('is not enabled without an address, a PIN or a card to open with', async () => {
      const { nexudus } = await connected(world);
      const nothing = { credentials: { email: false, pin: 'none' }, syncCards: false };
      const refused = await world.api.send('PATCH', nexudus.path, { settings: nothing });
      expect(refused.status).to.equal(400);
      expect(JSON.stringify(refused.body)).to.contain('at least one of e-mail, PIN and cards');
      const made = await world.api.send('POST', '/integrations', {
        ...{ kind: 'nexudus', name: 'Nothing', config: nexudus.source.config, secrets: nexudus.source.secrets, settings: nothing },
      });
      expect(made.status).to.equal(400);
      for (const enough of [{ credentials: { email: true } }, { credentials: { pin: 'source' } }, { syncCards: true }]) {
        const settings = { ...nothing, ...enough, credentials: { ...nothing.credentials, ...enough.credentials } };
        expect((await world.api.send('PATCH', nexudus.path, { settings })).status, JSON.stringify(enough)).to.equal(200);
      }
      expect((await world.api.send('PATCH', nexudus.path, { settings: { enabled: false, ...nothing } })).status).to.equal(200);
      expect((await world.api.send('PATCH', nexudus.path, { settings: { enabled: true } })).status).to.equal(400);
    });

    it('somebody who is deleted there is gone here', async () => {
      const { nexudus, space, join } = await connected(world);
      const id = join();
      await nexudus.sync();
      const memberId = (await nexudus.access(id))?.memberId ?? '';
      space.deleteCoworker(Number(id));
      await world.settle();
      world.pass(2_000);
      await world.settle();
      expect((await nexudus.users()).has(id)).to.equal(false);
      expect((await nexudus.member(memberId)).status).to.equal('ended');
    });

    it('the buffers reach around bookings', async () => {
      const { nexudus, space, ids, visit } = await connected(world, { arrivalBufferMinutes: 10, departureBufferMinutes: 5 });
      const id = visit();
      space.book(Number(id), ids.room, '2026-12-20T09:00:00Z', '2026-12-20T10:00:00Z');
      await nexudus.sync();
      expect((await nexudus.access(id))?.groups).to.deep.equal({ Room: ['2026-12-20 08:50 – 2026-12-20 10:05'] });
    });
  });
});
