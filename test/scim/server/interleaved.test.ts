import { expect } from 'chai';
import { Agent } from 'undici';
import { USER_URN } from '../../../src/domain/scim.js';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, SCIM_BASE, serverOf } from '../../support/running-server.js';
import { runs } from '../../support/runs.js';

const WORKERS = 8;
const USERS = 20;
/** As fast as this machine can: the limit is another test's matter. */
const UNLIMITED = { rateLimit: { perSecond: 100_000, burst: 100_000 } };

/** One of the two who ask, and what every answer of its own must look like. */
interface Side {
  readonly connection: Connection;
  readonly mark: string;
  readonly ids: readonly string[];
}

forEachEngine((engine) => {
  const requests = engine.name === 'sqlite' ? 10_000 : runs(2_000, 10_000);
  describe(`two tokens, ${requests} requests in turn over the same connections`, () => {
    const server = serverOf(engine);
    const agent = new Agent({ connections: WORKERS });
    const sides: Side[] = [];
    before(async () => {
      for (const mark of ['alpha', 'omega']) {
        const connection = await server().connect(UNLIMITED, mark);
        // The same names on both sides, so that nothing but the token tells them apart.
        const bodies = Array.from({ length: USERS }, (_, n) => ({ schemas: [USER_URN], userName: `user${n}`, displayName: mark }));
        sides.push({ connection, mark, ids: await connection.seed(bodies) });
      }
    });
    after(() => agent.close());

    const ask = async ({ connection }: Side, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => {
      const response = await agent.request({
        origin: server().url,
        path: `/scim/v2${path}`,
        method,
        headers: { authorization: `Bearer ${connection.token}`, 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.statusCode, text: await response.body.text(), location: response.headers['location'] ?? null };
    };

    /** Request number `n` of a side: returns what is wrong with its answer. */
    async function turn(side: Side, other: Side, n: number): Promise<string | null> {
      const id = side.ids[n % USERS] ?? '';
      const foreign = other.ids[n % USERS] ?? '';
      const wrong = (what: string, text: string) => `${side.mark} ${n} ${what}: ${text.slice(0, 200)}`;
      const mine = (text: string) => text.includes(side.mark) && !text.includes(other.mark);
      switch (n % 5) {
        case 0: {
          const { status, text } = await ask(side, 'GET', `/Users/${id}`);
          const isRight = status === 200 && mine(text) && text.includes(`"location":"${SCIM_BASE}/Users/${id}"`);
          return isRight ? null : wrong('read', text);
        }
        case 1: {
          const { status, text } = await ask(side, 'GET', `/Users?filter=userName%20eq%20%22user${n % USERS}%22`);
          return status === 200 && mine(text) && text.includes(id) && text.includes('"totalResults":1') ? null : wrong('look-up', text);
        }
        case 2: {
          const { status, text } = await ask(side, 'GET', `/Users/${foreign}`);
          return status === 404 && !text.includes(other.mark) ? null : wrong('the other’s', text);
        }
        case 3: {
          const { status, text } = await ask(side, 'GET', '/Users?count=2');
          const isRight = status === 200 && mine(text) && side.ids.slice(0, 2).every((one) => text.includes(`${SCIM_BASE}/Users/${one}`));
          return isRight ? null : wrong('list', text);
        }
        default:
          return n % 50 === 49 ? write(side, n, wrong) : look(side, foreign, wrong);
      }
    }

    /** The other's, among what is found by an id. */
    async function look(side: Side, foreign: string, wrong: (what: string, text: string) => string): Promise<string | null> {
      const { status, text } = await ask(side, 'GET', `/Users?filter=id%20eq%20%22${foreign}%22`);
      return status === 200 && text.includes('"totalResults":0') ? null : wrong('search for the other’s', text);
    }

    /** Makes a User and takes it away again: `Location` and body must name the same. */
    async function write(side: Side, n: number, wrong: (what: string, text: string) => string): Promise<string | null> {
      const body = { schemas: [USER_URN], userName: `new${n}`, displayName: side.mark };
      const { status, text, location } = await ask(side, 'POST', '/Users', body);
      const { id } = JSON.parse(text) as { id: string };
      if (status !== 201 || location !== `${SCIM_BASE}/Users/${id}` || !text.includes(side.mark)) return wrong('create', text);
      const removed = await ask(side, 'DELETE', `/Users/${id}`);
      return removed.status === 204 ? null : wrong('delete', removed.text);
    }

    it('neither ever sees a User, a location or a count of the other', async () => {
      const [first, second] = sides;
      if (first === undefined || second === undefined) throw new Error('two sides are needed');
      let next = 0;
      const mistakes: string[] = [];
      const work = async (): Promise<void> => {
        while (next < requests && mistakes.length === 0) {
          const n = next;
          next += 1;
          const [side, other] = n % 2 === 0 ? [first, second] : [second, first];
          const mistake = await turn(side, other, Math.floor(n / 2));
          if (mistake !== null) mistakes.push(mistake);
        }
      };
      await Promise.all(Array.from({ length: WORKERS }, work));
      expect(mistakes).to.deep.equal([]);
      for (const { connection } of sides) expect((await connection.get('/Users?count=0')).body['totalResults']).to.equal(USERS);
      expect(server().logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
    }).timeout(300_000);
  });
});
