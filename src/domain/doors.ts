import type { Instant, Window } from './time.js';

/** By what a door is opened. */
export const ACCESS_METHODS = ['pin', 'magic_link', 'app', 'card'] as const;
export type AccessMethod = (typeof ACCESS_METHODS)[number];

/** Local wall-clock time of one day, `HH:MM`; the end does not belong to it and may be `24:00`. */
export interface LocalRange {
  readonly from: string;
  readonly to: string;
}

/** Seven days, Monday first: when a permission holds, in the local time of the door's site. */
export type WeeklyHours = readonly (readonly LocalRange[])[];

/** What one permission of a member group lets its members open: all doors of a site, or one door. */
export interface PermissionFacts {
  readonly siteId: string | null;
  readonly doorId: string | null;
  /** null: by every method. */
  readonly methods: readonly AccessMethod[] | null;
  /** null: at any time. */
  readonly schedule: { readonly name: string; readonly days: WeeklyHours } | null;
}

/** Everything that decides whether one member may open one door; read at once, so that it is of one moment. */
export interface AccessFacts {
  readonly door: {
    readonly id: string;
    readonly name: string;
    readonly siteId: string;
    readonly siteName: string;
    readonly timeZone: string;
  };
  readonly member: { readonly name: string; readonly window: Window; readonly endedAt: Instant | null; readonly deletedAt: Instant | null };
  readonly associations: readonly {
    readonly memberGroupId: string;
    readonly memberGroupName: string;
    readonly window: Window;
    /** Of this group, and only those that name this door or its site. */
    readonly permissions: readonly PermissionFacts[];
  }[];
}

/** Why a door opens or does not. Stable codes: controllers and clients act on them. */
export const ACCESS_REASONS = {
  granted: 'A permission matches.',
  unknown_credential: 'This credential belongs to nobody.',
  too_many_attempts: 'There were too many wrong attempts at this door.',
  member_deleted: 'The member was deleted.',
  member_ended: 'The access of this member has ended.',
  before_window: 'The window has not started yet.',
  after_window: 'The window is over.',
  no_permission: 'No permission of this member names this door.',
  method_not_allowed: 'This door does not open to this member by this method.',
  outside_schedule: 'The schedule does not allow it at this time.',
} as const;
export type AccessReason = keyof typeof ACCESS_REASONS;

export interface AccessDecision {
  readonly granted: boolean;
  readonly reason: AccessReason;
  /** Sentences for people: every reason that holds, the decisive one first. */
  readonly because: readonly string[];
}

/**
 * How a command ends: the door was opened, it was not, nobody said anything in time, or what allowed it was withdrawn before any
 * controller got it.
 */
export const COMMAND_STATES = ['pending', 'done', 'failed', 'expired', 'withdrawn'] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** The kind of message that tells a source of the first opening of a day. */
export const CHECK_IN = 'check_in';
