// Generated from schemas/api/door-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/doors.
 */
export interface DoorCreate {
  /**
   * Shown to people.
   */
  name: string;
  /**
   * Where the door is.
   */
  siteId: string;
}
