// Generated from schemas/events/scim_token.json by `npm run generate`. Do not edit.

/**
 * A token of a SCIM connection. Never the token.
 */
export type ScimTokenEvents = ScimTokenCreate | ScimTokenDelete;
/**
 * Why, as one sentence for people.
 */
export type Because = string;

/**
 * A token of an integration was made.
 */
export interface ScimTokenCreate {
  verb: 'create';
  details: {
    /**
     * It reads and changes nothing.
     */
    readOnly: boolean;
    /**
     * Until when it is good; null: until it is revoked.
     */
    expiresAt: string | null;
  };
}
/**
 * A token of an integration was revoked, or made room for another after its time.
 */
export interface ScimTokenDelete {
  verb: 'delete';
  details: {
    because: Because;
  };
}
