// Generated from schemas/api/door-status.json by `npm run generate`. Do not edit.

/**
 * Body of POST /door/v1/status. What is absent stays as it was.
 */
export interface DoorStatus {
  /**
   * false: it answers for a lock that it cannot reach.
   */
  online?: boolean;
  mainsPresent?: boolean;
  batteryPresent?: boolean;
  /**
   * null: it cannot tell.
   */
  batteryPercent?: number | null;
}
