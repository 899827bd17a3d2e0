// Generated from schemas/upstream/nexudus/coworker-time-pass.json by `npm run generate`. Do not edit.

/**
 * A number above 2^30, now and then sent as text.
 */
export type NexudusId = number | string;
/**
 * An id, or nothing.
 */
export type NexudusIdOrNull = number | string | null;
/**
 * UTC, or nothing.
 */
export type NexudusTimeOrNull = string | null;
/**
 * UTC, up to seven digits of fraction.
 */
export type NexudusTime = string;

/**
 * A time pass of a coworker.
 */
export interface NexudusCoworkerTimePass {
  Id: NexudusId;
  CoworkerId: NexudusIdOrNull;
  BusinessId?: NexudusIdOrNull;
  TimePassId: NexudusIdOrNull;
  TimePassName?: string | null;
  Used: boolean;
  CheckedIn: boolean;
  RemainingUses: number | null;
  ExpireDate: NexudusTimeOrNull;
  UpdatedOn: NexudusTime;
}
