// Generated from schemas/upstream/nexudus/bookable.json by `npm run generate`. Do not edit.

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
 * What a person can hold: a tariff, a kind of time pass, a floor-plan item, a resource.
 */
export interface NexudusBookable {
  Id: NexudusId;
  Name: string | null;
  UpdatedOn: NexudusTime;
  BusinessId?: NexudusIdOrNull;
  BusinessName?: string | null;
  FloorPlanBusinessId?: NexudusIdOrNull;
  CoworkerId?: NexudusIdOrNull;
}
