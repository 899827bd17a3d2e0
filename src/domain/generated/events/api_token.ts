// Generated from schemas/events/api_token.json by `npm run generate`. Do not edit.

/**
 * A token of the admin API. Never the token.
 */
export type ApiTokenEvents = ApiTokenCreate | ApiTokenDelete;

/**
 * A token of the admin API was made.
 */
export interface ApiTokenCreate {
  verb: 'create';
  details: {
    /**
     * What it may do.
     */
    role: 'admin' | 'operator' | 'viewer';
    /**
     * Until when it is good; null: until it is revoked.
     */
    expiresAt: string | null;
  };
}
/**
 * A token of the admin API was revoked.
 */
export interface ApiTokenDelete {
  verb: 'delete';
  /**
   * Nothing more is to be said.
   */
  details: null;
}
