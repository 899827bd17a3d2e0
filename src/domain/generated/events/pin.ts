// Generated from schemas/events/pin.json by `npm run generate`. Do not edit.

/**
 * A PIN of a member. Never its digits.
 */
export type PinEvents = PinCreate | PinEdit | PinDelete | PinReveal;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A member was given a PIN.
 */
export interface PinCreate {
  verb: 'create';
  details: {
    /**
     * Whose it is.
     */
    memberId: string;
    because: Because;
    /**
     * How many digits.
     */
    length: number;
    /**
     * The id of the integration, or manual.
     */
    managedBy: string;
  };
}
/**
 * A revoked PIN works again, or its digits may be given to somebody else.
 */
export interface PinEdit {
  verb: 'edit';
  details: {
    /**
     * Whose it is.
     */
    memberId: string;
    because: Because;
    /**
     * Before and after of each field that differs.
     */
    changes?: {
      state?: Change;
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
 * A PIN was revoked.
 */
export interface PinDelete {
  verb: 'delete';
  details: {
    /**
     * Whose it is.
     */
    memberId?: string;
    because: Because;
    /**
     * Until then it can come back to its member, and to nobody else.
     */
    coolingUntil?: string;
  };
}
/**
 * Somebody looked at a PIN.
 */
export interface PinReveal {
  verb: 'reveal';
  details: {
    /**
     * Whose it is.
     */
    memberId: string;
  };
}
