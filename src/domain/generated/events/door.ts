// Generated from schemas/events/door.json by `npm run generate`. Do not edit.

/**
 * A door, and every attempt to open it.
 */
export type DoorEvents = DoorCreate | DoorEdit | DoorDelete | DoorUse;

/**
 * A door was made.
 */
export interface DoorCreate {
  verb: 'create';
  details: {};
}
/**
 * A door was changed.
 */
export interface DoorEdit {
  verb: 'edit';
  details: {
    /**
     * Before and after of each field that differs.
     */
    changes: {
      name?: Change;
      siteId?: Change;
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
 * A door was deleted.
 */
export interface DoorDelete {
  verb: 'delete';
  details: {};
}
/**
 * Somebody opened a door, or tried to; the result says which.
 */
export interface DoorUse {
  verb: 'use';
  details: {
    /**
     * By what.
     */
    method: 'pin' | 'magic_link' | 'app' | 'card';
    /**
     * Why it opened or did not.
     */
    reason:
      | 'granted'
      | 'unknown_credential'
      | 'too_many_attempts'
      | 'member_deleted'
      | 'member_ended'
      | 'before_window'
      | 'after_window'
      | 'no_permission'
      | 'method_not_allowed'
      | 'outside_schedule';
    /**
     * Every reason against it, in sentences, the decisive one first.
     */
    because?: string[];
    /**
     * The PIN, card or link; never what opens.
     */
    credentialId?: string;
    /**
     * The command by which the controller was told to open.
     */
    commandId?: string;
    /**
     * The controller that asked or told.
     */
    controllerId?: string;
    /**
     * Until when the door takes no more attempts.
     */
    heldUntil?: string;
    /**
     * The controller decided by itself and told of it.
     */
    reported?: boolean;
    /**
     * What allowed the command was withdrawn before a controller took it.
     */
    withdrawn?: boolean;
    /**
     * What speaks against an opening that a controller told of: by all that is known nothing let this member in then. Nothing follows from it.
     */
    doubt?: string;
    /**
     * The controller told of a door that it has no more.
     */
    formerDoor?: boolean;
    /**
     * The id that the controller gave it.
     */
    reportedId?: string;
    /**
     * Whom the controller named, where nobody of this id is known any more.
     */
    reportedMemberId?: string;
    /**
     * The clock of the controller was ahead: when it happened is when it was told.
     */
    clockAhead?: boolean;
    /**
     * What the clock of the controller said.
     */
    reportedAt?: string;
  };
}
