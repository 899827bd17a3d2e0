// Generated from schemas/upstream/nexudus/written.json by `npm run generate`. Do not edit.

/**
 * Answer to a write that was done.
 */
export interface NexudusWritten {
  Value: NexudusWrittenValue;
}
/**
 * The record.
 */
export interface NexudusWrittenValue {
  Id: number | string;
}
