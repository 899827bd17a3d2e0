// Generated from schemas/upstream/nexudus/page.json by `npm run generate`. Do not edit.

/**
 * One page of a list.
 */
export interface NexudusPage {
  Records: NexudusListRow[];
  TotalItems: number;
  HasNextPage: boolean;
}
/**
 * Partial; checked by itself.
 */
export interface NexudusListRow {
  Id: number | string;
}
