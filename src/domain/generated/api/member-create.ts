// Generated from schemas/api/member-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/members.
 */
export interface MemberCreate {
  /**
   * Shown to people.
   */
  name: string;
  /**
   * Plain addresses, the primary one first.
   *
   * @maxItems 20
   */
  emails?: string[];
  /**
   * First instant of access; absent or null: no start.
   */
  startsAt?: string | null;
  /**
   * First instant without access; absent or null: no end.
   */
  endsAt?: string | null;
}
