import { expect } from 'chai';
import { SCIM_BASE, type Connection, serverOf } from '../../support/running-server.js';
import { forEachEngine } from '../../support/engines.js';
import { expectScimError, resourcesIn, type ScimAnswer, userNamesIn } from '../../support/scim-client.js';

const TOTAL = 1200;
const nameOf = (index: number): string => `user-${String(index).padStart(4, '0')}`;
const names = (from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => nameOf(from + index));

/** In one transaction, so that the order of creation is known. */
function fill(scim: Connection, count: number): Promise<string[]> {
  const bodies = names(1, count).map((userName, at) => ({
    userName,
    title: (at + 1) % 3 === 0 ? 'Third' : 'Other',
    displayName: `Name ${((at + 1) * 7919) % count}`,
  }));
  return scim.seed(bodies);
}

function expectCounters(answer: ScimAnswer, totalResults: number, startIndex: number, itemsPerPage: number): void {
  expect(answer.status, answer.text.slice(0, 300)).to.equal(200);
  expect(answer.body).to.include({ totalResults, startIndex, itemsPerPage });
  expect(resourcesIn(answer)).to.have.length(itemsPerPage);
}

forEachEngine((engine) => {
  describe('lists of 1,200 Users', () => {
    const server = serverOf(engine);
    let scim: Connection;
    before(async function () {
      this.timeout(60_000);
      scim = await server().connect();
      const other = await server().connect();
      await other.addUser('somebody else');
      await fill(scim, TOTAL);
    });

    it('L1 startIndex=901&count=10 gives rows 901 to 910, alone and beside a filter', async () => {
      const answer = await scim.get('/Users?startIndex=901&count=10');
      expectCounters(answer, TOTAL, 901, 10);
      expect(userNamesIn(answer)).to.deep.equal(names(901, 910));
      const filtered = await scim.find('/Users', 'userName pr', '&startIndex=901&count=10');
      expectCounters(filtered, TOTAL, 901, 10);
      expect(userNamesIn(filtered)).to.deep.equal(names(901, 910));
    });

    for (const [label, query, startIndex, from, to] of [
      ['D-G1 no parameters: the first hundred', '', 1, 1, 100],
      ['L1 startIndex=20&count=5', '?startIndex=20&count=5', 20, 20, 24],
      ['L34 startIndex=6&count=10', '?startIndex=6&count=10', 6, 6, 15],
      ['L34 startIndex=51&count=100', '?startIndex=51&count=100', 51, 51, 150],
      ['L35 count over the maximum is capped', '?count=5000', 1, 1, 500],
      ['the last page is short', '?startIndex=1195&count=100', 1195, 1195, 1200],
      ['the last row', '?startIndex=1200', 1200, 1200, 1200],
      ['behind the end', '?startIndex=1201', 1201, 1, 0],
      ['far behind the end', '?startIndex=100000&count=3', 100_000, 1, 0],
      ['P1 count=0: totals alone', '?count=0', 1, 1, 0],
      ['P1 count=-1 is 0', '?count=-1', 1, 1, 0],
      ['P1 startIndex=0 is 1', '?startIndex=0&count=2', 1, 1, 2],
      ['P1 startIndex=-5 is 1', '?startIndex=-5&count=2', 1, 1, 2],
      ['names of parameters in any case', '?STARTINDEX=3&Count=2', 3, 3, 4],
    ] as const) {
      it(label, async () => {
        const answer = await scim.get(`/Users${query}`);
        expectCounters(answer, TOTAL, startIndex, Math.max(0, to - from + 1));
        expect(userNamesIn(answer)).to.deep.equal(names(from, to));
      });
    }

    it('a filter counts and pages what matches', async () => {
      const third = await scim.find('/Users', 'title eq "THIRD"', '&startIndex=101&count=50');
      expectCounters(third, 400, 101, 50);
      expect(userNamesIn(third)).to.deep.equal(Array.from({ length: 50 }, (_, index) => nameOf((101 + index) * 3)));
      expectCounters(await scim.find('/Users', 'title eq "third"', '&count=0'), 400, 1, 0);
      expectCounters(await scim.find('/Users', 'title eq "third" and userName sw "user-00"', '&count=100'), 33, 1, 33);
    });

    it('L36 the order is made over all rows, not over the page', async () => {
      const down = await scim.get('/Users?sortBy=userName&sortOrder=descending&startIndex=11&count=5');
      expectCounters(down, TOTAL, 11, 5);
      expect(userNamesIn(down)).to.deep.equal(names(1186, 1190).reverse());
      const seen: string[] = [];
      for (let startIndex = 1; startIndex <= TOTAL; startIndex += 500)
        seen.push(...userNamesIn(await scim.get(`/Users?sortBy=title&startIndex=${startIndex}&count=500`)));
      expect(new Set(seen).size, 'equal keys are told apart').to.equal(TOTAL);
      expect(seen.slice(0, 2)).to.deep.equal([nameOf(1), nameOf(2)]);
      expect(seen.at(-1)).to.equal(nameOf(1200));
    });

    it('L38 projection of a page', async () => {
      const page = await scim.get('/Users?count=2&attributes=userName,title');
      for (const user of resourcesIn(page)) expect(Object.keys(user).sort()).to.deep.equal(['id', 'schemas', 'title', 'userName']);
      const [without] = resourcesIn(await scim.get('/Users?count=1&excludedAttributes=meta,title'));
      expect(without).to.include.keys('userName', 'displayName').and.not.to.have.any.keys('meta', 'title');
      const [whole] = resourcesIn(await scim.get('/Users?count=1'));
      expect(whole?.['meta']).to.deep.include({ location: `${SCIM_BASE}/Users/${String(whole?.['id'])}` });
    });

    it('a walk over all pages sees everybody once, also while rows behind it go and rows before it come', async function () {
      this.timeout(60_000);
      const moving = await server().connect();
      const ids = await fill(moving, 120);
      const seen: string[] = [];
      const stay = new Set(names(1, 120));
      let total = 120;
      for (let startIndex = 1; ; startIndex += 20) {
        const page = await moving.get(`/Users?startIndex=${startIndex}&count=20`);
        expect(page.body['totalResults']).to.equal(total);
        const found = userNamesIn(page);
        seen.push(...found);
        if (found.length < 20) break;
        if (startIndex > 80) continue;
        // Of those that have not been read one goes, and two come behind all others.
        const victim = startIndex + 30;
        await moving.delete(`/Users/${ids[victim - 1]}`);
        stay.delete(nameOf(victim));
        await moving.addUser(`late-${startIndex}`);
        await moving.addUser(`later-${startIndex}`);
        total += 1;
      }
      expect(new Set(seen).size, 'nobody twice').to.equal(seen.length);
      expect(seen.filter((name) => name.startsWith('user-'))).to.deep.equal([...stay]);
      expect(seen.filter((name) => name.startsWith('late'))).to.have.length(8);
    });

    it('totalResults is exact after many came and went at once', async () => {
      const busy = await server().connect();
      const ids = await Promise.all(Array.from({ length: 60 }, (_, index) => busy.addUser(`u${index}`)));
      await Promise.all([
        ...ids.slice(0, 30).map((id) => busy.delete(`/Users/${id}`)),
        ...Array.from({ length: 20 }, (_, index) => busy.addUser(`v${index}`)),
        ...Array.from({ length: 5 }, () =>
          busy.post('/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'u40' }),
        ),
      ]);
      expectCounters(await busy.get('/Users'), 50, 1, 50);
      expectCounters(await busy.find('/Users', 'userName pr'), 50, 1, 50);
      for (let startIndex = 1; startIndex <= 50; startIndex += 7) {
        expectCounters(await busy.get(`/Users?startIndex=${startIndex}&count=7`), 50, startIndex, Math.min(7, 51 - startIndex));
      }
    });

    it('Groups page like Users', async () => {
      for (let index = 1; index <= 12; index += 1) await scim.addGroup(`group-${index}`);
      const answer = await scim.get('/Groups?startIndex=5&count=3');
      expectCounters(answer, 12, 5, 3);
      expect(resourcesIn(answer).map((group) => group['displayName'])).to.deep.equal(['group-5', 'group-6', 'group-7']);
      expectScimError(await scim.get('/Groups?sortBy=members'), 400, 'invalidValue');
    });
  });
});
