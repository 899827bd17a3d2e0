// Generated from schemas/api/integration-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/integrations.
 */
export interface IntegrationCreate {
  kind: 'scim';
  /**
   * Shown to people.
   */
  name: string;
  config?: NoConfig;
  secrets?: NoConfig;
  settings?: SyncSettingsPatch;
}
/**
 * Nothing to configure.
 */
export interface NoConfig {}
/**
 * Settings of a sync integration. What is absent stays as it is.
 */
export interface SyncSettingsPatch {
  /**
   * Off: no pull, no write-back, SCIM and webhooks refused; members stay and keep working.
   */
  enabled?: boolean;
  syncScope?: EverythingScope | UpcomingScope;
  /**
   * Minutes between two pulls.
   */
  intervalMinutes?: number;
  credentials?: CredentialSettingsPatch;
  /**
   * Minutes by which access starts before the window.
   */
  arrivalBufferMinutes?: number;
  /**
   * Minutes by which access ends after the window.
   */
  departureBufferMinutes?: number;
  scim?: ScimSwitchesPatch;
  rateLimit?: RateLimitPatch;
  /**
   * Which of the last requests of the identity provider are kept to be looked at, without PINs, passwords, cards and tokens.
   */
  requestLog?: 'all' | 'errors' | 'off';
}
/**
 * Every User of the source.
 */
export interface EverythingScope {
  kind: 'all';
}
/**
 * Only Users whose window starts within so many days.
 */
export interface UpcomingScope {
  kind: 'upcoming';
  days: number;
}
/**
 * Which credentials a member gets.
 */
export interface CredentialSettingsPatch {
  /**
   * Put the addresses of the source on the member. No mail is sent.
   */
  email?: boolean;
  magicLink?: boolean;
  pin?: 'none' | 'generate' | 'source';
}
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
/**
 * How many requests a token of the identity provider may send before it is answered 429. Each process counts for itself.
 */
export interface RateLimitPatch {
  /**
   * Requests per second that a token may send all the time.
   */
  perSecond?: number;
  /**
   * Requests that it may send at once after a quiet while.
   */
  burst?: number;
}
