// Generated from schemas/adapters/google_workspace/secrets.json by `npm run generate`. Do not edit.

/**
 * The key of a service account, or the secret of the OAuth client.
 */
export interface GoogleWorkspaceSecrets {
  /**
   * The JSON key of a service account with domain-wide delegation: the object itself or the text of its file.
   */
  serviceAccountKey?: {} | string;
  /**
   * The secret of the OAuth client; only for the OAuth flow.
   */
  clientSecret?: string;
}
