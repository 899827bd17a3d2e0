// Generated from schemas/api/site-patch.json by `npm run generate`. Do not edit.

/**
 * Body of PATCH /api/v1/sites/{id}.
 */
export interface SitePatch {
  /**
   * Shown to people.
   */
  name?: string;
  /**
   * IANA name of the time zone, such as Europe/Madrid.
   */
  timeZone?: string;
}
