// Generated from schemas/api/api-token-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/api-tokens.
 */
export interface ApiTokenCreate {
  /**
   * Shown to people.
   */
  name: string;
  role: 'admin' | 'operator' | 'viewer';
  /**
   * Absent or null: does not expire.
   */
  expiresAt?: string | null;
}
