import type { Check } from '../check.js';
import type { Query } from '../client.js';
import { expectEqual, expectList, expectNoBreakdown, expectStatus } from '../expect.js';
import { USER } from '../names.js';

/** The order of the crowd, where `|` stands between those whose order is open. */
function order(
  id: string,
  title: string,
  query: Query,
  letters: string,
  needs: readonly string[] = [],
  level: Check['level'] = 'MUST',
): Check {
  return {
    id: `sort.${id}`,
    section: '7644 3.4.2.3',
    title,
    level,
    feature: ['sort', 'filter'],
    run: async (client, world) => {
      world.needs(USER, ...needs);
      await world.crowd();
      const answer = await client.get('/Users', { filter: world.crowdFilter, ...query });
      const found = await world.lettersIn(expectList(answer));
      expectEqual(answer, 'the order', settled(found, letters), letters);
    },
  };
}

/** Those whose order is open, in alphabetical order: `ec|` of `ce` is `ce`. */
function settled(found: string, wanted: string): string {
  let at = 0;
  const parts = wanted.split('|').map((part) => {
    const piece = found.slice(at, at + part.length);
    at += part.length;
    return part.length === 2 ? [...piece].sort().join('') : piece;
  });
  return parts.join('|') + found.slice(at);
}

export const SORT: readonly Check[] = [
  order('ascending', 'sortBy alone sorts ascending', { sortBy: 'userName' }, 'abcde'),
  order('ascending-stated', 'sortOrder ascending sorts ascending', { sortBy: 'userName', sortOrder: 'ascending' }, 'abcde'),
  order('descending', 'sortOrder descending sorts descending', { sortBy: 'userName', sortOrder: 'descending' }, 'edcba'),
  order('case', 'case counts only where an attribute is caseExact', { sortBy: 'displayName' }, 'abcde', ['displayName']),
  order('names-case', 'sortBy counts in any case', { sortBy: 'USERNAME' }, 'abcde'),
  order('urn', 'sortBy may start with the URN of the schema', { sortBy: `${USER}:userName` }, 'abcde'),
  order('sub-attribute', 'sortBy may name a sub-attribute', { sortBy: 'name.familyName' }, 'cdeab', ['name.familyName']),
  order('missing-last', 'resources without a value come last in ascending order', { sortBy: 'title' }, 'b|d|a|ce', ['title']),
  order(
    'missing-first',
    'resources without a value come first in descending order',
    { sortBy: 'title', sortOrder: 'descending' },
    'ce|a|d|b',
    ['title'],
  ),
  order('primary', 'a multi-valued attribute sorts by its primary value, else its first', { sortBy: 'emails.value' }, 'dcbae', [
    'emails.primary',
  ]),
  order('created', 'resources sort by their date of creation', { sortBy: 'meta.created' }, 'caebd', [], 'SHOULD'),
  {
    id: 'sort.across-pages',
    section: '7644 3.4.2.3',
    title: 'the whole result is sorted, not each page',
    level: 'MUST',
    feature: ['sort', 'filter', 'index'],
    run: async (client, world) => {
      await world.crowd();
      let found = '';
      for (const startIndex of [1, 3, 5]) {
        const answer = await client.get('/Users', { filter: world.crowdFilter, sortBy: 'userName', startIndex, count: 2 });
        found += await world.lettersIn(expectList(answer));
        expectEqual(answer, 'the order up to this page', found, 'abcde'.slice(0, startIndex + 1));
      }
    },
  },
  {
    id: 'sort.unknown',
    section: '7644 3.4.2.3',
    title: 'a sortBy or sortOrder that does not exist is 400 or ignored',
    level: 'SHOULD',
    feature: 'sort',
    run: async (client) => {
      for (const query of [{ sortBy: 'noSuchAttribute' }, { sortBy: '__proto__' }, { sortBy: 'userName', sortOrder: 'up' }] as Query[]) {
        const answer = await client.get('/Users', { ...query, count: 1 });
        expectNoBreakdown(answer);
        expectStatus(answer, 200, 400);
      }
    },
  },
];
