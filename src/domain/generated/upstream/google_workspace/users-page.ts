// Generated from schemas/upstream/google_workspace/users-page.json by `npm run generate`. Do not edit.

/**
 * One page of users. Google leaves the list out when it is empty, so only “kind” tells an empty page from something else.
 */
export interface GoogleUsersPage {
  kind: 'admin#directory#users';
  nextPageToken?: string;
  users?: {}[];
}
