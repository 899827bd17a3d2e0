// Generated from schemas/api/scim-token-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/integrations/{id}/tokens; may be absent.
 */
export interface ScimTokenCreate {
  /**
   * Shown to people.
   */
  name?: string;
  /**
   * The token reads the directory and changes nothing.
   */
  readOnly?: boolean;
}
