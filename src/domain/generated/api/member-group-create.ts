// Generated from schemas/api/member-group-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/member-groups.
 */
export interface MemberGroupCreate {
  /**
   * Shown to people.
   */
  name: string;
  /**
   * What members of the group may open. Replaces the whole list.
   *
   * @maxItems 500
   */
  permissions?: GroupPermission[];
}
/**
 * Opens every door of a site, or one door: one of siteId and doorId.
 */
export interface GroupPermission {
  /**
   * As a group shows it. Of no effect: a permission that stays as it is keeps its id.
   */
  id?: string;
  /**
   * All doors of this site.
   */
  siteId?: string;
  /**
   * This door.
   */
  doorId?: string;
  /**
   * Absent: all of them.
   *
   * @minItems 1
   */
  methods?: ('pin' | 'magic_link' | 'app' | 'card')[];
  /**
   * Only within these hours, in the local time of the door's site. Absent: always.
   */
  scheduleId?: string;
}
