// Generated from schemas/upstream/nexudus/check-in.json by `npm run generate`. Do not edit.

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
 * A check-in.
 */
export interface NexudusCheckIn {
  Id: NexudusId;
  CoworkerId: NexudusIdOrNull;
  FromTime: NexudusTime;
}
