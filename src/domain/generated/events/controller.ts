// Generated from schemas/events/controller.json by `npm run generate`. Do not edit.

/**
 * The device that moves locks.
 */
export type ControllerEvents = ControllerCreate | ControllerEdit | ControllerDelete;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A controller was made.
 */
export interface ControllerCreate {
  verb: 'create';
  details: {
    /**
     * The doors that it moves.
     */
    doorIds: string[];
  };
}
/**
 * A controller was changed, or got another token.
 */
export interface ControllerEdit {
  verb: 'edit';
  details: {
    because?: Because;
    /**
     * Before and after of each field that differs.
     */
    changes?: {
      name?: Change;
      doorIds?: Change;
    };
    /**
     * It has another token; the old one opens nothing.
     */
    tokenRotated?: boolean;
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
 * A controller was deleted.
 */
export interface ControllerDelete {
  verb: 'delete';
  details: {};
}
