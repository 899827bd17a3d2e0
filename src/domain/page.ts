/** What a caller asks of a list that is read in pages: rows after one it has seen. */
export interface PageRequest {
  readonly limit: number;
  /** The `next` of the page before; null asks for the first. */
  readonly after: number | null;
}

export interface Page<Item> {
  readonly data: readonly Item[];
  /** null: this is the last page. */
  readonly next: number | null;
}

/** A page out of up to `limit + 1` rows in order: the one too many only tells that there is more. */
export function pageOf<Row extends { readonly seq: number }, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  return { data: shown.map(itemOf), next: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null };
}
