import { UpstreamContract } from '../upstream-errors.js';
import { LIMIT_MAX } from './client.js';
import type { ListPage } from './schema.js';

/** Requests in a row that bring nothing new. */
const FRUITLESS_MAX = 6;
const STEP_BACK = 10;

/**
 * A whole list by skip and limit while rows come and go under it. Each request overlaps the one before by a row: only a page
 * that holds something seen joins on without a gap; after any other the read steps back. The end is a page that is not
 * full, and not before the announced total.
 *
 * @param ask for one page, in the order of an id that never changes
 * @returns what is new in each page, never a row twice
 * @throws UpstreamContract when page after page brings nothing new and no end
 */
export async function* pagesOf<Item extends { readonly _id: string }>(
  ask: (skip: number) => Promise<ListPage<Item>>,
): AsyncGenerator<ListPage<Item>> {
  const seen = new Set<string>();
  let skip = 0;
  let fruitless = 0;
  let back = 1;
  while (fruitless < FRUITLESS_MAX) {
    const { items, count } = await ask(skip);
    if (skip > 0 && !items.some(({ _id }) => seen.has(_id))) {
      fruitless += 1;
      back *= STEP_BACK;
      skip = Math.max(0, skip - back);
      continue;
    }
    const fresh = items.filter(({ _id }) => !seen.has(_id) && seen.add(_id));
    if (fresh.length > 0) yield { items: fresh, count };
    const end = skip + items.length;
    if (items.length < LIMIT_MAX && (count === null || end >= count)) return;
    // The page before, once more: asked for again, and passed only when it really holds what is known.
    fruitless = fresh.length > 0 ? 0 : fruitless + 1;
    if (fruitless !== 1) skip = Math.max(0, end - 1);
    back = 1;
  }
  throw new UpstreamContract('Guesty sends the same page of a list again and again.');
}
