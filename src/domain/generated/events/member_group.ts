// Generated from schemas/events/member_group.json by `npm run generate`. Do not edit.

/**
 * A set of permissions.
 */
export type MemberGroupEvents = MemberGroupCreate | MemberGroupEdit | MemberGroupDelete;

/**
 * A member group was made.
 */
export interface MemberGroupCreate {
  verb: 'create';
  details: {};
}
/**
 * A member group was changed.
 */
export interface MemberGroupEdit {
  verb: 'edit';
  details: {
    /**
     * Before and after of each field that differs.
     */
    changes: {
      name?: Change;
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
 * A member group was deleted.
 */
export interface MemberGroupDelete {
  verb: 'delete';
  details: {};
}
