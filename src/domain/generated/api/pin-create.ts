// Generated from schemas/api/pin-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/members/{id}/pins; may be absent.
 */
export interface PinCreate {
  /**
   * 4 to 20 digits; absent: one is generated.
   */
  pin?: string;
}
