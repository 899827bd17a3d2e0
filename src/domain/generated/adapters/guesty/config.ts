// Generated from schemas/adapters/guesty/config.json by `npm run generate`. Do not edit.

/**
 * Where Guesty is. Empty for the real one.
 */
export interface GuestyConfig {
  /**
   * Address of the Open API, with its version.
   */
  apiBaseUrl?: string;
  /**
   * Address that gives tokens. It is not below that of the API.
   */
  tokenUrl?: string;
}
