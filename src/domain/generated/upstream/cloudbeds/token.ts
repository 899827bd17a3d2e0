// Generated from schemas/upstream/cloudbeds/token.json by `npm run generate`. Do not edit.

/**
 * Long digits: a text, or a number that is still exact.
 */
export type Id = string | number;

/**
 * An answer of the token endpoint.
 */
export interface CloudbedsToken {
  access_token: string;
  expires_in?: number | string | null;
  refresh_token?: string | null;
  resources?: CloudbedsTokenResource[] | null;
}
/**
 * What the token is for.
 */
export interface CloudbedsTokenResource {
  type?: string;
  id?: Id;
}
