/** What the simulated directory holds. Fields are those of the Directory API; `kind` and `etag` are added on the way out. */
export interface DirectoryUser {
  readonly id: string;
  readonly customerId: string;
  readonly primaryEmail: string;
  readonly name: { readonly givenName: string; readonly familyName: string; readonly fullName: string; readonly displayName?: string };
  readonly isAdmin: boolean;
  readonly isDelegatedAdmin: boolean;
  readonly suspended: boolean;
  readonly suspensionReason?: string;
  readonly suspensionTime?: string;
  readonly archived: boolean;
  readonly archivalTime?: string;
  readonly creationTime: string;
  readonly lastLoginTime: string;
  readonly deletionTime?: string;
  readonly emails: readonly {
    readonly address: string;
    readonly type?: string;
    readonly customType?: string;
    readonly primary?: boolean;
  }[];
  readonly aliases: readonly string[];
  readonly phones: readonly { readonly value: string; readonly type?: string; readonly primary?: boolean }[];
  readonly externalIds: readonly { readonly value: string; readonly type: string }[];
  readonly organizations: readonly { readonly department?: string; readonly title?: string; readonly primary?: boolean }[];
  readonly orgUnitPath: string;
  readonly customSchemas?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Changes with every change of the user. */
  readonly version: number;
}

export interface DirectoryGroup {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly version: number;
}

export type MemberType = 'USER' | 'GROUP' | 'CUSTOMER' | 'EXTERNAL';

export interface GroupMember {
  readonly id: string;
  readonly type: MemberType;
  readonly role: 'OWNER' | 'MANAGER' | 'MEMBER';
  /** CUSTOMER has none; a user's and a group's is looked up. */
  readonly email?: string;
}

export interface OrgUnit {
  readonly orgUnitId: string;
  readonly name: string;
  readonly orgUnitPath: string;
  readonly parentOrgUnitPath: string;
}

/** What a push channel can tell of. */
export type UserEvent = 'add' | 'delete' | 'makeAdmin' | 'undelete' | 'update';

/** Quirks that can be switched on. */
export interface GoogleSwitches {
  /** Smaller pages than asked for. */
  pageSize: number | null;
  /** Nobody is in the directory; the key `users` is left out. */
  emptyUsers: boolean;
  /** Every page of every list comes twice, with different tokens. */
  duplicatePages: boolean;
  /** An empty page with a token goes before every page. */
  emptyPages: boolean;
  /** So many requests with a page token are refused, as if it had expired. */
  refusedPageTokens: number;
  /** Users come without the flag `suspended`. */
  omitSuspended: boolean;
  /** Groups that are listed and whose members answer 404, as if deleted meanwhile. */
  goneMemberLists: Set<string>;
  /** The `sync` message goes out before the answer to `users.watch`. */
  syncBeforeAnswer: boolean;
  /** Push addresses must be https, as outside of tests. */
  httpsOnly: boolean;
  ttlCapSeconds: number;
  loseMessages: boolean;
  duplicateMessages: boolean;
  /** Messages wait for `push.flush()` and then go out last first. */
  reverseMessages: boolean;
  /** What the consent screen answers instead of a code. */
  consentError: 'access_denied' | 'server_error' | null;
  /** The consent screen is in "Testing": refresh tokens die after seven days. */
  testingConsent: boolean;
  /** Scopes that the admin unticks. */
  untickedScopes: Set<string>;
}

export function defaultSwitches(): GoogleSwitches {
  return {
    pageSize: null,
    emptyUsers: false,
    duplicatePages: false,
    emptyPages: false,
    refusedPageTokens: 0,
    omitSuspended: false,
    goneMemberLists: new Set(),
    syncBeforeAnswer: false,
    httpsOnly: false,
    ttlCapSeconds: 21_600,
    loseMessages: false,
    duplicateMessages: false,
    reverseMessages: false,
    consentError: null,
    testingConsent: false,
    untickedScopes: new Set(),
  };
}
