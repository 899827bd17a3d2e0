// Generated from schemas/adapters/nexudus/config.json by `npm run generate`. Do not edit.

/**
 * Where Nexudus is.
 */
export interface NexudusConfig {
  /**
   * Base of the REST API; the token address is built from it.
   */
  apiBaseUrl?: string;
}
