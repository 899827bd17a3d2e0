// Generated from schemas/adapters/guesty/settings.json by `npm run generate`. Do not edit.

/**
 * What is written into Guesty.
 */
export interface GuestySettings {
  /**
   * Write the PIN of a guest into the key code of the reservation.
   */
  writeBackPin?: boolean;
  /**
   * Id of the custom field of reservations that the Magic Link is written into. null: into none.
   */
  linkCustomField?: string | null;
}
