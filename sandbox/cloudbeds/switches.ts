/** Quirks of the simulated Cloudbeds, off unless a test or the demo wants them. */
export interface Switches {
  /** `getReservations` finds nobody. */
  emptyList: boolean;
  /** The last row of a page comes again as the first of the next. */
  repeatRow: boolean;
  /** Fewer rows on a page than asked for. */
  pageCap: number | null;
  /** Runs after each page of `getReservations`: rows that change while somebody reads. */
  afterPage: ((page: number) => void) | null;
  /** Changes do not touch `dateModified`. */
  silentChanges: boolean;
  /** `HH:MM` where `HH:MM:SS` would be, zero dates, and the like. */
  shortTimes: boolean;
  /** A bearer that is used up: nobody knows how the real one says it. */
  expiredAs: '401' | '403' | 'success-false';
  /** A refresh token that comes a second time ends the whole connection. */
  reuseEndsGrant: boolean;
  /** The refresh token stays the same. */
  keepRefreshToken: boolean;
  /** "User who approved this connection is not active anymore", under 200. */
  approverGone: boolean;
  /** The scopes of the door-lock service are missing. */
  noKeyScope: boolean;
  /** What `/oauth/metadata` names; null: this server. */
  announcedBase: string | null;
  /** The door-lock service puts a list into its list. */
  nestedKeys: boolean;
  /** `getWebhooks` answers a bare list and calls the address `url`. */
  bareWebhookList: boolean;
  /** Requests a second, by the simulated clock. */
  rate: { readonly perSecond: number; readonly retryAfter: boolean } | null;
  hooks: { duplicate: boolean; reverse: boolean; foreign: boolean };
}

export function defaultSwitches(): Switches {
  return {
    emptyList: false,
    repeatRow: false,
    pageCap: null,
    afterPage: null,
    silentChanges: false,
    shortTimes: false,
    expiredAs: '401',
    reuseEndsGrant: false,
    keepRefreshToken: false,
    approverGone: false,
    noKeyScope: false,
    announcedBase: null,
    nestedKeys: false,
    bareWebhookList: false,
    rate: null,
    hooks: { duplicate: false, reverse: false, foreign: false },
  };
}
