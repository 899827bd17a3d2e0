// Generated from schemas/events/association.json by `npm run generate`. Do not edit.

/**
 * A member in a member group, for a time.
 */
export type AssociationEvents = AssociationCreate | AssociationEdit | AssociationDelete;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A member was put into a member group.
 */
export interface AssociationCreate {
  verb: 'create';
  details: {
    /**
     * The member.
     */
    memberId: string;
    /**
     * The member group.
     */
    memberGroupId: string;
    because: Because;
    /**
     * From when on; null: at once.
     */
    startsAt: string | null;
    /**
     * Until when; null: without end.
     */
    endsAt: string | null;
    /**
     * The id of the integration, or manual.
     */
    managedBy: string;
  };
}
/**
 * The window of a member in a member group was changed.
 */
export interface AssociationEdit {
  verb: 'edit';
  details: {
    /**
     * The member.
     */
    memberId: string;
    /**
     * The member group.
     */
    memberGroupId: string;
    because: Because;
    /**
     * Before and after of each field that differs.
     */
    changes: {
      startsAt?: Change;
      endsAt?: Change;
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
 * A member was taken out of a member group.
 */
export interface AssociationDelete {
  verb: 'delete';
  details: {
    /**
     * The member.
     */
    memberId?: string;
    /**
     * The member group.
     */
    memberGroupId?: string;
    because: Because;
    /**
     * From when on; null: at once.
     */
    startsAt?: string | null;
    /**
     * Until when; null: without end.
     */
    endsAt?: string | null;
    /**
     * The id of the integration, or manual.
     */
    managedBy?: string;
  };
}
