// Generated from schemas/upstream/nexudus/token.json by `npm run generate`. Do not edit.

/**
 * Answer of the token address.
 */
export interface NexudusToken {
  access_token: string;
  /**
   * Seconds.
   */
  expires_in: number;
  refresh_token?: string | null;
}
