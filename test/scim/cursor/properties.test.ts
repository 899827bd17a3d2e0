import { expect } from 'chai';
import fc from 'fast-check';
import { forEachEngine } from '../../support/engines.js';
import { type Connection, serverOf } from '../../support/running-server.js';
import { resourcesIn } from '../../support/scim-client.js';
import { byGet, cursorOf, walk } from '../../support/walk.js';
import { runs, timeLimit } from '../../support/runs.js';

/** Alike but for case, alike to their last letter, and in another order as UTF-16 than as code points. */
const TITLES = ['cook', 'COOK', 'cooks', 'é', 'z', '\u{1f600}', '\ufffd', '10', '9'];
const title = fc.option(fc.constantFrom(...TITLES), { freq: 3 });

interface Person {
  readonly id: string;
  readonly title: string | null;
  /** The order of creation. */
  readonly place: number;
}

interface Step {
  readonly come: readonly (string | null)[];
  /** Which of those that are there, by their share of the way through them. */
  readonly go: readonly number[];
}

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const step: fc.Arbitrary<Step> = fc.record({ come: fc.array(title, { maxLength: 2 }), go: fc.array(fraction, { maxLength: 2 }) });
const scenario = fc.record({
  start: fc.array(title, { minLength: 1, maxLength: 14 }),
  steps: fc.array(step, { maxLength: 6 }),
  count: fc.integer({ min: 1, max: 5 }),
  sort: fc.constantFrom(null, 'ascending', 'descending'),
  filter: fc.constantFrom(null, 'title pr', 'not (title eq "z")', 'title co "o" or not (title pr)'),
});

const FILTERS: Readonly<Record<string, (title: string | null) => boolean>> = {
  'title pr': (value) => value !== null,
  'not (title eq "z")': (value) => value !== 'z',
  'title co "o" or not (title pr)': (value) => value === null || value.toLowerCase().includes('o'),
};

function matches(filter: string | null, person: Person): boolean {
  return filter === null || FILTERS[filter]?.(person.title) === true;
}

/** The order that RFC 7644 section 3.4.2.3 asks for, equals in the order of creation. */
function inOrder(sort: string | null, people: readonly Person[]): Person[] {
  const sign = sort === 'descending' ? -1 : 1;
  const byTitle = (a: Person, b: Person): number => {
    if (a.title === null || b.title === null) return Number(a.title === null) - Number(b.title === null);
    return Buffer.compare(Buffer.from(a.title.toLowerCase()), Buffer.from(b.title.toLowerCase()));
  };
  return [...people].sort((a, b) => (sort === null ? 0 : sign * byTitle(a, b)) || a.place - b.place);
}

/** A directory whose people a test knows. */
class Town {
  readonly scim: Connection;
  readonly everybody: Person[] = [];
  readonly gone = new Set<string>();

  constructor(scim: Connection) {
    this.scim = scim;
  }

  get people(): Person[] {
    return this.everybody.filter(({ id }) => !this.gone.has(id));
  }

  async come(titles: readonly (string | null)[]): Promise<void> {
    const from = this.everybody.length;
    const ids = await this.scim.seed(
      titles.map((value, at) => ({ userName: `u${from + at}`, ...(value === null ? {} : { title: value }) })),
    );
    for (const [at, id] of ids.entries()) this.everybody.push({ id, title: titles[at] ?? null, place: from + at });
  }

  async go(shares: readonly number[]): Promise<void> {
    for (const share of shares) {
      const { people } = this;
      const leaver = people[Math.floor(share * people.length)];
      if (leaver === undefined) continue;
      expect((await this.scim.delete(`/Users/${leaver.id}`)).status).to.equal(204);
      this.gone.add(leaver.id);
    }
  }
}

forEachEngine((engine) => {
  describe('a walk by cursor while people come and go', () => {
    const server = serverOf(engine);
    const parametersOf = (sort: string | null, filter: string | null, count: number) => ({
      count,
      ...(sort === null ? {} : { sortBy: 'title', sortOrder: sort }),
      ...(filter === null ? {} : { filter }),
    });

    it('sees whoever is there all the time exactly once, nobody twice, and everybody in order', async function () {
      this.timeout(timeLimit(60_000));
      await fc.assert(
        fc.asyncProperty(scenario, async ({ start, steps, count, sort, filter }) => {
          const town = new Town(await server().connect());
          await town.come(start);
          const atFirst = town.people;
          const turn = byGet(town.scim, '/Users', parametersOf(sort, filter, count));
          const seen: string[] = [];
          const left = [...steps];
          for (let cursor: string | null = ''; cursor !== null; ) {
            const page = await turn(cursor);
            const ids = resourcesIn(page).map(({ id }) => String(id));
            const hasNext = 'nextCursor' in page.body;
            expect(ids.length).to.be.at.most(count);
            if (hasNext) expect(ids.length, 'a page before the last is full').to.equal(count);
            seen.push(...ids);
            cursor = hasNext ? cursorOf(page) : null;
            const change = left.shift();
            if (change === undefined || cursor === null) continue;
            await town.come(change.come);
            await town.go(change.go);
          }
          expect(new Set(seen).size, 'nobody twice').to.equal(seen.length);
          const stayed = atFirst.filter((person) => !town.gone.has(person.id) && matches(filter, person)).map(({ id }) => id);
          expect(
            stayed.filter((id) => !seen.includes(id)),
            'missed',
          ).to.deep.equal([]);
          const found = town.everybody.filter(({ id }) => seen.includes(id));
          expect(found.filter((person) => !matches(filter, person))).to.deep.equal([]);
          expect(seen, 'in order').to.deep.equal(inOrder(sort, found).map(({ id }) => id));
        }),
        { numRuns: runs(25, 2_000) },
      );
    });

    it('back from the end sees the same pages that it saw on the way, when nobody moves', async function () {
      this.timeout(timeLimit(60_000));
      await fc.assert(
        fc.asyncProperty(scenario, async ({ start, count, sort, filter }) => {
          const town = new Town(await server().connect());
          await town.come(start);
          const turn = byGet(town.scim, '/Users', parametersOf(sort, filter, count));
          const idsOn = (pages: Awaited<ReturnType<typeof walk>>) => pages.map((page) => resourcesIn(page).map(({ id }) => String(id)));
          const there = await walk(turn);
          const expected = inOrder(
            sort,
            town.people.filter((person) => matches(filter, person)),
          );
          expect(idsOn(there).flat()).to.deep.equal(expected.map(({ id }) => id));
          for (const page of there) expect(page.body['totalResults']).to.equal(expected.length);
          const last = there.at(-1);
          if (last === undefined || there.length === 1) return;
          const back = await walk(turn, cursorOf(last, 'previousCursor'), 'previousCursor');
          expect(idsOn(back)).to.deep.equal(idsOn(there).slice(0, -1).reverse());
        }),
        { numRuns: runs(12, 1_000) },
      );
    });
  });
});
