// Generated from schemas/events/mapping.json by `npm run generate`. Do not edit.

/**
 * A resource of a source, mapped to member groups.
 */
export type MappingEvents = MappingEdit;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A resource was mapped to other member groups.
 */
export interface MappingEdit {
  verb: 'edit';
  details: {
    because?: Because;
    /**
     * Before and after of each field that differs.
     */
    changes: {
      memberGroupIds?: Change;
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
