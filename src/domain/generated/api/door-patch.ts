// Generated from schemas/api/door-patch.json by `npm run generate`. Do not edit.

/**
 * Body of PATCH /api/v1/doors/{id}.
 */
export interface DoorPatch {
  /**
   * Shown to people.
   */
  name?: string;
  /**
   * Where the door is.
   */
  siteId?: string;
}
