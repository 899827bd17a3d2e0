// Generated from schemas/upstream/nexudus/coworker-row.json by `npm run generate`. Do not edit.

/**
 * A number above 2^30, now and then sent as text.
 */
export type NexudusId = number | string;
/**
 * UTC, up to seven digits of fraction.
 */
export type NexudusTime = string;

/**
 * A coworker as lists have it: without PIN and card.
 */
export interface NexudusCoworkerRow {
  Id: NexudusId;
  FullName: string | null;
  Email: string | null;
  Active: boolean;
  Archived: boolean;
  UpdatedOn: NexudusTime;
}
