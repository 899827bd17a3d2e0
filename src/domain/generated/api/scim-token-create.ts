// Generated from schemas/api/scim-token-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/integrations/{id}/tokens; may be absent.
 */
export interface ScimTokenCreate {
  /**
   * Absent or null: does not expire.
   */
  expiresAt?: string | null;
  /**
   * The token reads the directory and changes nothing.
   */
  readOnly?: boolean;
}
