// Generated from schemas/adapters/guesty/secrets.json by `npm run generate`. Do not edit.

/**
 * An application of Guesty: Integrations, Marketplace, Open API.
 */
export interface GuestySecrets {
  /**
   * Client id of the application.
   */
  clientId: string;
  /**
   * Client secret of the application.
   */
  clientSecret: string;
}
