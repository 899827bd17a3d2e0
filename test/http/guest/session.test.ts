import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import supertest from 'supertest';
import type { Database } from '../../../src/db/database.js';
import type { DoorView, GuestView } from '../../../src/domain/guest-page.js';
import { OPEN_WINDOW, shift } from '../../../src/domain/time.js';
import { openDoor } from '../../../src/guest/open-door.js';
import { guestOf } from '../../../src/guest/sessions.js';
import { forEachEngine } from '../../support/engines.js';
import { FREE, GuestHouse, type Invitation, PlayedController } from '../../support/guest-house.js';
import { serverOf, T0, type TestServer } from '../../support/running-server.js';

const HOUR = 3_600_000;
const STAY = { startsAt: T0, endsAt: shift(T0, 24 * HOUR) };
const REFUSED = { type: 'about:blank', title: 'Forbidden', status: 403, detail: 'This link opens nothing at the moment.' };
const WRONG = 'A'.repeat(32);

type Session = GuestView & { readonly session: string };

describe('a Magic Link over HTTP', () => {
  forEachEngine((engine) => {
    const current = serverOf(engine);
    let server: TestServer;
    let house: GuestHouse;
    let controller: PlayedController;
    let front: string;
    let room: string;
    let elsewhere: string;
    let group: string;

    before(async () => {
      server = current();
      house = new GuestHouse(server);
      const site = await house.site('Casa Azul', 'Europe/Lisbon', ['Front door', 'Room 12']);
      [front = '', room = ''] = site.doors;
      elsewhere = (await house.site('Other house', 'Europe/Berlin', ['Back door'])).doors[0] ?? '';
      group = await house.group('Casa Azul', [
        { ...FREE, siteId: site.id, doorId: null },
        { ...FREE, siteId: null, doorId: room, methods: ['card'] },
      ]);
      controller = new PlayedController(house, [front, room]);
      await controller.start();
    });
    beforeEach(() => {
      controller.answer = 'opened';
    });
    after(() => controller.stop());

    const ask = () => supertest(server.url);
    const begin = (linkId: string, secret: string) => ask().post(`/m/${linkId}/session`).send({ secret });
    const sessionOf = async ({ linkId, secret }: Invitation): Promise<Session> => {
      const answer = await begin(linkId, secret);
      expect(answer.status, answer.text).to.equal(200);
      return answer.body as Session;
    };
    const press = ({ linkId }: Invitation, session: string, doorId: string) =>
      ask().post(`/m/${linkId}/doors/${doorId}/open`).set('Authorization', `Bearer ${session}`).send({});
    const look = ({ linkId }: Invitation, session: string) => ask().get(`/m/${linkId}/doors`).set('Authorization', `Bearer ${session}`);

    describe('answers 200', () => {
      it('with the doors mapped for the guest, and no other', async () => {
        const view = await sessionOf(await house.invite('Ann', { [group]: STAY }));
        expect(view).to.deep.include({ name: 'Ann', now: T0, expiresAt: shift(T0, 30 * 60_000) });
        expect(view.session).to.match(/^lkg_[0-9A-Za-z]{43}$/);
        const shown: Partial<DoorView> = { site: 'Casa Azul', timeZone: 'Europe/Lisbon', windows: [STAY], schedule: null };
        expect(view.doors).to.deep.equal([
          { id: front, name: 'Front door', ...shown, open: true, reason: 'granted', nextChange: STAY.endsAt },
          { id: room, name: 'Room 12', ...shown, open: true, reason: 'granted', nextChange: STAY.endsAt },
        ]);
      });

      it('as often as the link is used, each time with a session of its own', async () => {
        const guest = await house.invite('Ben', { [group]: STAY });
        const tokens = [await sessionOf(guest), await sessionOf(guest)].map(({ session }) => session);
        expect(new Set(tokens)).to.have.length(2);
        for (const token of tokens) expect((await look(guest, token)).status).to.equal(200);
        const rows = await server.query<{ token_hash: string }>('select * from guest_sessions where magic_link_id = ?', guest.linkId);
        expect(rows).to.have.length(2);
        for (const token of tokens) expect(JSON.stringify(rows)).not.to.contain(token);
      });

      it('keeps the twenty newest sessions of a link, and none that is over', async () => {
        const guest = await house.invite('Cyd', { [group]: STAY });
        for (let n = 0; n < 22; n += 1) {
          server.setTime(shift(T0, n * 1000));
          await sessionOf(guest);
        }
        expect(await server.count('guest_sessions where magic_link_id = ?', guest.linkId)).to.equal(20);
        server.setTime(shift(T0, HOUR));
        await sessionOf(guest);
        expect(await server.count('guest_sessions where magic_link_id = ?', guest.linkId)).to.equal(1);
      });

      it('with a cookie for this link alone, which opens as the bearer does', async () => {
        const guest = await house.invite('Dee', { [group]: STAY });
        const answer = await begin(guest.linkId, guest.secret);
        const [cookie = ''] = answer.headers['set-cookie'] as unknown as string[];
        const { session } = answer.body as Session;
        expect(cookie).to.equal(`latchkey_guest=${session}; Path=/m/${guest.linkId}; Max-Age=1800; HttpOnly; SameSite=Strict; Secure`);
        const opened = await ask().post(`/m/${guest.linkId}/doors/${front}/open`).set('Cookie', `a=b; latchkey_guest=${session}`);
        expect(opened.body).to.deep.equal({ result: 'opened', reason: 'granted' });
      });
    });

    describe('opens', () => {
      it('with one command and one event', async () => {
        const guest = await house.invite('Eve', { [group]: STAY });
        const { session } = await sessionOf(guest);
        const [commands, uses] = [await house.commands(front), (await house.uses([front])).length];
        const answer = await press(guest, session, front);
        expect([answer.status, answer.body]).to.deep.equal([200, { result: 'opened', reason: 'granted' }]);
        expect(await house.commands(front)).to.equal(commands + 1);
        expect((await house.uses([front])).slice(uses)).to.deep.equal(['ok granted']);
        const [event] = await server.query<Record<string, string>>("select * from events where verb = 'use' order by seq desc limit 1");
        expect(event).to.deep.include({ subject_type: 'member', subject_id: guest.memberId, member_id: guest.memberId, object_id: front });
        expect(JSON.parse(event?.['details'] ?? '')).to.deep.include({ method: 'magic_link', credentialId: guest.linkId });
      });

      it('and says what the controller said', async () => {
        const guest = await house.invite('Fay', { [group]: STAY });
        const { session } = await sessionOf(guest);
        controller.answer = 'failed';
        expect((await press(guest, session, room)).body).to.deep.equal({ result: 'failed', reason: 'granted' });
      });

      it('and says so when nobody answers within the time of a command', async () => {
        const guest = await house.invite('Gus', { [group]: STAY });
        const { session } = await sessionOf(guest);
        controller.answer = null;
        const commands = await house.commands(room);
        const answer = press(guest, session, room).then(({ body }) => body);
        while ((await house.commands(room)) === commands) await turn();
        server.setTime(shift(T0, 10_000));
        expect(await answer).to.deep.equal({ result: 'no_answer', reason: 'granted' });
      });

      it('once for three presses at the same time', async () => {
        const guest = await house.invite('Hal', { [group]: STAY });
        const { session } = await sessionOf(guest);
        controller.answer = null;
        const [commands, uses] = [await house.commands(front), (await house.uses([front])).length];
        let decided = 0;
        const { db } = server.parts;
        const counting: Database = {
          ...{ engine: db.engine, read: db.read, close: () => db.close() },
          transaction: async (work) => {
            const result = await db.transaction(work);
            decided += 1;
            return result;
          },
        };
        const parts = { ...server.parts, db: counting };
        const holder = await guestOf(db.read, server.now, guest.linkId, session);
        const presses = [1, 2, 3].map(() => openDoor(parts, session, holder, front));
        while (decided < 3) await look(guest, session);
        controller.answer = 'opened';
        controller.look();
        expect(await Promise.all(presses)).to.deep.equal([1, 2, 3].map(() => ({ result: 'opened', reason: 'granted' })));
        expect(await house.commands(front)).to.equal(commands + 1);
        expect(await house.uses([front])).to.have.length(uses + 1);
        // One that comes after the answer is another one.
        await press(guest, session, front);
        expect(await house.commands(front)).to.equal(commands + 2);
      });
    });

    it('has a command of its own, whatever another link of the same guest has asked for', async () => {
      const first = await house.invite('Kit', { [group]: STAY });
      const { session } = await sessionOf(first);
      controller.answer = null;
      const commands = await house.commands(front);
      const pressed = press(first, session, front).then(({ body }) => body);
      while ((await house.commands(front)) === commands) await turn();
      const second = await house.another(first);
      await house.revoke(first);
      const { session: own } = await sessionOf(second);
      const pressedAgain = press(second, own, front).then(({ body }) => body);
      while ((await house.commands(front)) === commands + 1) await turn();
      controller.answer = 'opened';
      controller.look();
      expect(await pressedAgain).to.deep.equal({ result: 'opened', reason: 'granted' });
      await pressed;
    });

    describe('denies', () => {
      it('one millisecond before the start and at the end, each with its reason, and opens between', async () => {
        const window = { startsAt: shift(T0, HOUR), endsAt: shift(T0, HOUR + 20 * 60_000) };
        const guest = await house.invite('Ida', { [group]: window });
        const from = (await house.uses([front])).length;
        server.setTime(shift(T0, HOUR - 1000));
        const { session, doors } = await sessionOf(guest);
        expect(doors[0]).to.deep.include({ open: false, reason: 'before_window', nextChange: window.startsAt });
        const results: unknown[] = [];
        for (const at of [shift(window.startsAt, -1), window.startsAt, shift(window.endsAt, -1), window.endsAt]) {
          server.setTime(at);
          results.push((await press(guest, session, front)).body);
        }
        expect(results).to.deep.equal([
          { result: 'denied', reason: 'before_window' },
          { result: 'opened', reason: 'granted' },
          { result: 'opened', reason: 'granted' },
          { result: 'denied', reason: 'after_window' },
        ]);
        const uses = (await house.uses([front])).slice(from);
        expect(uses).to.deep.equal(['denied before_window', 'ok granted', 'ok granted', 'denied after_window']);
        expect(((await look(guest, session)).body as GuestView).doors[0]).to.deep.include({ reason: 'after_window', nextChange: null });
      });

      it('at the end of the member, for who is in already', async () => {
        const guest = await house.invite('Jim', { [group]: OPEN_WINDOW }, { startsAt: T0, endsAt: shift(T0, HOUR / 2 - 1) });
        const { session } = await sessionOf(guest);
        server.setTime(shift(T0, HOUR / 2 - 1));
        expect((await press(guest, session, front)).body).to.deep.equal({ result: 'denied', reason: 'after_window' });
      });

      it('outside the hours of the schedule, and says when it opens', async () => {
        const mornings = await house.schedule(
          'Mornings',
          Array.from({ length: 7 }, () => [{ from: '08:00', to: '10:00' }]),
        );
        const early = await house.group('Early', [{ siteId: null, doorId: front, methods: ['magic_link'], scheduleId: mornings }]);
        const guest = await house.invite('Kim', { [early]: OPEN_WINDOW });
        const { session, doors } = await sessionOf(guest);
        // 08:00 of the next day in Lisbon, which is an hour ahead of UTC in May.
        expect(doors).to.have.length(1);
        expect(doors[0]).to.deep.include({ open: false, reason: 'outside_schedule', nextChange: shift(T0, 19 * HOUR) });
        expect((await press(guest, session, front)).body).to.deep.equal({ result: 'denied', reason: 'outside_schedule' });
      });

      it('and does not show a door that opens by card alone', async () => {
        const cards = await house.group('Cards', [{ siteId: null, doorId: room, methods: ['card'], scheduleId: null }]);
        const guest = await house.invite('Lea', { [cards]: OPEN_WINDOW });
        const { session, doors } = await sessionOf(guest);
        expect(doors).to.deep.equal([]);
        expect((await press(guest, session, room)).body).to.deep.equal({ result: 'denied', reason: 'method_not_allowed' });
      });
    });

    describe('answers 403', () => {
      it('with the same bytes and headers for a link that is unknown, revoked, early or over, and for a wrong secret', async () => {
        const early = await house.invite('May', { [group]: OPEN_WINDOW }, { startsAt: shift(T0, 1), endsAt: null });
        const over = await house.invite('Ned', { [group]: OPEN_WINDOW }, { startsAt: null, endsAt: T0 });
        const revoked = await house.invite('Ola', { [group]: STAY });
        await house.revoke(revoked);
        const good = await house.invite('Pam', { [group]: STAY });
        const tries = [
          [good.linkId, WRONG],
          [good.linkId, early.secret],
          [good.linkId, 'short'],
          ['ml_unknown', good.secret],
          ['%00', good.secret],
          [early.linkId, early.secret],
          [over.linkId, over.secret],
          [revoked.linkId, revoked.secret],
        ] as const;
        const seen = new Set<string>();
        for (const [linkId, secret] of tries) {
          const answer = await begin(linkId, secret);
          const { 'x-request-id': _id, date: _date, ...headers } = answer.headers as Record<string, string>;
          expect(answer.status, linkId).to.equal(403);
          seen.add(JSON.stringify([headers, answer.text]));
        }
        expect(seen).to.have.length(1);
        expect((await begin(good.linkId, WRONG)).body).to.deep.equal(REFUSED);
        expect((await sessionOf(good)).name).to.equal('Pam');
      });

      it('to whoever is in, as soon as the link or the member is revoked, or the session is over', async () => {
        const [link, member, old] = [
          await house.invite('Quin', { [group]: STAY }),
          await house.invite('Rob', { [group]: STAY }),
          await house.invite('Sue', { [group]: STAY }),
        ];
        const sessions = [await sessionOf(link), await sessionOf(member), await sessionOf(old)];
        await house.revoke(link);
        await house.inTx((tx) => tx.execute('update members set deleted_at = ? where id = ?', [server.now, member.memberId]));
        const uses = (await house.uses([front])).length;
        for (const [index, guest] of [link, member, old].entries()) {
          if (guest === old) server.setTime(shift(T0, 30 * 60_000));
          const token = sessions[index]?.session ?? '';
          for (const answer of [await look(guest, token), await press(guest, token, front)]) {
            expect([answer.status, answer.body]).to.deep.equal([403, REFUSED]);
          }
        }
        expect(await house.uses([front])).to.have.length(uses);
      });

      it('to a session of another link, to none, and to what is no token', async () => {
        const [one, two] = [await house.invite('Tom', { [group]: STAY }), await house.invite('Una', { [group]: STAY })];
        const { session } = await sessionOf(one);
        for (const token of [session, '', 'lkg_x', session.replace('lkg_', 'lks_')]) {
          expect((await press(two, token, front)).body).to.deep.equal(REFUSED);
        }
        const bare = await ask().post(`/m/${two.linkId}/doors/${front}/open`);
        expect([bare.status, bare.body]).to.deep.equal([403, REFUSED]);
      });

      it('to what another site makes a browser send', async () => {
        const guest = await house.invite('Val', { [group]: STAY });
        const { session } = await sessionOf(guest);
        const uses = (await house.uses([front])).length;
        for (const header of [
          { 'Sec-Fetch-Site': 'cross-site' },
          { 'Sec-Fetch-Site': 'same-site' },
          { Origin: 'https://evil.example' },
          { Origin: 'null' },
        ]) {
          const cookie = { ...header, Cookie: `latchkey_guest=${session}` };
          const answers = [
            await ask().post(`/m/${guest.linkId}/session`).set(header).send({ secret: guest.secret }),
            await ask().post(`/m/${guest.linkId}/doors/${front}/open`).set(cookie),
          ];
          for (const answer of answers) expect(answer.status).to.equal(403);
        }
        expect(await house.uses([front])).to.have.length(uses);
        const own = { Origin: 'https://doors.example.com', 'Sec-Fetch-Site': 'same-origin', Cookie: `latchkey_guest=${session}` };
        expect((await ask().post(`/m/${guest.linkId}/doors/${front}/open`).set(own)).body).to.deep.include({ result: 'opened' });
      });
    });

    describe('answers 404', () => {
      it('for a door of another site, and for one that does not exist', async () => {
        const guest = await house.invite('Wes', { [group]: STAY });
        const { session } = await sessionOf(guest);
        const answers = [
          await press(guest, session, elsewhere),
          await press(guest, session, 'door_unknown'),
          await press(guest, session, '%00'),
        ];
        for (const { status, body } of answers) {
          expect([status, body]).to.deep.equal([
            404,
            { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is no such door.' },
          ]);
        }
        expect(await house.uses([elsewhere])).to.deep.equal([]);
      });
    });

    describe('answers 400, 405 and 415', () => {
      it('to what is no JSON with a secret, whatever the link', async () => {
        const guest = await house.invite('Xia', { [group]: STAY });
        for (const linkId of [guest.linkId, 'ml_unknown']) {
          const post = () => ask().post(`/m/${linkId}/session`);
          expect((await post().type('form').send({ secret: guest.secret })).status).to.equal(415);
          expect(
            (
              await post()
                .type('text/plain')
                .send(JSON.stringify({ secret: guest.secret }))
            ).status,
          ).to.equal(415);
          for (const body of ['{', '[]', '{}', '{"secret":1}', JSON.stringify({ secret: 'A'.repeat(201) })]) {
            expect((await post().type('json').send(body)).status, body).to.equal(400);
          }
          expect((await ask().get(`/m/${linkId}/session`)).status).to.equal(405);
          expect((await ask().get(`/m/${linkId}/doors/${front}/open`)).status).to.equal(405);
          expect((await ask().delete(`/m/${linkId}`)).status).to.equal(405);
        }
      });
    });

    describe('answers 429', () => {
      it('after ten wrong secrets for a link, whether there is such a link or not, and to nobody else', async () => {
        const [guest, other] = [await house.invite('Yan', { [group]: STAY }), await house.invite('Zoe', { [group]: STAY })];
        for (const linkId of [guest.linkId, 'ml_nobodys']) {
          const answers = await Promise.all(Array.from({ length: 30 }, () => begin(linkId, WRONG)));
          const statuses = answers.map(({ status }) => status);
          expect(statuses.filter((status) => status === 403)).to.have.length.within(10, 12);
          const refused = answers.find(({ status }) => status === 429);
          expect(Number(refused?.headers['retry-after'])).to.be.within(1, 6);
        }
        expect((await begin(guest.linkId, guest.secret)).status).to.equal(429);
        expect((await begin(other.linkId, other.secret)).status).to.equal(200);
      });

      it('never to right ones', async () => {
        const guest = await house.invite('Abe', { [group]: STAY });
        for (let n = 0; n < 15; n += 1) expect((await begin(guest.linkId, guest.secret)).status).to.equal(200);
      });

      it('to an address that guesses at many links, and to no guest who has the same: behind a proxy all have one', async () => {
        const guest = await house.invite('Bea', { [group]: STAY });
        const statuses: number[] = [];
        while (statuses.at(-1) !== 429 && statuses.length < 2_000) {
          const guesses = Array.from({ length: 50 }, (_, n) => begin(`ml_${statuses.length + n}`, WRONG));
          statuses.push(...(await Promise.all(guesses)).map(({ status }) => status).sort((a, b) => a - b));
        }
        expect(statuses.at(-1)).to.equal(429);
        expect((await begin(guest.linkId, guest.secret)).status).to.equal(200);
      });
    });
  });
});
