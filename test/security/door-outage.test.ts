import { expect } from 'chai';
import type { VirtualController } from '../../sandbox/controller/controller.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';
import { Bystander, withFullDisk, withReadOnlyDisk } from '../support/outages.js';

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
const TABLES = ['events', 'door_attempts', 'door_commands', 'controller_events', 'guest_sessions', 'alerts', 'outbox'];
const LEAKS = /SQLITE|disk|readonly|insert|select|relation|terminat|connection|pool|timeout|ECONN|at \//i;

describe('doors while nothing can be stored', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let gate: TestController;
    let moved: VirtualController;
    let doorId: string;
    let guest: { id: string; pin: string };
    let link: { id: string; secret: string };
    let session: string;
    let uploads = 0;

    beforeEach(async () => {
      world = current();
      doorId = await world.doorAt(await world.site());
      gate = await world.controller(doorId);
      moved = world.virtual(gate);
      guest = await world.guest(await world.group([{ doorId }]));
      const { body } = await world.admin<{ id: string; url: string }>('POST', `/members/${guest.id}/magic-links`, {});
      link = { id: body.id, secret: body.url.split('#')[1] ?? '' };
      session = (JSON.parse((await begin()).text) as { session: string }).session;
      // From the first request on it is known when the controller was last heard of: no request writes that now.
      await send('GET', '/door/v1/access-list', undefined, gate.token);
    });
    afterEach(() => moved.stop());

    const send = async (method: string, path: string, body?: object, token?: string): Promise<Told> => {
      world.elapsedMs += 1_000;
      const response = await fetch(`${world.server.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    const verify = (value = guest.pin) => send('POST', '/door/v1/verify', { doorId, credential: { type: 'pin', value } }, gate.token);
    const begin = () => send('POST', `/m/${link.id}/session`, { secret: link.secret });
    const look = () => send('GET', `/m/${link.id}/doors`, undefined, session);
    const press = () => send('POST', `/m/${link.id}/doors/${doorId}/open`, {}, session);
    const uploaded = (count: number, name: string) =>
      send('POST', '/door/v1/events', { events: Array.from({ length: count }, (_, n) => opening(`${name}-${n}`)) }, gate.token);
    const upload = () => {
      uploads += 1;
      return uploaded(3, `u${uploads}`);
    };
    const opening = (id: string) => ({
      ...{ id, doorId, occurredAt: world.server.now, granted: true },
      credential: { type: 'pin', memberId: guest.id },
    });
    const status = () => send('POST', '/door/v1/status', { online: true, batteryPercent: 3, batteryPresent: true }, gate.token);
    const list = () => send('GET', '/door/v1/access-list', undefined, gate.token);
    const writes = () => ({ verify, wrong: () => verify('9182736450'), begin, press, upload, status });

    const stored = async () => Promise.all([...TABLES, 'controllers where status_at is not null'].map((from) => world.server.count(from)));
    const expectUnavailable = (what: string, { status: code, headers, text }: Told) => {
      expect(code, `${what}: ${text}`).to.equal(503);
      expect(headers.get('retry-after'), what).to.match(/^\d+$/);
      expect(headers.get('content-type'), what).to.equal('application/problem+json');
      expect(text, what).not.to.match(LEAKS).and.not.to.contain(guest.pin).and.not.to.contain(link.secret);
      expect(headers.get('set-cookie'), what).to.equal(null);
    };
    /** Each is refused in the form of its protocol, and leaves no trace; the door stays as it is. */
    const expectNothingStored = async (ask: () => Readonly<Record<string, () => Promise<Told>>>) => {
      const before = await stored();
      for (const [what, request] of Object.entries(ask())) expectUnavailable(what, await request());
      expect(await stored()).to.deep.equal(before);
    };
    /** Until the pages have no room for it; what was stored before that is whole. */
    const expectRefusedOnce = async (what: string, request: () => Promise<Told>) => {
      for (let n = 0; n < 300; n += 1) {
        const before = await stored();
        const answer = await request();
        if (answer.status === 200) continue;
        expectUnavailable(what, answer);
        expect(await stored(), what).to.deep.equal(before);
        return;
      }
      expect.fail(`${what} always found room`);
    };
    const expectAllWell = async () => {
      expect(JSON.parse((await verify()).text)).to.include({ granted: true, memberId: guest.id });
      expect(JSON.parse((await upload()).text)).to.include({ accepted: 3, duplicates: 0 });
      expect((await status()).status).to.equal(200);
      expect((await begin()).status).to.equal(200);
      moved.start();
      expect(JSON.parse((await press()).text)).to.include({ result: 'opened' });
      expect(moved.doors.get(doorId)?.openings).to.have.length(1);
      expect((await fetch(`${world.server.url}/readyz`)).status).to.equal(200);
    };

    it('an outage while a guest waits for the door: the door that opened is told of', async () => {
      const { read } = world.server.parts.db;
      const { first } = read;
      const pressed = press();
      while ((await world.server.count("door_commands where state = 'pending'")) === 0) await pause();
      let looks = 0;
      const away = () => {
        looks += 1;
        return Promise.reject(new DatabaseUnavailable());
      };
      Object.assign(read, { first: away });
      while (looks < 2) await pause();
      Object.assign(read, { first });
      moved.start();

      const answer = await pressed;
      expect(answer.status, answer.text).to.equal(200);
      expect(JSON.parse(answer.text)).to.include({ result: 'opened' });
    });

    if (engine.name === 'sqlite') {
      it('a disk without room: 503 with Retry-After, what is known can still be read, and all is well when there is room', async () => {
        await withFullDisk(world.server, async () => {
          // A status takes the place of the one before, and so may a session: these need no room.
          const { status: inPlace, begin: instead, ...others } = writes();
          for (const [what, request] of Object.entries(others)) await expectRefusedOnce(what, request);
          for (const one of [inPlace, instead]) expect((await one()).status).to.be.oneOf([200, 503]);
          expect((await list()).status).to.equal(200);
          expect((await look()).status).to.equal(200);
        });
        await expectAllWell();
      });

      it('a file system that is read-only: the same, also for a controller that has just lost a door', async () => {
        const other = await world.doorAt(await world.site());
        for (const doorIds of [[doorId, other], [doorId]]) await world.admin('PATCH', `/controllers/${gate.id}`, { doorIds });
        await withReadOnlyDisk(world.server, async () => {
          await expectNothingStored(writes);
          expect((await list()).status).to.equal(200);
          expect((await look()).status).to.equal(200);
          expect((await send('GET', `/m/${link.id}`)).status).to.equal(200);
        });
        await expectAllWell();
      });

      it('an upload that does not fit is stored whole, once, when it is sent again', async () => {
        const before = await world.uses(doorId);
        await withFullDisk(world.server, async () => expectUnavailable('upload', await uploaded(1_000, 'day')));
        expect(await world.uses(doorId)).to.deep.equal(before);
        expect(JSON.parse((await uploaded(1_000, 'day')).text)).to.include({ accepted: 1_000, duplicates: 0 });
        expect(JSON.parse((await uploaded(1_000, 'day')).text)).to.include({ accepted: 0, duplicates: 1_000 });
      });
    }

    if (engine.name === 'postgres') {
      let bystander: Bystander;
      before(async () => {
        bystander = await Bystander.of(current().server);
      });
      after(() => bystander.end());

      it('a database that takes no connections: 503 with Retry-After on every route, and the page itself is there', async () => {
        const before = await stored();
        await bystander.closed(async () => {
          for (const [what, request] of Object.entries({ ...writes(), list, look })) expectUnavailable(what, await request());
          expect((await send('GET', `/m/${link.id}`)).status).to.equal(200);
          expect((await fetch(`${world.server.url}/livez`)).status).to.equal(200);
          expect((await fetch(`${world.server.url}/readyz`)).status).to.equal(503);
        });
        expect(await stored()).to.deep.equal(before);
        await expectAllWell();
      });

      it('connections that break off in the middle of a transaction: nothing of it is stored', async () => {
        const before = await stored();
        const { begin: _, status: __, ...uses } = writes();
        await bystander.locking('events', async () => {
          const under = Object.entries(uses).map(async ([what, request]) => [what, await request()] as const);
          await bystander.until(2);
          await bystander.cut();
          for (const [what, answer] of await Promise.all(under)) expectUnavailable(what, answer);
        });
        expect(await stored()).to.deep.equal(before);
        await expectAllWell();
      });

      it('all connections of requests busy: late rather than refused, and 503 when it takes too long', async () => {
        const before = await stored();
        await bystander.locking('events', async () => {
          const busy = Array.from({ length: 10 }, () => verify());
          await bystander.until(10);
          const [late, known] = [press(), list()];
          // Whoever asks whether the server is ready, and what time does, have connections of their own.
          expect((await fetch(`${world.server.url}/readyz`)).status).to.equal(200);
          await world.server.parts.worker.drain();
          for (const answer of await Promise.all([late, known])) expectUnavailable('behind all others', answer);
          await bystander.cut();
          for (const answer of await Promise.all(busy)) expectUnavailable('verify', answer);
        });
        expect(await stored()).to.deep.equal(before);
        await expectAllWell();
      });
    }
  });
});
