// Generated from schemas/events/schedule.json by `npm run generate`. Do not edit.

/**
 * Weekly hours.
 */
export type ScheduleEvents = ScheduleCreate | ScheduleEdit | ScheduleDelete;

/**
 * A schedule was made.
 */
export interface ScheduleCreate {
  verb: 'create';
  details: {
    /**
     * Seven days, Monday first.
     */
    days: {
      /**
       * HH:MM
       */
      from: string;
      /**
       * HH:MM, not part of it.
       */
      to: string;
    }[][];
  };
}
/**
 * A schedule was changed.
 */
export interface ScheduleEdit {
  verb: 'edit';
  details: {
    /**
     * Before and after of each field that differs.
     */
    changes: {
      name?: Change;
      siteId?: Change;
      days?: Change;
    };
  };
}
/**
 * A value before and after; null where there is none.
 */
export interface Change {
  /**
   * The value until then.
   */
  before: string | number | boolean | null | unknown[] | {};
  /**
   * The value from then on.
   */
  after: string | number | boolean | null | unknown[] | {};
}
/**
 * A schedule was deleted.
 */
export interface ScheduleDelete {
  verb: 'delete';
  details: {};
}
