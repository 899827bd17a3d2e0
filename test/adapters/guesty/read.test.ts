import { expect } from 'chai';
import { guestyAdapter } from '../../../src/adapters/guesty/adapter.js';
import { CursorExpired, UpstreamContract, UpstreamRefused } from '../../../src/adapters/upstream-errors.js';
import type { SourceUser } from '../../../src/adapters/adapter.js';
import { sampleHolidayLets } from '../../../sandbox/guesty/sample.js';
import type { GuestySandbox } from '../../../sandbox/guesty/server.js';
import type { Listing } from '../../../sandbox/guesty/world.js';
import { readAll } from '../../support/adapter-context.js';
import { contextFor, failureOf, NOW, startSandbox, type TestContext } from './fixture.js';

const MINUTE_MS = 60_000;

describe('guesty: reading', () => {
  let sandbox: GuestySandbox;
  let context: TestContext;
  let loft: Listing;
  beforeEach(async () => {
    sandbox = await startSandbox();
    context = contextFor(sandbox);
    loft = sandbox.world.addListing({ nickname: 'Loft' });
  });
  afterEach(() => sandbox.stop());

  const book = (from = '2026-12-01', to = '2026-12-04', more: object = {}) =>
    sandbox.world.create({ listingId: loft._id, checkInDateLocalized: from, checkOutDateLocalized: to, ...more });
  const all = () => readAll(guestyAdapter.resources(context));
  const since = async (cursor: string | null) => {
    if (guestyAdapter.changes === undefined || cursor === null) throw new Error('no changes');
    return readAll(guestyAdapter.changes(context, cursor));
  };
  const single = async (id: string): Promise<readonly SourceUser[]> => (await guestyAdapter.one?.(context, id)) ?? [];
  const later = (minutes: number) => sandbox.server.clock.advance(minutes * MINUTE_MS);

  describe('everything', () => {
    it('makes Groups of listings, sub-units named “Parent / Child” and the parent too (G6)', async () => {
      sampleHolidayLets(sandbox.world, NOW);
      const { groups } = await all();
      expect([...groups.values()].map(({ displayName }) => displayName)).to.deep.equal([
        'Loft',
        'Harbour Studios',
        'Harbour Studios / Studio 101',
        'Harbour Studios / Studio 102',
        'Old Port Loft',
        'Villa Alerce',
        'Garden Flat',
        'Boathouse',
      ]);
    });

    for (const [what, change] of [
      ['bare arrays', { bareLists: true }],
      ['the flag of listings named otherwise', { listedName: 'listed' }],
    ] as const) {
      it(`is the same with ${what} (G6)`, async () => {
        sandbox.seed(250);
        const before = await all();
        Object.assign(sandbox.switches, change);
        const after = await all();
        expect(after.users).to.deep.equal(before.users);
        expect(after.groups).to.deep.equal(before.groups);
      });
    }

    it('holds reservations of every status, with the reason of each that does not grant', async () => {
      for (const status of ['confirmed', 'checked_in', 'reserved', 'canceled', 'closed', 'checked_out', 'odd'])
        book(undefined, undefined, { status });
      expect([...(await all()).users.values()].map(({ skipReason }) => skipReason)).to.deep.equal([
        null,
        null,
        'not_confirmed',
        'canceled',
        'canceled',
        'expired',
        'unknown_status',
      ]);
    });

    it('holds whoever is inside, however long, and whoever comes, however late, but nobody who has left', async () => {
      const inside = book('2026-01-02', '2026-11-25');
      const leftToday = book('2026-11-20', '2026-11-23');
      const leftYesterday = book('2026-11-20', '2026-11-22');
      book('2026-11-10', '2026-11-21');
      const nextYear = book('2028-01-01', '2028-01-02');
      expect([...(await all()).users.keys()]).to.deep.equal([inside, leftToday, leftYesterday, nextYear].map(({ _id }) => _id));
    });

    it('knows Groups that only a reservation names: not in the list, or inactive', async () => {
      const hidden = sandbox.world.addListing({ nickname: 'Hidden', pmsActive: false });
      const parent = sandbox.world.addListing({ nickname: 'Hidden house', pmsActive: false });
      const child = sandbox.world.addListing({ nickname: '1', parentId: parent._id, pmsActive: false });
      const inactive = sandbox.world.addListing({ nickname: 'Closed', active: false });
      for (const { _id: listingId } of [hidden, child, inactive]) book(undefined, undefined, { listingId });
      const { groups, users } = await all();
      expect([...groups.values()].map(({ displayName }) => displayName).sort()).to.deep.equal(
        ['Closed', 'Hidden', 'Hidden house', 'Hidden house / 1', 'Loft'].sort(),
      );
      for (const user of users.values()) expect(groups.has(user.groups?.[0] ?? '')).to.equal(true);
    });

    it('leaves a reservation of a deleted listing without Group', async () => {
      const { _id } = book();
      sandbox.world.removeListing(loft._id);
      const { groups, users } = await all();
      expect(groups.size).to.equal(0);
      expect(users.get(_id)?.groups).to.deep.equal([]);
    });

    it('G8: misses nobody when reservations change, appear and vanish between its pages', async () => {
      sandbox.seed(250);
      const before = [...sandbox.world.reservations.keys()];
      const gone = before.slice(0, 30);
      const pages = guestyAdapter.resources(context)[Symbol.asyncIterator]();
      const seen = new Set<string>();
      let done = false;
      for (let page = await pages.next(); page.done !== true; page = await pages.next()) {
        const { resources } = page.value;
        for (const { resourceType, externalId } of resources) if (resourceType === 'User') seen.add(externalId);
        if (seen.size === 0 || done) continue;
        done = true;
        for (const id of gone) sandbox.world.remove(id);
        sandbox.world.cancel(before[40] ?? '');
        for (let times = 0; times < 5; times += 1) book();
      }
      expect(done).to.equal(true);
      expect(before.slice(30).filter((id) => !seen.has(id))).to.deep.equal([]);
    });

    it('takes a reservation that has no listing, or an empty one, for one in no Group', async () => {
      const ids = [null, ''].map((listingId) => sandbox.world.change(book()._id, { listingId })._id);
      const { users } = await all();
      expect(ids.map((id) => users.get(id)?.groups)).to.deep.equal([[], []]);
      // Without a listing nobody knows the zone, but the UTC times are told.
      expect(await Promise.all(ids.map(async (id) => (await single(id))[0]))).to.deep.equal(ids.map((id) => users.get(id)));
    });

    it('says how many there are, and the cursor only with its last page', async () => {
      sandbox.seed(150);
      const pages = [];
      for await (const page of guestyAdapter.resources(context)) pages.push(page);
      expect(pages.slice(0, -1).map(({ cursor }) => cursor)).to.deep.equal(pages.slice(1).map(() => null));
      expect(pages.at(-1)?.cursor).to.match(/^2026-11-23T14:00:00\.\d{3}Z$/);
      expect(pages[1]?.total).to.equal(150 + sandbox.world.listings.size);
    });

    it('without any reservation has no cursor', async () => {
      expect((await all()).cursor).to.equal(null);
    });

    it('asks for no phone number, key code or anything else that is not used', async () => {
      book();
      await all();
      const asked = sandbox.server.seen.map(({ path }) => decodeURIComponent(path)).join('\n');
      for (const name of ['phone', 'keyCode', 'customFields', 'money']) expect(asked).to.not.contain(name);
      expect(asked).to.contain('status');
    });

    for (const [what, body] of [
      ['no results', '{"count":0}'],
      ['a reservation without a status', '{"results":[{"_id":"a","listingId":"b"}],"count":1}'],
      ['a reservation without a listing', '{"results":[{"_id":"a","status":"confirmed"}],"count":1}'],
      ['less than it says', '{"results":[],"count":5}'],
    ]) {
      it(`fails when a page has ${what}`, async () => {
        book();
        sandbox.server.faults.add({
          kind: 'html',
          body: body ?? '',
          headers: { 'content-type': 'application/json' },
          on: 'GET /v1/reservations?filters=',
        });
        expect(await failureOf(all())).to.be.instanceOf(UpstreamContract);
      });
    }

    it('goes on past a stay that grants and has no time', async () => {
      const [{ _id }, other] = [book(), book()];
      sandbox.world.change(_id, { checkIn: null, checkInDateLocalized: '' });
      const { users } = await all();
      expect([users.get(_id)?.skipReason, users.get(other._id)?.skipReason]).to.deep.equal(['invalid_window', null]);
      expect([users.get(_id)?.unclear, users.get(other._id)?.unclear]).to.deep.equal([
        'A reservation has no time at which it starts.',
        undefined,
      ]);
    });
  });

  describe('changes', () => {
    it('are those since the cursor, with five minutes of overlap, of any status and date (G7)', async () => {
      const old = book('2026-11-01', '2026-11-05');
      const untouched = book();
      later(10);
      const overlapping = book();
      later(5);
      const cursor = book().lastUpdatedAt;
      later(60);
      sandbox.world.cancel(old._id);
      const { users, cursor: next } = await since(cursor);
      expect([...users.keys()]).to.include.members([old._id, overlapping._id]);
      expect(users.has(untouched._id)).to.equal(false);
      expect(users.get(old._id)?.skipReason).to.equal('canceled');
      expect(next).to.equal(sandbox.world.reservations.get(old._id)?.lastUpdatedAt);
    });

    it('go on from where a full read began, not from where it ended', async () => {
      sandbox.seed(150);
      const first = [...sandbox.world.reservations.keys()][0] ?? '';
      let cursor: string | null = null;
      let changed = false;
      for await (const page of guestyAdapter.resources(context)) {
        cursor = page.cursor ?? cursor;
        const isUsers = page.resources.some(({ resourceType }) => resourceType === 'User');
        if (!isUsers || changed) continue;
        changed = true;
        // The first page has been read; the read goes on for longer than the overlap, and other rows change after this one.
        sandbox.world.cancel(first);
        later(20);
        sandbox.world.setStatus([...sandbox.world.reservations.keys()][149] ?? '', 'checked_in');
      }
      expect((await since(cursor)).users.get(first)?.skipReason).to.equal('canceled');
    });

    it('keep the cursor when nothing has changed, and when nothing is left', async () => {
      const { _id, lastUpdatedAt } = book();
      later(60);
      expect((await since(lastUpdatedAt)).cursor).to.equal(lastUpdatedAt);
      sandbox.world.remove(_id);
      expect(await since(lastUpdatedAt)).to.deep.include({ cursor: lastUpdatedAt, users: new Map() });
    });

    it('never move the cursor back', async () => {
      book();
      const cursor = '2026-11-23T15:00:00.000Z';
      expect((await since(cursor)).cursor).to.equal(cursor);
    });

    it('bring a new listing before the reservation that is in it', async () => {
      const { cursor } = await all();
      expect(cursor).to.equal(null);
      const first = book();
      later(10);
      const shed = sandbox.world.addListing({ nickname: 'Shed', pmsActive: false });
      const second = book(undefined, undefined, { listingId: shed._id });
      const order: string[] = [];
      for await (const { resources } of guestyAdapter.changes?.(context, first.lastUpdatedAt) ?? []) {
        order.push(...resources.map(({ externalId }) => externalId));
      }
      expect(order).to.deep.equal([loft._id, shed._id, first._id, second._id]);
    });

    it('cannot go on from a cursor that is none', async () => {
      expect(await failureOf(since('yesterday'))).to.be.instanceOf(CursorExpired);
    });
  });

  describe('one reservation', () => {
    it('G9: has its planned time, not the stale one', async () => {
      const { _id } = book();
      sandbox.world.plan(_id, { plannedArrival: '17:30', plannedDeparture: '10:00' });
      expect(sandbox.world.reservations.get(_id)?.checkIn).to.equal('2026-12-01T15:00:00.000Z');
      expect((await single(_id))[0]?.window).to.deep.equal({ startsAt: '2026-12-01T17:30:00.000Z', endsAt: '2026-12-04T10:00:00.000Z' });
    });

    it('G10: goes from the Group of the parent to that of the unit', async () => {
      const parent = sandbox.world.addListing({ nickname: 'Studios', type: 'MTL' });
      const child = sandbox.world.addListing({ nickname: '101', parentId: parent._id });
      const { _id } = book(undefined, undefined, { listingId: parent._id });
      expect((await single(_id))[0]?.groups).to.deep.equal([parent._id]);
      sandbox.world.move(_id, child._id);
      expect((await single(_id))[0]?.groups).to.deep.equal([child._id]);
    });

    it('G10: can be shortened, cancelled, and of a status that nobody knows', async () => {
      const { _id } = book();
      sandbox.world.moveDates(_id, '2026-12-01', '2026-12-02');
      expect((await single(_id))[0]?.window.endsAt).to.equal('2026-12-02T11:00:00.000Z');
      sandbox.world.cancel(_id);
      expect((await single(_id))[0]?.skipReason).to.equal('canceled');
      sandbox.world.setStatus(_id, 'teleported');
      expect((await single(_id))[0]?.skipReason).to.equal('unknown_status');
    });

    it('is gone only when Guesty says so: a 404 of somebody else, a 403 or another reservation are errors', async () => {
      const { _id } = book();
      expect(await single('66a0c0ffee0000000000ffff')).to.deep.equal([]);
      sandbox.server.faults.add({ kind: 'status', status: 404, body: '<h1>Not Found</h1>', on: _id, times: 1 });
      expect(await failureOf(single(_id))).to.be.instanceOf(UpstreamContract);
      sandbox.switches.forbiddenOn = ['/v1/reservations'];
      expect(await failureOf(single(_id))).to.be.instanceOf(UpstreamRefused);
      sandbox.switches.forbiddenOn = [];
      sandbox.server.faults.add({ kind: 'html', body: '{"_id":"other","listingId":"a","status":"canceled"}', on: _id });
      expect(await failureOf(single(_id))).to.be.instanceOf(UpstreamContract);
    });

    for (const id of ['', '..', '../webhooks', 'a/b', 'a?b', '%2e%2e']) {
      it(`with the id “${id}” is asked of nobody`, async () => {
        expect(await failureOf(single(id))).to.be.instanceOf(UpstreamContract);
        expect(sandbox.server.seen).to.deep.equal([]);
      });
    }

    it('that does not tell of its zone has it from its listing, as in the list', async () => {
      const { _id } = book(undefined, undefined, { checkIn: null, checkOut: null });
      const bare = {
        _id,
        listingId: loft._id,
        status: 'confirmed',
        checkInDateLocalized: '2026-12-01',
        checkOutDateLocalized: '2026-12-04',
      };
      sandbox.server.faults.add({ kind: 'html', body: JSON.stringify(bare), on: `/v1/reservations/${_id}` });
      expect((await single(_id))[0]).to.deep.include({
        window: { startsAt: '2026-12-01T15:00:00.000Z', endsAt: '2026-12-04T11:00:00.000Z' },
        groups: [loft._id],
      });
    });
  });
});
