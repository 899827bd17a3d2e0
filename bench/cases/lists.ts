import type { Directory } from '../support/directory.js';
import { type Case, type Goal, goal, measure, ROUNDS } from '../support/measure.js';

const PAGE = 100;
const PAGES_PER_ROUND = 100;

interface Page {
  readonly totalResults: number;
  readonly itemsPerPage: number;
  readonly nextCursor?: string;
}

/** A page far down the list against the first, by index and by cursor. Nothing may have been added to the directory before. */
export async function listGoals(directory: Directory): Promise<Goal[]> {
  const { users } = directory;
  const byIndex = await measure(
    [page(directory, 'first page', 'startIndex=1'), page(directory, 'last page', `startIndex=${users - PAGE + 1}`)],
    ROUNDS,
    PAGES_PER_ROUND,
  );
  const cursors = await walk(directory);
  const byCursor = await measure(
    [0, Math.floor(cursors.length / 2), cursors.length - 1].map((at) =>
      page(directory, `page ${at + 1} by cursor`, `cursor=${cursors[at]}`),
    ),
    ROUNDS,
    PAGES_PER_ROUND,
  );
  return [
    goal(`page of ${PAGE}: last to first of ${users}`, byIndex[0], byIndex[1], 2),
    goal(`page by cursor: middle to first of ${users}`, byCursor[0], byCursor[1], 1.5),
    goal(`page by cursor: last to first of ${users}`, byCursor[0], byCursor[2], 1.5),
    goal(`first page of ${users}: by cursor to by index`, byIndex[0], byCursor[0], 1.5),
  ];
}

function page({ users, server }: Directory, name: string, where: string): Case {
  const run = async (): Promise<void> => {
    const answer = JSON.parse(await server.send('GET', `/Users?count=${PAGE}&${where}`)) as Page;
    if (answer.totalResults !== users || answer.itemsPerPage !== PAGE) throw new Error('the page is wrong, its cost means nothing');
  };
  return { name, pid: server.pid, run };
}

/** The cursors of all pages, in their order. */
async function walk({ users, server }: Directory): Promise<string[]> {
  const cursors: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    cursors.push(cursor);
    cursor = (JSON.parse(await server.send('GET', `/Users?count=${PAGE}&cursor=${cursor}`)) as Page).nextCursor;
  }
  if (cursors.length !== Math.ceil(users / PAGE)) throw new Error(`the walk has ${cursors.length} pages`);
  return cursors;
}
