import type { IntegrationSettings } from './integration.js';
import type { Instant, Window } from './time.js';

/** Who may change a row: the id of the integration that made it, or `manual`. */
export type Owner = string;
export const MANUAL: Owner = 'manual';

/** Why a User has no member, each with its sentence. Stable codes: clients and rules store them. */
export const SKIP_REASONS = {
  canceled: 'The source has cancelled this stay or booking.',
  no_show: 'The source says that this guest did not arrive.',
  not_confirmed: 'The source has not confirmed this stay yet.',
  tentative: 'The booking is only tentative.',
  unassigned_room: 'No room has been assigned yet.',
  inactive: 'The source has set this User to inactive.',
  suspended: 'The source has suspended this User.',
  archived: 'The source has archived this User.',
  unknown_status: 'The source sent a status that Latchkey does not know, so nothing is granted.',
  no_mapped_resource: 'None of the User’s resources is mapped to a member group.',
  invalid_window: 'The window ends before it starts.',
  expired: 'The window has ended.',
  outside_sync_scope: 'The window starts later than the sync scope reaches.',
} as const;
export type SkipReason = keyof typeof SKIP_REASONS;

/** Something a person should look at although the User is synced. */
export const WARNINGS = {
  invalid_source_pin: 'The PIN of the source is not 4 to 20 digits and was not used.',
  weak_source_pin: 'The PIN of the source is easy to guess.',
  pin_conflict: 'The PIN of the source cannot be used here.',
  no_email: 'The source gives no e-mail address.',
  unknown_status: 'The source sent a status that Latchkey does not know, so access stays as it was.',
} as const;
export type Warning = keyof typeof WARNINGS;

export type SyncStatus = 'synced' | 'none';

/** A PIN that the source chose: never its digits, only what comparing and storing need. */
export interface SourcePin {
  readonly hash: string;
  /** Held by another member, active or cooling down; the digits of nobody else are given away. */
  readonly taken: boolean;
  readonly weak: boolean;
}

/** The User side of reconciliation: everything that decides access, read in the transaction that applies it. */
export interface UserFacts {
  readonly integrationId: Owner;
  readonly settings: IntegrationSettings;
  /** null: the User was deleted, which the source said in so many words. */
  readonly user: {
    readonly name: string;
    readonly emails: readonly string[];
    readonly active: boolean;
    /** What the source itself gives as the reason for no access. */
    readonly skipReason: SkipReason | null;
    readonly window: Window;
    /** Windows of single resources, by Group id; several for one Group are a union. */
    readonly periods: readonly { readonly groupId: string; readonly window: Window }[];
    readonly pin: SourcePin | 'invalid' | null;
    readonly card: string | null;
  } | null;
  /** Every Group the User is in, directly or through nested Groups; `via` are the User's own Groups that lead there. */
  readonly groups: readonly { readonly id: string; readonly via: readonly string[] }[];
  /** Mappings of these Groups and of *All users*. */
  readonly mappings: readonly { readonly resourceId: string; readonly memberGroupId: string }[];
}

export interface WantedAssociation {
  readonly memberGroupId: string;
  readonly window: Window;
}

/** What one User should lead to at one moment. */
export type Desired =
  | {
      readonly kind: 'member';
      readonly name: string;
      readonly emails: readonly string[];
      readonly window: Window;
      /** Sorted; for one member group the windows are disjoint and do not touch. */
      readonly associations: readonly WantedAssociation[];
      readonly pin: 'none' | 'generate' | { readonly hash: string };
      readonly magicLink: boolean;
      readonly card: string | null;
      readonly warnings: readonly Warning[];
      /** Every instant at which time alone may change this answer. */
      readonly boundaries: readonly Instant[];
    }
  | {
      readonly kind: 'none';
      readonly skipReason: SkipReason | 'deleted';
      readonly warnings: readonly Warning[];
      readonly boundaries: readonly Instant[];
    }
  /** Neither grant nor revoke: a status nobody knows. */
  | {
      readonly kind: 'keep';
      readonly skipReason: 'unknown_status';
      readonly warnings: readonly Warning[];
      readonly boundaries: readonly Instant[];
    };

/** A PIN, link or card as stored. `revokedAt` set: it opens nothing; until `coolingUntil` it can come back to its member. */
export interface Credential {
  readonly id: string;
  readonly managedBy: Owner;
  /** PIN: keyed hash of the digits. Card: the uid. Link: empty. */
  readonly key: string;
  readonly revokedAt: Instant | null;
  readonly coolingUntil: Instant | null;
  /** A PIN whose digits the source chose: once the source takes them away they open nothing. */
  readonly fromSource: boolean;
}

export interface ActualAssociation extends WantedAssociation {
  readonly id: string;
  readonly managedBy: Owner;
}

/** The access side of one User as it is stored now. */
export interface Actual {
  readonly member: {
    readonly id: string;
    readonly name: string;
    readonly emails: readonly string[];
    readonly window: Window;
    readonly endedAt: Instant | null;
    readonly deletedAt: Instant | null;
  } | null;
  readonly associations: readonly ActualAssociation[];
  readonly pins: readonly Credential[];
  readonly links: readonly Credential[];
  readonly cards: readonly Credential[];
}

export interface MemberFields {
  readonly name: string;
  readonly emails: readonly string[];
  readonly window: Window;
}

/** One step of a plan. `because` is the sentence that preview, audit log and console print alike. */
export type AccessChange = { readonly because: string } & (
  | ({ readonly kind: 'member.create' } & MemberFields)
  | { readonly kind: 'member.update'; readonly before: MemberFields; readonly after: MemberFields }
  | { readonly kind: 'member.end' }
  | { readonly kind: 'member.resume' }
  | { readonly kind: 'association.create'; readonly memberGroupId: string; readonly window: Window }
  | {
      readonly kind: 'association.update';
      readonly id: string;
      readonly memberGroupId: string;
      readonly before: Window;
      readonly window: Window;
    }
  | { readonly kind: 'association.delete'; readonly id: string; readonly memberGroupId: string; readonly window: Window }
  | { readonly kind: 'pin.generate' }
  | { readonly kind: 'pin.set'; readonly hash: string }
  | { readonly kind: 'pin.resume'; readonly id: string }
  | { readonly kind: 'pin.revoke'; readonly id: string }
  | { readonly kind: 'link.create' }
  | { readonly kind: 'link.resume'; readonly id: string }
  | { readonly kind: 'link.revoke'; readonly id: string }
  | { readonly kind: 'card.create'; readonly uid: string }
  | { readonly kind: 'card.resume'; readonly id: string }
  | { readonly kind: 'card.revoke'; readonly id: string }
);

/** How the User shows in the integration's member list. */
export interface Outcome {
  readonly syncStatus: SyncStatus;
  readonly skipReason: SkipReason | null;
  readonly warnings: readonly Warning[];
}

/** Data, not deeds: made by a pure function, applied in one transaction. */
export interface AccessPlan {
  readonly changes: readonly AccessChange[];
  /** Changes that a policy has taken out: shown, never applied. */
  readonly held: readonly AccessChange[];
  /** When time alone makes the next difference; always after the `now` of the plan. */
  readonly nextAt: Instant | null;
  readonly outcome: Outcome;
}

export type MemberStatus = 'upcoming' | 'active' | 'ended' | 'deleted';

/** The status a member shows at `now`. */
export function memberStatus(
  member: { readonly window: Window; readonly endedAt: Instant | null; readonly deletedAt: Instant | null },
  now: Instant,
): MemberStatus {
  if (member.deletedAt !== null) return 'deleted';
  if (member.endedAt !== null) return 'ended';
  if (member.window.endsAt !== null && member.window.endsAt <= now) return 'ended';
  return member.window.startsAt !== null && now < member.window.startsAt ? 'upcoming' : 'active';
}
