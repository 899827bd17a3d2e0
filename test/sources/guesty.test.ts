import { expect } from 'chai';
import { LINK_FIELD } from '../../sandbox/guesty/custom-fields.js';
import type { GuestySandbox } from '../../sandbox/guesty/server.js';
import type { Listing, NewReservation } from '../../sandbox/guesty/world.js';
import type { JsonObject } from '../../src/domain/scim.js';
import type { ConnectedSource } from '../support/connected-source.js';
import { forEachEngine } from '../support/engines.js';
import { requestsDuring } from '../support/simulated-source.js';
import { type SourceWorld, sourceWorlds } from '../support/source-world.js';
import { type GuestySource, guestySource } from '../support/sources/guesty.js';

const DATES = { checkInDateLocalized: '2026-11-20', checkOutDateLocalized: '2026-12-10' };
const STAY = '2026-11-20 15:00 – 2026-12-10 11:00';
const OPEN_END = '… – …';
const MINUTE_MS = 60_000;

const STATUSES: readonly (readonly [status: string, verdict: readonly string[]])[] = [
  ['confirmed', ['synced']],
  ['checked_in', ['synced']],
  ['reserved', ['not_confirmed']],
  ['awaiting_payment', ['not_confirmed']],
  ['inquiry', ['not_confirmed']],
  ['checked_out', ['expired']],
  ['canceled', ['canceled']],
  ['declined', ['canceled']],
  ['expired', ['canceled']],
  ['closed', ['canceled']],
  ['on_the_moon', ['unknown_status', 'unknown_status']],
];

/** Houses that are connected: the Loft is mapped to *Loft door*. */
interface Lets {
  readonly guesty: ConnectedSource<GuestySource>;
  readonly sandbox: GuestySandbox;
  readonly loft: Listing;
  /** A confirmed stay in the Loft that has begun, unless told otherwise; @returns its id */
  book(given?: Partial<NewReservation>): string;
}

async function connected(world: SourceWorld, settings: JsonObject = {}): Promise<Lets> {
  const source = world.join(await guestySource());
  const { sandbox } = source;
  const loft = sandbox.world.addListing({ nickname: 'Loft' });
  const guesty = await world.connect(source, { settings });
  await guesty.sync();
  await guesty.map('Loft', 'Loft door');
  const book = (given: Partial<NewReservation> = {}) => sandbox.world.create({ listingId: loft._id, ...DATES, ...given })._id;
  return { guesty, sandbox, loft, book };
}

describe('Guesty, from reservations to doors', () => {
  forEachEngine((engine) => {
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('a confirmed reservation opens the door of its listing for the stay, and a second run changes nothing', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const id = book();
      expect(await guesty.sync()).to.include({ state: 'succeeded', created: 1, changed: 0, removed: 0, unchanged: 0, skipped: 0 });
      const access = await guesty.access(id);
      expect(access).to.deep.include({
        ...{ name: 'Ada Park', emails: ['ada@example.test'], status: 'active', window: STAY, groups: { 'Loft door': [OPEN_END] } },
      });
      expect(access?.pin).to.match(/^\d{6}$/);
      expect(access?.link).to.match(new RegExp(`^${world.url}/m/`));
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(access?.pin);
      for (const full of [true, false]) {
        const requests = await requestsDuring(guesty.source, async () => {
          expect(await guesty.sync(full)).to.include({ state: 'succeeded', created: 0, changed: 0, removed: 0, unchanged: 1 });
        });
        expect(Object.keys(requests)).to.deep.equal(['GET']);
      }
      expect(await guesty.access(id)).to.deep.equal(access);
    });

    it('a stay that is cancelled is over with the next poll, or with the webhook alone', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const [first, second] = [book(), book()];
      await guesty.sync();
      expect([await guesty.access(first), await guesty.access(second)]).not.to.include(null);

      const runs = (await guesty.runs()).length;
      sandbox.world.cancel(first);
      await world.settle();
      expect([await guesty.verdict(first), await guesty.access(first)]).to.deep.equal([['canceled'], null]);
      expect(await guesty.runs()).to.have.length(runs);

      sandbox.webhooks.subscriptions.clear();
      sandbox.world.cancel(second);
      await world.settle();
      expect(await guesty.access(second)).not.to.equal(null);
      world.pass(10 * MINUTE_MS);
      await world.poll();
      expect([await guesty.verdict(second), await guesty.access(second)]).to.deep.equal([['canceled'], null]);
      expect(await guesty.runs()).to.have.length(runs + 1);
    });

    it('a stay in a multi-unit listing goes from the parent to the unit, with the same member, PIN and link', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const studios = sandbox.world.addListing({ nickname: 'Studios' });
      const unit = sandbox.world.addListing({ nickname: '101', parentId: studios._id });
      const id = book({ listingId: studios._id });
      await guesty.sync();
      expect(await guesty.verdict(id)).to.deep.equal(['no_mapped_resource']);
      expect((await guesty.resources()).map((one) => [one.displayName, one.userCount]).sort()).to.deep.equal([
        ['Loft', 0],
        ['Studios / 101', 0],
        ['Studios', 1],
      ]);
      await guesty.map('Studios', 'Lobby');
      await guesty.map('Studios / 101', 'Lobby', 'Unit 101');
      const before = await guesty.access(id);
      expect(before?.groups).to.deep.equal({ Lobby: [OPEN_END] });
      sandbox.world.move(id, unit._id);
      await world.settle();
      expect(await guesty.access(id)).to.deep.equal({ ...before, groups: { Lobby: [OPEN_END], 'Unit 101': [OPEN_END] } });
    });

    it('PIN and link are written to channel bookings and to those of v3, and read back', async () => {
      const { guesty, sandbox, book } = await connected(world, { linkCustomField: LINK_FIELD });
      const ids = [book(), book({ madeBy: 'v3' })];
      await guesty.sync();
      for (const id of ids) {
        const access = await guesty.access(id);
        expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(access?.pin);
        expect(sandbox.fields.read(id, LINK_FIELD)).to.equal(access?.link);
      }
      const writes = sandbox.server.seen.filter(({ method }) => method === 'PUT').map(({ path, status }) => `${path} ${status}`);
      expect(writes.sort()).to.deep.equal(
        [
          `/v1/reservations-v3/${ids[0]}/notes 404`,
          `/v1/reservations/${ids[0]} 200`,
          `/v1/reservations-v3/${ids[1]}/notes 200`,
          ...ids.map((id) => `/v1/reservations-v3/${id}/custom-fields 200`),
        ].sort(),
      );
    });
  });
});

describe('Guesty, row by row', () => {
  forEachEngine((engine) => {
    if (engine.name !== 'sqlite') return;
    const open = sourceWorlds(engine);
    let world: SourceWorld;
    before(async () => {
      world = await open();
    });
    afterEach(() => expect(world.errors.splice(0)).to.deep.equal([]));

    it('connects an account by name, spends one token on many runs, and stores nothing with a wrong secret', async () => {
      const { guesty, sandbox } = await connected(world);
      expect(await guesty.view()).to.deep.include({ state: 'ok', stateReason: null });
      expect((await guesty.view()).account).to.include({ name: 'Harbour Stays' });
      await guesty.sync();
      await guesty.sync();
      expect(sandbox.server.count('POST /oauth2/token')).to.equal(1);
      const before = await world.api.all('/integrations');
      const { status, body } = await world.api.send('POST', '/integrations', {
        ...{ kind: 'guesty', name: 'Wrong', config: guesty.source.config, secrets: { clientId: 'demo-client', clientSecret: 'no' } },
      });
      expect(status).to.equal(422);
      expect(body.detail).to.be.a('string').and.not.contain('demo-client');
      expect(await world.api.all('/integrations')).to.deep.equal(before);
    });

    it('each status grants, or is skipped for its reason', async () => {
      const { guesty, book } = await connected(world);
      const ids = STATUSES.map(([status]) => book({ status }));
      const run = await guesty.sync();
      expect(run).to.include({ created: STATUSES.length, skipped: STATUSES.length - 2 });
      const found = await guesty.everybody();
      for (const [index, [status, verdict]] of STATUSES.entries()) {
        const { verdict: actual, access = null } = found.get(ids[index] ?? '') ?? {};
        expect([actual, access !== null], status).to.deep.equal([verdict, verdict[0] === 'synced']);
      }
    });

    it('a dry run says what a run would do, and does nothing', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const stays = book();
      await guesty.sync();
      sandbox.webhooks.subscriptions.clear();
      book();
      book({ status: 'inquiry' });
      sandbox.world.cancel(stays);
      const [users, past] = [await guesty.users(), await guesty.runs()];
      const requests = await requestsDuring(guesty.source, async () => {
        const { status, body } = await guesty.trySync({ dryRun: true });
        expect(status).to.equal(200);
        expect(body).to.include({ state: 'succeeded', created: 2, changed: 1, removed: 0 });
      });
      await world.settle();
      expect([Object.keys(requests), await guesty.users(), await guesty.runs()]).to.deep.equal([['GET'], users, past]);
      expect(await guesty.sync()).to.include({ created: 2, changed: 1, removed: 0 });
    });

    it('a status that nobody knows neither gives nor takes, and the next known one counts', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const id = book();
      await guesty.sync();
      const before = await guesty.access(id);
      sandbox.world.setStatus(id, 'on_the_moon');
      await world.settle();
      expect([await guesty.verdict(id), await guesty.access(id)]).to.deep.equal([['synced', 'unknown_status'], before]);
      sandbox.world.setStatus(id, 'closed');
      await world.settle();
      expect([await guesty.verdict(id), await guesty.access(id)]).to.deep.equal([['canceled'], null]);
      sandbox.world.setStatus(id, 'confirmed');
      await world.settle();
      expect(await guesty.access(id)).to.deep.equal(before);
    });

    it('planned times win over those of the booking, each for itself, in the zone of the listing', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const villa = sandbox.world.addListing({ nickname: 'Villa', timezone: 'America/Santiago', defaultCheckInTime: '14:00' });
      const windows: readonly (readonly [Partial<NewReservation>, string])[] = [
        [{ plannedArrival: '17:30' }, '2026-11-20 17:30 – 2026-12-10 11:00'],
        [{ plannedDeparture: '10:00' }, '2026-11-20 15:00 – 2026-12-10 10:00'],
        [{ checkIn: '2026-11-20T16:15:00.000Z', checkOut: null }, '2026-11-20 16:15 – 2026-12-10 11:00'],
        [{ listingId: villa._id, checkIn: null, checkOut: null }, '2026-11-20 17:00 – 2026-12-10 14:00'],
        [{ listingId: villa._id, plannedArrival: '20:00' }, '2026-11-20 23:00 – 2026-12-10 14:00'],
      ];
      const ids = windows.map(([given]) => book(given));
      await guesty.sync();
      await guesty.map('Villa', 'Villa door');
      const found = await guesty.everybody();
      for (const [index, [given, window]] of windows.entries()) {
        expect(found.get(ids[index] ?? '')?.access?.window, JSON.stringify(given)).to.equal(window);
      }
      const before = await guesty.access(ids[0] ?? '');
      sandbox.world.change(ids[0] ?? '', { plannedArrival: '19:00', plannedDeparture: '09:00' });
      await world.settle();
      expect(await guesty.access(ids[0] ?? ''), 'the stale UTC times lose').to.deep.equal({
        ...before,
        window: '2026-11-20 19:00 – 2026-12-10 09:00',
      });
    });

    it('buffers, addresses, links and PINs are as the settings say, and follow them', async () => {
      const { guesty, sandbox, book } = await connected(world, {
        ...{ arrivalBufferMinutes: 30, departureBufferMinutes: 15, credentials: { email: false, magicLink: false, pin: 'none' } },
      });
      const id = book();
      await guesty.sync();
      const before = await guesty.access(id);
      expect(before).to.deep.include({ emails: [], pin: null, link: null, window: '2026-11-20 14:30 – 2026-12-10 11:15' });
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(null);
      const settings = {
        arrivalBufferMinutes: 0,
        departureBufferMinutes: 0,
        credentials: { email: true, magicLink: true, pin: 'generate' },
      };
      await world.api.take('PATCH', guesty.path, { settings });
      await world.settle();
      const after = await guesty.access(id);
      expect(after).to.deep.include({ memberId: before?.memberId, emails: ['ada@example.test'], window: STAY });
      expect(after?.pin).to.match(/^\d{6}$/);
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(after?.pin);
      await world.api.take('PATCH', guesty.path, { settings: { credentials: { pin: 'none' } } });
      await world.settle();
      expect([(await guesty.access(id))?.pin, sandbox.world.reservations.get(id)?.keyCode]).to.deep.equal([null, '']);
    });

    it('writing back is done for those who are there already when it is switched on', async () => {
      const { guesty, sandbox, book } = await connected(world, { writeBackPin: false });
      const id = book();
      await guesty.sync();
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(null);
      await world.api.take('PATCH', guesty.path, { settings: { writeBackPin: true, linkCustomField: LINK_FIELD } });
      await world.settle();
      await guesty.sync();
      const access = await guesty.access(id);
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(access?.pin);
      expect(sandbox.fields.read(id, LINK_FIELD)).to.equal(access?.link);
    });

    it('what could not be written is written once Guesty takes it, and access does not wait for it', async () => {
      const { guesty, sandbox, book } = await connected(world);
      sandbox.server.faults.add({ kind: 'status', status: 503, on: 'PUT ' });
      const id = book();
      await guesty.sync();
      const access = await guesty.access(id);
      expect(access).to.include({ status: 'active', window: STAY });
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(null);
      sandbox.server.faults.clear();
      world.pass(10 * MINUTE_MS);
      await world.settle();
      expect(sandbox.world.reservations.get(id)?.keyCode).to.equal(access?.pin);
    });

    it('a mapping says beforehand whom it would give access, and does it', async () => {
      const { guesty, sandbox, book } = await connected(world);
      const garden = sandbox.world.addListing({ nickname: 'Garden' });
      const id = book({ listingId: garden._id });
      book({ listingId: garden._id, status: 'inquiry' });
      await guesty.sync();
      const resource = (await guesty.resources()).find(({ displayName }) => displayName === 'Garden');
      const { id: memberGroupId } = await world.api.take<{ id: string }>('POST', '/member-groups', { name: 'Garden door' });
      const path = `${guesty.path}/resources/${resource?.id ?? ''}/mapping/preview`;
      expect(await world.api.take('POST', path, { memberGroupIds: [memberGroupId] })).to.include({ created: 1, changed: 0, removed: 0 });
      expect(await guesty.access(id)).to.equal(null);
      await guesty.map('Garden', 'Garden door');
      expect((await guesty.access(id))?.groups).to.deep.equal({ 'Garden door': [OPEN_END] });
      expect(await world.api.take('POST', path, { memberGroupIds: [] })).to.include({ created: 0, changed: 0, removed: 1 });
    });

    it('what has no window, no mapping, no address, or its time outside the scope says so', async () => {
      const { guesty, sandbox, book } = await connected(world, { syncScope: { kind: 'upcoming', days: 5 } });
      const garden = sandbox.world.addListing({ nickname: 'Garden' });
      const guest = { firstName: 'Bo', lastName: 'Ek', email: null };
      const backwards = book({ checkInDateLocalized: '2026-12-10', checkOutDateLocalized: '2026-11-26' });
      const unmapped = book({ listingId: garden._id });
      const unreachable = book({ guest });
      const later = book({ checkInDateLocalized: '2026-12-02', checkOutDateLocalized: '2026-12-09' });
      const over = book({ plannedDeparture: '09:00', checkInDateLocalized: '2026-11-20', checkOutDateLocalized: '2026-11-25' });
      await guesty.sync();
      expect(await guesty.verdict(backwards)).to.deep.equal(['invalid_window']);
      expect(await guesty.verdict(unmapped)).to.deep.equal(['no_mapped_resource']);
      expect(await guesty.verdict(unreachable)).to.deep.equal(['synced', 'no_email']);
      expect(await guesty.verdict(later)).to.deep.equal(['outside_sync_scope']);
      expect(await guesty.verdict(over)).to.deep.equal(['expired']);
      world.setTime(Date.parse('2026-11-27T15:00:00Z'));
      await world.settle();
      expect(await guesty.access(later), 'by time alone').to.include({ status: 'upcoming', window: '2026-12-02 15:00 – 2026-12-09 11:00' });
    });
  });
});
