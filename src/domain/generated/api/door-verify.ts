// Generated from schemas/api/door-verify.json by `npm run generate`. Do not edit.

/**
 * Body of POST /door/v1/verify.
 */
export interface DoorVerify {
  /**
   * A door of the controller.
   */
  doorId: string;
  /**
   * What somebody typed or presented.
   */
  credential: {
    type: 'pin' | 'card';
    /**
     * The digits, or the number that the reader reports.
     */
    value: string;
  };
}
