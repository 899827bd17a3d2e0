// Generated from schemas/events/card.json by `npm run generate`. Do not edit.

/**
 * A card of a member. Never what it is read as.
 */
export type CardEvents = CardCreate | CardEdit | CardDelete;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A member was given a card.
 */
export interface CardCreate {
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
 * A revoked card works again.
 */
export interface CardEdit {
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
 * A card was revoked.
 */
export interface CardDelete {
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
