import type { NexudusPage } from '../../domain/generated/upstream/nexudus/page.js';
import type { NexudusRow } from '../../domain/generated/upstream/nexudus/row.js';
import { UpstreamContract, UpstreamUnavailable } from '../upstream-errors.js';
import { compareIds, idOf } from './values.js';

/** So often a list is read before we give up: somebody may work in Nexudus all the time. */
const PASSES_MAX = 5;
const PAGES_MAX = 20_000;

interface Pass {
  readonly rows: Map<string, NexudusRow>;
  readonly pages: number;
  /** Nothing speaks against it: no page came twice, and there are as many rows as were announced. */
  readonly whole: boolean;
}

/**
 * All rows of a list, each once, in the order of their ids. Pages are numbered, so a row that is deleted meanwhile moves
 * all later ones forward and one of them falls between two pages, without a trace if another row is made at the same time.
 * A list of several pages is therefore read twice, and a row that only one reading had is asked for by itself.
 *
 * @param confirm the record by itself; null when the source says that it is gone
 * @throws UpstreamUnavailable when no two readings were whole
 */
export async function readList(
  fetchPage: (page: number) => Promise<NexudusPage>,
  confirm: (id: string) => Promise<NexudusRow | null>,
): Promise<NexudusRow[]> {
  const earlier = new Map<string, NexudusRow>();
  for (let pass = 1; pass <= PASSES_MAX; pass += 1) {
    const { rows, pages, whole } = await readOnce(fetchPage);
    if (whole && (pages === 1 || pass > 1)) {
      for (const id of earlier.keys()) {
        const row = rows.has(id) ? null : await confirm(id);
        if (row !== null) rows.set(id, row);
      }
      return [...rows].sort(([a], [b]) => compareIds(a, b)).map(([, row]) => row);
    }
    for (const [id, row] of rows) earlier.set(id, row);
  }
  throw new UpstreamUnavailable('A list of Nexudus changed whenever it was read, so it could not be read whole.');
}

async function readOnce(fetchPage: (page: number) => Promise<NexudusPage>): Promise<Pass> {
  const rows = new Map<string, NexudusRow>();
  let before = '';
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { Records, TotalItems, HasNextPage } = await fetchPage(page);
    const ids = Records.map(({ Id }) => idOf(Id) ?? String(Id));
    for (const [index, row] of Records.entries()) rows.set(ids[index] ?? '', row);
    const again = page > 1 && ids.join() === before;
    if (again || (HasNextPage && ids.length === 0)) return { rows, pages: page, whole: false };
    if (!HasNextPage) return { rows, pages: page, whole: rows.size === TotalItems };
    before = ids.join();
  }
  throw new UpstreamContract('Nexudus sent a list without end.');
}
