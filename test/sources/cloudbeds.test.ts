import { expect } from 'chai';
import type { NewStay } from '../../sandbox/cloudbeds/records.js';
import type { CloudbedsSandbox } from '../../sandbox/cloudbeds/sandbox.js';
import type { JsonObject } from '../../src/domain/scim.js';
import type { ConnectedSource } from '../support/connected-source.js';
import { forEachEngine } from '../support/engines.js';
import { requestsDuring } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { type CloudbedsSource, cloudbedsSource } from '../support/sources/cloudbeds.js';

const STAY = '2026-11-20 18:00 – 2026-12-10 14:00';
const ALWAYS = '… – …';
const MINUTE_MS = 60_000;
/** A key of its own times, within the stay. */
const KEY_TIMES = { startDateTime: '2026-11-24T12:00:00-03:00', endDateTime: '2026-12-01T08:30:00-03:00' };
const KEY_WINDOW = '2026-11-24 15:00 – 2026-12-01 11:30';

/** A hotel that is connected: rooms 101 and 102, mapped to *Door 101* and *Door 102*. */
interface Hotel {
  readonly cloudbeds: ConnectedSource<CloudbedsSource>;
  readonly sandbox: CloudbedsSandbox;
  /** A confirmed booking with these room stays; @returns the ids of the reservation and of its stays */
  book(...stays: readonly Partial<NewStay>[]): { readonly id: string; readonly stays: readonly string[] };
  /** The front desk issues a key for the room stay; @returns its id */
  issueKey(stay: string, times?: Partial<typeof KEY_TIMES>): string;
}

async function connected(world: SourceWorld, { doorLocks = false, settings = {} as JsonObject } = {}): Promise<Hotel> {
  const source = world.join(await cloudbedsSource());
  const { sandbox } = source;
  for (const name of ['101', '102']) sandbox.world.addRoom(name);
  if (doorLocks) sandbox.locks.setUp();
  const cloudbeds = await world.connect(source, { settings });
  await cloudbeds.sync();
  for (const name of ['101', '102']) await cloudbeds.map(name, `Door ${name}`);
  return {
    ...{ cloudbeds, sandbox },
    book(...stays) {
      const usual = { room: '501233-1', checkIn: '2026-11-20', checkOut: '2026-12-10' };
      const made = sandbox.world.addReservation(stays.map((stay) => ({ ...usual, ...stay })));
      return { id: made.reservationID, stays: made.stays.map(({ subReservationID }) => subReservationID) };
    },
    issueKey(stay, times = {}) {
      const { reservationID } = sandbox.world.stay(stay).reservation;
      return sandbox.locks.request({ reservationId: reservationID, subReservationId: stay, ...KEY_TIMES, ...times }).keyId;
    },
  };
}

describe('Cloudbeds, from room stays to doors', () => {
  forEachEngine((engine) => {
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('each room stay opens its own room for its own days, and a second run changes nothing', async () => {
      const { cloudbeds, book } = await connected(world);
      const guest = { firstName: 'Livio', lastName: 'Moretti', email: 'livio@example.test' };
      const { stays } = book({}, { room: '501233-2', checkOut: '2026-12-08', guest });
      expect(await cloudbeds.sync()).to.include({ state: 'succeeded', created: 2, changed: 0, removed: 0, skipped: 0 });
      const [first, second] = [await cloudbeds.access(stays[0] ?? ''), await cloudbeds.access(stays[1] ?? '')];
      expect(first).to.deep.include({ name: 'Ada Park', status: 'active', window: STAY, groups: { 'Door 101': [ALWAYS] } });
      expect(second).to.deep.include({
        ...{ name: 'Livio Moretti', emails: ['livio@example.test'], groups: { 'Door 102': [ALWAYS] } },
        window: '2026-11-20 18:00 – 2026-12-08 14:00',
      });
      expect(first?.pin)
        .to.match(/^\d{6}$/)
        .and.not.equal(second?.pin);
      for (const full of [true, false]) {
        const requests = await requestsDuring(cloudbeds.source, async () => {
          expect(await cloudbeds.sync(full)).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0, unchanged: 2 });
        });
        expect(Object.keys(requests)).to.deep.equal(['GET']);
      }
      expect([await cloudbeds.access(stays[0] ?? ''), await cloudbeds.access(stays[1] ?? '')]).to.deep.equal([first, second]);
    });

    it('a booking that is cancelled is over with the next poll, or with the webhook alone', async () => {
      const { cloudbeds, sandbox, book } = await connected(world);
      const [first, second] = [book({}), book({ room: '501233-2' })];
      await cloudbeds.sync();
      const runs = (await cloudbeds.runs()).length;
      sandbox.world.cancel(first.id);
      await world.settle();
      const of = async ({ stays: [stay = ''] }: typeof first) => [
        ...(await cloudbeds.verdict(stay)),
        (await cloudbeds.access(stay)) === null,
      ];
      expect(await of(first)).to.deep.equal(['canceled', true]);
      expect(await cloudbeds.runs()).to.have.length(runs);

      sandbox.hooks.subscriptions.length = 0;
      world.pass(10 * MINUTE_MS);
      sandbox.world.cancel(second.id);
      expect(await of(second)).to.deep.equal(['synced', false]);
      await world.poll();
      expect(await of(second)).to.deep.equal(['canceled', true]);
      expect(await cloudbeds.runs()).to.have.length(runs + 1);
    });

    it('the member moves along when a door key appears and goes, and the key gets its PIN', async () => {
      const { cloudbeds, sandbox, book, issueKey } = await connected(world, { doorLocks: true });
      const {
        stays: [stay = ''],
      } = book({});
      await cloudbeds.sync();
      const before = await cloudbeds.access(stay);
      expect(before).to.deep.include({ window: STAY, groups: { 'Door 101': [ALWAYS] } });
      expect(sandbox.locks.keys.size, 'none is made unasked').to.equal(0);

      const runs = (await cloudbeds.runs()).length;
      const keyId = issueKey(stay);
      await world.settle();
      expect(await cloudbeds.runs(), 'by the webhook alone').to.have.length(runs);
      expect([...(await cloudbeds.users()).keys()]).to.deep.equal([`${stay}/${keyId}`]);
      expect(await cloudbeds.access(`${stay}/${keyId}`)).to.deep.equal({ ...before, window: KEY_WINDOW });
      expect(sandbox.locks.keys.get(keyId)).to.include({ status: 'completed', keyCode: before?.pin });
      const requests = await requestsDuring(cloudbeds.source, async () => {
        expect(await cloudbeds.sync()).to.include({ created: 0, changed: 0, removed: 0, unchanged: 1 });
      });
      expect(Object.keys(requests)).to.deep.equal(['GET']);

      sandbox.locks.cancel(keyId);
      await world.settle();
      expect([...(await cloudbeds.users()).keys()]).to.deep.equal([stay]);
      expect(await cloudbeds.access(stay)).to.deep.equal(before);
    });

    it('makes a key where there is none, once, and never again after staff have deleted it', async () => {
      const { cloudbeds, sandbox, book } = await connected(world, { doorLocks: true, settings: { autoCreatePin: true } });
      const {
        stays: [stay = ''],
      } = book({});
      await cloudbeds.sync();
      const [made] = [...sandbox.locks.keys.values()];
      await cloudbeds.sync();
      const access = await cloudbeds.access(`${stay}/${made?.keyId ?? ''}`);
      expect(access).to.include({ window: STAY });
      expect(made).to.deep.include({
        ...{ subReservationId: stay, issuerId: 'latchkey', rooms: ['501233-1'], status: 'completed', keyCode: access?.pin },
        ...{ startDateTime: '2026-11-20T15:00:00-03:00', endDateTime: '2026-12-10T11:00:00-03:00' },
      });
      expect(sandbox.server.count('POST /doorlock/v1/keys')).to.equal(1);

      // Without a trace, as DELETE leaves it; or marked as deleted, as the front desk leaves it.
      for (const goes of [() => sandbox.locks.cancel(made?.keyId ?? ''), () => sandbox.locks.keys.clear()]) {
        goes();
        await cloudbeds.sync();
        await cloudbeds.sync(false);
        await cloudbeds.sync();
        expect(await cloudbeds.access(stay)).to.deep.equal(access);
      }
      expect(sandbox.server.count('POST /doorlock/v1/keys')).to.equal(1);
      const other = book({ room: '501233-2' });
      await world.settle();
      expect([...sandbox.locks.keys.values()].map(({ subReservationId }) => subReservationId)).to.deep.equal(other.stays);
    });
  });
});

/** What the front desk does, and what becomes of the stay. */
const STATUSES: readonly (readonly [what: string, act: (hotel: Hotel, id: string, stay: string) => void, verdict: readonly string[]])[] = [
  ['confirmed', () => undefined, ['synced']],
  ['checked in', ({ sandbox }, id) => sandbox.world.checkInGuests(id), ['synced']],
  ['not confirmed', ({ sandbox }, id) => sandbox.world.setStatus(id, 'not_confirmed'), ['not_confirmed']],
  ['canceled', ({ sandbox }, id) => sandbox.world.setStatus(id, 'canceled'), ['canceled']],
  ['its room cancelled', ({ sandbox }, _id, stay) => sandbox.world.setRoomStatus(stay, 'cancelled'), ['canceled']],
  ['no-show', ({ sandbox }, id) => sandbox.world.setStatus(id, 'no_show'), ['no_show']],
  ['checked out', ({ sandbox }, id) => sandbox.world.setStatus(id, 'checked_out'), ['expired']],
  ['its room checked out', ({ sandbox }, _id, stay) => sandbox.world.setRoomStatus(stay, 'checked_out'), ['expired']],
  ['no room', ({ sandbox }, _id, stay) => sandbox.world.assign(stay, null), ['unassigned_room']],
  ['no night', ({ sandbox }, _id, stay) => sandbox.world.changeDates(stay, '2026-12-10', '2026-12-10'), ['invalid_window']],
  ['a word that nobody knows', ({ sandbox }, id) => sandbox.world.setStatus(id, 'teleported'), ['unknown_status', 'unknown_status']],
];

describe('Cloudbeds, row by row', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('shows what was reached, and refuses another property and a wrong key', async () => {
      const { cloudbeds } = await connected(world);
      const account = (await cloudbeds.view()).account as {
        readonly name: string;
        readonly details: readonly { readonly value: string }[];
      };
      expect(account.name).to.equal('Hotel Vela');
      expect(account.details.map(({ value }) => value)).to.include.members(['desk@vela.example.test']);
      const { config, secrets, kind } = cloudbeds.source;
      const wrong = [
        { config: { ...config, propertyId: '1' }, secrets },
        { config, secrets: { apiKey: 'cbat_wrong' } },
      ];
      const before = await world.api.all('/integrations');
      for (const given of wrong) {
        expect((await world.api.send('POST', '/integrations', { kind, name: 'Wrong', ...given })).status).to.equal(422);
      }
      expect(await world.api.all('/integrations')).to.deep.equal(before);
    });

    it('is connected by consent, renews its tokens, and is asked for consent again when they are taken back', async () => {
      const source = world.join(await cloudbedsSource());
      const { grants, world: property, server } = source.sandbox;
      const { roomID: room } = property.addRoom('101');
      const consent = { config: { clientId: grants.clientId }, secrets: { clientSecret: grants.clientSecret } };
      const cloudbeds = await world.connect(source, consent);
      expect(await cloudbeds.view()).to.deep.include({ state: 'needs_attention', account: null });
      const early = await cloudbeds.trySync({ wait: true });
      expect(early.body).to.include({ state: 'failed' });
      expect(early.body.error).to.be.a('string').and.not.equal('');

      const agree = async () => {
        const { url } = await world.api.take<{ url: string }>('POST', `${cloudbeds.path}/connect`, {});
        const consented = await fetch(url, { redirect: 'manual' });
        const back = consented.headers.get('location') ?? '';
        expect(back).to.match(new RegExp(`^${world.url}/oauth/callback\\?`));
        expect((await fetch(back)).status).to.equal(200);
        expect((await fetch(back)).status, 'used up').to.equal(400);
      };
      await agree();
      expect((await cloudbeds.view()).account).to.include({ name: 'Hotel Vela' });
      expect(await cloudbeds.view()).to.include({ state: 'ok', stateReason: null });

      await cloudbeds.sync();
      await cloudbeds.map('101', 'Door 101');
      const [stay] = property.addReservation([{ room, checkIn: '2026-11-20', checkOut: '2026-12-10' }]).stays;
      await world.settle();
      const before = await cloudbeds.access(stay?.subReservationID ?? '');
      expect(before).to.include({ window: STAY });
      grants.expireAccess();
      expect(await cloudbeds.sync()).to.include({ state: 'succeeded', unchanged: 1 });
      expect(server.count('POST /api/v1.3/access_token')).to.equal(2);

      grants.revoke();
      expect(await cloudbeds.sync()).to.include({ state: 'failed' });
      expect(await cloudbeds.view()).to.include({ state: 'needs_attention' });
      expect(await cloudbeds.access(stay?.subReservationID ?? '')).to.deep.equal(before);
      await agree();
      expect(await cloudbeds.sync()).to.include({ state: 'succeeded', unchanged: 1 });
      expect([await cloudbeds.openAlerts(), await cloudbeds.access(stay?.subReservationID ?? '')]).to.deep.equal([[], before]);
    });

    it('each status grants, or is skipped for its reason, new and known', async () => {
      const hotel = await connected(world);
      const { cloudbeds, book } = hotel;
      const fresh = STATUSES.map(() => book({}));
      for (const [index, [, act]] of STATUSES.entries()) act(hotel, fresh[index]?.id ?? '', fresh[index]?.stays[0] ?? '');
      expect(await cloudbeds.sync()).to.include({ created: STATUSES.length, skipped: STATUSES.length - 2 });
      const known = STATUSES.map(() => book({}));
      await world.settle();
      for (const [index, [, act]] of STATUSES.entries()) act(hotel, known[index]?.id ?? '', known[index]?.stays[0] ?? '');
      await world.settle();
      const found = await cloudbeds.everybody();
      const of = ({ stays: [stay = ''] }: (typeof fresh)[number] = { id: '', stays: [] }) => {
        const { verdict, access = null } = found.get(stay) ?? {};
        return [verdict, access !== null];
      };
      for (const [index, [what, , verdict]] of STATUSES.entries()) {
        expect(of(fresh[index]), what).to.deep.equal([verdict, verdict[0] === 'synced']);
        // Who has access keeps it while nobody knows what the word means.
        const kept = verdict[0] === 'unknown_status' ? ['synced', 'unknown_status'] : verdict;
        expect(of(known[index]), `${what}, known`).to.deep.equal([kept, kept[0] === 'synced']);
      }
    });

    it('a room that is assigned, changed, or changed from some night on opens at once, for the same member', async () => {
      const { cloudbeds, sandbox, book } = await connected(world);
      const {
        stays: [stay = ''],
      } = book({ room: null });
      await cloudbeds.sync();
      expect(await cloudbeds.verdict(stay)).to.deep.equal(['unassigned_room']);
      sandbox.world.assign(stay, '501233-1');
      await world.settle();
      const first = await cloudbeds.access(stay);
      expect(first).to.deep.include({ window: STAY, groups: { 'Door 101': [ALWAYS] } });
      sandbox.world.assign(stay, '501233-2');
      await world.settle();
      expect(await cloudbeds.access(stay)).to.deep.equal({ ...first, groups: { 'Door 102': [ALWAYS] } });
      sandbox.world.moveFrom(stay, '2026-12-01', '501233-1');
      await world.settle();
      expect(await cloudbeds.access(stay)).to.deep.equal({
        ...first,
        groups: { 'Door 102': ['2026-11-20 18:00 – 2026-12-01 14:00'], 'Door 101': ['2026-12-01 18:00 – 2026-12-10 14:00'] },
      });
      sandbox.world.changeDates(stay, '2026-11-21', '2026-12-05');
      await world.settle();
      expect((await cloudbeds.access(stay))?.window).to.equal('2026-11-21 18:00 – 2026-12-05 14:00');
    });

    it('a booking that is deleted is over, by webhook and by a read of changes', async () => {
      const { cloudbeds, sandbox, book } = await connected(world);
      const [first, second] = [book({}), book({})];
      await cloudbeds.sync();
      sandbox.world.remove(first.id);
      await world.settle();
      world.pass(1_000);
      await world.settle();
      expect((await cloudbeds.users()).get(first.stays[0] ?? ''), 'cannot be read any more').to.equal(undefined);
      sandbox.hooks.subscriptions.length = 0;
      sandbox.world.remove(second.id);
      await cloudbeds.sync(false);
      const found = await cloudbeds.everybody();
      for (const { stays } of [first, second]) {
        // The read of changes asks for what was deleted, too.
        expect(found.get(stays[0] ?? '')).to.deep.equal({ verdict: ['canceled'], access: null });
      }
    });

    it('the PIN goes into the custom field, by its shortcode, with the room where there are several', async () => {
      const { cloudbeds, sandbox, book } = await connected(world, { settings: { pinCustomField: 'door_code' } });
      const [single, double] = [book({}), book({}, { room: '501233-2' })];
      await cloudbeds.sync();
      const pin = async (stay = '') => (await cloudbeds.access(stay))?.pin ?? '';
      const field = (id: string) => sandbox.world.reservation(id).customFields.get('door_code');
      expect(field(single.id)).to.equal(await pin(single.stays[0]));
      expect(field(double.id)).to.equal(`101: ${await pin(double.stays[0])}; 102: ${await pin(double.stays[1])}`);
      await world.api.take('PATCH', cloudbeds.path, { settings: { credentials: { pin: 'none' } } });
      await world.settle();
      expect([field(single.id), field(double.id)]).to.deep.equal(['', '']);
    });

    it('door keys that are off are neither read nor written; switched on, they stand for their stays', async () => {
      const { cloudbeds, sandbox, book, issueKey } = await connected(world, { doorLocks: true, settings: { doorKeys: 'off' } });
      const {
        stays: [stay = ''],
      } = book({});
      const keyId = issueKey(stay);
      await cloudbeds.sync();
      const before = await cloudbeds.access(stay);
      expect(before).to.include({ window: STAY });
      expect(sandbox.locks.keys.get(keyId)).to.include({ status: 'processing', keyCode: null });
      expect(sandbox.server.count('/doorlock/')).to.equal(0);
      await world.api.take('PATCH', cloudbeds.path, { settings: { doorKeys: 'auto' } });
      await cloudbeds.sync();
      expect(await cloudbeds.access(`${stay}/${keyId}`)).to.deep.equal({ ...before, window: KEY_WINDOW });
      expect(sandbox.locks.keys.get(keyId)).to.include({ status: 'completed', keyCode: before?.pin });
    });

    it('a PIN that was taken and not kept is written again later', async () => {
      const { cloudbeds, sandbox, book, issueKey } = await connected(world, { doorLocks: true });
      const {
        stays: [stay = ''],
      } = book({});
      sandbox.locks.forgetful = true;
      const keyId = issueKey(stay);
      await cloudbeds.sync();
      expect(sandbox.server.count(`PATCH /doorlock/v1/keys/${keyId}`)).to.be.greaterThan(0);
      expect(sandbox.locks.keys.get(keyId)).to.include({ status: 'processing', keyCode: null });
      sandbox.locks.forgetful = false;
      world.pass(10 * MINUTE_MS);
      await world.settle();
      const access = await cloudbeds.access(`${stay}/${keyId}`);
      expect(sandbox.locks.keys.get(keyId)).to.include({ status: 'completed', keyCode: access?.pin });
      expect(await cloudbeds.openAlerts()).to.deep.equal([]);
    });

    it('a guest who was anonymized keeps access, without name and address', async () => {
      const { cloudbeds, sandbox, book } = await connected(world);
      const {
        stays: [stay = ''],
      } = book({});
      await cloudbeds.sync();
      const before = await cloudbeds.access(stay);
      sandbox.world.anonymize(stay);
      await world.settle();
      const { guestID } = sandbox.world.stay(stay).stay.guest;
      expect(await cloudbeds.access(stay)).to.deep.equal({ ...before, name: `Guest ${guestID}`, emails: [] });
      expect(await cloudbeds.verdict(stay)).to.deep.equal(['synced', 'no_email']);
    });

    it('a connection that was ended there needs somebody, and no access changes until it is mended', async () => {
      const { cloudbeds, sandbox, book } = await connected(world);
      const {
        stays: [stay = ''],
      } = book({});
      await cloudbeds.sync();
      const before = await cloudbeds.access(stay);
      sandbox.switches.approverGone = true;
      expect(await cloudbeds.sync()).to.include({ state: 'failed' });
      expect(await cloudbeds.view()).to.include({ state: 'needs_attention' });
      expect((await cloudbeds.view()).stateReason).to.contain('not active anymore');
      expect([await cloudbeds.access(stay), await cloudbeds.openAlerts()]).to.deep.equal([before, ['integration_failing']]);
      sandbox.switches.approverGone = false;
      expect(await cloudbeds.sync()).to.include({ state: 'succeeded' });
      expect([await cloudbeds.openAlerts(), (await cloudbeds.view()).state]).to.deep.equal([[], 'ok']);
    });
  });
});
