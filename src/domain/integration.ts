/** The words of an integration: one connection to an outside system. */
export const SYNC_KINDS = ['scim', 'guesty', 'cloudbeds', 'nexudus', 'google_workspace'] as const;
export type SyncKind = (typeof SYNC_KINDS)[number];

export type IntegrationState = 'ok' | 'disabled' | 'needs_attention';

export type SyncScope = { readonly kind: 'all' } | { readonly kind: 'upcoming'; readonly days: number };

export interface CredentialSettings {
  /** Whether the source's addresses are put on the member. Latchkey sends no mail. */
  readonly email: boolean;
  readonly magicLink: boolean;
  readonly pin: 'none' | 'generate' | 'source';
}

/**
 * How a SCIM connection answers where the RFC leaves room; the field's decisions are the defaults.
 * `patchUser: 'representation'` answers 200 with the resource, `'none'` 204.
 */
export interface ScimSwitches {
  readonly patchUser: 'representation' | 'none';
  readonly patchGroup: 'representation' | 'none';
  readonly valuePath: 'create' | 'strict';
  readonly unknownMember: 'refuse' | 'skip';
  readonly absentMembersOnPut: 'keep' | 'clear';
  readonly missingSchemas: 'refuse' | 'derive';
  readonly duplicateGroupName: 'refuse' | 'allow';
  readonly bareFilterValue: 'refuse' | 'string';
  readonly requireIfMatch: boolean;
  readonly activeByDefault: boolean;
}

/** How many requests a token of the integration may send: sustained, and at once after a quiet while. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Which requests are kept for the admin to look at. */
export type RequestLogging = 'all' | 'errors' | 'off';

export interface IntegrationSettings {
  readonly enabled: boolean;
  readonly syncScope: SyncScope;
  readonly intervalMinutes: number;
  readonly credentials: CredentialSettings;
  readonly arrivalBufferMinutes: number;
  readonly departureBufferMinutes: number;
  readonly scim: ScimSwitches;
  readonly rateLimit: RateLimit;
  readonly requestLog: RequestLogging;
}

export const DEFAULT_SCIM_SWITCHES: ScimSwitches = {
  patchUser: 'representation',
  patchGroup: 'none',
  valuePath: 'create',
  unknownMember: 'refuse',
  absentMembersOnPut: 'keep',
  missingSchemas: 'refuse',
  duplicateGroupName: 'refuse',
  bareFilterValue: 'refuse',
  requireIfMatch: false,
  activeByDefault: true,
};

export const DEFAULT_SETTINGS: IntegrationSettings = {
  enabled: true,
  syncScope: { kind: 'all' },
  intervalMinutes: 10,
  credentials: { email: true, magicLink: true, pin: 'generate' },
  arrivalBufferMinutes: 0,
  departureBufferMinutes: 0,
  scim: DEFAULT_SCIM_SWITCHES,
  rateLimit: { perSecond: 500, burst: 2_000 },
  requestLog: 'all',
};

/** What identity providers send by themselves; a limit below it would have them take us for broken. */
const RATE_FLOOR: RateLimit = { perSecond: 25, burst: 100 };

/** The limit in force, whatever has been stored. */
export function rateLimitOf({ rateLimit: { perSecond, burst } }: Pick<IntegrationSettings, 'rateLimit'>): RateLimit {
  return { perSecond: Math.max(perSecond, RATE_FLOOR.perSecond), burst: Math.max(burst, RATE_FLOOR.burst) };
}

export interface Integration {
  readonly id: string;
  readonly kind: SyncKind;
  readonly name: string;
  readonly state: IntegrationState;
  readonly stateReason: string | null;
  readonly settings: IntegrationSettings;
}

/** The built-in resource that stands for every User of a SCIM or Google Workspace directory. */
export const ALL_USERS = 'all_users';
export const KINDS_WITH_ALL_USERS: readonly SyncKind[] = ['scim', 'google_workspace'];

/** Sources that can be told what a guest was given: a PIN in the reservation or on the key, a link in a field. */
export const KINDS_WITH_WRITE_BACK: readonly SyncKind[] = ['guesty', 'cloudbeds'];
