// Generated from schemas/upstream/nexudus/row.json by `npm run generate`. Do not edit.

/**
 * Any record: it has an id.
 */
export interface NexudusRow {
  Id: number | string;
}
