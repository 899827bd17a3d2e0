// Generated from schemas/api/integration-patch.json by `npm run generate`. Do not edit.

/**
 * Body of PATCH /api/v1/integrations/{id}. Settings are merged.
 */
export interface IntegrationPatch {
  /**
   * Shown to people.
   */
  name?: string;
  /**
   * Addresses and ids, as schemas/adapters/<kind>/config.json has them; nothing for scim. Merged by name; null takes a value away.
   */
  config?: {
    [k: string]: unknown | undefined;
  };
  /**
   * Credentials, as schemas/adapters/<kind>/secrets.json has them; nothing for scim. Never shown again. Merged by name; null takes a value away.
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
