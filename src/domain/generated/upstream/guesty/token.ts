// Generated from schemas/upstream/guesty/token.json by `npm run generate`. Do not edit.

/**
 * Answer of the token endpoint.
 */
export interface GuestyToken {
  access_token: string;
  /**
   * Seconds.
   */
  expires_in: number | string;
}
