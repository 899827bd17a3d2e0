// Generated from schemas/upstream/nexudus/contract.json by `npm run generate`. Do not edit.

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
 * A contract of a coworker.
 */
export interface NexudusContract {
  Id: NexudusId;
  CoworkerId: NexudusIdOrNull;
  TariffId: NexudusIdOrNull;
  TariffName?: string | null;
  IssuedById?: NexudusIdOrNull;
  StartDate: NexudusTimeOrNull;
  Active: boolean;
  Cancelled: boolean;
  CancellationDate: NexudusTimeOrNull;
  InPausedPeriod: boolean | null;
  InPausedPeriodFrom: NexudusTimeOrNull;
  InPausedPeriodUntil: NexudusTimeOrNull;
  /**
   * Comma-separated.
   */
  FloorPlanDeskIds: string | null;
  Desks?: NexudusId[] | null;
  UpdatedOn: NexudusTime;
}
