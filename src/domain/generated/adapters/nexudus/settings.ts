// Generated from schemas/adapters/nexudus/settings.json by `npm run generate`. Do not edit.

/**
 * Settings of Nexudus alone.
 */
export interface NexudusSettings {
  /**
   * Take the access card of a coworker (`AccessCardId`) as the card of the member.
   */
  syncCards?: boolean;
  /**
   * The first opening of any door makes one check-in in Nexudus per day. It may use up a pass or cost the customer money.
   */
  checkInOnOpen?: boolean;
}
