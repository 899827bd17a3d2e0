// Generated from schemas/api/integration-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/integrations.
 */
export interface IntegrationCreate {
  kind: 'scim' | 'guesty' | 'cloudbeds' | 'nexudus' | 'google_workspace';
  /**
   * Shown to people.
   */
  name: string;
  /**
   * Addresses and ids, as schemas/adapters/<kind>/config.json has them; nothing for scim.
   */
  config?: {
    [k: string]: unknown | undefined;
  };
  /**
   * Credentials, as schemas/adapters/<kind>/secrets.json has them; nothing for scim. Never shown again.
   */
  secrets?: {
    [k: string]: unknown | undefined;
  };
  /**
   * Settings, as schemas/settings/sync.json and schemas/adapters/<kind>/settings.json together have them.
   */
  settings?: {
    [k: string]: unknown | undefined;
  };
}
