// Generated from schemas/upstream/google_workspace/group.json by `npm run generate`. Do not edit.

/**
 * What we read of a group.
 */
export interface GoogleGroup {
  id: string;
  email: string;
  name?: string | null;
}
