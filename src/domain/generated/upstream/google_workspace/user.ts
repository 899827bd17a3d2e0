// Generated from schemas/upstream/google_workspace/user.json by `npm run generate`. Do not edit.

/**
 * What we read of a user. Without the flags “suspended” and “archived” nobody can tell whether the user may enter, so they are required.
 */
export interface GoogleUser {
  id: string;
  primaryEmail: string;
  customerId: string;
  suspended: boolean;
  archived: boolean;
  name?: {
    givenName?: string | null;
    familyName?: string | null;
    fullName?: string | null;
    displayName?: string | null;
  } | null;
  emails?:
    | {
        address?: string | null;
        type?: string | null;
        customType?: string | null;
      }[]
    | null;
  phones?:
    | {
        value?: string | null;
        type?: string | null;
        customType?: string | null;
        primary?: boolean | null;
      }[]
    | null;
  externalIds?:
    | {
        value?: string | null;
        type?: string | null;
      }[]
    | null;
  organizations?:
    | {
        department?: string | null;
        title?: string | null;
        primary?: boolean | null;
      }[]
    | null;
}
