// Generated from schemas/events/integration.json by `npm run generate`. Do not edit.

/**
 * A connection to an outside system.
 */
export type IntegrationEvents = IntegrationCreate | IntegrationEdit | IntegrationDelete;

/**
 * An integration was made.
 */
export interface IntegrationCreate {
  verb: 'create';
  details: {
    /**
     * Of which kind.
     */
    kind: string;
    /**
     * What was said of its settings.
     */
    settings: {
      /**
       * A value.
       *
       * This interface was referenced by `undefined`'s JSON-Schema definition
       * via the `patternProperty` "^.*$".
       */
      [k: string]: string | number | boolean | null | unknown[] | {} | undefined;
    };
    /**
     * How it is reached; never a secret.
     */
    config?: {
      /**
       * A value.
       *
       * This interface was referenced by `undefined`'s JSON-Schema definition
       * via the `patternProperty` "^.*$".
       */
      [k: string]: string | number | boolean | null | unknown[] | {} | undefined;
    };
  };
}
/**
 * An integration was changed, or needs a person, or no longer does.
 */
export interface IntegrationEdit {
  verb: 'edit';
  details: {
    /**
     * Before and after of each field that differs.
     */
    changes: {
      [k: string]: Change | undefined;
    };
  };
}
/**
 * A value before and after; null where there is none.
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[A-Za-z][A-Za-z0-9_.]*$".
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
 * An integration was deleted.
 */
export interface IntegrationDelete {
  verb: 'delete';
  details: {
    /**
     * What became of its members.
     */
    members: 'keep' | 'revoke';
  };
}
