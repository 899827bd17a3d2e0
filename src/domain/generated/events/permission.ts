// Generated from schemas/events/permission.json by `npm run generate`. Do not edit.

/**
 * A right of a member group to open doors.
 */
export type PermissionEvents = PermissionCreate | PermissionEdit | PermissionDelete;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A member group may open more doors.
 */
export interface PermissionCreate {
  verb: 'create';
  details: {
    /**
     * The member group that has it.
     */
    memberGroupId: string;
    /**
     * All doors of this site, or
     */
    siteId?: string;
    /**
     * this door.
     */
    doorId?: string;
    /**
     * By which methods; null: by every one.
     */
    methods: string[] | null;
    /**
     * In which hours; null: at any time.
     */
    scheduleId: string | null;
  };
}
/**
 * A permission was changed.
 */
export interface PermissionEdit {
  verb: 'edit';
  details: {
    /**
     * The member group that has it.
     */
    memberGroupId: string;
    /**
     * All doors of this site, or
     */
    siteId?: string;
    /**
     * this door.
     */
    doorId?: string;
    /**
     * Before and after of each field that differs.
     */
    changes: {
      methods?: Change;
      scheduleId?: Change;
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
 * A member group may no longer open these doors by this permission.
 */
export interface PermissionDelete {
  verb: 'delete';
  details: {
    /**
     * The member group that has it.
     */
    memberGroupId: string;
    /**
     * All doors of this site, or
     */
    siteId?: string;
    /**
     * this door.
     */
    doorId?: string;
    because?: Because;
    /**
     * By which methods; null: by every one.
     */
    methods: string[] | null;
    /**
     * In which hours; null: at any time.
     */
    scheduleId: string | null;
  };
}
