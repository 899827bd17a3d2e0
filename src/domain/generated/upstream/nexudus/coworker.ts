// Generated from schemas/upstream/nexudus/coworker.json by `npm run generate`. Do not edit.

/**
 * A number above 2^30, now and then sent as text.
 */
export type NexudusId = number | string;
/**
 * UTC, up to seven digits of fraction.
 */
export type NexudusTime = string;
/**
 * An id, or nothing.
 */
export type NexudusIdOrNull = number | string | null;

/**
 * A coworker, read by itself.
 */
export interface NexudusCoworker {
  Id: NexudusId;
  FullName: string | null;
  Email: string | null;
  Active: boolean;
  Archived: boolean;
  UpdatedOn: NexudusTime;
  AccessPincode: string | number | null;
  AccessCardId: string | number | null;
  InvoicingBusinessId?: NexudusIdOrNull;
  Businesses?: NexudusId[] | null;
}
