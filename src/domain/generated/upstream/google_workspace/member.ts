// Generated from schemas/upstream/google_workspace/member.json by `npm run generate`. Do not edit.

/**
 * What we read of a member of a group. A member of type CUSTOMER stands for everybody and has no address.
 */
export interface GoogleMember {
  id: string;
  type: string;
  email?: string | null;
}
