import { expect } from 'chai';
import { doorWorldOf, type DoorWorld, type TestController } from '../../support/door-world.js';
import { forEachEngine } from '../../support/engines.js';

const BURST = 500;

describe('a controller that asks too much', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let greedy: TestController;
    beforeEach(async () => {
      world = current();
      greedy = await world.controller();
    });

    // Past the client of the world, for whom the limits are always at rest.
    const ask = ({ token }: TestController, body?: string) =>
      fetch(`${world.server.url}/door/v1/status`, {
        ...{ method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
        body: body ?? '{"online":true}',
      });

    it('is told when to come again, before its body is read, while others are answered, and is answered then', async () => {
      const other = await world.controller();
      const { limits } = world.server.parts;
      for (let asked = 0; asked < BURST - 1; asked += 1) expect(limits.controller(greedy.id)).to.equal(0);

      expect((await ask(greedy)).status, 'the last of the burst').to.equal(200);
      const refused = await ask(greedy, 'no JSON at all');
      const problem = (await refused.json()) as { status: number; detail: string };

      expect(refused.status).to.equal(429);
      expect(refused.headers.get('content-type')).to.contain('application/problem+json');
      expect(refused.headers.get('retry-after')).to.equal('1');
      expect(problem).to.include({ status: 429, detail: 'Too many requests; please ask again in 1 s.' });
      expect((await ask(other)).status).to.equal(200);

      world.elapsedMs += 1_000;
      const statuses = [];
      for (let asked = 0; asked < 51; asked += 1) statuses.push((await ask(greedy)).status);
      expect(statuses.filter((status) => status === 200)).to.have.length(50);
      expect(statuses.at(-1)).to.equal(429);
    });

    it('is told so as well when it guesses tokens', async () => {
      const guess = { id: '', doorIds: [], token: `lkc_${'0'.repeat(43)}` };
      let answer = await ask(guess);
      for (let asked = 0; asked < BURST && answer.status === 401; asked += 1) answer = await ask(guess);
      expect(answer.status).to.equal(429);
      expect(answer.headers.get('retry-after')).to.equal('1');
      expect((await ask(greedy)).status, 'a right one gets in from any address').to.equal(200);
    });
  });
});
