// Generated from schemas/events/group.json by `npm run generate`. Do not edit.

/**
 * A Group of a directory.
 */
export type GroupEvents = GroupCreate | GroupEdit | GroupDelete;

/**
 * A source told of a new Group.
 */
export interface GroupCreate {
  verb: 'create';
  details: {
    /**
     * Members that came and went.
     */
    members?: {
      /**
       * Who came.
       */
      added: {
        /**
         * How many.
         */
        count: number;
        /**
         * The first of them.
         */
        ids: string[];
      };
      /**
       * Who went.
       */
      removed: {
        /**
         * How many.
         */
        count: number;
        /**
         * The first of them.
         */
        ids: string[];
      };
    };
  };
}
/**
 * A Group or its members were changed at its source.
 */
export interface GroupEdit {
  verb: 'edit';
  details: {
    /**
     * Names of the attributes that differ.
     */
    attributes: string[];
    /**
     * Members that came and went.
     */
    members?: {
      /**
       * Who came.
       */
      added: {
        /**
         * How many.
         */
        count: number;
        /**
         * The first of them.
         */
        ids: string[];
      };
      /**
       * Who went.
       */
      removed: {
        /**
         * How many.
         */
        count: number;
        /**
         * The first of them.
         */
        ids: string[];
      };
    };
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
 * A Group is no longer in its source.
 */
export interface GroupDelete {
  verb: 'delete';
  /**
   * Nothing more is to be said.
   */
  details: null;
}
