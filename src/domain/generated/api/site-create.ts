// Generated from schemas/api/site-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/sites.
 */
export interface SiteCreate {
  /**
   * Shown to people.
   */
  name: string;
  /**
   * IANA name of the time zone, such as Europe/Madrid.
   */
  timeZone: string;
}
