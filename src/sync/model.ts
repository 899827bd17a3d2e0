import type { SourceGroup, SourceUser } from '../adapters/adapter.js';
import type { CheckedGroup, CheckedUser, ResourceDocument } from '../domain/scim.js';

/**
 * The checks that every SCIM resource goes through, for what a source brought. `groupId` finds the SCIM id of a Group by
 * its externalId; periods of Groups that are not there are left out.
 *
 * Errors: `InvalidInput` for what cannot be a User or Group.
 */
export interface SourceModel {
  user(user: SourceUser, groupId: (externalId: string) => string | undefined): CheckedUser;
  group(group: SourceGroup): CheckedGroup;
  /** A User as it is, under another userName. */
  renamed(current: ResourceDocument, userName: string): CheckedUser;
}
