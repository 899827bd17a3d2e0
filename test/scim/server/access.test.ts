import { expect } from 'chai';
import { ACCESS_URN, USER_URN } from '../../../src/domain/scim.js';
import type { JsonObject } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { expectScimError, idOf, type ScimAnswer } from '../../support/scim-client.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The server's clock says 2026-05-01T12:00Z. */
const day = (number: number, hour = 12): string => `2026-05-${String(number).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;
const between = (startsAt: string | null, endsAt: string | null) => ({ startsAt, endsAt });
const SYNC = `${ACCESS_URN}:syncStatus,${ACCESS_URN}:skipReason`;

forEachEngine((engine) => {
  describe('windows that SCIM sends', () => {
    const server = serverOf(engine);
    let scim: Connection;
    beforeEach(async () => {
      scim = await server().connect();
      await scim.mapAllUsers('Front door');
    });

    const body = (access: object, more: object = {}): object => ({
      schemas: [USER_URN, ACCESS_URN],
      userName: 'ann',
      [ACCESS_URN]: access,
      ...more,
    });
    const add = async (access: object): Promise<string> => idOf(await scim.post('/Users', body(access)), 201);

    it('validFrom and validUntil are the member’s window, whatever their offset', async () => {
      const answer = await scim.post('/Users', body({ validFrom: '2026-05-03T14:00:00+02:00', validUntil: day(5) }));
      expect(answer.body[ACCESS_URN]).to.deep.equal({ validFrom: '2026-05-03T14:00:00+02:00', validUntil: day(5) });
      const member = await scim.member('ann');
      expect(member).to.deep.include({ status: 'upcoming', window: between(day(3), day(5)) });
      expect(member?.pins).to.have.length(1);
    });

    it('a window that ends closes by time alone, and PIN and link go; half-open to the millisecond', async () => {
      await add({ validUntil: day(2) });
      await server().pass(DAY - 1);
      expect(await scim.member('ann')).to.deep.include({ status: 'active' });
      expect((await scim.member('ann'))?.pins).to.have.length(1);
      await server().pass(1);
      expect(await scim.member('ann')).to.deep.include({ status: 'ended', groups: {}, pins: [], links: [] });
      expect(await scim.syncOf('ann')).to.deep.include({ status: 'none', skipReason: 'expired' });
    });

    it('the timekeeper does it by itself when nobody asks', async () => {
      await add({ validUntil: day(2) });
      server().setTime(day(2));
      server().parts.timekeeper.wake();
      const deadline = performance.now() + 10_000;
      while ((await scim.syncOf('ann'))?.skipReason !== 'expired' && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await scim.member('ann')).to.deep.include({ status: 'ended', pins: [] });
    });

    it('a longer stay keeps PIN and link; one that was over comes back with them', async () => {
      const id = await add({ validUntil: day(2) });
      const before = await scim.member('ann');
      await scim.patch(`/Users/${id}`, { op: 'replace', path: `${ACCESS_URN}:validUntil`, value: day(3) });
      expect(await scim.member('ann')).to.deep.equal({ ...before, window: between(null, day(3)) });
      await server().pass(3 * DAY);
      expect((await scim.member('ann'))?.pins).to.deep.equal([]);
      await scim.patch(`/Users/${id}`, { op: 'replace', path: `${ACCESS_URN}:validUntil`, value: day(9) });
      expect(await scim.member('ann')).to.deep.include({ status: 'active', pins: before?.pins, links: before?.links });
    });

    it('taking validUntil away opens without end; a PUT without it as well', async () => {
      const id = await add({ validFrom: day(1, 0), validUntil: day(2) });
      await scim.patch(`/Users/${id}`, { op: 'remove', path: `${ACCESS_URN}:validUntil` });
      expect((await scim.member('ann'))?.window).to.deep.equal(between(day(1, 0), null));
      await scim.put(`/Users/${id}`, { schemas: [USER_URN], userName: 'ann' });
      expect((await scim.member('ann'))?.window).to.deep.equal(between(null, null));
    });

    it('a window in the past: no member, expired', async () => {
      await add({ validUntil: day(1) });
      expect(await scim.member('ann')).to.equal(null);
      expect(await scim.syncOf('ann')).to.deep.include({ status: 'none', skipReason: 'expired' });
    });

    it('a PATCH that leaves a window of no length is refused', async () => {
      const id = await add({ validFrom: day(3) });
      expectScimError(
        await scim.patch(`/Users/${id}`, { op: 'add', path: `${ACCESS_URN}:validUntil`, value: day(3) }),
        400,
        'invalidValue',
      );
    });

    it('outside the sync scope: skipped until its day, then created by time alone; status and reason can be read', async () => {
      await scim.patchSettings({ syncScope: { kind: 'upcoming', days: 3 } });
      const id = await add({ validFrom: day(10), validUntil: day(12) });
      expect(await scim.member('ann')).to.equal(null);
      const shown = async (): Promise<unknown> => (await scim.get(`/Users/${id}?attributes=${SYNC}`)).body[ACCESS_URN];
      expect(await shown()).to.deep.equal({ syncStatus: 'none', skipReason: 'outside_sync_scope' });
      await server().pass(6 * DAY - 1);
      expect(await scim.member('ann')).to.equal(null);
      await server().pass(1);
      expect(await scim.member('ann')).to.deep.include({ status: 'upcoming', window: between(day(10), day(12)) });
      expect(await shown()).to.deep.equal({ syncStatus: 'synced' });
    });

    it('accessPeriods are windows of single Groups; several for one Group add up', async () => {
      const [pool, gym] = [await scim.addGroup('Pool'), await scim.addGroup('Gym')];
      await scim.map(pool, 'Pool door');
      await scim.map(gym, 'Gym door');
      const id = await add({
        accessPeriods: [
          { value: pool, validFrom: day(1), validUntil: day(2) },
          { value: pool, validFrom: day(2), validUntil: day(3) },
          { value: pool, validFrom: day(5), validUntil: day(6) },
          { value: gym, validUntil: day(4) },
        ],
      });
      for (const group of [pool, gym]) await scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] });
      const { groups } = (await scim.member('ann')) ?? { groups: {} };
      expect(groups).to.deep.equal({
        'Front door': [between(null, null)],
        'Pool door': [between(day(1), day(3)), between(day(5), day(6))],
        'Gym door': [between(null, day(4))],
      });
      await server().pass(2 * DAY);
      expect((await scim.member('ann'))?.groups['Pool door']).to.deep.equal([between(day(5), day(6))]);
    });

    it('filter and sort on windows work; a card becomes a card of the member', async () => {
      await add({ validUntil: day(2), card: 'CARD-1' });
      await scim.addUser('bob', { [ACCESS_URN]: { validUntil: day(9) } });
      const found = await scim.find('/Users', `${ACCESS_URN}:validUntil gt "${day(5)}"`);
      expect(found.body['totalResults']).to.equal(1);
      expect((await scim.member('ann'))?.cards).to.have.length(1);
    });

    it('buffers move the ends', async () => {
      await scim.patchSettings({ arrivalBufferMinutes: 60, departureBufferMinutes: 120 });
      await add({ validFrom: day(3), validUntil: day(5) });
      expect((await scim.member('ann'))?.window).to.deep.equal(between(day(3, 11), day(5, 14)));
    });
  });

  describe('PINs that SCIM sends', () => {
    const server = serverOf(engine);
    let scim: Connection;
    beforeEach(async () => {
      scim = await server().connect({ credentials: { pin: 'source' } });
      await scim.mapAllUsers();
    });

    const post = (userName: string, pin: string): Promise<ScimAnswer> =>
      scim.post('/Users', { schemas: [USER_URN, ACCESS_URN], userName, [ACCESS_URN]: { pin } });

    async function reveal(userName: string): Promise<string[]> {
      const member = await scim.member(userName);
      const { db, stores } = server().parts;
      const pins: string[] = [];
      for (const pin of member?.pins ?? [])
        pins.push(await db.transaction((tx) => stores.pins.revealPin(tx, server().context, member?.id ?? '', pin)));
      return pins;
    }

    it('a PIN opens, and appears nowhere: no answer, list, event, log line or column', async () => {
      const pin = '48205911';
      const created = await post('ann', pin);
      const id = idOf(created, 201);
      const answers = [
        created,
        await scim.get(`/Users/${id}`),
        await scim.get(`/Users/${id}?attributes=${ACCESS_URN}:pin,userName`),
        await scim.get(`/Users?attributes=${ACCESS_URN}`),
        await scim.patch(`/Users/${id}`, { op: 'replace', path: `${ACCESS_URN}:pin`, value: pin }),
        await scim.patch(`/Users/${id}`, { op: 'replace', value: { [ACCESS_URN]: { pin, card: 'c1' } } }),
        await scim.put(`/Users/${id}`, { schemas: [USER_URN, ACCESS_URN], userName: 'ann', [ACCESS_URN]: { pin, card: 'c2' } }),
        await post('ann', pin),
      ];
      for (const answer of answers) {
        expect(answer.text).not.to.include(pin);
        expect((answer.body[ACCESS_URN] as JsonObject | undefined) ?? {}).not.to.have.property('pin');
      }
      expect(await reveal('ann')).to.deep.equal([pin]);
      for (const table of ['users', 'events', 'pins', 'members', 'integrations', 'user_emails']) {
        expect(JSON.stringify(await server().query(`select * from ${table}`)), table).not.to.include(pin);
      }
      expect(JSON.stringify(server().logged)).not.to.include(pin);
      const [row] = await server().query<{ document: string }>('select document from users where id = ?', id);
      expect(row?.document).not.to.include('pin');
    });

    it('B25 a PIN that somebody else has: the User is stored, gets none, and the warning says so without a name', async () => {
      idOf(await post('ann', '48205912'), 201);
      const answer = await post('bob', '48205912');
      idOf(answer, 201);
      expect(answer.text).not.to.include('ann');
      expect(await scim.member('bob')).to.deep.include({ status: 'active', pins: [] });
      expect((await scim.syncOf('bob'))?.warnings).to.include('pin_conflict');
      expect(await reveal('ann')).to.deep.equal(['48205912']);
    });

    it('another PIN takes the old one’s place; null takes it away; leaving it out keeps it', async () => {
      const id = idOf(await post('ann', '48205913'), 201);
      await scim.patch(`/Users/${id}`, { op: 'replace', path: `${ACCESS_URN}:pin`, value: '90817263' });
      expect(await reveal('ann')).to.deep.equal(['90817263']);
      await scim.put(`/Users/${id}`, { schemas: [USER_URN], userName: 'ann', displayName: 'Ann' });
      expect(await reveal('ann')).to.deep.equal(['90817263']);
      const etag = (await scim.get(`/Users/${id}`)).headers.get('etag');
      const same = await scim.patch(`/Users/${id}`, { op: 'add', path: `${ACCESS_URN}:pin`, value: '90817263' });
      expect(same.headers.get('etag')).to.equal(etag);
      await scim.patch(`/Users/${id}`, { op: 'remove', path: `${ACCESS_URN}:pin` });
      expect(await reveal('ann')).to.deep.equal([]);
    });

    it('B26 a trivial PIN is used, with the warning weak_source_pin', async () => {
      idOf(await post('ann', '1234'), 201);
      expect(await reveal('ann')).to.deep.equal(['1234']);
      expect((await scim.syncOf('ann'))?.warnings).to.include('weak_source_pin');
    });

    it('settings of credentials hold: none, generate, no link, no e-mail', async () => {
      await scim.patchSettings({ credentials: { pin: 'none', magicLink: false, email: false } });
      idOf(await post('ann@example.com', '48205914'), 201);
      expect(await scim.member('ann@example.com')).to.deep.include({ status: 'active', pins: [], links: [], emails: [] });
      await scim.patchSettings({ credentials: { pin: 'generate', magicLink: true } });
      expect(await reveal('ann@example.com'), 'the one that was sent').to.deep.equal(['48205914']);
      await scim.addUser('bob@example.com');
      const [pin = ''] = await reveal('bob@example.com');
      expect(pin).to.match(/^\d{6}$/);
      expect((await scim.member('ann@example.com'))?.links).to.have.length(1);
    });
  });
});
