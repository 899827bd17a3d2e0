/**
 * The SCIM words that every part shares. Attribute trees, filters and PATCH live in `src/scim`;
 * what is here is what a source hands over and what the directory keeps.
 *
 * @see RFC 7643 sections 3 and 4, RFC 7644 section 3.12
 */
export const USER_URN = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_URN = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE_URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const ACCESS_URN = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

export const PATCH_OP_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const LIST_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const SEARCH_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
export const BULK_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const BULK_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
export const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** In place of digits: a source has something that is no PIN of 4 to 20 digits. */
export const INVALID_PIN = 'invalid';

export type ResourceType = 'User' | 'Group';

/** JSON as it travels. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * A User's or Group's attributes in canonical spelling and type: `schemas`, core attributes, and one
 * object per extension URN. Without `id`, `meta`, `groups` and `members`, which the server owns or keeps as rows.
 */
export type ResourceDocument = JsonObject;

/**
 * A resource after the model has checked it: the document to keep, its comparison form, and the few values
 * that have a column. `match` has the same shape as `document` with every string that is not caseExact folded
 * (NFKC and full case fold), dates as instants: filters and sorting read it, so both engines agree.
 */
export interface CheckedUser {
  readonly document: ResourceDocument;
  readonly match: JsonObject;
  readonly userName: string;
  readonly userNameKey: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** What the e-mail look-up finds: folded addresses, each once. */
  readonly emailKeys: readonly string[];
  /**
   * Write-only `pin` of the access extension. `undefined`: not said, keep what is there. null: take it away.
   * `INVALID_PIN`: a source has something that cannot be one.
   */
  readonly pin: string | null | undefined;
}

export interface CheckedGroup {
  readonly document: ResourceDocument;
  readonly match: JsonObject;
  readonly displayName: string;
  readonly displayNameKey: string;
  readonly externalId: string | null;
}

/**
 * What happens to a Group's members, in order (RFC 7644 section 3.5.2). Ids may name Users or Groups.
 * `replace` with an empty list empties the Group.
 */
export type MembersStep = { readonly op: 'add' | 'remove' | 'replace'; readonly ids: readonly string[] };

/** The protocol form of a change, one Bulk operation: can be recorded, replayed and posted to any SCIM server. @see RFC 7644 section 3.7 */
export interface ScimOperation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly data?: JsonObject;
}
