// Generated from schemas/adapters/google_workspace/config.json by `npm run generate`. Do not edit.

/**
 * Where the directory is and whose it is.
 */
export interface GoogleWorkspaceConfig {
  /**
   * The Directory API, without a path.
   */
  directoryBaseUrl?: string;
  /**
   * Where access tokens are asked for.
   */
  tokenUrl?: string;
  /**
   * The id of the Workspace account, or my_customer for the account of the admin.
   */
  customer?: string;
  /**
   * The admin in whose name the directory is read. Needed with a service account; with OAuth only a suggestion on the consent screen.
   */
  adminEmail?: string;
  /**
   * The OAuth client; only for the OAuth flow.
   */
  clientId?: string;
  /**
   * Where the admin is sent to consent; only for the OAuth flow.
   */
  authorizeUrl?: string;
}
