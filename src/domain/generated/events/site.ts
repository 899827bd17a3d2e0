// Generated from schemas/events/site.json by `npm run generate`. Do not edit.

/**
 * A place with a time zone.
 */
export type SiteEvents = SiteCreate | SiteEdit | SiteDelete;

/**
 * A site was made.
 */
export interface SiteCreate {
  verb: 'create';
  details: {
    /**
     * Its IANA time zone.
     */
    timeZone: string;
  };
}
/**
 * A site was changed.
 */
export interface SiteEdit {
  verb: 'edit';
  details: {
    /**
     * Before and after of each field that differs.
     */
    changes: {
      name?: Change;
      timeZone?: Change;
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
 * A site was deleted.
 */
export interface SiteDelete {
  verb: 'delete';
  details: {};
}
