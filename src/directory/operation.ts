import type { CheckedGroup, CheckedUser, MembersStep, ResourceDocument, ResourceType } from '../domain/scim.js';

/** Versions that If-Match names, `*` for any, null when the client named none. @see RFC 7644 section 3.14 */
export type IfMatch = ReadonlySet<number> | '*' | null;

/**
 * A change of the directory, after the protocol has been dealt with and the model has checked the data.
 * `change` gets the document as it is inside the transaction, so a PATCH never works on an old one; it must be pure,
 * because the transaction may run again.
 */
export type DirectoryOperation =
  | {
      readonly kind: 'user.create';
      readonly user: CheckedUser;
      /** A new one from `db/ids.ts`, when somebody has to know it before; never one that a client has named. */
      readonly id?: string | undefined;
    }
  | {
      readonly kind: 'user.change';
      readonly id: string;
      readonly ifMatch: IfMatch;
      readonly change: (current: ResourceDocument) => CheckedUser;
    }
  | { readonly kind: 'user.delete'; readonly id: string; readonly ifMatch: IfMatch }
  | {
      readonly kind: 'group.create';
      readonly group: CheckedGroup;
      readonly members: readonly string[];
      readonly id?: string | undefined;
    }
  | {
      readonly kind: 'group.change';
      readonly id: string;
      readonly ifMatch: IfMatch;
      /** null: only members change, and the document need not be read at all. */
      readonly change: ((current: ResourceDocument) => CheckedGroup) | null;
      readonly members: readonly MembersStep[];
    }
  | { readonly kind: 'group.delete'; readonly id: string; readonly ifMatch: IfMatch };

/** What an operation led to. */
export interface Applied {
  readonly resourceType: ResourceType;
  readonly id: string;
  /** false: the resource was already so; version, lastModified and the event log are untouched. */
  readonly changed: boolean;
  /**
   * Users whose access this may change, in the order of their ids. All of them are marked dirty as well; the list
   * is cut at `AFFECTED_MAX + 1`, and `complete` tells whether it is whole.
   */
  readonly affected: readonly string[];
  readonly complete: boolean;
}

/** Users reconciled in the transaction of the operation itself; a worker takes the rest right after it. */
export const AFFECTED_MAX = 100;
