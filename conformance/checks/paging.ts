import type { Check } from '../check.js';
import { expectEqual, expectList, expectNoBreakdown, expectStatus, expectThat, totalOf } from '../expect.js';
import { isUnassigned } from '../json.js';

export const PAGING: readonly Check[] = [
  page('count', 'a page has as many rows as count says', { count: 2 }, 2),
  page('count-zero', 'count 0 answers the total alone', { count: 0 }, 0),
  page('count-negative', 'a negative count counts as 0', { count: -3 }, 0),
  page('last-page', 'the last page has what is left', { startIndex: 5, count: 2 }, 1),
  page('beyond', 'a page behind the end is empty', { startIndex: 99, count: 2 }, 0),
  {
    id: 'paging.start-index',
    section: '7644 3.4.2.4',
    title: 'startIndex 2 leaves out the first row',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      const all = await world.lettersIn(expectList(await client.get('/Users', { filter: world.crowdFilter })));
      const answer = await client.get('/Users', { filter: world.crowdFilter, startIndex: 2, count: 2 });
      expectEqual(answer, 'the Users on the page', await world.lettersIn(expectList(answer)), all.slice(1, 3));
    },
  },
  {
    id: 'paging.start-index-alone',
    section: '7644 3.4.2.4',
    title: 'startIndex counts without count too (authentik pages so)',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      const all = await world.lettersIn(expectList(await client.get('/Users', { filter: world.crowdFilter })));
      const answer = await client.get('/Users', { filter: world.crowdFilter, startIndex: 4 });
      expectEqual(answer, 'the Users on the page', await world.lettersIn(expectList(answer)), all.slice(3));
    },
  },
  {
    id: 'paging.start-index-low',
    section: '7644 3.4.2.4',
    title: 'a startIndex below 1 counts as 1',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      const first = await world.lettersIn(expectList(await client.get('/Users', { filter: world.crowdFilter, startIndex: 1, count: 2 })));
      for (const startIndex of [0, -5]) {
        const answer = await client.get('/Users', { filter: world.crowdFilter, startIndex, count: 2 });
        expectEqual(answer, 'the Users on the page', await world.lettersIn(expectList(answer)), first);
      }
    },
  },
  {
    id: 'paging.total',
    section: '7644 3.4.2.4',
    title: 'totalResults counts all that match, on every page',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      for (const query of [{ count: 2 }, { startIndex: 3, count: 2 }, { count: 0 }, { startIndex: 99, count: 2 }]) {
        const answer = await client.get('/Users', { filter: world.crowdFilter, ...query });
        expectStatus(answer, 200);
        expectThat(answer, totalOf(answer) === 5, 'totalResults 5', answer.body['totalResults']);
      }
    },
  },
  {
    id: 'paging.items-per-page',
    section: '7644 3.4.2.4',
    title: 'itemsPerPage is the number of rows on the page',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      for (const [startIndex, rows] of [
        [1, 2],
        [5, 1],
      ] as const) {
        const answer = await client.get('/Users', { filter: world.crowdFilter, startIndex, count: 2 });
        expectThat(answer, Number(answer.body['itemsPerPage']) === rows, `itemsPerPage ${rows}`, answer.body['itemsPerPage']);
      }
    },
  },
  {
    id: 'paging.echo',
    section: '7644 3.4.2.4',
    title: 'startIndex of the answer is the index of its first row',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      for (const [startIndex, echoed] of [
        [3, 3],
        [0, 1],
      ] as const) {
        const answer = await client.get('/Users', { filter: world.crowdFilter, startIndex, count: 2 });
        expectThat(answer, Number(answer.body['startIndex']) === echoed, `startIndex ${echoed}`, answer.body['startIndex']);
      }
    },
  },
  {
    id: 'paging.walk',
    section: '7644 3.4.2.4',
    title: 'walking the pages shows every resource once',
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      let found = '';
      for (const startIndex of [1, 3, 5]) {
        const answer = await client.get('/Users', { filter: world.crowdFilter, startIndex, count: 2 });
        found += await world.lettersIn(expectList(answer));
        if (startIndex === 5) expectEqual(answer, 'the Users seen', [...found].sort().join(''), 'abcde');
      }
    },
  },
  {
    id: 'paging.stable',
    section: '7644 3.4.2.4',
    title: 'the same query answers the same order',
    level: 'SHOULD',
    feature: 'filter',
    run: async (client, world) => {
      await world.crowd();
      const first = await world.lettersIn(expectList(await client.get('/Users', { filter: world.crowdFilter })));
      const answer = await client.get('/Users', { filter: world.crowdFilter });
      expectEqual(answer, 'the order', await world.lettersIn(expectList(answer)), first);
    },
  },
  {
    id: 'paging.not-a-number',
    section: '7644 3.4.2.4',
    title: 'a count or startIndex that is no integer is 400 or ignored',
    level: 'SHOULD',
    feature: 'index',
    run: async (client) => {
      for (const value of ['abc', '1.5', '1e18', 'Infinity', '', '99999999999999999999']) {
        for (const name of ['count', 'startIndex']) {
          const answer = await client.get('/Users', { [name]: value, ...(name === 'count' ? {} : { count: 1 }) });
          expectNoBreakdown(answer);
          expectStatus(answer, 200, 400);
        }
      }
    },
  },
  {
    id: 'paging.groups',
    section: '7644 3.4.2.4',
    title: 'Groups are paged like Users',
    level: 'MUST',
    feature: ['index', 'filter', 'groups'],
    run: async (client, world) => {
      const word = world.word('page');
      for (const letter of ['a', 'b', 'c']) await world.newGroup({ displayName: `${word}-${letter}` });
      const filter = `displayName sw "${word}"`;
      const first = expectList(await client.get('/Groups', { filter, startIndex: 1, count: 2 }));
      const answer = await client.get('/Groups', { filter, startIndex: 3, count: 2 });
      const ids = [...first, ...expectList(answer)].map((row) => String(row['id']));
      expectEqual(answer, 'the number of different Groups on both pages', new Set(ids).size, 3);
      expectThat(answer, totalOf(answer) === 3, 'totalResults 3', answer.body['totalResults']);
    },
  },
];

function page(id: string, title: string, query: { readonly startIndex?: number; readonly count: number }, rows: number): Check {
  return {
    id: `paging.${id}`,
    section: '7644 3.4.2.4',
    title,
    level: 'MUST',
    feature: ['index', 'filter'],
    run: async (client, world) => {
      await world.crowd();
      const answer = await client.get('/Users', { filter: world.crowdFilter, ...query });
      const found = expectList(answer);
      if (rows === 0) expectThat(answer, isUnassigned(answer.body['Resources']), 'no rows', found.length);
      expectThat(answer, found.length === rows, `${rows} rows`, found.length);
    },
  };
}
