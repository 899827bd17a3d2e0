// Generated from schemas/upstream/google_workspace/members-page.json by `npm run generate`. Do not edit.

/**
 * One page of members of a group. Google leaves the list out when it is empty, so only “kind” tells an empty page from something else.
 */
export interface GoogleMembersPage {
  kind: 'admin#directory#members';
  nextPageToken?: string;
  members?: {}[];
}
