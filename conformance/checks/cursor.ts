import type { Answer } from '../answer.js';
import type { Check } from '../check.js';
import type { Client } from '../client.js';
import { NotOffered } from '../verdict.js';
import { expectEqual, expectError, expectList, expectStatus, expectThat, totalOf } from '../expect.js';
import { isUnassigned } from '../json.js';
import { SEARCH_REQUEST } from '../names.js';
import type { World } from '../world.js';

const UNRESERVED = /^[A-Za-z0-9\-._~]+$/;
const PAGES_MAX = 10;

async function page(client: Client, world: World, cursor: string, count = 2): Promise<Answer> {
  await world.crowd();
  return client.get('/Users', { filter: world.crowdFilter, cursor, count });
}

/** The cursor of the next page, which must be there. */
function next(answer: Answer): string {
  const { nextCursor } = answer.body;
  if (typeof nextCursor !== 'string' || nextCursor === '') expectThat(answer, false, 'a nextCursor', nextCursor);
  return String(nextCursor);
}

function cursorCheck(id: string, title: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { id: `cursor.${id}`, section: '9865 2', title, level: 'MUST', feature: ['cursor', 'filter'], run, ...more };
}

export const CURSOR: readonly Check[] = [
  cursorCheck('first', 'an empty cursor asks for the first page, whose nextCursor leads on', async (client, world) => {
    const answer = await page(client, world, '');
    expectThat(answer, expectList(answer).length === 2, '2 rows', expectList(answer).length);
    next(answer);
  }),
  cursorCheck('walk', 'walking the cursors shows every resource once', async (client, world) => {
    let answer = await page(client, world, '');
    let found = await world.lettersIn(expectList(answer));
    for (let pages = 1; pages < PAGES_MAX && !isUnassigned(answer.body['nextCursor']); pages += 1) {
      answer = await page(client, world, next(answer));
      found += await world.lettersIn(expectList(answer));
    }
    expectEqual(answer, 'the Users seen', [...found].sort().join(''), 'abcde');
  }),
  cursorCheck('last', 'the last page has no nextCursor', async (client, world) => {
    const answer = await page(client, world, '', 50);
    expectThat(answer, expectList(answer).length === 5, '5 rows', expectList(answer).length);
    expectThat(answer, isUnassigned(answer.body['nextCursor']), 'no nextCursor', answer.body['nextCursor']);
  }),
  cursorCheck('no-previous', 'the first page has no previousCursor', async (client, world) => {
    const answer = await page(client, world, '');
    expectStatus(answer, 200);
    expectThat(answer, isUnassigned(answer.body['previousCursor']), 'no previousCursor', answer.body['previousCursor']);
  }),
  cursorCheck('previous', 'a previousCursor, where there is one, leads back', async (client, world) => {
    const first = await page(client, world, '');
    const second = await page(client, world, next(first));
    const { previousCursor } = second.body;
    if (typeof previousCursor !== 'string') throw new NotOffered('no previousCursor is given');
    const back = await page(client, world, previousCursor);
    expectEqual(back, 'the Users on the page', await world.lettersIn(expectList(back)), await world.lettersIn(expectList(first)));
  }),
  cursorCheck('unreserved', 'a cursor is made of characters that need no encoding in a URL', async (client, world) => {
    const answer = await page(client, world, '');
    expectThat(answer, UNRESERVED.test(next(answer)), 'letters, digits, - . _ ~', answer.body['nextCursor']);
  }),
  cursorCheck('total', 'totalResults counts all that match', async (client, world) => {
    const answer = await page(client, world, '');
    if (answer.body['totalResults'] === undefined) throw new NotOffered('no totalResults is given with cursors');
    expectThat(answer, totalOf(answer) === 5, 'totalResults 5', answer.body['totalResults']);
  }),
  cursorCheck(
    'forged',
    'a cursor that the server did not make is 400 invalidCursor',
    async (client, world) => {
      for (const cursor of ['forged', 'AAAA', '1', '%00']) expectError(await page(client, world, cursor), 400, 'invalidCursor');
    },
    { section: '9865 2.1' },
  ),
  cursorCheck(
    'changed',
    'a cursor with one character changed is 400 invalidCursor',
    async (client, world) => {
      const cursor = next(await page(client, world, ''));
      const middle = Math.floor(cursor.length / 2);
      const changed = `${cursor.slice(0, middle)}${cursor[middle] === 'A' ? 'B' : 'A'}${cursor.slice(middle + 1)}`;
      expectError(await page(client, world, changed), 400, 'invalidCursor', 'expiredCursor');
    },
    { section: '9865 2.1', level: 'SHOULD' },
  ),
  cursorCheck(
    'other-query',
    'a cursor of another query is 400 invalidCursor',
    async (client, world) => {
      const cursor = next(await page(client, world, ''));
      const answer = await client.get('/Users', { filter: `userName eq "${world.userName()}"`, cursor, count: 2 });
      expectError(answer, 400, 'invalidCursor');
    },
    { level: 'SHOULD' },
  ),
  cursorCheck(
    'no-token',
    'a cursor is no credential: without a token it is 401',
    async (client, world) => {
      const cursor = next(await page(client, world, ''));
      expectStatus(await client.get('/Users', { filter: world.crowdFilter, cursor, count: 2 }, { authorization: null }), 401);
    },
    { section: '9865 5' },
  ),
  cursorCheck(
    'sorted',
    'pages by cursor keep the order of sortBy',
    async (client, world) => {
      await world.crowd();
      const query = { filter: world.crowdFilter, sortBy: 'userName', count: 3 };
      const first = await client.get('/Users', { ...query, cursor: '' });
      const answer = await client.get('/Users', { ...query, cursor: next(first) });
      expectEqual(answer, 'the order', (await world.lettersIn(expectList(first))) + (await world.lettersIn(expectList(answer))), 'abcde');
    },
    { section: '9865 2.2', feature: ['cursor', 'filter', 'sort'] },
  ),
  cursorCheck(
    'search',
    '.search takes a cursor too',
    async (client, world) => {
      await world.crowd();
      const request = { schemas: [SEARCH_REQUEST], filter: world.crowdFilter, count: 3 };
      const first = await client.post('/Users/.search', { ...request, cursor: '' });
      const answer = await client.post('/Users/.search', { ...request, cursor: next(first) });
      const found = (await world.lettersIn(expectList(first))) + (await world.lettersIn(expectList(answer)));
      expectEqual(answer, 'the Users seen', [...found].sort().join(''), 'abcde');
    },
    { section: '9865 3', feature: ['cursor', 'filter', 'search'] },
  ),
  cursorCheck(
    'config',
    'the configuration of pagination has cursor and index, and its numbers are integers',
    async (client) => {
      const answer = await client.get('/ServiceProviderConfig');
      const { pagination } = answer.body;
      const { cursor, index, defaultPaginationMethod, ...numbers } = { ...(pagination as Record<string, never>) };
      expectThat(answer, typeof cursor === 'boolean' && typeof index === 'boolean', 'cursor and index: true or false', pagination);
      expectThat(
        answer,
        [undefined, 'cursor', 'index'].includes(defaultPaginationMethod),
        'defaultPaginationMethod: cursor or index',
        defaultPaginationMethod,
      );
      for (const name of ['defaultPageSize', 'maxPageSize', 'cursorTimeout'])
        expectThat(answer, numbers[name] === undefined || Number.isInteger(numbers[name]), `${name}: an integer`, numbers[name]);
    },
    { section: '9865 4', feature: 'cursor' },
  ),
  cursorCheck(
    'default',
    'a list without startIndex and cursor is paged by the default method',
    async (client, world) => {
      const { defaultPaginationMethod } = world.configOf('pagination');
      if (defaultPaginationMethod === undefined) throw new NotOffered('no defaultPaginationMethod is stated');
      await world.crowd();
      const answer = await client.get('/Users', { filter: world.crowdFilter, count: 2 });
      expectStatus(answer, 200);
      if (defaultPaginationMethod === 'cursor') next(answer);
      else expectThat(answer, isUnassigned(answer.body['nextCursor']), 'no nextCursor', answer.body['nextCursor']);
    },
    { section: '9865 2.4' },
  ),
  cursorCheck(
    'max',
    'a page has no more rows than maxPageSize; a greater count is cut or 400 invalidCount',
    async (client, world) => {
      const { maxPageSize } = world.configOf('pagination');
      if (typeof maxPageSize !== 'number') throw new NotOffered('no maxPageSize is stated');
      const answer = await client.get('/Users', { cursor: '', count: maxPageSize + 1 });
      if (answer.status === 400) expectError(answer, 400, 'invalidCount');
      else expectThat(answer, expectList(answer).length <= maxPageSize, `at most ${maxPageSize} rows`);
    },
    { section: '9865 2', feature: 'cursor' },
  ),
];
