// Generated from schemas/events/user.json by `npm run generate`. Do not edit.

/**
 * A User of a directory, as an identity provider or a source has it.
 */
export type UserEvents = UserCreate | UserEdit | UserDelete;

/**
 * A source told of a new User.
 */
export interface UserCreate {
  verb: 'create';
  /**
   * Nothing more is to be said.
   */
  details: null;
}
/**
 * A User was changed at its source.
 */
export interface UserEdit {
  verb: 'edit';
  details: {
    /**
     * Names of the attributes that differ; never their values.
     */
    attributes: string[];
    /**
     * The versions of the resource (RFC 7643 section 3.1).
     */
    versions: {
      /**
       * The version until then.
       */
      before: number;
      /**
       * The version from then on.
       */
      after: number;
    };
  };
}
/**
 * A User is no longer in its source.
 */
export interface UserDelete {
  verb: 'delete';
  /**
   * Nothing more is to be said.
   */
  details: null;
}
