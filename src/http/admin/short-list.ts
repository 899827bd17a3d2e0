import type { Instant } from '../../domain/time.js';
import { badCursor, pageBody, type Query } from './query.js';

/** A page of a list that is always read whole, because there are a handful: by creation, then id. */
export function shortListPage<Item extends { readonly id: string; readonly createdAt: Instant }, View>(
  list: string,
  items: readonly Item[],
  query: Query,
  viewOf: (item: Item) => View,
): object {
  const limit = query.limit();
  const position = query.position(list);
  if (position !== null && !position.includes(' ')) throw badCursor();
  const rest = items.filter((item) => position === null || placeOf(item) > position);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return pageBody(list, page.map(viewOf), rest.length > limit && last !== undefined ? placeOf(last) : null);
}

function placeOf({ createdAt, id }: { readonly createdAt: Instant; readonly id: string }): string {
  return `${createdAt} ${id}`;
}
