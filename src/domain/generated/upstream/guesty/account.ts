// Generated from schemas/upstream/guesty/account.json by `npm run generate`. Do not edit.

/**
 * Answer of GET /accounts/me. Its _id is that of the API user, not of the account.
 */
export interface GuestyAccount {
  name?: string | null;
  email?: string | null;
}
