import type { SkipReason } from '../domain/access.js';
import type { SyncKind } from '../domain/integration.js';
import type { Logger } from '../domain/logger.js';
import type { JsonObject } from '../domain/scim.js';
import type { Instant, Window } from '../domain/time.js';
import type { RateWindow, UpstreamHttp, UpstreamResponse } from './http.js';

export type PulledKind = Exclude<SyncKind, 'scim'>;

/** A User as a source has it, in SCIM terms. The core makes the operations. */
export interface SourceUser {
  readonly resourceType: 'User';
  /** The source's own id: never an address or a name, which may pass to somebody else. */
  readonly externalId: string;
  /**
   * What the source is asked for to read this User anew (`Adapter.one`), and what a webhook names. Several Users may share
   * one: the room stays of a reservation.
   */
  readonly sourceKey: string;
  /** Core and enterprise attributes as in a POST, without `schemas`, `id`, `externalId`, `meta` and `groups`. `userName` is required and unique in the source. */
  readonly attributes: JsonObject;
  /** Set when the source itself gives a reason for no access; the window may then be open. */
  readonly skipReason: SkipReason | null;
  /**
   * The source has this User and says nothing usable of when: why, in words for the log. `skipReason` is `invalid_window`
   * then. One that is known already stays as it was: no access is given or taken by a record that nobody understands.
   */
  readonly unclear?: string;
  /** Of the whole User. Never one that ends before it starts: that is the skip reason `invalid_window`. */
  readonly window: Window;
  /** Windows of single Groups, by the Group's externalId; several for one Group are a union. */
  readonly periods: readonly { readonly groupExternalId: string; readonly window: Window }[];
  /** externalIds of the Groups that this User is directly in, periods or not. null: the Groups say it (`SourceGroup.members`). */
  readonly groups: readonly string[] | null;
  /** Digits, `'invalid'` when the source has something that is no PIN of 4 to 20 digits, null when it has none. */
  readonly pin: string | null;
  readonly card: string | null;
}

/** A Group as a source has it: a listing, room, tariff, desk, Google group. */
export interface SourceGroup {
  readonly resourceType: 'Group';
  readonly externalId: string;
  /** What the admin who maps it reads. Need not be unique. */
  readonly displayName: string;
  /** The source's word for it in the console: `listing`, `room`, `tariff`, `time_pass`, `desk`, `resource`, `google_group`. */
  readonly kind: string;
  /** externalIds of the Users directly in it; null: the Users say it. Ids of nobody are passed over. */
  readonly members: readonly string[] | null;
}

export type SourceResource = SourceUser | SourceGroup;

/** What one request, or a few that belong together, brought. The core stores a page in one transaction and forgets it. */
export interface Page {
  readonly resources: readonly SourceResource[];
  /**
   * Where `changes` goes on once this page and all before it are stored; only from what the source said, never from our
   * own clock. null: not yet known, or still the former one.
   */
  readonly cursor: string | null;
  /** How many records the read has in all, if the source says so: for the progress bar. */
  readonly total: number | null;
}

/** What was reached: shown to the admin after connecting. */
export interface Account {
  readonly id: string;
  readonly name: string;
  /** Further lines, in order: e-mail, properties, businesses, domain. */
  readonly details: readonly { readonly label: string; readonly value: string }[];
}

/** A small memory of an integration that outlives restarts and is sealed at rest: tokens, subscription secrets, routes found out. */
export interface Vault {
  get(key: string): Promise<string | null>;
  put(key: string, value: string | null): Promise<void>;
  /** Runs `work` while no other process runs one with this key: a refresh that spends a token quota. */
  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** Everything an adapter is handed for one integration. `config`, `secrets` and `settings` have been checked by its schemas. */
export interface AdapterContext<Config, Secrets, Settings> {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly http: UpstreamHttp;
  readonly vault: Vault;
  readonly logger: Logger;
  now(): Instant;
}

/** An inbound webhook as it came: nothing parsed, header names in lower case. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What follows the secret in the path, without slashes at its ends, and the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type Verdict =
  | {
      readonly kind: 'genuine' /** Same id, same message: for the replay memory. null: the source sends none. */;
      readonly messageId: string | null;
    }
  /** A wrong, missing or stale signature: answered 401. `reason` is for the log and never holds what was sent. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What to look at anew: one entity by its `sourceKey`, or everything that changed. Never data. */
export type PullHint = { readonly kind: 'entity'; readonly sourceKey: string } | { readonly kind: 'changes' };

/** What the core wants written into the source for one User: the credentials as they are at this moment. */
export interface WriteBack {
  readonly externalId: string;
  readonly sourceKey: string;
  /** null: the member has none (any more). */
  readonly pin: string | null;
  readonly magicLink: string | null;
  readonly window: Window;
}

/** `off`: the setting is off. `refused`: by the source, whose plan may not allow it; nothing was made. */
export type CheckInOutcome = { readonly kind: 'off' | 'made' | 'already' | 'gone' } | { readonly kind: 'refused'; readonly reason: string };

/** Authorization code flow. `redirectUri` is ours; tokens go into the vault. */
export interface OAuthFlow<Context extends { readonly secrets: unknown }> {
  /**
   * Do these secrets need somebody's consent before anything can be read? Without it: they do when there is nothing but a
   * `clientSecret` among them.
   */
  isFor?(secrets: Context['secrets']): boolean;
  authorizeUrl(context: Context, flow: { readonly state: string; readonly redirectUri: string; readonly codeChallenge: string }): string;
  exchange(context: Context, flow: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string }): Promise<void>;
}

export interface SubscribeOptions {
  /** Our address for this integration, with its secret. */
  readonly url: string;
}

/**
 * One kind of outside system. It turns what the source has into SCIM resources and knows nothing of the database, of
 * members or of other adapters. Errors of every method: `UpstreamUnavailable`, `UpstreamRefused`, `UpstreamContract`,
 * `Throttled` (see `upstream-errors.ts`).
 */
export interface Adapter<Config, Secrets, Settings> {
  readonly kind: PulledKind;
  /** What the source allows, kept below by pacing. */
  readonly limits: {
    readonly windows: readonly RateWindow[];
    readonly concurrent: number;
    /** Answers that mean "too fast" beside 429. */
    readonly isThrottled?: (response: UpstreamResponse) => boolean;
  };
  /** Who we are there; also the test of the connection. */
  account(context: AdapterContext<Config, Secrets, Settings>): Promise<Account>;
  /** Everything in scope, Groups that Users name before those Users. Complete only if it ends without throwing. */
  resources(context: AdapterContext<Config, Secrets, Settings>): AsyncIterable<Page>;
  /** What changed since the cursor, with overlap; proves nothing by absence. Without it every read is a full one. */
  changes?(context: AdapterContext<Config, Secrets, Settings>, cursor: string): AsyncIterable<Page>;
  /**
   * All Users of one `sourceKey` as they are now, read directly. Empty: the source says that it is gone. Users with this
   * key that are missing in the answer are gone too.
   */
  one?(context: AdapterContext<Config, Secrets, Settings>, sourceKey: string): Promise<readonly SourceUser[]>;
  readonly webhook?: {
    verify(request: WebhookRequest, context: AdapterContext<Config, Secrets, Settings>): Promise<Verdict>;
    hints(request: WebhookRequest): readonly PullHint[];
    /** Looks the subscriptions up, makes and repairs what is missing. Called at enabling, by hand, and once a day. @returns when it must be called again at the latest */
    subscribe?(
      context: AdapterContext<Config, Secrets, Settings>,
      options: SubscribeOptions,
    ): Promise<{ readonly renewAt: Instant | null }>;
    unsubscribe?(context: AdapterContext<Config, Secrets, Settings>, options: SubscribeOptions): Promise<void>;
  };
  /** Is there anything to write for this User under these settings? Pure. */
  wantsWriteBack?(settings: Settings, message: WriteBack): boolean;
  /** Writes and reads back. Safe to call again: the same key, the same effect. */
  writeBack?(context: AdapterContext<Config, Secrets, Settings>, message: WriteBack, idempotencyKey: string): Promise<void>;
  /** Tells the source that this User came in at `at`, once per day of `zone`; asked again, it makes no second one. */
  checkIn?(context: AdapterContext<Config, Secrets, Settings>, externalId: string, at: Instant, zone: string): Promise<CheckInOutcome>;
  readonly oauth?: OAuthFlow<AdapterContext<Config, Secrets, Settings>>;
}
