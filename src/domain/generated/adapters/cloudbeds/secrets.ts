// Generated from schemas/adapters/cloudbeds/secrets.json by `npm run generate`. Do not edit.

/**
 * The API key of the property, or the secret of the OAuth client. The API key wins when both are there.
 */
export interface CloudbedsSecrets {
  /**
   * The API key of the property (cbat_…).
   */
  apiKey?: string;
  /**
   * The secret of the OAuth client; only for the OAuth flow.
   */
  clientSecret?: string;
}
