import type { AccessFacts, PermissionFacts } from '../../domain/doors.js';

/** One way to the door: an association and a permission of its group. */
export interface Path {
  readonly association: AccessFacts['associations'][number];
  readonly permission: PermissionFacts;
}
