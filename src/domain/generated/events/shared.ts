// Generated from schemas/events/shared.json by `npm run generate`. Do not edit.

/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * What the details of several kinds of events have in common.
 */
export interface EventDetailParts {
  because?: Because;
  change?: Change;
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
