import { CursorExpired, UpstreamContract } from '../upstream-errors.js';

/** What one request of a list brought. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. Short and empty pages may have one. */
  readonly nextPageToken: string | undefined;
}

export type ListPage<Item> = (pageToken: string | undefined) => Promise<Listing<Item>>;

/** So many pages in a row may bring nothing new. */
const IDLE_PAGES_MAX = 50;
/** How often a read may begin anew because its page tokens have expired. */
const RESTARTS_MAX = 1;

/**
 * All pages of a list, each item once. When a page token is not good any more, the list begins anew, once: items may then
 * come again, as they are now.
 *
 * @throws CursorExpired when it happens again, UpstreamContract when the list goes round in circles
 */
export async function* pagesOf<Item extends { readonly id: string }>(listPage: ListPage<Item>): AsyncGenerator<readonly Item[]> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      yield* onePass(listPage);
      return;
    } catch (error) {
      if (!(error instanceof CursorExpired) || restarts >= RESTARTS_MAX) throw error;
    }
  }
}

/** The whole list at once, as it was in the one pass that reached its end. */
export async function allOf<Item extends { readonly id: string }>(listPage: ListPage<Item>): Promise<readonly Item[]> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      const items: Item[] = [];
      for await (const page of onePass(listPage)) items.push(...page);
      return items;
    } catch (error) {
      if (!(error instanceof CursorExpired) || restarts >= RESTARTS_MAX) throw error;
    }
  }
}

async function* onePass<Item extends { readonly id: string }>(listPage: ListPage<Item>): AsyncGenerator<readonly Item[]> {
  const ids = new Set<string>();
  const tokens = new Set<string>();
  let idle = 0;
  let next: string | undefined;
  do {
    const { items, nextPageToken } = await listPage(next);
    const before = ids.size;
    const fresh = items.filter(({ id }) => {
      const known = ids.has(id);
      ids.add(id);
      return !known;
    });
    idle = ids.size === before ? idle + 1 : 0;
    if (idle > IDLE_PAGES_MAX || (nextPageToken !== undefined && tokens.has(nextPageToken))) {
      throw new UpstreamContract('Google sends the same pages again and again.');
    }
    if (nextPageToken !== undefined) tokens.add(nextPageToken);
    if (fresh.length > 0) yield fresh;
    next = nextPageToken === '' ? undefined : nextPageToken;
  } while (next !== undefined);
}
