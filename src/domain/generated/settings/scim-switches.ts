// Generated from schemas/settings/scim-switches.json by `npm run generate`. Do not edit.

/**
 * How a SCIM connection answers where the RFC leaves room. Merged into what is stored.
 */
export interface ScimSwitchesPatch {
  /**
   * What a successful PATCH of a User answers: 200 with the resource, or 204.
   */
  patchUser?: 'representation' | 'none';
  /**
   * What a successful PATCH of a Group answers: 200 with the resource, or 204.
   */
  patchGroup?: 'representation' | 'none';
  /**
   * Whether a PATCH on a value that no filter matches creates it, or is refused with noTarget.
   */
  valuePath?: 'create' | 'strict';
  /**
   * Whether an unknown member id in a Group refuses the request, or is left out.
   */
  unknownMember?: 'refuse' | 'skip';
  /**
   * Whether a PUT of a Group without members keeps those it has, or clears them.
   */
  absentMembersOnPut?: 'keep' | 'clear';
  /**
   * Whether a resource without schemas is refused, or gets them from its attributes.
   */
  missingSchemas?: 'refuse' | 'derive';
  /**
   * Whether a second Group of the same displayName is refused.
   */
  duplicateGroupName?: 'refuse' | 'allow';
  /**
   * Whether a filter value without quotes is refused, or read as a string.
   */
  bareFilterValue?: 'refuse' | 'string';
  /**
   * Whether a change needs an If-Match header.
   */
  requireIfMatch?: boolean;
  /**
   * Whether a User sent without active counts as active.
   */
  activeByDefault?: boolean;
}
