// Generated from schemas/adapters/cloudbeds/config.json by `npm run generate`. Do not edit.

/**
 * How a Cloudbeds property is reached. Base URLs default to the real system.
 */
export interface CloudbedsConfig {
  /**
   * Base of the classic API with its version. With the default, the base that Cloudbeds announces for the property is used.
   */
  apiBaseUrl?: string;
  /**
   * Base of the services below /doorlock. Absent: the host of apiBaseUrl; for a host of Cloudbeds always https://api.cloudbeds.com.
   */
  servicesBaseUrl?: string;
  /**
   * The property, as in the address of its Cloudbeds pages. One integration has one property.
   */
  propertyId: string;
  /**
   * The id of the OAuth client; only for the OAuth flow.
   */
  clientId?: string;
  /**
   * Where an admin agrees to the connection; only for the OAuth flow. Absent: https://hotels.cloudbeds.com/api/v1.1/oauth, or /oauth below another apiBaseUrl.
   */
  authorizeUrl?: string;
  /**
   * Where tokens are asked for; only for the OAuth flow. Absent: /access_token below apiBaseUrl.
   */
  tokenUrl?: string;
}
