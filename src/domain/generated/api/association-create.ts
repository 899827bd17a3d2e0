// Generated from schemas/api/association-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/members/{id}/associations.
 */
export interface AssociationCreate {
  /**
   * The member group.
   */
  memberGroupId: string;
  /**
   * First instant of access; absent or null: no start.
   */
  startsAt?: string | null;
  /**
   * First instant without access; absent or null: no end.
   */
  endsAt?: string | null;
}
