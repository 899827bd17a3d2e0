// Generated from schemas/upstream/nexudus/booking.json by `npm run generate`. Do not edit.

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
 * A booking.
 */
export interface NexudusBooking {
  Id: NexudusId;
  CoworkerId: NexudusIdOrNull;
  ResourceId: NexudusIdOrNull;
  ResourceName?: string | null;
  FloorPlanDeskId: NexudusIdOrNull;
  FloorPlanDeskName?: string | null;
  FromTime: NexudusTime;
  ToTime: NexudusTime;
  Tentative: boolean;
  UpdatedOn: NexudusTime;
}
