import type { Reader } from '../db/database.js';
import { fold } from '../domain/fold.js';
import { type Page, type PageRequest, pageOf } from '../domain/page.js';

/** What a console looks for in a list of sites, doors, schedules or controllers. */
export interface NamedFilter {
  /** Part of the name, whatever its case. */
  readonly text?: string;
  readonly siteId?: string;
}

interface NamedRow {
  readonly seq: number;
  readonly name: string;
}

const ROWS_AT_ONCE = 500;

/**
 * A page of a list in the order in which its rows were made, by part of the name. Names are compared here, in the one form
 * in which all names are compared, and not by the database: there are some hundred of these rows, and no key column.
 */
export async function namedPage<Row extends NamedRow, Item>(
  reader: Reader,
  { text, page }: { readonly text: string | undefined; readonly page: PageRequest },
  rowsAfter: (reader: Reader, after: number, limit: number) => Promise<Row[]>,
  itemOf: (row: Row) => Item,
): Promise<Page<Item>> {
  const { limit } = page;
  const wanted = fold(text ?? '');
  const atOnce = wanted === '' ? limit + 1 : ROWS_AT_ONCE;
  const found: Row[] = [];
  for (let after = page.after ?? 0; ; ) {
    const rows = await rowsAfter(reader, after, atOnce);
    found.push(...rows.filter(({ name }) => fold(name).includes(wanted)));
    const last = rows.at(-1);
    if (found.length > limit || last === undefined || rows.length < atOnce) return pageOf(found, limit, itemOf);
    after = last.seq;
  }
}
