// Generated from schemas/upstream/nexudus/cancelled-booking.json by `npm run generate`. Do not edit.

/**
 * A number above 2^30, now and then sent as text.
 */
export type NexudusId = number | string;
/**
 * An id, or nothing.
 */
export type NexudusIdOrNull = number | string | null;
/**
 * UTC, up to seven digits of fraction.
 */
export type NexudusTime = string;

/**
 * A booking that was cancelled.
 */
export interface NexudusCancelledBooking {
  Id: NexudusId;
  CoworkerId: NexudusIdOrNull;
  ToTime: NexudusTime;
  CreatedOn: NexudusTime;
  UpdatedOn: NexudusTime;
}
