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
  permissions?: (SitePermission | DoorPermission)[];
}
/**
 * Opens every door of a site.
 */
export interface SitePermission {
  /**
   * All doors of this site.
   */
  siteId: string;
  /**
   * Absent: all of them.
   *
   * @minItems 1
   */
  methods?: ('pin' | 'magic_link' | 'app' | 'card')[];
  /**
   * Absent: always.
   */
  scheduleId?: string;
}
/**
 * Opens one door.
 */
export interface DoorPermission {
  /**
   * This door.
   */
  doorId: string;
  /**
   * Absent: all of them.
   *
   * @minItems 1
   */
  methods?: ('pin' | 'magic_link' | 'app' | 'card')[];
  /**
   * Absent: always.
   */
  scheduleId?: string;
}
