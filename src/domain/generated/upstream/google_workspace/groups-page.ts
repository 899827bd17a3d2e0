// Generated from schemas/upstream/google_workspace/groups-page.json by `npm run generate`. Do not edit.

/**
 * One page of groups. Google leaves the list out when it is empty, so only “kind” tells an empty page from something else.
 */
export interface GoogleGroupsPage {
  kind: 'admin#directory#groups';
  nextPageToken?: string;
  groups?: {}[];
}
