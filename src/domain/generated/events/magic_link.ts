// Generated from schemas/events/magic_link.json by `npm run generate`. Do not edit.

/**
 * A link of a member. Never its secret.
 */
export type MagicLinkEvents = MagicLinkCreate | MagicLinkEdit | MagicLinkDelete | MagicLinkReveal;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A member was given a link.
 */
export interface MagicLinkCreate {
  verb: 'create';
  details: {
    /**
     * Whose it is.
     */
    memberId: string;
    because: Because;
    /**
     * The id of the integration, or manual.
     */
    managedBy: string;
  };
}
/**
 * A revoked link works again.
 */
export interface MagicLinkEdit {
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
    changes: {
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
 * A link was revoked.
 */
export interface MagicLinkDelete {
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
 * Somebody looked at a link.
 */
export interface MagicLinkReveal {
  verb: 'reveal';
  details: {
    /**
     * Whose it is.
     */
    memberId: string;
  };
}
