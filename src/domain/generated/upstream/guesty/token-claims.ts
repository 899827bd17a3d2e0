// Generated from schemas/upstream/guesty/token-claims.json by `npm run generate`. Do not edit.

/**
 * What we read of the JWT that the token is.
 */
export interface GuestyTokenClaims {
  accountId: string;
}
