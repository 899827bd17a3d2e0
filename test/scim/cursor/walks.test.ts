import { expect } from 'chai';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { resourcesIn, type ScimAnswer } from '../../support/scim-client.js';
import { byGet, bySearch, cursorOf, namesOn, type Turn, walk } from '../../support/walk.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `user-${String(index + 1).padStart(3, '0')}`);
const chunks = (all: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
const totals = (pages: readonly ScimAnswer[]): unknown[] => pages.map(({ body }) => body['totalResults']);

forEachEngine((engine) => {
  describe('walks by cursor (RFC 9865)', () => {
    const server = serverOf(engine);
    let scim: Connection;
    const ALL = names(70);
    before(async () => {
      scim = await server().connect();
      await (await server().connect()).addUser('of another directory');
      await scim.seed(
        ALL.map((userName, at) => ({
          userName,
          active: at % 2 === 0,
          ...(at % 3 === 0 ? {} : { title: at % 3 === 1 ? 'Cook' : 'porter' }),
        })),
      );
      for (const name of ['Porters', 'cooks', 'Guests']) await scim.addGroup(name);
    });

    it('an empty cursor asks for the first page, and the last one, here the same, has no nextCursor', async () => {
      const pages = await walk(byGet(scim, '/Users'));
      expect(namesOn(pages)).to.deep.equal([ALL]);
      expect(totals(pages)).to.deep.equal([70]);
      expect(namesOn([await scim.get('/Users?cursor&count=1')])).to.deep.equal([['user-001']]);
    });

    for (const [count, size] of [
      [7, 7],
      [34, 34],
      [35, 35],
      [69, 69],
      [70, 70],
      [5000, 500],
    ] as const) {
      it(`pages of ${count} hold ${size} at most, each User once`, async () => {
        const pages = await walk(byGet(scim, '/Users', { count }));
        expect(namesOn(pages)).to.deep.equal(chunks(ALL, size));
      });
    }

    it('without a cursor pages are found by index, and have no cursors', async () => {
      for (const query of ['', '?count=10', '?startIndex=11&count=10']) {
        const page = await scim.get(`/Users${query}`);
        expect(page.body).to.include.keys('startIndex').and.not.to.have.any.keys('nextCursor', 'previousCursor');
      }
    });

    it('previousCursor leads back page by page, and the first page has none', async () => {
      for (const parameters of [{}, { filter: 'title pr' }, { sortBy: 'title' }, { sortBy: 'title', sortOrder: 'descending' }]) {
        const turn = byGet(scim, '/Users', { ...parameters, count: 20 });
        const there = await walk(turn);
        expect(there[0]?.body).not.to.have.property('previousCursor');
        const last = there.at(-1);
        if (last === undefined) throw new Error('a walk has a page');
        const back = await walk(turn, cursorOf(last, 'previousCursor'), 'previousCursor');
        expect(namesOn(back)).to.deep.equal(namesOn(there).slice(0, -1).reverse());
        const first = back.at(-1);
        if (first === undefined) throw new Error('a walk has a page');
        expect(namesOn(await walk(turn, cursorOf(first)))).to.deep.equal(namesOn(there).slice(1));
      }
    });

    it('a filter is kept on every page, and its total is that of the first', async () => {
      const pages = await walk(byGet(scim, '/Users', { filter: 'title eq "COOK" and active eq true', count: 5 }));
      const expected = ALL.filter((_, at) => at % 6 === 4);
      expect(namesOn(pages)).to.deep.equal(chunks(expected, 5));
      expect(totals(pages)).to.deep.equal(pages.map(() => expected.length));
      const none = await walk(byGet(scim, '/Users', { filter: 'title eq "nobody"' }));
      expect([none.length, totals(none)]).to.deep.equal([1, [0]]);
    });

    it('sorts by the RFC: whoever has no value last in ascending order and first in descending, equals in the order of creation', async () => {
      const third = (rest: number) => ALL.filter((_, at) => at % 3 === rest);
      const up = await walk(byGet(scim, '/Users', { sortBy: 'title', count: 17 }));
      expect(namesOn(up).flat()).to.deep.equal([...third(1), ...third(2), ...third(0)]);
      const down = await walk(byGet(scim, '/Users', { sortBy: 'title', sortOrder: 'descending', count: 17 }));
      expect(namesOn(down).flat()).to.deep.equal([...third(0), ...third(2), ...third(1)]);
      expect(totals([...up, ...down])).to.deep.equal(Array.from({ length: 10 }, () => 70));
    });

    it('gives the order that index paging gives, whatever the list is sorted by', async () => {
      for (const sortBy of [
        'userName',
        'id',
        'externalId',
        'active',
        'meta.created',
        'meta.lastModified',
        'name.familyName',
        'emails.value',
      ])
        for (const sortOrder of ['ascending', 'descending']) {
          const byIndex = await scim.get(`/Users?count=500&sortBy=${sortBy}&sortOrder=${sortOrder}`);
          const pages = await walk(byGet(scim, '/Users', { sortBy, sortOrder, count: 20 }));
          expect(namesOn(pages).flat(), `${sortBy} ${sortOrder}`).to.deep.equal(namesOn([byIndex])[0]);
        }
    });

    it('projects like any list, also differently from page to page, and takes another count for each', async () => {
      const one = await byGet(scim, '/Users', { attributes: 'userName', count: 2 })('');
      for (const user of resourcesIn(one)) expect(Object.keys(user).sort()).to.deep.equal(['id', 'schemas', 'userName']);
      const two = await byGet(scim, '/Users', { excludedAttributes: 'userName', count: 3 })(cursorOf(one));
      expect(resourcesIn(two).map((user) => [user['userName'], 'meta' in user])).to.deep.equal([1, 2, 3].map(() => [undefined, true]));
      const three = await byGet(scim, '/Users', { count: 1 })(cursorOf(two));
      expect(namesOn([three])).to.deep.equal([['user-006']]);
    });

    it('Groups are walked like Users', async () => {
      expect(namesOn(await walk(byGet(scim, '/Groups', { count: 2 })))).to.deep.equal([['Porters', 'cooks'], ['Guests']]);
      const sorted = await walk(byGet(scim, '/Groups', { count: 1, sortBy: 'displayName' }));
      expect(namesOn(sorted)).to.deep.equal([['cooks'], ['Guests'], ['Porters']]);
      expect(namesOn(await walk(byGet(scim, '/Groups', { count: 1, filter: 'displayName co "s"' })))).to.have.length(3);
    });

    it('.search takes the cursor in its body, and one that a GET gave', async () => {
      const parameters = { filter: 'active eq true', sortBy: 'title', count: 20 };
      const byBody = await walk(bySearch(scim, '/Users', parameters));
      expect(namesOn(byBody)).to.deep.equal(namesOn(await walk(byGet(scim, '/Users', parameters))));
      const [first] = byBody;
      if (first === undefined) throw new Error('a walk has a page');
      expect(namesOn([await byGet(scim, '/Users', parameters)(cursorOf(first))])[0]).to.deep.equal(namesOn(byBody)[1]);
      expect((await bySearch(scim, '/Users')('')).body).not.to.have.property('startIndex');
    });

    it('the root holds Users and Groups in one walk, and back', async () => {
      for (const [parameters, turnOf] of [
        [{}, bySearch],
        [{}, byGet],
        [{ filter: 'active eq true or displayName pr' }, bySearch],
        [{ sortBy: 'displayName' }, bySearch],
        [{ sortBy: 'displayName', sortOrder: 'descending' }, bySearch],
        [{ sortBy: 'title' }, bySearch],
        [{ sortBy: 'title', sortOrder: 'descending' }, byGet],
        [{ sortBy: 'meta.created' }, byGet],
      ] as const) {
        const what = JSON.stringify(parameters);
        const turn: Turn =
          turnOf === byGet ? byGet(scim, '/', { ...parameters, count: 9 }) : bySearch(scim, '', { ...parameters, count: 9 });
        const whole = await bySearch(scim, '', { ...parameters, count: 500 })('');
        const byIndex = await scim.get(`/?${new URLSearchParams({ ...parameters, count: '500' }).toString()}`);
        expect(namesOn([whole]), what).to.deep.equal(namesOn([byIndex]));
        const pages = await walk(turn);
        expect(namesOn(pages), what).to.deep.equal(chunks(namesOn([byIndex])[0] ?? [], 9));
        expect(new Set(totals(pages)), what).to.deep.equal(new Set([byIndex.body['totalResults']]));
        const last = pages.at(-1);
        if (last === undefined) throw new Error('a walk has a page');
        const back = await walk(turn, cursorOf(last, 'previousCursor'), 'previousCursor');
        expect(namesOn(back), what).to.deep.equal(namesOn(pages).slice(0, -1).reverse());
      }
    });

    it('two tokens of one integration share a walk, two integrations never mix', async () => {
      const colleague = await scim.withToken({ readOnly: true });
      const stranger = await server().connect();
      await stranger.seed(names(6).map((name) => ({ userName: `their-${name}` })));
      const mine: string[] = [];
      const theirs: string[] = [];
      let [ours, foreign] = ['', ''];
      for (let page = 0; page < 3; page += 1) {
        const [answer, other] = await Promise.all([
          byGet(page % 2 === 0 ? scim : colleague, '/Users', { count: 2 })(ours),
          byGet(stranger, '/Users', { count: 2 })(foreign),
        ]);
        mine.push(...(namesOn([answer])[0] ?? []));
        theirs.push(...(namesOn([other])[0] ?? []));
        ours = cursorOf(answer);
        if (page < 2) foreign = cursorOf(other);
        else expect(other.body).not.to.have.property('nextCursor');
      }
      expect(mine).to.deep.equal(ALL.slice(0, 6));
      expect(theirs).to.deep.equal(names(6).map((name) => `their-${name}`));
    });
  });

  describe('what a walk by cursor meets', () => {
    const server = serverOf(engine);

    it('an empty directory is one page without cursors', async () => {
      const scim = await server().connect();
      for (const endpoint of ['/Users', '/Groups', '/']) {
        const page = await byGet(scim, endpoint)('');
        expect(page.body).to.include({ totalResults: 0, itemsPerPage: 0 }).and.not.to.have.any.keys('nextCursor', 'previousCursor');
        expect(resourcesIn(page)).to.deep.equal([]);
      }
    });

    it('whatever comes and goes, totalResults is of the moment without a filter, and of the beginning with one', async () => {
      const scim = await server().connect();
      const ids = await scim.seed(names(10).map((userName) => ({ userName })));
      const plain = byGet(scim, '/Users', { count: 4 });
      const filtered = byGet(scim, '/Users', { count: 4, filter: 'userName pr' });
      const [one, two] = [await plain(''), await filtered('')];
      await scim.delete(`/Users/${ids[9]}`);
      expect((await plain(cursorOf(one))).body['totalResults']).to.equal(9);
      expect((await filtered(cursorOf(two))).body['totalResults']).to.equal(10);
    });

    it('the resource at the cursor may be gone, and with it all that was to come', async () => {
      const scim = await server().connect();
      const ids = await scim.seed(names(5).map((userName) => ({ userName })));
      const turn = byGet(scim, '/Users', { count: 2 });
      const first = await turn('');
      for (const id of ids.slice(0, 3)) await scim.delete(`/Users/${id}`);
      expect(namesOn([await turn(cursorOf(first))])).to.deep.equal([['user-004', 'user-005']]);
      for (const id of ids.slice(3)) await scim.delete(`/Users/${id}`);
      const end = await turn(cursorOf(first));
      expect(end.body).to.include({ totalResults: 0, itemsPerPage: 0 }).and.not.to.have.any.keys('nextCursor', 'previousCursor');
    });

    it('back from a page in front of which nothing is left is the first page', async () => {
      const scim = await server().connect();
      const ids = await scim.seed(names(6).map((userName) => ({ userName })));
      const turn = byGet(scim, '/Users', { count: 2 });
      const second = await turn(cursorOf(await turn('')));
      for (const id of ids.slice(0, 2)) await scim.delete(`/Users/${id}`);
      const first = await turn(cursorOf(second, 'previousCursor'));
      expect(namesOn([first])).to.deep.equal([['user-003', 'user-004']]);
      expect(first.body).not.to.have.property('previousCursor');
      expect(namesOn([await turn(cursorOf(first))])).to.deep.equal([['user-005', 'user-006']]);
    });

    it('the longest keys fit, and texts that begin alike are all seen', async () => {
      const scim = await server().connect();
      const bodies = names(5).map((userName, at) => ({
        userName,
        externalId: `${'"'.repeat(1023)}${at}`,
        title: `${'é'.repeat(600)}${5 - at}`,
      }));
      await scim.seed(bodies);
      for (const sortBy of ['externalId', 'title']) {
        const pages = await walk(byGet(scim, '/Users', { sortBy, count: 1 }));
        expect(namesOn(pages), sortBy).to.deep.equal(chunks(names(5), 1));
      }
    });
  });
});
