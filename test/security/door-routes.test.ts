import { expect } from 'chai';
import { DOOR_ROUTES } from '../../src/http/door/routes.js';
import { requestOpen } from '../../src/doors/commands.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../support/door-world.js';
import { forEachEngine } from '../support/engines.js';

const WRONG = `lkc_${'0'.repeat(43)}`;
const PIN = '918273645';

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

describe('the door API', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let [mine, theirs]: TestController[] = [];
    let commandId: string;

    beforeEach(async () => {
      world = current();
      const siteId = await world.site();
      mine = await world.controller(await world.doorAt(siteId, 'Gate'));
      theirs = await world.controller(await world.doorAt(siteId, 'Cellar'));
      const [doorId = ''] = theirs.doorIds;
      commandId = await world.server.parts.db.transaction((tx) => requestOpen(tx, world.server.context, { doorId, memberId: null }));
    });

    /** A body that the route would take, about this door. */
    const bodyOf = (name: string | null, doorId = ''): object | undefined =>
      name === null
        ? undefined
        : new Map<string, object>([
            ['door-verify', { doorId, credential: { type: 'pin', value: PIN } }],
            ['door-ack', { result: 'opened' }],
            ['door-events', { events: [{ id: 'a', doorId, occurredAt: world.server.now, granted: true, credential: { type: 'pin' } }] }],
            ['door-status', { online: false }],
          ]).get(name);
    const send = async (method: string, path: string, authorization: string | undefined, body?: object): Promise<Told> => {
      const response = await fetch(`${world.server.url}/door/v1${path}`, {
        ...{ method, signal: AbortSignal.timeout(5_000) },
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    const rows = async () => {
      const tables = ['events', 'door_attempts', 'controller_events', 'alerts', `door_commands where state <> 'pending'`];
      const status = 'controllers where status_at is not null or last_seen_at is not null';
      return Promise.all([...tables, status].map((from) => world.server.count(from)));
    };

    it('answers 401 with the same words on every route, to whoever has no token of a controller, and writes nothing', async () => {
      const scim = await world.server.connect();
      const api = await world.admin<{ token: string }>('POST', '/api-tokens', { name: 'x', role: 'admin' });
      const rotated = await world.controller();
      await world.admin('POST', `/controllers/${rotated.id}/token`);
      const gone = await world.controller();
      await world.admin('DELETE', `/controllers/${gone.id}`);
      const [id, doorId] = [commandId, theirs?.doorIds[0]];
      const wrong = new Map([
        ['an unknown token', `Bearer ${WRONG}`],
        ['an admin token', `Bearer ${api.body.token}`],
        ['a SCIM token', `Bearer ${scim.token}`],
        ['a token that was replaced', `Bearer ${rotated.token}`],
        ['a token of a controller that is gone', `Bearer ${gone.token}`],
        ['a token with something after it', `Bearer ${theirs?.token}x`],
        ['the id of a controller', `Bearer ${theirs?.id}`],
        ['a right token, another scheme', `Basic ${theirs?.token}`],
        ['an empty one', 'Bearer '],
      ]);
      const before = await rows();
      let cases = 0;
      for (const { method, path, body } of DOOR_ROUTES) {
        const full = path.replace('{id}', id);
        const bare = await send(method, full, undefined, bodyOf(body, doorId));
        expect(bare.status, `${method} ${path} without a token`).to.equal(401);
        expect(bare.headers.get('www-authenticate')).to.equal('Bearer realm="latchkey"');
        for (const [what, authorization] of wrong) {
          const answer = await send(method, full, authorization, bodyOf(body, doorId));
          expect(answer.status, `${method} ${path} with ${what}`).to.equal(401);
          expect(answer.text, `${method} ${path} with ${what}`).to.equal(bare.text);
          expect(answer.headers.get('www-authenticate')).to.contain('error="invalid_token"');
          cases += 1;
        }
      }
      expect(cases).to.equal(DOOR_ROUTES.length * wrong.size);
      expect(await rows()).to.deep.equal(before);
    });

    it('opens nothing else to the token of a controller: neither the admin API nor SCIM', async () => {
      for (const path of ['/api/v1/members', '/api/v1/events', '/api/v1/controllers', '/scim/v2/Users', '/scim/v2/Me']) {
        const answer = await fetch(`${world.server.url}${path}`, { headers: { authorization: `Bearer ${mine?.token}` } });
        expect(answer.status, path).to.equal(401);
      }
    });

    it('answers a controller about the doors and commands of another as about what nobody has, on every route', async () => {
      const stranger = { doorId: theirs?.doorIds[0] ?? '', id: commandId };
      const nobody = { doorId: 'door_nobody', id: 'cmd_nobody' };
      const authorization = `Bearer ${mine?.token}`;
      const uses = () => world.server.count(`events where verb = 'use'`);
      let cases = 0;
      for (const { method, path, body } of DOOR_ROUTES) {
        const names = path.includes('{') || JSON.stringify(bodyOf(body) ?? {}).includes('doorId');
        if (!names) continue;
        const ask = (about: typeof nobody) => send(method, path.replace('{id}', about.id), authorization, bodyOf(body, about.doorId));
        const [one, other] = [await ask(stranger), await ask(nobody)];
        expect(one.status, `${method} ${path}`).to.equal(path === '/events' ? 200 : 404);
        expect(one.status).to.equal(other.status);
        expect(one.text, `${method} ${path}`).to.equal(other.text);
        cases += 1;
      }
      expect(cases).to.equal(3);
      expect(await uses()).to.equal(0);
      expect(await world.server.count(`door_commands where state <> 'pending'`)).to.equal(0);
      expect(await world.server.count('door_attempts')).to.equal(0);
    });

    it('shows a controller nobody who opens none of its doors', async () => {
      await world.guest(await world.group([{ doorId: theirs?.doorIds[0] }]));
      const list = await send('GET', '/access-list', `Bearer ${mine?.token}`);
      expect(JSON.parse(list.text)).to.deep.include({ entries: [], removed: [] });
      expect(
        (JSON.parse((await send('GET', '/access-list', `Bearer ${theirs?.token}`)).text) as { entries: object[] }).entries,
      ).to.have.length(1);
    });

    it('knows no other routes and no other methods', async () => {
      const authorization = `Bearer ${mine?.token}`;
      for (const { method, path } of DOOR_ROUTES) {
        const answer = await send(method === 'GET' ? 'POST' : 'GET', path.replace('{id}', commandId), authorization);
        expect(answer.status, path).to.equal(405);
        expect(answer.headers.get('allow')).to.equal(method === 'GET' ? 'GET, HEAD' : method);
      }
      for (const path of ['/', '/Verify', '/verify/x', '/commands/../status/x', '/doors']) {
        expect((await send('GET', path, authorization)).status, path).to.equal(404);
      }
    });

    it('lets no answer be kept, sniffed, framed or read by a page of the web, refusals included', async () => {
      const authorization = `Bearer ${mine?.token}`;
      const [doorId = ''] = mine?.doorIds ?? [];
      const answers = new Map<string, Told>();
      for (const { method, path, body } of DOOR_ROUTES.filter(({ path: one }) => one !== '/commands')) {
        const full = path.replace('{id}', commandId);
        for (const verb of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
          answers.set(`${verb} ${path}`, await send(verb, full, authorization, verb === method ? bodyOf(body, doorId) : undefined));
        }
        answers.set(`${path} without a token`, await send(method, full, undefined, bodyOf(body, doorId)));
        if (method === 'POST') answers.set(`${path} with nonsense`, await send(method, full, authorization, { nonsense: true }));
      }
      answers.set('no route', await send('GET', '/nothing', authorization));
      for (const [what, { status, headers }] of answers) {
        expect(headers.get('cache-control'), what).to.equal('no-store');
        expect(headers.get('x-content-type-options'), what).to.equal('nosniff');
        expect(headers.get('content-security-policy'), what).to.contain('frame-ancestors');
        expect(headers.get('set-cookie'), what).to.equal(null);
        expect(headers.get('x-powered-by'), what).to.equal(null);
        expect(
          [...headers.keys()].filter((name) => name.startsWith('access-control-')),
          what,
        ).to.deep.equal([]);
        if (status >= 400) expect(headers.get('content-type'), what).to.equal('application/problem+json');
      }
      expect([...answers.values()].map(({ status }) => status)).to.include.members([200, 400, 401, 404, 405]);
    });

    it('tells nobody a PIN, a card or a token: in no answer, no event, no row of its tables and no line of the log', async () => {
      const [doorId = ''] = mine?.doorIds ?? [];
      const group = await world.group([{ doorId }]);
      const guest = await world.guest(group);
      const other = await world.guest(null);
      const uid = '04:CA:9A:77:10:5E';
      await world.make(`/members/${guest.id}/cards`, { uid });
      const authorization = `Bearer ${mine?.token}`;
      const answers: string[] = [];
      const tell = async (method: string, path: string, body?: object) => {
        const answer = await send(method, path, authorization, body);
        answers.push(answer.text, JSON.stringify([...answer.headers]));
        return answer;
      };
      for (const value of [guest.pin, other.pin, PIN]) await tell('POST', '/verify', { doorId, credential: { type: 'pin', value } });
      for (const value of [uid, `${uid}:00`]) await tell('POST', '/verify', { doorId, credential: { type: 'card', value } });
      // What is no question must not be repeated in its refusal either.
      await tell('POST', '/verify', { doorId, credential: { type: 'pin', value: [guest.pin, uid] } });
      await tell('POST', '/verify', { doorId: guest.pin, credential: { type: 'pin', value: guest.pin } });
      await tell('GET', '/access-list');
      const event = { id: 'a', doorId, occurredAt: world.server.now, granted: true, credential: { type: 'pin', memberId: guest.id } };
      await tell('POST', '/events', { events: [event] });
      await tell('POST', '/events', { events: [{ ...event, credential: { ...event.credential, value: guest.pin } }] });
      await tell('POST', '/status', { online: true, pin: guest.pin });
      await tell('POST', `/commands/${commandId}/ack`, { result: 'failed', detail: 'jammed' });
      for (let wrong = 0; wrong < 4; wrong += 1) await tell('POST', '/verify', { doorId, credential: { type: 'pin', value: PIN } });
      expect(await world.alerts('pin_guessing')).to.have.length(1);

      const tables = ['events', 'alerts', 'door_attempts', 'door_commands', 'controller_events', 'controllers', 'outbox', 'pins'];
      const kept = await Promise.all(tables.map((table) => world.server.query(`select * from ${table}`)));
      const places = new Map([
        ['an answer', answers.join('\n')],
        ['the log', JSON.stringify(world.server.logged)],
        ...tables.map((table, index): [string, string] => [table, JSON.stringify(kept[index])]),
      ]);
      const secrets = [guest.pin, other.pin, PIN, mine?.token ?? '', theirs?.token ?? ''];
      for (const [place, text] of places) {
        for (const secret of secrets) expect(text.includes(secret), `${secret} in ${place}`).to.equal(false);
      }
      // An admin who gives somebody a card sees which one: its number is in the events of the card, and in no other.
      for (const place of ['an answer', 'the log']) expect(places.get(place), place).not.to.contain(uid);
      const used = await world.server.query(`select * from events where verb = 'use'`);
      expect(JSON.stringify(used)).not.to.contain(uid);
    });
  });
});
