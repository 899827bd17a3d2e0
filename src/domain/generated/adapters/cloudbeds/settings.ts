// Generated from schemas/adapters/cloudbeds/settings.json by `npm run generate`. Do not edit.

/**
 * What only a Cloudbeds integration can be told.
 */
export interface CloudbedsSettings {
  /**
   * auto: where the property has door-lock settings, the door key of a room stay gives the window and receives the PIN. off: door keys are neither read nor written.
   */
  doorKeys?: 'auto' | 'off';
  /**
   * Write the PIN into the door key of the room stay, and into the custom field if one is named.
   */
  writeBackPin?: boolean;
  /**
   * Where a room stay has no door key, create one with the PIN: once per room stay. A key that staff delete is not made again.
   */
  autoCreatePin?: boolean;
  /**
   * Shortcode or name of the custom field of reservations that receives the PIN.
   */
  pinCustomField?: string;
}
