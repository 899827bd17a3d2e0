// Generated from schemas/upstream/google_workspace/token.json by `npm run generate`. Do not edit.

/**
 * What we read of an answer of the token endpoint.
 */
export interface GoogleToken {
  access_token: string;
  expires_in: number;
  refresh_token?: string;
  scope?: string;
  id_token?: string;
}
