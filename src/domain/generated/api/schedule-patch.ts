// Generated from schemas/api/schedule-patch.json by `npm run generate`. Do not edit.

/**
 * Body of PATCH /api/v1/schedules/{id}.
 */
export interface SchedulePatch {
  /**
   * Shown to people.
   */
  name?: string;
  /**
   * Only for permissions of this site; absent or null: of every site.
   */
  siteId?: string | null;
  /**
   * Seven days, Monday first, each with its ranges of local time.
   *
   * @minItems 7
   * @maxItems 7
   */
  days?: LocalTimeRange[][];
}
/**
 * Of one day; the end does not belong to it.
 */
export interface LocalTimeRange {
  /**
   * HH:MM, 00:00 to 23:59.
   */
  from: string;
  /**
   * HH:MM, 00:01 to 24:00.
   */
  to: string;
}
