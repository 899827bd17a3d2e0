// Generated from schemas/events/member.json by `npm run generate`. Do not edit.

/**
 * The access side of one person.
 */
export type MemberEvents = MemberCreate | MemberEdit | MemberDelete;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A member was made, by a source or by hand.
 */
export interface MemberCreate {
  verb: 'create';
  details: {
    because?: Because;
    /**
     * Addresses, the primary first.
     */
    emails: string[];
    /**
     * From when on; null: at once.
     */
    startsAt: string | null;
    /**
     * Until when; null: without end.
     */
    endsAt: string | null;
  };
}
/**
 * A member was changed, ended, restored, or became an admin’s own.
 */
export interface MemberEdit {
  verb: 'edit';
  details: {
    because: Because;
    /**
     * Before and after of each field that differs.
     */
    changes: {
      name?: Change;
      emails?: Change;
      startsAt?: Change;
      endsAt?: Change;
      endedAt?: Change;
      deletedAt?: Change;
      restoredAt?: Change;
      integrationId?: Change;
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
 * A member was put out of sight, or purged after its time.
 */
export interface MemberDelete {
  verb: 'delete';
  details: {
    because: Because;
    /**
     * It is gone for good.
     */
    purged?: boolean;
  };
}
